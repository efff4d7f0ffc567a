/* cli_bench_crew.h - threads that do the same task again and again, each time
 * in a fresh sandbox of a pool.
 *
 * An executor has the threads.  There are twice as many jobs as threads, and
 * each hands in the next one when it is done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BENCH_CREW_H
#define CLI_BENCH_CREW_H

#include "cli_bench.h"
#include "cli_bench_times.h"

/* So many jobs at a time for each thread. */
#define CLI_BENCH_JOBS_EACH 2

struct cli_bench_crew {
    viv_pool *pool;
    const viv_task *task;
    uint32_t threads;
    uint64_t slice_ns;             /* 0: the default */
    uint32_t wanted;               /* the outcome of each */
    struct cli_bench_times *times; /* of each, or NULL */
    const char *label;             /* of what it says meanwhile */

    /* Told by cli_bench_crew_run(). */
    uint64_t count;
    uint64_t ns;
};

/* For `ns`, or until Ctrl-C.  Prints what is wrong; returns an exit code. */
int cli_bench_crew_run(struct cli_bench *bench, struct cli_bench_crew *crew,
                       uint64_t ns);

#endif /* CLI_BENCH_CREW_H */
