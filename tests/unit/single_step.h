/* single_step.h - something happens between any two instructions.
 *
 *     static struct step_path path;
 *
 *     step_record(&path, NULL);           follow what is done here,
 *     do_it();
 *     step_end();
 *     for (size_t i = 0; i < path.count; i++) {
 *         step_plant(&path, i, act);      and do it again: act() comes before
 *         do_it();                        the instruction that was number i
 *         if (step_pull())                then, if that was reached again
 *             ...
 *     }
 *
 * step_watch(act) and step_end() have act() come after each instruction
 * instead, with the registers in step.regs.
 *
 * Following is by the trap flag; each trap costs a lot, so it is done once.
 * After that a breakpoint is put into the code.  act() runs in the handler with
 * nudges blocked, so that one that it sends comes as soon as the handler
 * returns, between the two instructions.  It may plant the next one, or begin a
 * recording by step_follow().
 *
 * Valgrind knows no trap flag, and the thread sanitizer does not allow signals
 * while it is at work itself: ask step_is_possible().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINGLE_STEP_H
#define SINGLE_STEP_H

#ifndef _GNU_SOURCE
#error "registers of a context need _GNU_SOURCE"
#endif

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "mode_tools.h"
#include "os/os_map.h"
#include "os/os_nudge.h"
#include "test.h"

#define STEP_TRAP_FLAG 0x100
#define STEP_PATH_MAX  50000
#define STEP_BREAK     0xcc

/* Is told where the thread is. */
typedef void step_act(uintptr_t pc);
typedef bool step_is_last(uintptr_t pc);

/* Where the thread was, in order. */
struct step_path {
    uintptr_t pcs[STEP_PATH_MAX];
    size_t count;
};

static struct {
    struct step_path *path; /* to record to; NULL: no recording */
    step_is_last *is_last;
    uint8_t *planted; /* NULL: nothing is */
    uint8_t original;
    size_t skips; /* how often to go on over it */
    bool is_over; /* the instruction, in order to plant again */
    bool was_reached;
    step_act *act;
    step_act *watch;    /* NULL: nobody is told of each instruction */
    const greg_t *regs; /* for watch() */
} step;

static inline bool step_is_possible(void)
{
    return !mode_is("valgrind") && !mode_is("tsan");
}

/* False: the recording, or the watch, ends here. */
static inline bool step_note(uintptr_t pc)
{
    struct step_path *path = step.path;

    if (step.watch != NULL) {
        step.watch(pc);
        return true;
    }
    if (path == NULL)
        return false;
    EXPECT(path->count < STEP_PATH_MAX);
    path->pcs[path->count++] = pc;
    if (step.is_last != NULL && step.is_last(pc))
        step.path = NULL;
    return step.path != NULL;
}

/* The breakpoint has been hit, of which the first byte is behind. */
static inline void step_hit(greg_t *regs)
{
    regs[REG_RIP]--;
    EXPECT(regs[REG_RIP] == (greg_t)(uintptr_t)step.planted);
    *step.planted = step.original;
    if (step.skips > 0) {
        step.skips--;
        step.is_over = true;
        regs[REG_EFL] |= STEP_TRAP_FLAG;
        return;
    }
    step.planted = NULL;
    step.was_reached = true;
    step.act((uintptr_t)regs[REG_RIP]);
    if (step.path != NULL)
        regs[REG_EFL] |= STEP_TRAP_FLAG;
}

static inline void step_trap(int signal, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)signal;
    step.regs = regs;
    if (info->si_code != TRAP_TRACE) {
        step_hit(regs);
    } else if (step.is_over) {
        step.is_over = false;
        *step.planted = STEP_BREAK;
        regs[REG_EFL] &= ~(greg_t)STEP_TRAP_FLAG;
    } else if (!step_note((uintptr_t)regs[REG_RIP])) {
        regs[REG_EFL] &= ~(greg_t)STEP_TRAP_FLAG;
    }
}

static inline void step_handle(void)
{
    struct sigaction action = {.sa_sigaction = step_trap,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, OS_NUDGE_SIGNAL);
    sigaction(SIGTRAP, &action, NULL);
}

static inline void step_set_flag(void)
{
    __asm__ volatile("lea -128(%%rsp), %%rsp\n"
                     "pushfq\n"
                     "orl %0, (%%rsp)\n"
                     "popfq\n"
                     "lea 128(%%rsp), %%rsp"
                     :
                     : "i"(STEP_TRAP_FLAG)
                     : "memory", "cc");
}

/* In act(): follow this thread from there on. */
static inline void step_follow(struct step_path *path, step_is_last *is_last)
{
    path->count = 0;
    step.path = path;
    step.is_last = is_last;
}

/* Follow this thread from here, to step_end() or to the last instruction. */
static inline void step_record(struct step_path *path, step_is_last *is_last)
{
    step_handle();
    step_follow(path, is_last);
    step_set_flag();
}

/* Have act() come after each instruction of this thread, to step_end(). */
static inline void step_watch(step_act *act)
{
    step_handle();
    step.watch = act;
    step_set_flag();
}

static inline void step_end(void)
{
    step.path = NULL;
    step.watch = NULL;
    __asm__ volatile("nop" : : : "memory");
}

/* How often was the thread there before? */
static inline size_t step_occurrence(const struct step_path *path, size_t at)
{
    size_t count = 0;

    for (size_t i = 0; i < at; i++)
        count += path->pcs[i] == path->pcs[at];
    return count;
}

/* Let act() come before instruction number `at` of the path. */
static inline void step_plant(const struct step_path *path, size_t at,
                              step_act *act)
{
    uintptr_t page = path->pcs[at] / OS_PAGE_BYTES * OS_PAGE_BYTES;

    EXPECT_EQ_INT(mprotect((void *)page, 2 * OS_PAGE_BYTES,
                           PROT_READ | PROT_WRITE | PROT_EXEC),
                  0);
    step_handle();
    step.was_reached = false;
    step.act = act;
    step.skips = step_occurrence(path, at);
    step.planted = (uint8_t *)path->pcs[at];
    step.original = *step.planted;
    *step.planted = STEP_BREAK;
}

/* Take it out, if it is still there.  Was it reached? */
static inline bool step_pull(void)
{
    if (step.planted != NULL)
        *step.planted = step.original;
    step.planted = NULL;
    return step.was_reached;
}

#endif /* SINGLE_STEP_H */
