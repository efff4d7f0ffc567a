/* soak_place.c - images and pools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* What sets the pools apart: MiB, ms.  Where some never end, time is short
 * for the good as well. */
static const struct {
    const char *name;
    uint32_t policy, min, max;
    uint64_t memory, run, wall, idle;
    uint32_t recycle_calls; /* 0: the default */
    uint32_t weight;        /* how often a job is for it */
} rows[SOAK_PLACES] = {
    [SOAK_MIXED] = {"mixed", VIV_POOL_FRESH, 1, 8, 96, 1000, 10000, 1000, 0, 6},
    [SOAK_LONG] = {"long", VIV_POOL_FRESH, 0, 6, 256, 60000, 300000, 50, 0, 9},
    [SOAK_TIGHT] = {"tight", VIV_POOL_FRESH, 0, 1, 48, 1000, 10000, 20, 0, 1},
    [SOAK_KEPT] = {"kept", VIV_POOL_KEPT, 0, 6, 96, 60000, 300000, 100, 0, 6},
    [SOAK_RECYCLED] = {"recycled", VIV_POOL_RECYCLED, 1, 4, 96, 60000, 300000,
                       1000, 40, 6},
    [SOAK_WASM] = {"wasm", VIV_POOL_FRESH, 1, 8, 4, 500, 5000, 100, 0, 8},
    [SOAK_WASM_KEPT] = {"wasm kept", VIV_POOL_KEPT, 0, 4, 4, 500, 5000, 20, 0,
                        4},
    [SOAK_WASM_RECYCLED] = {"wasm recycled", VIV_POOL_RECYCLED, 0, 4, 4, 500,
                            5000, 1000, 100, 4},
};

/* Fewer than all pools together may have. */
enum { CEILING = 32 };

viv_pool *soak_pools[SOAK_PLACES];

static _Atomic bool is_ending, is_closed;
static viv_sandbox *last_one; /* of the first wasm pool; or NULL */

static viv_module *module;
static viv_image *python, *wasm;

bool soak_place_is_python(enum soak_place place)
{
    return place < SOAK_WASM;
}

bool soak_place_has(enum soak_place place)
{
    return soak_pools[place] != NULL;
}

enum soak_place soak_place_choose(struct soak_random *random)
{
    uint32_t all = 0, at, place;

    for (place = 0; place < SOAK_PLACES; place++)
        all += rows[place].weight;
    do {
        at = soak_below(random, all);
        for (place = 0; at >= rows[place].weight; place++)
            at -= rows[place].weight;
    } while (!soak_place_has(place) || !soak_program_has(place));
    return place;
}

bool soak_place_is_short(enum soak_place place)
{
    return rows[place].run < 10000;
}

viv_image *soak_place_image(enum soak_place place)
{
    return soak_place_is_python(place) ? python : wasm;
}

/* Sanitizers take several times as long for everything. */
viv_limits soak_place_limits(enum soak_place place)
{
    uint64_t slow = soak_is_mode("plain") ? 1 : 5;
    viv_limits limits;

    viv_limits_default(&limits);
    limits.memory_bytes = rows[place].memory * SOAK_MIB;
    limits.run_ns = rows[place].run * SOAK_MS * slow;
    limits.wall_ns = rows[place].wall * SOAK_MS * slow;
    limits.output_bytes = SOAK_MIB;
    if (!soak_place_is_python(place)) {
        limits.stack_bytes = 256 * 1024;
        limits.host_calls = 10000;
    }
    return limits;
}

/* ------------------------------------------------------------------------
 * Guests.
 */

int soak_place_prepare(viv_sandbox *sandbox, void *cookie, viv_error *err)
{
    static const char *const args[] = {"soak.py"};
    static const viv_mount mounts[] = {{
        .guest = "/tmp",
        .kind = VIV_MOUNT_MEMORY,
        .bytes_max = VIV_ENDLESS,
        .files_max = VIV_ENDLESS,
    }};
    viv_wasi wasi;

    (void)cookie;
    viv_wasi_default(&wasi);
    wasi.args = args;
    wasi.arg_count = 1;
    wasi.mounts = mounts;
    wasi.mount_count = 1;
    return viv_python_apply(sandbox, &wasi, err);
}

