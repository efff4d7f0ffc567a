/* fiber.h - code on a stack of its own, which may be abandoned at any moment.
 *
 * Floor 2.  A fiber runs a function on its own stack; whenever that function
 * wants something of the host, the host does it on the host's stack.  So no
 * frame of the host's ever lies on a fiber, and to abandon a fiber is to forget
 * it: nothing leaks and nothing is left half done.
 *
 * A fiber belongs to one thread at a time; a paused one may go on on another.
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

/* Runs on the fiber. */
typedef void fiber_func(void *arg);

/* Runs on the host's stack on behalf of a fiber.  Returns enum fiber_end. */
typedef int fiber_host_func(void *arg);

/* The fields are for fiber.c. */
struct fiber {
    struct fiber_switch sw;
    enum fiber_state state;
    struct fiber *parent; /* the thread's innermost fiber before this one */
    void (*func)(void *); /* what fiber_run() was given */
    fiber_host_func *host_func; /* what fiber_call_host() was given */
    void *arg;
    struct fiber_stack stack;
    struct fiber_tools tools;
};

/* An idle fiber with a stack of `stack_bytes`.  The caller owns it, and its
 * address must not change, until fiber_fini().  Fails with VIV_ENOMEM. */
int fiber_init(struct fiber *fiber, size_t stack_bytes, viv_error *err);

/* Before: idle or paused.  A fiber that is all zeros is ignored. */
void fiber_fini(struct fiber *fiber);

/* Run func(arg) on the fiber.  Before: idle. */
enum fiber_end fiber_run(struct fiber *fiber, fiber_func *func, void *arg);

/* Go on with a paused fiber, on this thread. */
enum fiber_end fiber_resume(struct fiber *fiber);

/* Abandon a paused fiber: it is idle then. */
void fiber_forget(struct fiber *fiber);

/* On the fiber: run func(arg) on the host's stack.  Returns when that answers
 * FIBER_FINISHED, or when a pause is over; after FIBER_STOPPED never. */
void fiber_call_host(struct fiber *fiber, fiber_host_func *func, void *arg);

/* On the fiber: abandon it. */
void fiber_stop(struct fiber *fiber) __attribute__((noreturn));

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
