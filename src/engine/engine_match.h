/* engine_match.h - imports meet the rows of a host.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_MATCH_H
#define ENGINE_MATCH_H

#include <stddef.h>

#include "engine/engine_module.h"
#include "vivarium.h"

/* For each import of `module`, in its order, find the row of `imports` that
 * answers it: same names, byte for byte, same kind, and a type that matches as
 * the specification says.  Of several rows with the same names and kind the
 * first counts; rows that nobody asks for are ignored.
 *
 * `ret_rows` has room for as many pointers as the module has imports; they are
 * borrowed from `imports`.  Fails with VIV_ELINK and a sentence that says what
 * is wanted and what is given, or with VIV_EINVAL for a row that is none.
 *
 * Takes time in proportion to imports times rows.  Any thread. */
int engine_match(const struct engine_module *module, const viv_import *imports,
                 size_t import_count, const viv_import **ret_rows,
                 viv_error *err);

#endif /* ENGINE_MATCH_H */
