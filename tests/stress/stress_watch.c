/* stress_watch.c - whoever does not go on, and what is left.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <inttypes.h>
#include <sys/prctl.h>

#include "stress.h"

/* ------------------------------------------------------------------------
 * The watch.
 */

static struct {
    pthread_t thread;
    struct stress_worker *workers;
    uint32_t count;
    _Atomic bool is_over;
} watch;

#define CHECK_NS (200 * MS)

/* A step takes milliseconds; but there may be 200 of them at a time, on a
 * machine that others use, too. */
static uint64_t patience(void)
{
    return host_patience(2 * VIV_NS_PER_S);
}

/* By a debugger, if there is one: nobody else knows where everybody stands. */
static void report_stacks(void)
{
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    host_shell("gdb -batch -p %ld -ex 'thread apply all backtrace 20' 2>&1 || "
               "true",
               (long)getpid());
}

static void give_up(uint32_t stuck)
{
    uint32_t i;

    for (i = 0; i < watch.count; i++)
        fprintf(stderr, "worker %u: step %" PRIu64 ", %s\n", i,
                atomic_load(&watch.workers[i].steps),
                atomic_load(&watch.workers[i].doing));
    report_stacks();
    test_fail(TEST_AT, "worker %u does not go on: %s", stuck,
              atomic_load(&watch.workers[stuck].doing));
}

static void *watch_all(void *unused)
{
    uint64_t *steps = calloc(watch.count, sizeof(*steps));
    uint64_t *since = calloc(watch.count, sizeof(*since));
    uint32_t i;

    EXPECT(steps != NULL && since != NULL);
    while (!atomic_load(&watch.is_over)) {
        uint64_t now = host_now();

        for (i = 0; i < watch.count; i++) {
            uint64_t step = atomic_load(&watch.workers[i].steps);

            if (step != steps[i] || since[i] == 0) {
                steps[i] = step;
                since[i] = now;
            } else if (now - since[i] > patience()) {
                give_up(i);
            }
        }
        host_sleep(CHECK_NS);
    }
    free(steps);
    free(since);
    return unused;
}

void stress_watch_begin(struct stress_worker *workers, uint32_t count)
{
    watch.workers = workers;
    watch.count = count;
    atomic_store(&watch.is_over, false);
    watch.thread = host_thread(watch_all, NULL);
}

void stress_watch_end(void)
{
    atomic_store(&watch.is_over, true);
    EXPECT_EQ_INT(pthread_join(watch.thread, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Holdings.
 */

/* What is closed and as large as this is part of a region, or was there from
 * the beginning; sanitizers cut what was there into pieces. */
#define REGION_BYTES (UINT64_C(1) << 30)

static uint32_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    uint32_t count = 0;

    EXPECT(folder != NULL);
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void each_line(const char *path,
                      void (*func)(struct stress_holdings *, const char *),
                      struct stress_holdings *holdings)
{
    FILE *file = fopen(path, "r");
    char line[4500];

    EXPECT(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL)
        func(holdings, line);
    fclose(file);
}

static void see_mapping(struct stress_holdings *holdings, const char *line)
{
    uint64_t from, end;

    if (sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &end) != 2)
        return;
    holdings->regions +=
        strstr(line, "memfd:") != NULL ||
        (end - from >= REGION_BYTES && strstr(line, " ---p ") != NULL &&
         host_is_mode("plain"));
}

static void see_timer(struct stress_holdings *holdings, const char *line)
{
    holdings->timers += strncmp(line, "ID:", 3) == 0;
}

static void see_status(struct stress_holdings *holdings, const char *line)
{
    uint64_t kib;

    if (sscanf(line, "VmRSS: %" SCNu64, &kib) == 1)
        holdings->rss_bytes = kib * 1024;
}

struct stress_holdings stress_watch_holdings(void)
{
    struct stress_holdings holdings = {0};

    each_line("/proc/self/maps", see_mapping, &holdings);
    each_line("/proc/self/timers", see_timer, &holdings);
    each_line("/proc/self/status", see_status, &holdings);
    holdings.descriptors = count_entries("/proc/self/fd");
    holdings.threads = count_entries("/proc/self/task");
    return holdings;
}
