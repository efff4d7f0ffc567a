/* stress.h - many guests, many threads, one process: what the parts share.
 *
 * A WORKER is a thread that takes one random step after another, until its
 * round is over.  Between steps it has one BOX of its own, a living guest; all
 * else that lives is in places from which any worker may take it: images,
 * tokens to be answered, and JOBS, which are calls that wait or are paused.
 * What each step must come to is known when it begins.
 *
 *     stress_run.c    rounds, threads, and what must be left after each
 *     stress_step.c   steps with a box
 *     stress_halt.c   steps with calls that are halted
 *     stress_box.c    guests, and how they come to be
 *     stress_place.c  places
 *     stress_watch.c  whoever does not go on, and what is left
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STRESS_H
#define STRESS_H

#include <stdatomic.h>

#include "escape/host.h"

/* ------------------------------------------------------------------------
 * Guests.
 */

enum { STRESS_PLAIN, STRESS_METERED, STRESS_START, STRESS_MODULES };

/* One living guest, and what it must say when it is asked for its tag. */
struct stress_box {
    viv_sandbox *sandbox; /* NULL: none */
    viv_image *image;     /* that it began as; NULL: none.  One reference */
    uint32_t tag;
    unsigned module;
};

/* What a host function has to know of the step that it serves. */
struct stress_context {
    viv_token *token;         /* the one that was taken last */
    struct stress_box *inner; /* a guest to be called, or NULL */
};

extern __thread struct stress_context stress_context;

void stress_box_init(void);

/* Limits for guests: small stacks, and whatever is not the point in plenty. */
viv_limits stress_limits(void);

/* A new guest, from the module or from an image; false: there are as many as
 * may be. */
bool stress_box_new(unsigned module, struct stress_box *ret_box);
bool stress_box_from(unsigned module, const viv_limits *limits, uint32_t choice,
                     struct stress_box *ret_box);

/* Freeze it. */
viv_image *stress_box_freeze(const struct stress_box *box);

/* Count one more that was made otherwise; false: there are all that may be. */
bool stress_box_claim(void);
void stress_box_unclaim(void);

void stress_box_free(struct stress_box *box);

/* It says its tag: nobody else's memory is in its place. */
void stress_box_check(const struct stress_box *box);

/* Of all that live. */
uint32_t stress_box_count(void);

/* ------------------------------------------------------------------------
 * Places.  Any thread.
 */

struct stress_image {
    viv_image *image; /* one reference */
    uint32_t tag;
    unsigned module;
};

/* Make all images.  Before the first worker. */
void stress_place_init(void);

/* One of the images of that module. */
struct stress_image stress_place_image(unsigned module, uint32_t choice);

/* Put it in the place of another one, which is given back. */
void stress_place_put_image(struct stress_image image, uint32_t choice);

/* Give all images back. */
void stress_place_fini(void);

/* How a token shall be answered. */
enum stress_plan { STRESS_ANSWER, STRESS_FAIL, STRESS_GIVE_UP, STRESS_NEVER };

#define STRESS_FAILURE (-77)

struct stress_promise {
    viv_token *token;
    enum stress_plan plan;
    uint32_t value;
};

bool stress_place_put_promise(struct stress_promise promise);
bool stress_place_take_promise(struct stress_promise *ret_promise);

/* A call that waits or is paused, and what it must come to. */
struct stress_job {
    struct stress_box box;
    enum stress_plan plan;
    bool is_paused;
    bool is_cancelled;
    uint32_t result;
};

bool stress_place_put_job(const struct stress_job *job);
bool stress_place_take_job(struct stress_job *ret_job, uint32_t choice);

/* A sandbox that anybody may cancel until it is withdrawn. */
void stress_place_publish(uint32_t place, viv_sandbox *sandbox);
void stress_place_withdraw(uint32_t place);
void stress_place_cancel(uint32_t choice);

/* ------------------------------------------------------------------------
 * Workers.
 */

struct stress_worker {
    pthread_t thread;
    uint32_t number;
    uint64_t random;
    struct stress_box own;
    _Atomic uint64_t steps;
    const char *_Atomic doing; /* a step's name */
    uint64_t outcomes[VIV_PAUSED + 1];
};

uint32_t stress_random(struct stress_worker *worker);

/* Note the outcome, and return it. */
viv_outcome stress_note(struct stress_worker *worker, viv_outcome outcome);

/* Call a function of one i32. */
viv_outcome stress_call(struct stress_worker *worker,
                        const struct stress_box *box, const char *name,
                        uint32_t arg, uint32_t *ret_result);

/* One kind of step, how often it is taken among others, and was. */
struct stress_step {
    const char *name;
    void (*take)(struct stress_worker *worker);
    uint32_t weight;
    _Atomic uint64_t count;
};

extern struct stress_step stress_steps[], stress_halts[];
extern const size_t stress_step_count, stress_halt_count;

/* End what is left of halted calls and promises, after a round. */
void stress_halt_drain(void);

/* ------------------------------------------------------------------------
 * Watching.
 */

/* Until stress_watch_end(): whoever takes no step for long ends the test, with
 * what all threads are doing. */
void stress_watch_begin(struct stress_worker *workers, uint32_t count);
void stress_watch_end(void);

/* What a process holds. */
struct stress_holdings {
    uint64_t rss_bytes;
    uint32_t descriptors;
    uint32_t regions; /* mappings that are parts of regions, or of images */
    uint32_t timers;
    uint32_t threads;
};

struct stress_holdings stress_watch_holdings(void);

#endif /* STRESS_H */
