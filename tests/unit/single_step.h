/* single_step.h - something happens between any two instructions.
 *
 *     for (uint64_t at = 1; step_through(func, arg, at, act) >= at; at++)
 *         ...                      act() came before instruction `at` of func
 *
 * The CPU traps after each instruction (the trap flag), and the handler counts.
 * act() runs in the handler with nudges blocked, so that one that it sends comes
 * as soon as the handler returns, between the two instructions.  Valgrind knows
 * no trap flag: ask step_is_possible().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINGLE_STEP_H
#define SINGLE_STEP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "os/os_nudge.h"
#include "test.h"

#define STEP_TRAP_FLAG 0x100

/* Is told where the thread is. */
typedef void step_func(uintptr_t pc);

static struct {
    uint64_t at, taken;
    bool is_on;
    step_func *act;
    const greg_t *regs; /* of the thread, for act() */
} step;

static inline bool step_is_possible(void)
{
    const char *mode = getenv("VIV_MODE");

    return mode == NULL || strcmp(mode, "valgrind") != 0;
}

static inline void step_trap(int signal, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)signal, (void)info;
    step.taken++;
    step.regs = regs;
    if (step.at == 0 || step.taken == step.at)
        step.act((uintptr_t)regs[REG_RIP]);
    if (!step.is_on || (step.at != 0 && step.taken >= step.at))
        regs[REG_EFL] &= ~(greg_t)STEP_TRAP_FLAG;
}

static inline void step_begin(uint64_t at, step_func *act)
{
    struct sigaction action = {.sa_sigaction = step_trap,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, OS_NUDGE_SIGNAL);
    sigaction(SIGTRAP, &action, NULL);
    step.at = at;
    step.taken = 0;
    step.act = act;
    step.is_on = true;
    __asm__ volatile("lea -128(%%rsp), %%rsp\n"
                     "pushfq\n"
                     "orl %0, (%%rsp)\n"
                     "popfq\n"
                     "lea 128(%%rsp), %%rsp"
                     :
                     : "i"(STEP_TRAP_FLAG)
                     : "memory", "cc");
}

/* The next trap is the last. */
static inline void step_end(void)
{
    step.is_on = false;
    __asm__ volatile("nop" : : : "memory");
}

/* Run func(arg), and act() before instruction number `at`; 0: before each.
 * After that no more is counted.  Returns how many there were. */
static inline uint64_t step_through(void (*func)(void *), void *arg,
                                    uint64_t at, step_func *act)
{
    step_begin(at, act);
    func(arg);
    step_end();
    return step.taken;
}

#endif /* SINGLE_STEP_H */
