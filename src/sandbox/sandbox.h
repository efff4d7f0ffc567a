/* sandbox.h - one living guest, and what it may do.
 *
 * Floor 5.  An engine instance, and around it: whose turn it is, limits and
 * meters, the call that runs or waits, and the image to go back to.
 *
 *                        sandbox_take         sandbox_put
 *          IDLE, STOPPED -----------> BUSY ---------------> IDLE, STOPPED
 *
 *                    sandbox_call_start               returned, trapped, exited
 *               IDLE ------------------> RUNNING ------------> IDLE
 *                                         |  ^  \
 *                                   waits |  |   \ spent, cancelled
 *                                  paused v  |    v
 *                          WAITING, PAUSED    \   STOPPED --> IDLE
 *                          PARKED |  sandbox_call_resume  sandbox_reset
 *                                 |  sandbox_call_go_on
 *                                 +---------------> STOPPED
 *                                 sandbox_call_drop
 *
 * A call is PARKED when its function has returned but said before that it is
 * not done: nothing of it is on the stack, so that this is a quiet moment, and
 * yet there is a call with limits and a deadline.  sandbox_call.h also has the
 * arrows of it in parts.
 *
 * The state is one atomic word: whoever changes it from a state in which nobody
 * owns the sandbox to BUSY or RUNNING owns it, until it is changed back; all
 * others are refused.  A serial number of the call is in the same word, so that
 * a cancel that comes too late finds another call and does nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_instance.h"
#include "mem/mem_reset.h"
#include "vivarium.h"

/* Opaque types. */
struct sandbox_image;
struct sandbox_token;

enum sandbox_state {
    SANDBOX_IDLE = VIV_IDLE,
    SANDBOX_RUNNING = VIV_RUNNING,
    SANDBOX_WAITING = VIV_IS_WAITING,
    SANDBOX_PAUSED = VIV_IS_PAUSED,
    SANDBOX_STOPPED = VIV_STOPPED,
    SANDBOX_BUSY, /* no call, but somebody is at work on it */
    SANDBOX_PARKED,
};

/* What a higher floor keeps of a sandbox on the host's side, beside its region.
 * All run on the thread that has taken the sandbox. */
struct sandbox_beside {
    struct sandbox_beside *next;
    /* May it be written down as it is?  Fails with a sentence.  NULL: yes. */
    int (*may_freeze)(struct sandbox_beside *beside, viv_error *err);
    void (*was_reset)(struct sandbox_beside *beside);
    void (*free)(struct sandbox_beside *beside);
    /* Its call was dropped.  NULL: no matter. */
    void (*was_dropped)(struct sandbox_beside *beside);
};

/* What host functions get. */
struct viv_host_call {
    struct sandbox *sandbox;
};

/* The call that runs or waits.  Times are os_clock_now()'s. */
struct sandbox_call {
    uint64_t began;
    uint64_t wall_end, run_end, slice_end;
    viv_meters used;
};

struct sandbox {
    struct engine_instance instance; /* first: a fiber leads to its sandbox */
    _Atomic uint64_t word; /* serial of the call << 8 | enum sandbox_state */
    _Atomic uint64_t cancelled; /* the serial of the call to be cancelled */
    _Atomic int runner;         /* the thread that runs the call, or 0 */
    bool is_starting;           /* it is being initialised */

    struct sandbox_image *image; /* what it goes back to: one reference */
    struct mem_reset reset;
    viv_limits limits;
    uint64_t slice_ns; /* 0: none */
    viv_host_call host_call;
    struct sandbox_beside *beside; /* the first; NULL: nothing */

    struct sandbox_call call;
    viv_meters last, sum;

    /* Whoever waits for the answer of a host call. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    _Atomic bool is_answered;
    _Atomic bool is_poked;       /* a host function wants to be asked again */
    bool asks_again;             /* the call waits to do that */
    bool parks;                  /* it will be parked once it returns */
    bool has_more;               /* the host runs one more function then */
    uint64_t wakes_at;           /* it sleeps until then; or OS_NUDGE_NEVER */
    uint64_t parked_until;       /* if it parks */
    struct sandbox_token *token; /* of the latest host call that took one */
    viv_ready_func *ready;
    void *ready_cookie;
};

/* Make a sandbox from a link: the whole of viv_sandbox_new() after linking.
 * `limits` were checked.  `*ret_sandbox` is NULL when the guest did not survive
 * its initialisation. */
int sandbox_new(struct engine_link *link, const viv_limits *limits,
                struct sandbox **ret_sandbox, viv_outcome *ret_outcome,
                viv_error *err);

/* Make one from an image. */
int sandbox_from(struct sandbox_image *image, const viv_limits *limits,
                 struct sandbox **ret_sandbox, viv_error *err);

/* Before: the caller has taken it, or nobody else knows it yet. */
void sandbox_free(struct sandbox *sandbox);

/* What is beside it and is freed by `free`; or NULL.  Add one, remove one. */
struct sandbox_beside *
sandbox_beside_find(const struct sandbox *sandbox,
                    void (*free)(struct sandbox_beside *beside));
void sandbox_beside_add(struct sandbox *sandbox, struct sandbox_beside *beside);
void sandbox_beside_remove(struct sandbox *sandbox,
                           struct sandbox_beside *beside);

/* Make it what its image is.  Before: the caller has taken it. */
int sandbox_reset(struct sandbox *sandbox, viv_error *err);

/* ------------------------------------------------------------------------
 * Whose turn it is.
 */

/* Sets of states. */
#define SANDBOX_IN(state) (1u << (state))
#define SANDBOX_QUIET     SANDBOX_IN(SANDBOX_IDLE)
#define SANDBOX_NO_CALL   (SANDBOX_QUIET | SANDBOX_IN(SANDBOX_STOPPED))
#define SANDBOX_STILL     (SANDBOX_QUIET | SANDBOX_IN(SANDBOX_PARKED))
#define SANDBOX_HALTED                                                         \
    (SANDBOX_IN(SANDBOX_WAITING) | SANDBOX_IN(SANDBOX_PAUSED))
#define SANDBOX_UNDONE (SANDBOX_HALTED | SANDBOX_IN(SANDBOX_PARKED))

/* Take the sandbox if its state is in the set `from`, which it then was
 * (`*ret_was`); it is `to` from then on.  Refused at once otherwise, with
 * VIV_EBUSY, VIV_EWAITING, VIV_ESTOPPED or VIV_ENOCALL. */
int sandbox_take(struct sandbox *sandbox, uint32_t from, enum sandbox_state to,
                 enum sandbox_state *ret_was, viv_error *err);

/* It is `state` now, and anybody's. */
void sandbox_put(struct sandbox *sandbox, enum sandbox_state state);

/* Its state now, and the number of its latest call.  Any thread; signal
 * handlers. */
enum sandbox_state sandbox_look(const struct sandbox *sandbox,
                                uint64_t *ret_serial);
enum sandbox_state sandbox_state(const struct sandbox *sandbox);
uint64_t sandbox_serial(const struct sandbox *sandbox);

#endif /* SANDBOX_H */
