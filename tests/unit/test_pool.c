/* test_pool.c - sandboxes kept ready.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool.h"

#include "os/os_fail.h"
#include "pool_tools.h"

static pthread_t threads[32];

/* ------------------------------------------------------------------------
 * Birth.
 */

static int made_with(uint32_t min, uint32_t max, uint32_t policy)
{
    viv_pool *unused;

    make_image(later);
    config.min = min;
    config.max = max;
    config.policy = policy;
    if (viv_pool_new(image, &config, &unused, &err) < 0)
        return err.code;
    viv_pool_unref(unused);
    return 0;
}

TEST(a_config_that_cannot_be_is_refused_and_the_next_one_is_not)
{
    EXPECT_EQ_INT(made_with(0, 0, VIV_POOL_FRESH), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(0, 1, VIV_POOL_FRESH), 0);
    EXPECT_EQ_INT(made_with(1, 1, VIV_POOL_FRESH), 0);
    EXPECT_EQ_INT(made_with(2, 1, VIV_POOL_FRESH), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(0, POOL_MAX, VIV_POOL_FRESH), 0);
    EXPECT_EQ_INT(made_with(0, POOL_MAX + 1, VIV_POOL_FRESH), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(0, 1, VIV_POOL_RECYCLED), 0);
    EXPECT_EQ_INT(made_with(0, 1, VIV_POOL_RECYCLED + 1), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "there is no policy 3 for pools");
    config.size--;
    EXPECT_EQ_INT(made_with(0, 1, VIV_POOL_FRESH), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "viv_pool_config_default()");
    viv_image_unref(image);
    end();
}

TEST(the_limits_are_the_pools_and_are_checked)
{
    viv_limits small;

    make_image(later);
    viv_limits_default(&small);
    small.memory_bytes = 65535;
    config.limits = &small;
    config.min = 1;
    EXPECT_EQ_INT(made_with(1, 1, VIV_POOL_FRESH), VIV_EINVAL);
    small.memory_bytes = 65536;
    small.run_ns = 20 * MS;
    open_pool(1);
    small.run_ns = 0;
    EXPECT_EQ_INT(call(acquire_one(), "loop", 1, NULL), VIV_SPENT);
    release(held);
    close_pool();
}

TEST(a_pool_begins_with_its_minimum_and_grows_to_its_maximum)
{
    viv_sandbox *all[3];

    make_image(later);
    config.min = 2;
    open_pool(3);
    look();
    EXPECT_EQ_INT(meters.live, 2);
    EXPECT_EQ_INT(meters.idle, 2);
    EXPECT_EQ_INT(meters.made, 2);
    EXPECT_EQ_INT(meters.acquired, 0);
    for (int n = 0; n < 3; n++)
        all[n] = acquire_one();
    EXPECT(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    EXPECT_EQ_INT(acquire(0), VIV_ETIME);
    EXPECT_EQ_STR(err.text, "the pool \"pool\" had no sandbox within 0 ns");
    look();
    EXPECT_EQ_INT(meters.live, 3);
    EXPECT_EQ_INT(meters.made, 3);
    for (int n = 0; n < 3; n++)
        release(all[n]);
    close_pool();
}

static int prepared;

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *ret_err)
{
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IDLE);
    EXPECT(cookie == &prepared);
    if (++prepared != 2)
        return 0;
    snprintf(ret_err->text, sizeof(ret_err->text), "not today");
    return ret_err->code = VIV_EIO;
}

TEST(each_new_sandbox_is_prepared_and_a_failure_is_the_acquirers)
{
    viv_sandbox *first;

    make_image(later);
    config.prepare = prepare;
    config.cookie = &prepared;
    open_pool(2);
    first = acquire_one();
    EXPECT_EQ_INT(acquire(0), VIV_EIO);
    EXPECT_EQ_STR(err.text, "not today");
    look();
    EXPECT_EQ_INT(meters.live, 1);
    EXPECT_EQ_INT(meters.unmade, 1);
    acquire_one();
    release(held);
    release(first);
    acquire_one();
    release(held);
    EXPECT_EQ_INT(prepared, 3);
    close_pool();
}

static bool try_with_failure(void (*fail_at)(uint64_t), uint64_t n)
{
    int code;

    fail_at(n);
    code = viv_pool_new(image, &config, &pool, &err);
    if (code == 0) {
        code = acquire(0);
        if (code == 0)
            viv_pool_release(pool, held);
        fail_at(0);
        pool_check((struct pool *)pool);
        viv_pool_unref(pool);
    }
    fail_at(0);
    EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    return code == 0;
}

