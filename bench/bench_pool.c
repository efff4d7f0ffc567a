/* bench_pool.c - what it costs to have a sandbox of a pool, and give it back.
 *
 * A million pairs of acquire and release, by one thread and by two, for each
 * policy.  Nothing runs in between: what is left is what the pool takes, and
 * the reset of a sandbox that is clean.  The peers do as often, in as many
 * threads, what a pool cannot do without: a mutex locked and unlocked, the one
 * mutex by all; and what the simplest of pools would: a block of the size of a
 * slot from malloc(), given back.
 *
 * Then 32 threads on a pool of 4: how many hold a sandbox at the same time is
 * counted by those who hold one.  Who has waited is served in the order of
 * coming.  And while one thread makes a sandbox, which takes 200 ms, another
 * goes on with its pairs: the longest of them says whether it had to wait.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "bench.h"
#include "pool/pool_list.h"

enum {
    PAIRS = 1000000, /* in all threads together */
    CROWD_PAIRS = 100000,
    TURNS = 5,
    CROWD = 32,
    CROWD_MAX = 4,
    MAKING_MS = 200
};

static const char WAT[] =
    "(module (memory 1)"
    " (func (export \"add\") (param i32) (result i32)"
    "  (i32.store (i32.const 8) (i32.add (local.get 0) (i32.const 1)))"
    "  (i32.load (i32.const 8))))";

static viv_image *image;
static viv_pool *pool;

static void open_pool(uint32_t policy, uint32_t max, viv_prepare_func *prepare)
{
    viv_pool_config config;
    viv_error err = {0};

    viv_pool_config_default(&config);
    config.policy = policy;
    config.min = prepare == NULL ? max : 0;
    config.max = max;
    config.prepare = prepare;
    if (viv_pool_new(image, &config, &pool, &err) < 0)
        bench_die("%s", err.text);
}

static viv_sandbox *acquire(const char *key)
{
    viv_sandbox *sandbox = NULL;
    viv_error err = {0};

    if (viv_pool_acquire(pool, key, VIV_ENDLESS, &sandbox, &err) < 0)
        bench_die("%s", err.text);
    return sandbox;
}

/* ------------------------------------------------------------------------
 * Pairs, of ours and of the peers.
 */

static void pool_pairs(const char *key, size_t count)
{
    while (count-- > 0)
        viv_pool_release(pool, acquire(key));
}

