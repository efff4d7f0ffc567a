/* test_pool_release.c - what is released goes back, or goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_release.h"

#include "os/os_fail.h"
#include "pool_tools.h"

static pthread_t thread;

/* The next one must be as it was in the image. */
static void expect_fresh(void)
{
    acquire_one();
    EXPECT_EQ_INT(viv_sandbox_state(held), VIV_IDLE);
    EXPECT_EQ_INT(ask(held, "get", 0), 7);
    EXPECT_EQ_INT(ask(held, "load", 60000), 0);
    release(held);
}

TEST(what_was_used_is_fresh_again)
{
    open_pool(1);
    ask(acquire_one(), "set", 99);
    release(held);
    expect_fresh();
    close_pool();
}

/* Whatever the policy says: what did not return is reset. */
static void end_badly(uint32_t policy)
{
    static const char *const NAMES[] = {"trap", "ask", "loop"};
    uint64_t bad = 0;

    image = NULL;
    host = later;
    make_image(later);
    config.policy = policy;
    open_pool(1);
    for (int n = 0; n < 3; n++) {
        acquire_one();
        ask(held, "set", 99);
        EXPECT_EQ_INT(viv_call_slice(held, 10000), 0);
        EXPECT(call(held, NAMES[n], 1, NULL) != VIV_RETURNED);
        release(held);
        look();
        EXPECT_EQ_INT(meters.recycled_bad, ++bad);
        expect_fresh();
    }
    EXPECT_EQ_INT(meters.trapped, 1);
    EXPECT_EQ_INT(meters.cancelled, 2);
    EXPECT_EQ_INT(meters.freed, 0);
    close_pool();
}

TEST(a_guest_that_trapped_waits_or_is_paused_never_comes_back_as_it_was)
{
    end_badly(VIV_POOL_FRESH);
    end_badly(VIV_POOL_KEPT);
    end_badly(VIV_POOL_RECYCLED);
}

TEST(nor_what_the_holder_had_set)
{
    open_pool(1);
    EXPECT_EQ_INT(viv_call_slice(acquire_one(), 10000), 0);
    release(held);
    acquire_one();
    EXPECT_EQ_INT(((struct sandbox *)held)->slice_ns, 0);
    EXPECT(((struct sandbox *)held)->ready == NULL);
    release(held);
    close_pool();
}

static void *release_here(void *sandbox)
{
    release(sandbox);
    return NULL;
}

TEST(another_thread_may_release_it)
{
    open_pool(1);
    ask(acquire_one(), "set", 99);
    pthread_create(&thread, NULL, release_here, held);
    pthread_join(thread, NULL);
    expect_fresh();
    close_pool();
}

TEST(what_is_not_held_from_here_is_refused_and_counted)
{
    viv_pool *other;

    open_pool(2);
    EXPECT_EQ_INT(viv_pool_new(image, NULL, &other, NULL), 0);
    acquire_one();
    release(held);
    release(held);
    look();
    EXPECT_EQ_INT(meters.misused, 1);
    release(guest.sandbox);
    release(NULL);
    release((viv_sandbox *)&meters);
    EXPECT_EQ_INT(viv_pool_acquire(other, NULL, 0, &held, NULL), 0);
    release(held);
    viv_pool_release(other, held);
    look();
    EXPECT_EQ_INT(meters.misused, 5);
    EXPECT_EQ_INT(meters.released, 1);
    EXPECT_EQ_INT(ask(guest.sandbox, "get", 0), 7);
    viv_pool_unref(other);
    close_pool();
}

static int release_from_inside(viv_host_call *host_call, const viv_value *args,
                               viv_value *results, void *cookie)
{
    (void)cookie;
    release(viv_host_call_sandbox(host_call));
    results[0].i32 = args[0].i32;
    return 0;
}

TEST(a_sandbox_that_is_running_stays_held)
{
    make_image(release_from_inside);
    open_pool(1);
    EXPECT_EQ_INT(ask(acquire_one(), "ask", 5), 6);
    look();
    EXPECT_EQ_INT(meters.misused, 1);
    EXPECT_EQ_INT(meters.held, 1);
    release(held);
    look();
    EXPECT_EQ_INT(meters.held, 0);
    close_pool();
}

TEST(one_that_cannot_be_reset_is_freed_and_another_made)
{
    open_pool(1);
    acquire_one();
    ask(held, "set", 99);
    ask(held, "grow", 1);
    os_fail_at(1);
    release(held);
    os_fail_at(0);
    look();
    EXPECT_EQ_INT(meters.broken, 1);
    EXPECT_EQ_INT(meters.live, 0);
    expect_fresh();
    look();
    EXPECT_EQ_INT(meters.made, 2);
    close_pool();
}

TEST(a_session_whose_guest_trapped_begins_anew)
{
    make_image(later);
    config.policy = VIV_POOL_KEPT;
    open_pool(1);
    ask(acquire_session("a"), "set", 99);
    EXPECT_EQ_INT(call(held, "trap", 1, NULL), VIV_TRAPPED);
    release(held);
    EXPECT_EQ_INT(ask(acquire_session("a"), "get", 0), 7);
    release(held);
    close_pool();
}