TEST(memory_and_the_system_may_fail_anywhere)
{
    uint64_t n = 1;

    make_image(later);
    config.min = 1;
    config.max = 2;
    while (!try_with_failure(base_alloc_fail_at, n))
        n++;
    EXPECT(n > 5);
    for (n = 1; !try_with_failure(os_fail_at, n);)
        n++;
    EXPECT(n > 3);
    viv_image_unref(image);
    end();
}

/* ------------------------------------------------------------------------
 * Shrinking, and the end.
 */

TEST(what_is_idle_too_long_is_given_back_down_to_the_minimum)
{
    viv_sandbox *all[4];

    make_image(later);
    config.min = 1;
    config.idle_ns = 20 * MS;
    open_pool(4);
    for (int n = 0; n < 4; n++)
        all[n] = acquire_one();
    for (int n = 0; n < 4; n++)
        release(all[n]);
    EXPECT_EQ_INT(viv_pool_trim(pool), 0);
    sleep_for(30 * MS);
    acquire_one();
    release(held); /* gives back one, by the way */
    look();
    EXPECT_EQ_INT(meters.freed, 1);
    EXPECT_EQ_INT(viv_pool_trim(pool), 2);
    sleep_for(30 * MS);
    EXPECT_EQ_INT(viv_pool_trim(pool), 0);
    look();
    EXPECT_EQ_INT(meters.live, 1);
    EXPECT_EQ_INT(meters.freed, 3);
    close_pool();
}

static void *wait_for_the_end(void *unused)
{
    viv_sandbox *mine;

    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, VIV_ENDLESS, &mine, NULL),
                  VIV_ECLOSED);
    return unused;
}

TEST(closing_tells_who_waits_and_frees_what_is_released)
{
    viv_sandbox *first;

    open_pool(1);
    first = acquire_one();
    pthread_create(&threads[0], NULL, wait_for_the_end, NULL);
    wait_until_queued(1);
    viv_pool_close(pool);
    viv_pool_close(pool);
    pthread_join(threads[0], NULL);
    EXPECT_EQ_INT(acquire(0), VIV_ECLOSED);
    EXPECT_EQ_STR(err.text, "the pool \"pool\" is closed");
    look();
    EXPECT_EQ_INT(meters.turned_away, 2);
    EXPECT_EQ_INT(meters.live, 1);
    EXPECT_EQ_INT(ask(first, "get", 0), 7);
    release(first);
    look();
    EXPECT_EQ_INT(meters.live, 0);
    close_pool();
}

TEST(what_is_held_is_released_after_the_last_owner_has_gone)
{
    viv_pool *gone;

    open_pool(1);
    gone = viv_pool_ref(pool);
    EXPECT(gone == pool);
    acquire_one();
    viv_pool_unref(pool);
    viv_pool_unref(gone);
    EXPECT_EQ_INT(ask(held, "get", 0), 7);
    viv_pool_release(gone, held);
    viv_image_unref(image);
    end();
}

static void *come_and_go(void *unused)
{
    for (int code = 0; code != VIV_ECLOSED;) {
        viv_sandbox *mine;

        code = viv_pool_acquire(pool, NULL, MS, &mine, NULL);
        if (code == 0)
            viv_pool_release(pool, mine);
    }
    return unused;
}

TEST(closing_while_eight_threads_come_and_go)
{
    for (int round = 0; round < 20; round++) {
        open_pool(3);
        for (int n = 0; n < 8; n++)
            pthread_create(&threads[n], NULL, come_and_go, NULL);
        sleep_for(2 * MS);
        viv_pool_close(pool);
        for (int n = 0; n < 8; n++)
            pthread_join(threads[n], NULL);
        pool_check((struct pool *)pool);
        look();
        EXPECT_EQ_INT(meters.live, 0);
        EXPECT_EQ_INT(meters.acquired, meters.released);
        viv_pool_unref(pool);
    }
    viv_image_unref(image);
    end();
}

static int closings;

static void was_closed(struct pool_watch *watch)
{
    (void)watch;
    closings++;
}

TEST(who_watches_a_pool_hears_that_it_was_closed)
{
    struct pool_watch watches[2] = {{.closed = was_closed},
                                    {.closed = was_closed}};
    struct pool *watched;

    open_pool(1);
    watched = (struct pool *)pool;
    EXPECT(pool_watch(watched, &watches[0]));
    EXPECT(pool_watch(watched, &watches[1]));
    pool_unwatch(watched, &watches[0]);
    viv_pool_close(pool);
    EXPECT(closings >= 1);
    EXPECT(!pool_watch(watched, &watches[0]));
    close_pool(); /* it is there as long as somebody watches */
    pool_check(watched);
    pool_unwatch(watched, &watches[1]);
}
