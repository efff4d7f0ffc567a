/* bench_conversions.c - a guest that keeps too much, and is renewed in time.
 *
 * bench/python/document.py converts an image-heavy document, and leaves 62 KB
 * behind each time.  It does so 10,000 times in the one sandbox of a pool that
 * recycles, under a ceiling of 64 MB, with the usual lines: no conversion may
 * fail, and memory is looked at after each.
 *
 * The peer is a sandbox that is kept and never renewed, which it can only be
 * because it may grow to a gigabyte.  The two take turns of ten conversions, of
 * the same numbers, and must come to the same results.  What recycling costs is
 * the ratio of both times: by the clock, and of the processor, which others on
 * the machine do not lengthen.
 *
 * Two more: how far the sandbox that is kept comes under the ceiling of 64 MB;
 * and the time of conversions that are fresh each time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench_python.h"

enum { CONVERSIONS = 10000, TURN = 10, LEFT_BEHIND = 62000 };

#define CEILING (UINT64_C(64) << 20)
#define PLENTY  (UINT64_C(1) << 30)

/* ------------------------------------------------------------------------
 * The image: document.py has run, nothing is converted yet.
 */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 65536);

    if (file == NULL || fread(text, 1, 65535, file) == 0)
        bench_die("cannot read %s", path);
    fclose(file);
    return text;
}

static viv_image *load(void)
{
    const char *root = getenv("VIV_ROOT");
    viv_image *python = bench_python(NULL, 0), *image = NULL;
    viv_sandbox *sandbox = bench_sandbox_from(python);
    viv_error err = {0};
    char path[PATH_MAX], *source;

    snprintf(path, sizeof(path), "%s/bench/python/document.py",
             root != NULL ? root : ".");
    source = read_file(path);
    if (viv_python_apply(sandbox, NULL, &err) < 0)
        bench_die("%s", err.text);
    bench_run(sandbox, source, VIV_RETURNED);
    if (viv_image_new(sandbox, &image, &err) < 0)
        bench_die("%s", err.text);
    free(source);
    viv_sandbox_free(sandbox);
    viv_image_unref(python);
    return image;
}

/* ------------------------------------------------------------------------
 * Those who convert: a pool of one sandbox.
 */

struct converter {
    viv_pool *pool;
    const char *key;
    uint64_t wall_ns, cpu_ns;
    uint64_t linear_most, private_most; /* bytes, after a conversion */
};

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *err)
{
    (void)cookie;
    return viv_python_apply(sandbox, NULL, err);
}

static struct converter begin(viv_image *image, uint32_t policy,
                              uint64_t memory_bytes)
{
    struct converter converter = {0};
    viv_pool_config config;
    viv_limits limits;
    viv_error err = {0};

    viv_limits_default(&limits);
    limits.memory_bytes = memory_bytes;
    limits.host_calls = UINT64_MAX;
    viv_pool_config_default(&config);
    config.policy = policy;
    config.max = 1;
    config.limits = &limits;
    config.prepare = prepare;
    if (viv_pool_new(image, &config, &converter.pool, &err) < 0)
        bench_die("%s", err.text);
    converter.key = policy == VIV_POOL_KEPT ? "the one" : NULL;
    return converter;
}

static void end(struct converter *converter)
{
    viv_pool_unref(converter->pool);
}

static uint64_t cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Acquire, convert, release.  The checksum; -1: it did not return one. */
static int64_t convert(struct converter *converter, size_t number)
{
    viv_python_result result;
    viv_sandbox *sandbox;
    viv_error err = {0};
    int64_t sum = -1;
    uint64_t bytes;

    if (viv_pool_acquire(converter->pool, converter->key, 0, &sandbox, &err) <
        0)
        bench_die("%s", err.text);
    bench_python_call(sandbox, "__main__", "convert", (uint16_t)number,
                      &result);
    if (result.outcome.kind == VIV_RETURNED)
        sum = bench_python_int(&result);
    bytes = viv_memory_bytes(sandbox);
    if (bytes > converter->linear_most)
        converter->linear_most = bytes;
    viv_pool_release(converter->pool, sandbox);
    return sum;
}

/* Conversions `first` to `end`, timed. */
static void turn(struct converter *converter, size_t first, size_t after,
                 int64_t *sums)
{
    uint64_t wall = bench_now(), cpu = cpu_now();

    for (size_t n = first; n < after; n++) {
        sums[n - first] = convert(converter, n);
        if (sums[n - first] < 0)
            bench_die("conversion %zu has failed", n);
    }
    converter->wall_ns += bench_now() - wall;
    converter->cpu_ns += cpu_now() - cpu;
}

