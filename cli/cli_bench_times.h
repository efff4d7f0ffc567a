/* cli_bench_times.h - how long each of many took.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BENCH_TIMES_H
#define CLI_BENCH_TIMES_H

#include <stddef.h>
#include <stdint.h>

/* Begins as zeros. */
struct cli_bench_times {
    uint64_t *ns;
    size_t count, room;
};

/* Of a clock that only goes on. */
uint64_t cli_bench_clock(void);

/* One more; what there is no memory for is not counted. */
void cli_bench_times_add(struct cli_bench_times *times, uint64_t ns);

/* Sorts them: what follows wants it. */
void cli_bench_times_sort(struct cli_bench_times *times);

/* What `per_mille` of them are not above; there is at least one. */
uint64_t cli_bench_times_at(const struct cli_bench_times *times,
                            unsigned per_mille);

void cli_bench_times_free(struct cli_bench_times *times);

/* As people write it, such as "16.7 us". */
struct cli_bench_text {
    char text[32];
};
struct cli_bench_text cli_bench_time_text(double ns);

/* With commas between thousands. */
struct cli_bench_text cli_bench_count_text(double count);

#endif /* CLI_BENCH_TIMES_H */
