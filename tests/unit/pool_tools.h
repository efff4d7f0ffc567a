/* pool_tools.h - pools of the guest of sandbox_tools.h, for tests.
 *
 *     open_pool(2);
 *     EXPECT_EQ_INT(acquire(0), 0);
 *     release(held);
 *     close_pool();
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_TOOLS_H
#define POOL_TOOLS_H

#include <pthread.h>

#include "base/base_alloc.h"
#include "pool/pool.h"
#include "sandbox_tools.h"

static viv_image *image;
static viv_pool_config config; /* to be changed before open_pool() */
static viv_pool *pool;
static viv_pool_meters meters;
static viv_sandbox *held; /* the latest that was acquired */
static viv_error err;

static inline void make_image(viv_host_func *func)
{
    if (image != NULL)
        return;
    begin(func);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, NULL), 0);
    viv_pool_config_default(&config);
}

static inline void open_pool(uint32_t max)
{
    make_image(later);
    config.max = max;
    if (viv_pool_new(image, &config, &pool, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static inline void close_pool(void)
{
    viv_pool_unref(pool);
    viv_image_unref(image);
    end();
}

static inline int acquire_for(const char *key, uint64_t ns)
{
    return viv_pool_acquire(pool, key, ns, &held, &err);
}

static inline int acquire(uint64_t ns)
{
    return acquire_for(NULL, ns);
}

static inline viv_sandbox *acquire_one(void)
{
    if (acquire(0) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return held;
}

static inline viv_sandbox *acquire_session(const char *key)
{
    if (acquire_for(key, 0) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return held;
}

static inline void release(viv_sandbox *sandbox)
{
    viv_pool_release(pool, sandbox);
    pool_check((struct pool *)pool);
}

static inline void look(void)
{
    viv_pool_meters_of(pool, &meters);
}

/* One i32 in, one out; returns the kind of the outcome. */
static inline uint32_t call(viv_sandbox *sandbox, const char *name,
                            uint32_t arg, uint32_t *ret_result)
{
    viv_value in = {.i32 = arg}, out = {0};
    viv_outcome outcome;
    viv_error why;

    if (viv_call(sandbox, name, strlen(name), &in, 1, &out, 1, &outcome, &why) <
        0)
        test_fail(TEST_AT, "%s", why.text);
    if (ret_result != NULL)
        *ret_result = out.i32;
    return outcome.kind;
}

static inline uint32_t ask(viv_sandbox *sandbox, const char *name, uint32_t arg)
{
    uint32_t result;

    EXPECT_EQ_INT(call(sandbox, name, arg, &result), VIV_RETURNED);
    return result;
}

/* Until so many wait for a sandbox. */
static inline void wait_until_queued(uint64_t count)
{
    do {
        sched_yield();
        look();
    } while (meters.queued < count);
}

#endif /* POOL_TOOLS_H */
