/* cli_bench.h - the parts of `viv bench`, and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cli_bench_guest.h"
#include "cli_bench_report.h"

/* What an executor of a part has done. */
struct cli_bench_executor {
    char name[40];
    viv_executor_meters meters;
    char *text; /* for Prometheus; owned; NULL: there was no memory */
};

/* One for each number of threads, which doubles, and one for stops. */
#define CLI_BENCH_EXECUTORS_MAX 16

struct cli_bench {
    struct cli_bench_guest guest;
    struct cli_bench_report report;
    viv_pool *pool;  /* of the guest, fresh */
    viv_pool *stops; /* the same with a deadline; NULL: never stopped */
    uint64_t ns;     /* that all of it may take */
    uint32_t threads;
    bool was_interrupted;
    struct cli_bench_executor executors[CLI_BENCH_EXECUTORS_MAX];
    unsigned executor_count;
};

/* So long may the deadline of an endless loop be away. */
#define CLI_BENCH_DEADLINE_NS (UINT64_C(2) * 1000 * 1000)

/* A share of the whole time. */
uint64_t cli_bench_share(const struct cli_bench *bench, unsigned percent);

/* Is it before `end`, and has nobody pressed Ctrl-C? */
bool cli_bench_goes_on(struct cli_bench *bench, uint64_t end);

/* A pool of fresh sandboxes of the guest; `run_ns` of 0 is the default.  Prints
 * what is wrong; returns an exit code. */
int cli_bench_pool(struct cli_bench *bench, const char *name, uint64_t run_ns,
                   viv_pool **ret_pool);

/* `outcome` is not what it should be: says so, and returns CLI_FAILED. */
int cli_bench_wrong(const struct cli_bench *bench, const viv_outcome *outcome);

/* Parts, in the order of the report.  Each prints what is wrong, and returns an
 * exit code.  One that the guest has nothing for says nothing. */
int cli_bench_load(struct cli_bench *bench); /* Python: how long it takes */
int cli_bench_rates(struct cli_bench *bench);
int cli_bench_latencies(struct cli_bench *bench);
int cli_bench_host_calls(struct cli_bench *bench);
int cli_bench_stops(struct cli_bench *bench);
int cli_bench_memory(struct cli_bench *bench);
int cli_bench_meters(struct cli_bench *bench);

#endif /* CLI_BENCH_H */
