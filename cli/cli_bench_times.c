/* cli_bench_times.c - how long each of many took.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_bench_times.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROOM_FIRST 1024u

uint64_t cli_bench_clock(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void cli_bench_times_add(struct cli_bench_times *times, uint64_t ns)
{
    if (times->count == times->room) {
        size_t room = times->room != 0 ? 2 * times->room : ROOM_FIRST;
        uint64_t *more = realloc(times->ns, room * sizeof(*more));

        if (more == NULL)
            return;
        times->ns = more;
        times->room = room;
    }
    times->ns[times->count++] = ns;
}

static int order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void cli_bench_times_sort(struct cli_bench_times *times)
{
    if (times->count > 0)
        qsort(times->ns, times->count, sizeof(*times->ns), order);
}

uint64_t cli_bench_times_at(const struct cli_bench_times *times,
                            unsigned per_mille)
{
    size_t at = times->count * per_mille / 1000;

    return times->ns[at < times->count ? at : times->count - 1];
}

void cli_bench_times_free(struct cli_bench_times *times)
{
    free(times->ns);
    *times = (struct cli_bench_times){0};
}

/* ------------------------------------------------------------------------
 * For people.
 */

struct cli_bench_text cli_bench_time_text(double ns)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    struct cli_bench_text out;
    size_t unit = 0;

    for (; ns >= 999.5 && unit < 3; unit++)
        ns /= 1000;
    snprintf(out.text, sizeof(out.text), "%.*f %s",
             unit == 0 || ns >= 99.95 ? 0
             : ns >= 9.995            ? 1
                                      : 2,
             ns, units[unit]);
    return out;
}

struct cli_bench_text cli_bench_count_text(double count)
{
    struct cli_bench_text out = {""};
    char digits[24];
    size_t len, used = 0;

    snprintf(digits, sizeof(digits), "%" PRIu64, (uint64_t)(count + 0.5));
    len = strlen(digits);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out.text[used++] = ',';
        out.text[used++] = digits[i];
    }
    return out;
}
