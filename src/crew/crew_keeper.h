/* crew_keeper.h - a thread that keeps one worker process.
 *
 * Floor 9.  It starts the process, gives it jobs, hears how they ended and says
 * so, and when it dies starts another.
 *
 *             start                 READY
 *     DOWN ---------> STARTING ---------------> OPEN
 *      ^                  |                      |
 *      |   it dies, says  |    it dies, says     |
 *      +--- FAILED, or ---+--- nonsense, or is --+
 *          nothing             late with a job
 *
 * Beside a process that has ended something there is a SPARE, which has begun
 * by the time it is needed: its HELLO and READY stay on the line until then.
 * So from DOWN it takes a moment to be OPEN again, and not what it takes to
 * start a program, map a module and lock down, which is milliseconds or, where
 * the CPU is short, many.
 *
 * From DOWN one is started at once, unless several in a row have ended nothing:
 * then there is a pause, each time twice as long, up to a second.  When several
 * in a row have not even begun, the jobs that wait are told so.
 *
 * How many jobs a worker has at a time: as many as it may have sandboxes; and
 * of those of which it has not said that they take LONG - more than a slice, or
 * that they wait - only CREW_SHORTS_MAX, lest what could be with another
 * worker, or with none, is with one that dies.
 *
 * Invariants, on its thread:
 *     1. a slot has a job exactly from crew_take() to pool_executor_end()
 *     2. `count` slots have a job, `longs` of them one that is long
 *     3. when it is not OPEN no slot has a job
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_KEEPER_H
#define CREW_KEEPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "crew/crew.h"
#include "crew/crew_ask.h"
#include "crew/crew_process.h"

#define CREW_SHORTS_MAX 4
#define CREW_WHY_BYTES  300

enum crew_keeper_state { CREW_DOWN, CREW_STARTING, CREW_OPEN };

/* A job that the worker has. */
struct crew_slot {
    struct pool_job *job; /* NULL: none */
    uint32_t turn; /* of this slot: in the id, so that it is no other's */
    bool is_long, is_cancelling;
    uint64_t until; /* it should have ended then */
    uint64_t mark;  /* of the line: the worker cannot know of it before */
};

struct crew_keeper {
    struct crew *crew;
    uint32_t number, max; /* jobs that it may have at a time */
    pthread_t thread;
    bool has_thread;
    int event_fd; /* poked */

    /* Under the carrier's lock. */
    bool is_open, is_full;
    uint32_t shorts;
    struct pool_turn_item *mine, **mine_end; /* jobs with keys */
    bool was_mine;                           /* the job that it took last */

    /* Its own. */
    enum crew_keeper_state state;
    struct crew_process process, spare;
    bool has_greeted;
    bool was_used;            /* the process was sent a job */
    uint64_t start_at;        /* DOWN: when; STARTING: when it is too late */
    uint32_t barren;          /* processes in a row that have ended nothing */
    uint32_t stillborn;       /* and of these, those that were never used */
    char why[CREW_WHY_BYTES]; /* what the latest process died of */
    struct crew_slot *slots;  /* crew->charter.max of them */
    uint32_t used;            /* those beyond have never had a job */
    uint32_t count, longs;
    struct crew_asks asks;
};

/* Begin to keep, in `keeper`, which is all zeros.  Fails with VIV_ENOMEM,
 * VIV_EIO; then there is nothing to end. */
int crew_keeper_start(struct crew_keeper *keeper, struct crew *crew,
                      uint32_t number, viv_error *err);

/* How long it waits for a worker that says nothing, if not as long as is usual:
 * to begin, and to end a job when its limit of time is over.  For tests;
 * process-wide. */
void crew_keeper_hurry(uint64_t start_ns, uint64_t late_ns);

/* Look up: there is something new.  Any thread. */
void crew_keeper_poke(struct crew_keeper *keeper);

/* Wait for its thread, which ends when the carrier is over, and give everything
 * back. */
void crew_keeper_end(struct crew_keeper *keeper);

/* Has it a job with this key? */
bool crew_keeper_has_key(const struct crew_keeper *keeper, const char *key);

#endif /* CREW_KEEPER_H */