static uint64_t private_bytes(struct converter *converter)
{
    viv_pool_meters meters;

    viv_pool_meters_of(converter->pool, &meters);
    return meters.private_bytes;
}

/* ------------------------------------------------------------------------
 * Recycled, beside kept.
 */

static void in_turns(struct converter *ours, struct converter *peer,
                     size_t count)
{
    int64_t sums[2][TURN];

    for (size_t n = 0; n < count; n += TURN) {
        bool is_odd = n / TURN % 2;
        uint64_t bytes;

        turn(is_odd ? peer : ours, n, n + TURN, sums[is_odd]);
        turn(is_odd ? ours : peer, n, n + TURN, sums[!is_odd]);
        if (memcmp(sums[0], sums[1], sizeof(sums[0])) != 0)
            bench_die("conversions %zu to %zu differ", n, n + TURN);
        bytes = private_bytes(ours);
        if (bytes > ours->private_most)
            ours->private_most = bytes;
    }
}

static void report(struct converter *ours, struct converter *peer, size_t count)
{
    viv_pool_meters meters;
    double left = (double)count * LEFT_BEHIND;

    viv_pool_meters_of(ours->pool, &meters);
    bench_row_peer("conversions that failed, recycled",
                   (double)(count - meters.returned), "conversions", "of",
                   (double)count);
    bench_row_peer("linear memory, most", (double)ours->linear_most / 1048576,
                   "MiB", "the ceiling", (double)CEILING / 1048576);
    bench_row_peer("memory of its own, most",
                   (double)ours->private_most / 1048576, "MiB", "the ceiling",
                   (double)CEILING / 1048576);
    bench_row_peer("left behind in all", left / 1048576, "MiB",
                   "kept: linear memory", (double)peer->linear_most / 1048576);
    bench_row_peer("times renewed", (double)meters.recycled_bytes, "resets",
                   "conversions", (double)count);
    bench_row("a renewal",
              (double)meters.reset.sum_ns /
                  (double)(meters.resets + !meters.resets) / 1e3,
              "us");
    bench_row_peer("a conversion, recycled",
                   (double)ours->wall_ns / 1e3 / (double)count, "us", "kept",
                   (double)peer->wall_ns / 1e3 / (double)count);
    bench_row_peer("the same, processor",
                   (double)ours->cpu_ns / 1e3 / (double)count, "us", "kept",
                   (double)peer->cpu_ns / 1e3 / (double)count);
}

/* ------------------------------------------------------------------------
 * Two others.
 */

static void kept_below_the_ceiling(viv_image *image)
{
    struct converter kept = begin(image, VIV_POOL_KEPT, CEILING);
    size_t most = bench_rounds(CONVERSIONS, 10), count = 0;

    while (count < most && convert(&kept, count) >= 0)
        count++;
    bench_row("kept under the same ceiling: returned", (double)count,
              "conversions");
    end(&kept);
}

static void fresh_each_time(viv_image *image, struct converter *ours)
{
    struct converter fresh = begin(image, VIV_POOL_FRESH, CEILING);
    size_t count = bench_rounds(500, TURN);
    int64_t sums[TURN];

    ours->cpu_ns = 0;
    for (size_t n = 0; n < count; n += TURN) {
        turn(&fresh, n, n + TURN, sums);
        turn(ours, n, n + TURN, sums);
    }
    bench_row_peer("fresh each time, processor",
                   (double)fresh.cpu_ns / 1e3 / (double)count, "us", "recycled",
                   (double)ours->cpu_ns / 1e3 / (double)count);
    end(&fresh);
}

/* ------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    size_t count = bench_rounds(CONVERSIONS, 2 * TURN);
    struct converter recycled, kept;
    viv_image *image;

    bench_begin(argc, argv,
                "10,000 conversions in a sandbox that is recycled under 64 MB, "
                "against one that is kept");
    image = load();
    recycled = begin(image, VIV_POOL_RECYCLED, CEILING);
    kept = begin(image, VIV_POOL_KEPT, PLENTY);
    in_turns(&recycled, &kept, count);
    report(&recycled, &kept, count);
    end(&kept);
    kept_below_the_ceiling(image);
    fresh_each_time(image, &recycled);
    end(&recycled);
    viv_image_unref(image);
    return 0;
}
