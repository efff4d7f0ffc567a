/* bench_python.c - what a fresh Python costs, and that nothing is left of it.
 *
 * One sandbox, reset after each run, so that each finds Python as it is when it
 * has just started.  Its peers do the same small run in their way: python3 as a
 * process, Pyodide in an instance that is never made fresh, and Monty, of which
 * there is little to be made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench_python.h"

enum {
    TURNS = 10,
    OURS = 10000, /* in each turn */
    PEERS = 1000,
    PROCESSES = 20,
    LEFT_RUNS = 10000,
};

static const char RUN[] = "x = 1 + 1";

/* A plug-in, as an embedder would have it in an image. */
static const char PLUGIN[] =
    "import sys, types\n"
    "plugin = types.ModuleType('plugin')\n"
    "exec('def double(n):\\n    return 2 * n\\n', plugin.__dict__)\n"
    "sys.modules['plugin'] = plugin\n"
    "plugin.double(1)\n";

/* Leaves 60 KB to whoever comes next. */
static const char LEAVE[] = "kept = globals().setdefault('kept', [])\n"
                            "kept.append(bytes(range(256)) * 240)\n";

/* Nanoseconds of all that was run in one way. */
struct times {
    uint64_t *ns;
    size_t count;
};

static void times_init(struct times *times, size_t room)
{
    times->ns = calloc(room, sizeof(*times->ns));
    times->count = 0;
    if (times->ns == NULL)
        bench_die("no memory");
}

static double times_us(struct times *times, unsigned per_mille)
{
    return (double)bench_quantile(times->ns, times->count, per_mille) / 1000;
}

/* ------------------------------------------------------------------------
 * Fresh runs and calls.
 */

static void run_ours(viv_sandbox *sandbox, size_t count, struct times *times)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t begin = bench_now();

        bench_run(sandbox, RUN, VIV_RETURNED);
        bench_reset(sandbox);
        times->ns[times->count++] = bench_now() - begin;
    }
}

static void run_processes(size_t count, struct times *times)
{
    char *words[] = {BENCH_PYTHON3, "-c", (char *)RUN, NULL};

    for (size_t i = 0; i < count; i++) {
        uint64_t begin = bench_now();
        int status = 1;
        pid_t pid;

        if (posix_spawn(&pid, words[0], NULL, NULL, words, environ) != 0 ||
            waitpid(pid, &status, 0) != pid || status != 0)
            bench_die("python3 does not run");
        times->ns[times->count++] = bench_now() - begin;
    }
}

static void run_peer(struct bench_peer *peer, size_t count, struct times *times)
{
    if (peer->pid == 0)
        return;
    bench_peer_runs(peer, RUN, count, times->ns + times->count);
    times->count += count;
}

static void run_rows(struct times *ours, const char *peer, struct times *theirs)
{
    if (theirs->count == 0)
        return;
    bench_row_peer("fresh run, p50", times_us(ours, 500), "us", peer,
                   times_us(theirs, 500));
    bench_row_peer("fresh run, p99", times_us(ours, 990), "us", peer,
                   times_us(theirs, 990));
}

static void fresh_runs(viv_image *image)
{
    size_t turns = bench_rounds(TURNS, 1), ours_count = bench_rounds(OURS, 100);
    size_t peers_count = bench_rounds(PEERS, 10);
    size_t processes_count = bench_rounds(PROCESSES, 2);
    viv_sandbox *sandbox = bench_sandbox_from(image);
    struct times ours, processes, warm, small;
    struct bench_peer pyodide, monty;

    bench_peer_find(&pyodide, "Pyodide, warm", "pyodide", "pyodide.mjs");
    bench_peer_find(&monty, "Monty", "monty", "monty.cjs");
    times_init(&ours, turns * ours_count);
    times_init(&processes, turns * processes_count);
    times_init(&warm, turns * peers_count);
    times_init(&small, turns * peers_count);
    for (size_t i = 0; i < turns; i++) {
        run_ours(sandbox, ours_count, &ours);
        run_processes(processes_count, &processes);
        run_peer(&pyodide, peers_count, &warm);
        run_peer(&monty, peers_count, &small);
    }
    run_rows(&ours, "python3 -c", &processes);
    run_rows(&ours, pyodide.name, &warm);
    run_rows(&ours, monty.name, &small);
    bench_peer_end(&pyodide);
    bench_peer_end(&monty);
    free(ours.ns);
    free(processes.ns);
    free(warm.ns);
    free(small.ns);
    viv_sandbox_free(sandbox);
}

