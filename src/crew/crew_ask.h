/* crew_ask.h - functions of the host that guests in a worker call.
 *
 * Floor 9.  The worker sends ASK, under a number of its own; the function runs
 * here, on the thread that keeps the worker; what it says goes back as ANSWER,
 * at once or when somebody keeps the promise, on whatever thread:
 *
 *     ASK --> the function --> ANSWER
 *                 |                ^
 *                 v  promised      | crew_ask_send
 *               OPEN ----------> ANSWERED
 *                 |   kept, on any thread
 *                 v
 *              forgotten: the worker has died
 *
 * Locks: a promise's, then that of the answers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_ASK_H
#define CREW_ASK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base_buf.h"
#include "python/python_host.h"

/* Opaque types. */
struct crew_keeper;
struct crew_late;
struct crew_open;

/* Questions of one worker. */
struct crew_asks {
    struct crew_keeper *keeper; /* to be poked when there is an answer */
    struct crew_open *open; /* promised, and not answered; `count` of them */
    uint32_t count;
    pthread_mutex_t lock;
    struct crew_late *late, **late_end; /* answered, and not sent */
};

void crew_ask_init(struct crew_asks *asks, struct crew_keeper *keeper);
void crew_ask_fini(struct crew_asks *asks);

/* Append the question of job `job`: function number `function` with these
 * arguments, a tuple in bytes.  False: no memory. */
bool crew_ask_put(struct base_buf *buf, uint64_t number, uint64_t job,
                  uint32_t function, bool is_again, const void *args,
                  size_t len);

/* Which job's question is it?  False: it makes no sense. */
bool crew_ask_job(const uint8_t *body, size_t len, uint64_t *ret_job);

/* Let the function answer question `number`; the answer is appended to `out`,
 * unless it is promised.  False: it makes no sense, or there is no memory. */
bool crew_ask_hear(struct crew_asks *asks, const struct python_host *host,
                   uint64_t number, const uint8_t *body, size_t len,
                   struct base_buf *out);

/* Append what was answered since. */
void crew_ask_send(struct crew_asks *asks, struct base_buf *out);

/* The worker has died: nobody waits for answers. */
void crew_ask_forget(struct crew_asks *asks);

#endif /* CREW_ASK_H */
