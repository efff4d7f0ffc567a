/* soak_watch.c - whoever does not go on; what the process holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <malloc.h>
#include <sys/prctl.h>

#include "soak.h"

#define PATIENCE_NS (60 * VIV_NS_PER_S)
#define LINE_NS     (10 * VIV_NS_PER_S)

enum { SAMPLES_MAX = 20000 };

static struct {
    uint64_t begin;
    pthread_t thread;
    _Atomic bool is_over;
    _Atomic uint64_t round;
    struct soak_sample samples[SAMPLES_MAX];
    size_t count;
    size_t first; /* after the warm-up; SIZE_MAX: it is not over */
} watch = {.first = SIZE_MAX};

uint64_t soak_watch_ns(void)
{
    return bench_now() - watch.begin;
}

void soak_watch_round(uint64_t round)
{
    atomic_store(&watch.round, round);
}

uint64_t soak_watch_rounds(void)
{
    return atomic_load(&watch.round);
}

/* ------------------------------------------------------------------------
 * The watchdog.
 */

static void say_where(void)
{
    const struct soak_driver *drivers;
    viv_executor_meters m = soak_job_meters();
    uint32_t count;
    const char *doing;

    drivers = soak_drive_all(&count);
    for (uint32_t i = 0; i < count; i++) {
        doing = atomic_load(&drivers[i].doing);
        fprintf(stderr, "driver %u: step %" PRIu64 ", %s\n", i,
                atomic_load(&drivers[i].steps), doing != NULL ? doing : "-");
    }
    fprintf(stderr,
            "executor: %" PRIu64 " queued, %" PRIu64 " running, %" PRIu64
            " waiting\n",
            m.queued, m.running, m.waiting);
}

/* By a debugger, if there is one: nobody else knows where everybody stands. */
static void say_stacks(void)
{
    char command[200];

    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    snprintf(command, sizeof(command),
             "gdb -batch -p %ld -ex 'thread apply all backtrace 20' >&2",
             (long)getpid());
    if (system(command) != 0)
        fputs("no debugger\n", stderr);
}

static void give_up(void)
{
    fprintf(stderr,
            "soak: nothing has ended for %d s: round %" PRIu64 ", seed %" PRIu64
            "\n",
            (int)(PATIENCE_NS / VIV_NS_PER_S), soak_watch_rounds(),
            soak_options.seed);
    say_where();
    say_stacks();
    _exit(1);
}

static void *look(void *unused)
{
    bool is_terminal = isatty(2);
    uint64_t counted = 0, since = bench_now(), shown = since;

    while (!atomic_load(&watch.is_over)) {
        uint64_t now = bench_now();

        if (soak_tally_all() != counted)
            since = now;
        counted = soak_tally_all();
        if (now - since > PATIENCE_NS)
            give_up();
        if (now - shown > (is_terminal ? VIV_NS_PER_S : LINE_NS)) {
            soak_report_progress(is_terminal);
            shown = now;
        }
        soak_sleep(200 * SOAK_MS);
    }
    return unused;
}

void soak_watch_begin(void)
{
    watch.begin = bench_now();
    if (pthread_create(&watch.thread, NULL, look, NULL) != 0)
        bench_die("no thread");
}

void soak_watch_end(void)
{
    atomic_store(&watch.is_over, true);
    pthread_join(watch.thread, NULL);
}

/* ------------------------------------------------------------------------
 * Samples.
 */

static uint32_t entries(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    uint32_t count = 0;

    if (folder == NULL)
        bench_die("cannot read %s", path);
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count - (strcmp(path, "/proc/self/fd") == 0); /* its own */
}

/* What is read here is not to be allocated: it would be seen. */
enum { TEXT_BYTES = 1 << 20 };

static char maps[TEXT_BYTES], first_maps[TEXT_BYTES];

/* The whole of a file of /proc. */
static void read_text(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    size_t len = 0, got;

    if (file == NULL)
        bench_die("cannot read %s", path);
    do {
        got = fread(text + len, 1, TEXT_BYTES - 1 - len, file);
        len += got;
    } while (got > 0);
    fclose(file);
    text[len] = '\0';
}

static uint32_t lines_of(const char *text)
{
    uint32_t count = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

static uint64_t kib_of(const char *text, const char *field)
{
    const char *at = strstr(text, field);

    return at != NULL ? strtoull(at + strlen(field), NULL, 10) * 1024 : 0;
}

static struct soak_sample take_sample(void)
{
    struct soak_sample sample = {.at_ns = soak_watch_ns()};
    static char rollup[TEXT_BYTES];
    struct mallinfo2 heap;

    malloc_trim(0);
    heap = mallinfo2();
    sample.heap_bytes = heap.uordblks + heap.hblkhd;
    read_text("/proc/self/maps", maps);
    read_text("/proc/self/smaps_rollup", rollup);
    sample.rss_bytes = kib_of(rollup, "Rss:");
    sample.pss_bytes = kib_of(rollup, "Pss:");
    sample.mappings = lines_of(maps);
    sample.descriptors = entries("/proc/self/fd");
    sample.threads = entries("/proc/self/task");
    return sample;
}

/* Sanitizers have mappings of their own, which come and go. */
static void compare(const struct soak_sample *first,
                    const struct soak_sample *now)
{
    soak_expect(now->descriptors == first->descriptors, "held",
                "%u descriptors, at first %u", now->descriptors,
                first->descriptors);
    soak_expect(now->threads == first->threads, "held",
                "%u threads, at first %u", now->threads, first->threads);
    if (!soak_is_mode("plain"))
        return;
    if (!soak_expect(now->mappings == first->mappings, "held",
                     "%u mappings, at first %u", now->mappings,
                     first->mappings) &&
        getenv("VIV_SOAK_MAPS") != NULL)
        fprintf(stderr, "--- at first\n%s--- now\n%s", first_maps, maps);
}

/* A tenth of the time, and two rounds. */
static bool is_warm(void)
{
    return watch.count >= 2 && soak_watch_ns() >= soak_options.ns / 10;
}

void soak_watch_sample(void)
{
    struct soak_sample *sample = &watch.samples[watch.count];
    bool was_warm = is_warm();

    if (watch.count == SAMPLES_MAX)
        return;
    *sample = take_sample();
    if (watch.first != SIZE_MAX) {
        compare(&watch.samples[watch.first], sample);
    } else if (was_warm) {
        watch.first = watch.count;
        memcpy(first_maps, maps, strlen(maps) + 1);
    }
    watch.count++;
}

size_t soak_watch_samples(const struct soak_sample **ret_samples)
{
    size_t first = watch.first < watch.count ? watch.first : watch.count;

    *ret_samples = watch.samples + first;
    return watch.count - first;
}

struct soak_growth soak_watch_growth(void)
{
    const struct soak_sample *s;
    struct soak_growth growth = {.count = soak_watch_samples(&s)};
    double n = (double)growth.count, x, y;
    double sx = 0, sy = 0, sxx = 0, sxy = 0;

    if (growth.count < 2)
        return growth;
    for (size_t i = 0; i < growth.count; i++) {
        x = (double)(s[i].at_ns - s[0].at_ns) / 1e9;
        y = (double)s[i].rss_bytes;
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    x = (double)(s[growth.count - 1].at_ns - s[0].at_ns) / 1e9;
    growth.slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    growth.by_slope = growth.slope * x;
    growth.by_difference =
        (double)s[growth.count - 1].rss_bytes - (double)s[0].rss_bytes;
    growth.heap =
        (double)s[growth.count - 1].heap_bytes - (double)s[0].heap_bytes;
    return growth;
}
