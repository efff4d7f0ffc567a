/* engine_birth.h - what a guest begins with.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_BIRTH_H
#define ENGINE_BIRTH_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_instance.h"

/* Work out what `instance`, which has its link and arrays, may grow to under
 * `limits`, and how much linear memory a new one has.  Fails with VIV_EINVAL
 * when a new one is larger than its limits, VIV_EUNSUPPORTED when a table is
 * larger than what its code has room for. */
int engine_birth_size(struct engine_instance *instance,
                      const viv_limits *limits, uint64_t *ret_memory_bytes,
                      viv_error *err);

/* Write sizes and globals into the state of a new instance. */
void engine_birth_state(struct engine_instance *instance,
                        uint64_t memory_bytes);

/* Copy the active segments, which is the guest's part: one that does not fit
 * traps, and what the earlier ones wrote stays.  False: instance->end says why.
 */
bool engine_birth_fill(struct engine_instance *instance);

#endif /* ENGINE_BIRTH_H */
