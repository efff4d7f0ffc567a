/* fiber.h - code on a stack of its own, which may be abandoned at any moment.
 *
 * Floor 2.  A fiber runs a function on its own stack; whenever that function
 * wants something of the host, the host does it on the host's stack.  So no
 * frame of the host's ever lies on a fiber, and to abandon a fiber is to forget
 * it: nothing leaks and nothing is left half done.
 *
 * A fiber belongs to one thread at a time; a paused one may go on on another.
 *
 * Whoever runs fibers may want them to stop, or to make room, though what runs
 * on them never asks.  That is done by nudges: see fiber_nudge.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FIBER_H
#define FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fiber/fiber_stack.h"
#include "fiber/fiber_switch.h"
#include "fiber/fiber_tools.h"
#include "os/os_regs.h"
#include "vivarium.h"

/* Opaque types. */
struct os_fault;

enum fiber_state {
    FIBER_IDLE,    /* nothing is on the stack */
    FIBER_RUNNING, /* its function, or what that called, is executing */
    FIBER_CALLING, /* the host is doing something for it */
    FIBER_PAUSED   /* neither, until fiber_resume() or fiber_forget() */
};

/* How fiber_run() and fiber_resume() come back; also what a function that runs
 * for a fiber on the host's stack answers with. */
enum fiber_end {
    FIBER_FINISHED = 0, /* the function has returned; as an answer: go on */
    FIBER_STOPPED = 1,  /* the fiber has been abandoned and is idle */
    FIBER_WAITS = 2     /* the fiber is paused */
};

/* What becomes of a fiber that was nudged. */
enum fiber_verdict { FIBER_GO_ON, FIBER_STOP, FIBER_PAUSE };

/* How a fiber was left, when it was left last. */
enum fiber_place {
    FIBER_NOWHERE,  /* its function returned, or there was none */
    FIBER_IN_GUEST, /* at an instruction, by a signal */
    FIBER_IN_STOP,  /* in fiber_stop() */
    FIBER_IN_CALL   /* in fiber_call_host() */
};

/* Runs on the fiber. */
typedef void fiber_func(void *arg);

/* Runs on the host's stack on behalf of a fiber.  Returns enum fiber_end. */
typedef int fiber_host_func(void *arg);

/* Decides on a fiber at the time `now`.  May run in a signal handler.  When the
 * fiber goes on, `fiber->due` says when to ask again.  If it is at the very end
 * of its stack, so that there is no room to keep its registers, `can_pause` is
 * false, and it must not be paused.  Nor at the time `entered`, at which it is
 * asked first: then there may be nothing yet that could be paused. */
typedef enum fiber_verdict fiber_judge(struct fiber *fiber, uint64_t now,
                                       bool can_pause);

/* The fields are for fiber.c and fiber_nudge.c, but for those of the last
 * part, which the owner sets between fiber_init() and fiber_run(). */
struct fiber {
    struct fiber_switch sw;
    volatile enum fiber_state state;
    volatile bool is_nudged;       /* and has not been judged since */
    struct fiber *volatile parent; /* the thread's innermost before this one */
    void (*func)(void *);          /* what fiber_run() was given */
    fiber_host_func *host_func;    /* what fiber_call_host() was given */
    void *arg;
    uintptr_t paused_at; /* in the code, by a nudge */
    uintptr_t passed_at; /* out of it, by the last nudge that found it there */
    struct fiber_stack stack;
    struct fiber_tools tools;
    enum fiber_place place;
    struct os_regs stood; /* in FIBER_IN_GUEST and FIBER_IN_STOP */

    fiber_judge *judge;          /* NULL: it is never nudged */
    uint64_t entered;            /* when it is run or resumed */
    volatile uint64_t due;       /* when it wants to be judged */
    uintptr_t code_at, code_end; /* the code that may be left anywhere */
};

/* An idle fiber on the stack of `bytes` at `at`, which is borrowed: aligned to
 * 16 at both ends, with FIBER_STACK_GUARD_BYTES that cannot be accessed below.
 * The fiber's address must not change until fiber_fini(). */
void fiber_init(struct fiber *fiber, char *at, size_t bytes);

/* Before: idle or paused.  A fiber that is all zeros is ignored. */
void fiber_fini(struct fiber *fiber);

/* Run func(arg) on the fiber, unless the judge says, at once, that it be
 * stopped.  Before: idle. */
enum fiber_end fiber_run(struct fiber *fiber, fiber_func *func, void *arg);

/* Go on with a paused fiber, on this thread, unless the judge says no. */
enum fiber_end fiber_resume(struct fiber *fiber);

/* Abandon a paused fiber: it is idle then. */
void fiber_forget(struct fiber *fiber);

/* Where a fiber stands that is not running, or stood when it was stopped, and
 * what is known of its registers there; `*ret_at_call`: behind a call, not at
 * an instruction.  False if nowhere, because its function has returned.
 *
 * Its stack, too, is then as it was, until it is run again or somebody writes
 * to it, which fiber_lose_place() is for. */
bool fiber_where(const struct fiber *fiber, struct os_regs *ret_regs,
                 bool *ret_at_call);
void fiber_lose_place(struct fiber *fiber);

/* On the fiber: run func(arg) on the host's stack.  Returns when that answers
 * FIBER_FINISHED, or when a pause is over; after FIBER_STOPPED never. */
void fiber_call_host(struct fiber *fiber, fiber_host_func *func, void *arg);

/* On the fiber: abandon it. */
void fiber_stop(struct fiber *fiber) __attribute__((noreturn));

/* The fiber that this thread entered last and has not left, or NULL. */
struct fiber *fiber_innermost(void);

/* The fiber that this thread is executing on, or NULL when it is executing
 * host code, if only on behalf of a fiber.  For signal handlers. */
struct fiber *fiber_current(void);

/* In a signal handler, of a fault on `fiber`, which is the current one: let the
 * fiber be abandoned when the handler returns. */
void fiber_stop_fault(struct fiber *fiber, struct os_fault *fault);

/* On the fiber: end here, by a fault in the guard, if less than `bytes` of
 * stack are left.  Before something that must not end halfway.  `bytes` is at
 * most FIBER_STACK_GUARD_BYTES. */
void fiber_touch_ahead(size_t bytes);

#endif /* FIBER_H */
