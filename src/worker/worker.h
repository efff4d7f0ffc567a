/* worker.h - the process that has the guests of one pool, and nothing else.
 *
 * Floor 11.  The other end of src/crew.  Its life:
 *
 *     HELLO --> reads its charter --> maps module and image --> locks itself
 *     down --> READY --> serves until the line ends, which is its end
 *
 * Inside there is an ordinary pool and an ordinary executor with one thread, so
 * that limits, slices, priorities and policies are what they are anywhere.  The
 * main thread reads the line; the executor's thread runs guests and writes
 * results to it.
 *
 * Before it is locked down it reads only what its parent sent, and no guest has
 * run.  After that it opens nothing but what is mounted, and no memory becomes
 * code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WORKER_H
#define WORKER_H

#include "crew/crew_charter.h"
#include "vivarium.h"

/* What it serves with. */
struct worker {
    int fd; /* the line */
    struct crew_terms terms;
    viv_image *image;
    viv_pool *pool;
    viv_executor *executor;
};

/* Become what the charter says, and lock down.  The descriptors are closed.
 * Fails with a sentence. */
int worker_begin(struct worker *worker, const void *charter, size_t len,
                 const int fds[CREW_FDS], viv_error *err);

/* Serve until the line ends, which ends the process. */
__attribute__((noreturn)) void worker_serve(struct worker *worker);

#endif /* WORKER_H */
