/* fiber_switch.h - from one stack to another, in assembly.
 *
 * Floor 2.  One file per CPU: fiber_switch_x86_64.S.  For fiber.c only; it
 * knows when these may be called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FIBER_SWITCH_H
#define FIBER_SWITCH_H

#include <stddef.h>
#include <stdint.h>

/* Opaque types. */
struct fiber;

/* Where either side stands while the other runs.  The assembly knows the
 * offsets. */
struct fiber_switch {
    void *host_sp;
    void *fiber_sp;
};

_Static_assert(offsetof(struct fiber_switch, host_sp) == 0, "known to .S");
_Static_assert(offsetof(struct fiber_switch, fiber_sp) == 8, "known to .S");

/* What lies on top of the stack of the side that waits, at its stack pointer.
 * The assembly draws it. */
struct fiber_switch_saved {
    uint32_t mxcsr;
    uint32_t x87;
    uintptr_t r15, r14, r13, r12, rbx, rbp;
    uintptr_t pc;
};

_Static_assert(sizeof(struct fiber_switch_saved) == 64, "known to .S");

/* On the host: run func(arg) on the stack that ends at `top`, which is aligned
 * to 16.  Returns 0 when func has returned, or the number that the fiber was
 * left with. */
int fiber_switch_run(struct fiber_switch *sw, void (*func)(void *), void *arg,
                     char *top);

/* On the fiber: run func(arg) on the host's stack.  When it returns 0, so does
 * this; any other number leaves the fiber with it. */
void fiber_switch_call(struct fiber_switch *sw, int (*func)(void *), void *arg);

/* On the host: go on where fiber_switch_call() left the fiber.  Returns like
 * fiber_switch_run(). */
int fiber_switch_resume(struct fiber_switch *sw);

/* On the fiber: leave it for good, with `number`.  Touches nothing of the
 * fiber's stack, so that a signal handler can let a fiber that faulted go on
 * here. */
void fiber_switch_stop(struct fiber_switch *sw, int number)
    __attribute__((noreturn));

/* On the fiber, put there by a signal handler between any two instructions of
 * the guest's: keep all registers and the red zone, call fiber_nudge_pause(),
 * and go on with the instruction that it returns. */
void fiber_switch_inserted(void);
uintptr_t fiber_nudge_pause(void);

/* What os_cpu_xsave() says. */
extern uint32_t fiber_switch_xsave_mask;
extern uint32_t fiber_switch_xsave_bytes;

#endif /* FIBER_SWITCH_H */
