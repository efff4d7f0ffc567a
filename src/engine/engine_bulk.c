/* engine_bulk.c - bulk instructions, in steps between which to stop.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_bulk.h"

#include <string.h>

#include "fiber/fiber_nudge.h"

/* A step takes some ten microseconds, a poll two nanoseconds.  There is one
 * after the last step, too: a guest that does nothing but short operations is
 * in its own code so rarely that no nudge would find it there. */
#define STEP_BYTES ((size_t)256 * 1024)

/* From the end that is not overwritten before it is read. */
void engine_bulk_move(struct engine_instance *instance, void *to,
                      const void *from, size_t len)
{
    const char *source = from;
    char *target = to;

    while (len > STEP_BYTES) {
        len -= STEP_BYTES;
        if (target <= source) {
            memmove(target, source, STEP_BYTES);
            target += STEP_BYTES;
            source += STEP_BYTES;
        } else {
            memmove(target + len, source + len, STEP_BYTES);
        }
        fiber_nudge_poll(&instance->fiber);
    }
    memmove(target, source, len);
    fiber_nudge_poll(&instance->fiber);
}

void engine_bulk_fill(struct engine_instance *instance, void *to, uint8_t byte,
                      size_t len)
{
    char *target = to;

    while (len > STEP_BYTES) {
        memset(target, byte, STEP_BYTES);
        target += STEP_BYTES;
        len -= STEP_BYTES;
        fiber_nudge_poll(&instance->fiber);
    }
    memset(target, byte, len);
    fiber_nudge_poll(&instance->fiber);
}
