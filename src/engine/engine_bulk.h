/* engine_bulk.h - bulk instructions, in steps between which to stop.
 *
 * Floor 3.  A guest that copies 4 GiB is stopped as soon as one that adds two
 * numbers: helpers are not interrupted anywhere, so the long ones poll.  Also
 * used where a guest is born; there nobody nudges.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_BULK_H
#define ENGINE_BULK_H

#include <stddef.h>
#include <stdint.h>

#include "engine/engine_instance.h"

/* As memmove() and memset().  Before: all is checked. */
void engine_bulk_move(struct engine_instance *instance, void *to,
                      const void *from, size_t len);
void engine_bulk_fill(struct engine_instance *instance, void *to, uint8_t byte,
                      size_t len);

/* Of references, where each has to be made: poll after so many. */
#define ENGINE_BULK_REFS ((uint32_t)4096)

#endif /* ENGINE_BULK_H */
