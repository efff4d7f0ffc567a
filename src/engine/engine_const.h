/* engine_const.h - the value of a constant expression.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CONST_H
#define ENGINE_CONST_H

#include "engine/engine_abi.h"
#include "engine/engine_instance.h"
#include "vivarium.h"

/* Compute `expr`, which wasm_decode() has validated, for this instance.  The
 * bytes of `*ret_value` that its type does not use are zeros.  Globals that it
 * names have their values.  Fails with VIV_ENOMEM only. */
int engine_const(const struct engine_instance *instance,
                 const struct wasm_expr *expr, union engine_slot *ret_value,
                 viv_error *err);

#endif /* ENGINE_CONST_H */