/* An image of a Python that has loaded the plug-in and called it once. */
static viv_image *plugin_image(viv_image *image)
{
    viv_sandbox *sandbox = bench_sandbox_from(image);
    viv_image *loaded = NULL;
    viv_error err = {0};

    bench_run(sandbox, PLUGIN, VIV_RETURNED);
    if (viv_image_new(sandbox, &loaded, &err) < 0)
        bench_die("%s", err.text);
    viv_sandbox_free(sandbox);
    return loaded;
}

static void call(viv_sandbox *sandbox, bool is_fresh, struct times *times)
{
    uint64_t begin = bench_now();
    viv_python_result result;

    bench_python_call(sandbox, "plugin", "double", 300, &result);
    if (bench_python_int(&result) != 600)
        bench_die("the function returns something else");
    if (is_fresh)
        bench_reset(sandbox);
    times->ns[times->count++] = bench_now() - begin;
}

/* The peer is the same call in a session that is not made fresh. */
static void fresh_calls(viv_image *image)
{
    size_t turns = bench_rounds(TURNS, 1), count = bench_rounds(OURS, 100);
    viv_image *loaded = plugin_image(image);
    viv_sandbox *sandbox = bench_sandbox_from(loaded);
    viv_sandbox *session = bench_sandbox_from(loaded);
    struct times fresh, kept;

    times_init(&fresh, turns * count);
    times_init(&kept, turns * count);
    for (size_t i = 0; i < turns; i++) {
        for (size_t k = 0; k < count; k++)
            call(sandbox, true, &fresh);
        for (size_t k = 0; k < count; k++)
            call(session, false, &kept);
    }
    bench_row_peer("fresh call, p50", times_us(&fresh, 500), "us",
                   "in a session", times_us(&kept, 500));
    bench_row_peer("fresh call, p99", times_us(&fresh, 990), "us",
                   "in a session", times_us(&kept, 990));
    free(fresh.ns);
    free(kept.ns);
    viv_sandbox_free(sandbox);
    viv_sandbox_free(session);
    viv_image_unref(loaded);
}

/* ------------------------------------------------------------------------
 * What is left behind.
 */

static double rss_mb(void)
{
    return (double)bench_status("VmRSS") / 1e6;
}

/* Each run is fresh: the process does not grow. */
static void left_fresh(viv_image *image)
{
    size_t count = bench_rounds(LEFT_RUNS, 20);
    viv_sandbox *sandbox = bench_sandbox_from(image);
    double before = 0;

    for (size_t i = 0; i < count + count / 10; i++) {
        if (i == count / 10)
            before = rss_mb();
        bench_run(sandbox, LEAVE, VIV_RETURNED);
        bench_reset(sandbox);
    }
    bench_row_peer("60 KB left behind: memory after", rss_mb(), "MB", "before",
                   before);
    viv_sandbox_free(sandbox);
}

/* The session is kept until it has grown by as much as is allowed, and then
 * begins again, with the same memory each time. */
static void left_kept(viv_image *image)
{
    size_t count = bench_rounds(LEFT_RUNS, 200), recycled = 0;
    uint64_t allowed = bench_rounds(64, 1) * 1000000;
    viv_sandbox *sandbox = bench_sandbox_from(image);
    uint64_t ceiling = viv_memory_bytes(sandbox) + allowed;
    double before, most = 0, first = 0;

    bench_run(sandbox, LEAVE, VIV_RETURNED);
    before = rss_mb();
    for (size_t i = 0; i < count; i++) {
        bench_run(sandbox, LEAVE, VIV_RETURNED);
        if (i % 10 == 0 && rss_mb() > most)
            most = rss_mb();
        if (viv_memory_bytes(sandbox) <= ceiling)
            continue;
        bench_reset(sandbox);
        if (recycled++ == 0)
            first = rss_mb();
    }
    bench_reset(sandbox);
    bench_row("kept: sessions that began again", (double)recycled, "resets");
    bench_row_peer("kept: most memory above before", most - before, "MB",
                   "growth allowed", (double)allowed / 1e6);
    bench_row_peer("kept: memory after the last one", rss_mb(), "MB",
                   "after the first", first);
    viv_sandbox_free(sandbox);
}

int main(int argc, char **argv)
{
    viv_image *image;

    bench_begin(argc, argv,
                "a fresh Python: runs, calls, memory; against python3, Pyodide "
                "and Monty");
    image = bench_python(NULL, 0);
    fresh_runs(image);
    fresh_calls(image);
    left_fresh(image);
    left_kept(image);
    viv_image_unref(image);
    return 0;
}