void soak_place_init(void)
{
    viv_sandbox *first;
    viv_error err = {0};

    module = soak_wasm_module();
    first = soak_wasm_sandbox(module);
    if (viv_image_new(first, &wasm, &err) < 0)
        bench_die("%s", err.text);
    viv_sandbox_free(first);
    if (soak_options.has_python &&
        viv_python_load(NULL, soak_host_functions, soak_host_function_count,
                        &python, &err) < 0)
        bench_die("%s", err.text);
}

void soak_place_fini(void)
{
    viv_image_unref(python);
    viv_image_unref(wasm);
    viv_module_unref(module);
}

viv_sandbox *soak_place_sandbox(enum soak_place place)
{
    viv_limits limits = soak_place_limits(place);
    viv_sandbox *sandbox;
    viv_error err = {0};

    if (viv_sandbox_from(soak_place_image(place), &limits, &sandbox, &err) < 0)
        bench_die("%s", err.text);
    if (soak_place_is_python(place) &&
        soak_place_prepare(sandbox, NULL, &err) < 0)
        bench_die("%s", err.text);
    return sandbox;
}

/* ------------------------------------------------------------------------
 * Pools.
 */

static void open_one(enum soak_place place)
{
    viv_limits limits = soak_place_limits(place);
    viv_pool_config config;
    viv_error err = {0};

    if (soak_place_is_python(place) && !soak_options.has_python)
        return;
    viv_pool_config_default(&config);
    config.name = rows[place].name;
    config.policy = rows[place].policy;
    config.min = rows[place].min;
    config.max = rows[place].max;
    config.limits = &limits;
    config.idle_ns = rows[place].idle * SOAK_MS;
    config.recycle_bytes = 24 * SOAK_MIB;
    if (rows[place].recycle_calls > 0)
        config.recycle_calls = rows[place].recycle_calls;
    config.prepare = soak_place_is_python(place) ? soak_place_prepare : NULL;
    if (viv_pool_new(soak_place_image(place), &config, &soak_pools[place],
                     &err) < 0)
        bench_die("%s", err.text);
}

void soak_place_open(void)
{
    viv_pool_ceiling(CEILING);
    is_ending = is_closed = false;
    for (uint32_t place = 0; place < SOAK_PLACES; place++)
        open_one(place);
}

void soak_place_end(bool is_so)
{
    atomic_store(&is_ending, is_so);
}

bool soak_place_is_ending(void)
{
    return atomic_load(&is_ending);
}

/* By more than one thread, perhaps, at the same time. */
void soak_place_close(void)
{
    if (!atomic_exchange(&is_closed, true))
        viv_pool_acquire(soak_pools[SOAK_WASM], NULL, 0, &last_one, NULL);
    for (uint32_t place = 0; place < SOAK_PLACES; place++)
        if (soak_place_has(place))
            viv_pool_close(soak_pools[place]);
}

static void compare_meters(enum soak_place place, const viv_pool_meters *m)
{
    const char *name = rows[place].name;
    uint64_t held = place == SOAK_WASM && last_one != NULL;

    soak_expect(m->held == held && m->running == 0 && m->waiting == 0, name,
                "held %" PRIu64 ", running %" PRIu64 ", waiting %" PRIu64
                " when nobody has any",
                m->held, m->running, m->waiting);
    soak_expect(m->live == held && m->idle == 0 && m->sessions == 0, name,
                "%" PRIu64 " live after the end", m->live);
    soak_expect(m->queued == 0, name, "%" PRIu64 " queued after the end",
                m->queued);
    soak_expect(m->made == m->freed + held, name,
                "made %" PRIu64 ", freed %" PRIu64, m->made, m->freed);
    soak_expect(m->acquired == m->released + held, name,
                "acquired %" PRIu64 ", released %" PRIu64, m->acquired,
                m->released);
    soak_expect(m->broken == 0, name, "%" PRIu64 " broken", m->broken);
    soak_expect(m->unmade == 0, name, "%" PRIu64 " unmade", m->unmade);
}

void soak_place_leave(void)
{
    viv_pool *pool = soak_pools[SOAK_WASM];
    viv_pool_meters meters;

    soak_place_close();
    for (uint32_t place = 0; place < SOAK_PLACES; place++) {
        if (!soak_place_has(place))
            continue;
        viv_pool_meters_of(soak_pools[place], &meters);
        compare_meters(place, &meters);
        viv_pool_unref(soak_pools[place]);
        soak_pools[place] = NULL;
    }
    if (last_one != NULL)
        viv_pool_release(pool, last_one);
    last_one = NULL;
}
