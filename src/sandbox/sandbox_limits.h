/* sandbox_limits.h - what is allowed.
 *
 * Floor 5.  VIV_LIMIT_ROWS in vivarium.h is the table; this makes sense of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_LIMITS_H
#define SANDBOX_LIMITS_H

#include "engine/engine_module.h"
#include "vivarium.h"

#define SANDBOX_STACK_BYTES_MIN (UINT64_C(64) << 10)
#define SANDBOX_STACK_BYTES_MAX (UINT64_C(1) << 30)

void sandbox_limits_default(viv_limits *ret_limits);

/* Complete `limits` (NULL: the default) to what can be kept for a guest of
 * `module`: no limit is above VIV_ENDLESS.  Fails with VIV_EINVAL for a number
 * that cannot be, and VIV_EUNSUPPORTED for a limit that cannot be enforced
 * here. */
int sandbox_limits_check(const struct engine_module *module,
                         const viv_limits *limits, viv_limits *ret_limits,
                         viv_error *err);

/* "?" if there is no such limit. */
const char *sandbox_limits_name(uint32_t limit);

#endif /* SANDBOX_LIMITS_H */
