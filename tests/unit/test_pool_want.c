/* test_pool_want.c - who wants a sandbox, in the order of coming.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_want.h"

#include "pool_tools.h"

static struct pool *inner;
static struct pool_want wants[4];
static struct sandbox *sandboxes[4];

static void want(int n, const char *key)
{
    wants[n] = (struct pool_want){.key = key};
    pool_ask(inner, &wants[n]);
}

static int state_of(int n)
{
    return (int)wants[n].state;
}

static void take(int n)
{
    EXPECT_EQ_INT(pool_take(inner, &wants[n], &sandboxes[n], &err), 0);
}

TEST(a_queue_gives_up_any_of_its_wants)
{
    struct pool_want_queue queue = {0};

    for (int n = 0; n < 3; n++)
        pool_want_add(&queue, &wants[n]);
    pool_want_remove(&queue, &wants[1]);
    EXPECT(queue.first == &wants[0] && wants[0].next == &wants[2]);
    pool_want_remove(&queue, &wants[0]);
    EXPECT(queue.first == &wants[2] && wants[2].prev == NULL);
    pool_want_remove(&queue, &wants[2]);
    EXPECT(queue.first == NULL && queue.last == NULL && queue.count == 0);
}

/* The numbers of those in the queue, in a row. */
static const char *queued(const struct pool_want_queue *queue,
                          const struct pool_want *all)
{
    static char row[64];
    size_t len = 0;

    for (const struct pool_want *want = queue->first; want != NULL;
         want = want->next)
        row[len++] = (char)('a' + (want - all));
    row[len] = '\0';
    return row;
}

TEST(who_is_patient_lets_eight_pass_and_no_more)
{
    struct pool_want_queue queue = {0};
    struct pool_want all[16] = {[1].is_patient = true, [2].is_patient = true};

    for (int n = 0; n < 10; n++)
        pool_want_add(&queue, &all[n]);
    EXPECT_EQ_STR(queued(&queue, all), "adefghijbc");
    pool_want_add(&queue, &all[10]);
    EXPECT_EQ_STR(queued(&queue, all), "adefghijkbc");
    pool_want_add(&queue, &all[11]); /* b has let eight pass, c has not */
    EXPECT_EQ_STR(queued(&queue, all), "adefghijkblc");
    pool_want_remove(&queue, &all[2]);
    pool_want_add(&queue, &all[12]);
    EXPECT_EQ_STR(queued(&queue, all), "adefghijkblm");
    pool_want_add(&queue, &all[2]);
    pool_want_add(&queue, &all[13]);
    EXPECT_EQ_STR(queued(&queue, all), "adefghijkblmnc");
    EXPECT_EQ_INT(queue.count, 14);
}

TEST(a_session_serves_its_own_wants_in_order_and_lets_others_pass)
{
    make_image(later);
    config.policy = VIV_POOL_KEPT;
    open_pool(2);
    inner = (struct pool *)pool;
    want(0, "a");
    want(1, "a");
    want(2, "a");
    want(3, "b");
    EXPECT_EQ_INT(state_of(0), POOL_WANT_GRANTED);
    EXPECT_EQ_INT(state_of(1), POOL_WANT_WAITING);
    EXPECT_EQ_INT(state_of(3), POOL_WANT_GRANTED);
    take(0);
    take(3);
    pool_release(inner, sandboxes[3]);
    EXPECT_EQ_INT(state_of(1), POOL_WANT_WAITING);
    pool_release(inner, sandboxes[0]);
    EXPECT_EQ_INT(state_of(1), POOL_WANT_GRANTED);
    EXPECT_EQ_INT(state_of(2), POOL_WANT_WAITING);
    take(1);
    EXPECT(sandboxes[1] == sandboxes[0]);
    pool_release(inner, sandboxes[1]);
    take(2);
    pool_release(inner, sandboxes[2]);
    close_pool();
}

TEST(without_memory_for_a_key_there_is_no_session)
{
    make_image(later);
    config.policy = VIV_POOL_KEPT;
    open_pool(1);
    acquire_one();
    release(held);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(acquire_for("a", 0), VIV_ENOMEM);
    base_alloc_fail_at(0);
    look();
    EXPECT_EQ_INT(meters.sessions, 0);
    EXPECT_EQ_INT(meters.idle, 1);
    close_pool();
}

static void *release_here(void *sandbox)
{
    release(sandbox);
    return NULL;
}

TEST(a_thread_gets_what_it_has_reset_before_what_came_later)
{
    viv_sandbox *mine, *other;
    pthread_t thread;

    open_pool(2);
    mine = acquire_one();
    other = acquire_one();
    release(mine);
    pthread_create(&thread, NULL, release_here, other);
    pthread_join(thread, NULL);
    if (((struct sandbox *)mine)->reset.owner == 0)
        SKIP("page faults are not counted there");
    EXPECT(acquire_one() == mine);
    EXPECT(acquire_one() == other);
    release(mine);
    release(other);
    close_pool();
}

TEST(all_that_wait_are_refused_when_it_closes)
{
    open_pool(1);
    inner = (struct pool *)pool;
    want(0, NULL);
    want(1, NULL);
    want(2, NULL);
    viv_pool_close(pool);
    EXPECT_EQ_INT(state_of(1), POOL_WANT_REFUSED);
    EXPECT_EQ_INT(state_of(2), POOL_WANT_REFUSED);
    want(3, NULL);
    EXPECT_EQ_INT(state_of(3), POOL_WANT_REFUSED);
    take(0);
    pool_release(inner, sandboxes[0]);
    close_pool();
}
