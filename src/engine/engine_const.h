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

/* Compute `expr`, which wasm_decode() has validated, for this instance.  The
 * bytes of the value that its type does not use are zeros.  Globals that it
 * names have their values. */
union engine_slot engine_const(const struct engine_instance *instance,
                               const struct wasm_expr *expr);

#endif /* ENGINE_CONST_H */