/* The sandbox is written to, so that there is something to reset. */
static void pool_calls(const char *key, size_t count)
{
    while (count-- > 0) {
        viv_sandbox *sandbox = acquire(key);

        bench_call(sandbox, "add", 1, NULL);
        viv_pool_release(pool, sandbox);
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void mutex_pairs(const char *key, size_t count)
{
    (void)key;
    while (count-- > 0) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
}

static void malloc_pairs(const char *key, size_t count)
{
    (void)key;
    while (count-- > 0) {
        struct pool_slot *volatile slot = malloc(sizeof(*slot));

        slot->state = POOL_SLOT_HELD;
        free(slot);
    }
}

/* What `count` threads do at the same time, each with a key of its own. */
struct gang {
    void (*pairs)(const char *key, size_t count);
    bool has_keys;
    unsigned count;
    size_t total; /* pairs */
    pthread_barrier_t start;
};

struct member {
    pthread_t thread;
    struct gang *gang;
    char key[16];
    uint64_t began, ended;
};

static void *work(void *arg)
{
    struct member *member = arg;
    struct gang *gang = member->gang;

    pthread_barrier_wait(&gang->start);
    member->began = bench_now();
    gang->pairs(gang->has_keys ? member->key : NULL, gang->total / gang->count);
    member->ended = bench_now();
    return NULL;
}

/* From the first beginning to the last end. */
static uint64_t took(const struct member *members, unsigned count)
{
    uint64_t began = UINT64_MAX, ended = 0;

    for (unsigned n = 0; n < count; n++) {
        began = members[n].began < began ? members[n].began : began;
        ended = members[n].ended > ended ? members[n].ended : ended;
    }
    return ended - began;
}

/* Nanoseconds by the clock for each pair of all threads together. */
static double gang_ns(struct gang *gang)
{
    struct member members[CROWD];

    pthread_barrier_init(&gang->start, NULL, gang->count);
    for (unsigned n = 0; n < gang->count; n++) {
        members[n].gang = gang;
        snprintf(members[n].key, sizeof(members[n].key), "key %u", n);
        if (pthread_create(&members[n].thread, NULL, work, &members[n]) != 0)
            bench_die("no thread");
    }
    for (unsigned n = 0; n < gang->count; n++)
        pthread_join(members[n].thread, NULL);
    pthread_barrier_destroy(&gang->start);
    return (double)took(members, gang->count) / (double)gang->total;
}

static void lessen(double *least, double value)
{
    if (*least == 0 || value < *least)
        *least = value;
}

/* ------------------------------------------------------------------------
 * A million pairs.
 */

static const struct {
    const char *name;
    uint32_t policy;
    bool has_keys, calls;
} KINDS[] = {
    {"fresh", VIV_POOL_FRESH, false, false},
    {"kept, by key", VIV_POOL_KEPT, true, false},
    {"recycled", VIV_POOL_RECYCLED, false, false},
    {"fresh, with a call", VIV_POOL_FRESH, false, true},
};

enum { KIND_COUNT = sizeof(KINDS) / sizeof(KINDS[0]) };

static double kind_ns(int kind, unsigned threads)
{
    struct gang gang = {
        .pairs = KINDS[kind].calls ? pool_calls : pool_pairs,
        .has_keys = KINDS[kind].has_keys,
        .count = threads,
        .total = bench_rounds(PAIRS, 2000),
    };
    double ns;

    open_pool(KINDS[kind].policy, threads, NULL);
    ns = gang_ns(&gang);
    viv_pool_unref(pool);
    return ns;
}

static double peer_ns(void (*pairs)(const char *, size_t), unsigned threads)
{
    return gang_ns(&(struct gang){
        .pairs = pairs, .count = threads, .total = bench_rounds(PAIRS, 2000)});
}

static void pairs_of(unsigned threads)
{
    double ours[KIND_COUNT] = {0}, locked = 0, allocated = 0;
    char name[64];

    for (uint64_t turn = bench_rounds(TURNS, 1); turn-- > 0;) {
        for (int kind = 0; kind < KIND_COUNT; kind++)
            lessen(&ours[kind], kind_ns(kind, threads));
        lessen(&locked, peer_ns(mutex_pairs, threads));
        lessen(&allocated, peer_ns(malloc_pairs, threads));
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        snprintf(name, sizeof(name), "%s, %u thread%s", KINDS[kind].name,
                 threads, threads > 1 ? "s" : "");
        bench_row_peer(name, ours[kind], "ns", "a mutex", locked);
        bench_row_peer(name, ours[kind], "ns", "malloc and free", allocated);
    }
}

/* ------------------------------------------------------------------------
 * Many on few.
 */

static _Atomic int holders, most;

static void crowd_pairs(const char *key, size_t count)
{
    (void)key;
    while (count-- > 0) {
        viv_sandbox *sandbox = acquire(NULL);
        int now = atomic_fetch_add(&holders, 1) + 1, before = most;

        while (now > before &&
               !atomic_compare_exchange_weak(&most, &before, now))
            ;
        bench_call(sandbox, "add", 1, NULL);
        sched_yield(); /* so that others come while it is held */
        atomic_fetch_sub(&holders, 1);
        viv_pool_release(pool, sandbox);
    }
}

static void crowd(void)
{
    struct gang gang = {.pairs = crowd_pairs,
                        .count = CROWD,
                        .total = bench_rounds(CROWD_PAIRS, 3200)};
    double ns;

    open_pool(VIV_POOL_FRESH, CROWD_MAX, NULL);
    ns = gang_ns(&gang);
    viv_pool_unref(pool);
    if (most > CROWD_MAX)
        bench_die("%d hold a sandbox of a pool of %d", most, CROWD_MAX);
    bench_row_peer("held at most, 32 threads", most, "sandboxes", "the cap",
                   CROWD_MAX);
    bench_row("with a call, 32 threads on 4", ns / 1e3, "us");
}

static int order[CROWD];
static _Atomic int served;

static void *stand_in_line(void *number)
{
    viv_sandbox *sandbox = acquire(NULL);

    order[served++] = (int)(intptr_t)number;
    viv_pool_release(pool, sandbox);
    return NULL;
}

static void wait_until_queued(uint64_t count)
{
    viv_pool_meters meters;

    do {
        sched_yield();
        viv_pool_meters_of(pool, &meters);
    } while (meters.queued < count);
}

/* How many of a crowd were not served when it was their turn. */
static int line_once(void)
{
    viv_sandbox *first = acquire(NULL);
    pthread_t threads[CROWD];
    int wrong = 0;

    served = 0;
    for (intptr_t n = 0; n < CROWD; n++) {
        if (pthread_create(&threads[n], NULL, stand_in_line, (void *)n) != 0)
            bench_die("no thread");
        wait_until_queued((uint64_t)n + 1);
    }
    viv_pool_release(pool, first);
    for (int n = 0; n < CROWD; n++)
        pthread_join(threads[n], NULL);
    for (int n = 0; n < CROWD; n++)
        wrong += order[n] != n;
    return wrong;
}

static void line(void)
{
    uint64_t rounds = bench_rounds(100, 2);
    int wrong = 0;

    open_pool(VIV_POOL_FRESH, 1, NULL);
    for (uint64_t n = 0; n < rounds; n++)
        wrong += line_once();
    viv_pool_unref(pool);
    bench_row_peer("not served in turn", wrong, "waiters", "of",
                   (double)rounds * CROWD);
    if (wrong > 0)
        bench_die("%d waiters were not served in turn", wrong);
}

/* ------------------------------------------------------------------------
 * While one is being made.
 */

static _Atomic int making;

/* The first sandbox is made at once, the second one takes its time. */
static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *err)
{
    (void)sandbox, (void)cookie, (void)err;
    if (making++ == 1)
        usleep(MAKING_MS * 1000);
    return 0;
}

static void *make_one(void *is_made)
{
    viv_sandbox *sandbox = acquire(NULL);

    atomic_store((atomic_bool *)is_made, true);
    viv_pool_release(pool, sandbox);
    return NULL;
}

static void slow_image(void)
{
    enum { TIMES_MAX = 1000000 };
    uint64_t *times = calloc(TIMES_MAX, sizeof(*times)), p50, p99;
    atomic_bool is_made = false;
    viv_sandbox *sandbox;
    pthread_t maker;
    size_t count = 0;

    open_pool(VIV_POOL_FRESH, 2, prepare);
    sandbox = acquire(NULL);
    if (pthread_create(&maker, NULL, make_one, &is_made) != 0)
        bench_die("no thread");
    while (making < 2)
        sched_yield();
    while (!atomic_load(&is_made) && count < TIMES_MAX) {
        uint64_t began = bench_now();

        viv_pool_release(pool, sandbox);
        sandbox = acquire(NULL);
        times[count++] = bench_now() - began;
    }
    pthread_join(maker, NULL);
    viv_pool_release(pool, sandbox);
    viv_pool_unref(pool);
    p50 = bench_quantile(times, count, 500);
    p99 = bench_quantile(times, count, 990);
    bench_row("pairs while one is made", (double)count, "pairs");
    bench_row("one of them, p50", (double)p50 / 1e3, "us");
    bench_row("one of them, p99", (double)p99 / 1e3, "us");
    bench_row_peer("the longest of them", (double)times[count - 1] / 1e3, "us",
                   "making one", MAKING_MS * 1e3);
    free(times);
}

/* ------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    viv_module *module;
    viv_sandbox *sandbox;
    viv_error err = {0};

    bench_begin(argc, argv,
                "a million times a sandbox of a pool is acquired and released, "
                "against mutexes and malloc");
    module = bench_module(WAT);
    sandbox = bench_sandbox(module, NULL, 0, NULL);
    if (viv_image_new(sandbox, &image, &err) < 0)
        bench_die("%s", err.text);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    pairs_of(1);
    pairs_of(2);
    crowd();
    line();
    slow_image();
    viv_image_unref(image);
    return 0;
}
