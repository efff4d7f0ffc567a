/* engine_trap.h - how guest code ends before its time.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_TRAP_H
#define ENGINE_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_instance.h"
#include "vivarium.h"

/* Why something that was asked for cannot be done. */
struct engine_refusal {
    uint32_t trap;    /* enum engine_trap; 0: it was done */
    bool has_address; /* of linear memory */
    uint64_t address;
};

/* Make faults of guests traps, and nudges ask their judges: once for the
 * process.  Fails with VIV_EIO. */
int engine_trap_install(viv_error *err);

/* Note the reason in instance->end. */
void engine_trap_note(struct engine_instance *instance,
                      struct engine_refusal refusal);

/* On the fiber: end the call if `refusal` is one. */
void engine_trap_raise(struct engine_instance *instance,
                       struct engine_refusal refusal);

/* The helper of the same name: end the call that `base` is running. */
void engine_trap_helper(char *base, uint32_t trap) __attribute__((noreturn));

#endif /* ENGINE_TRAP_H */
