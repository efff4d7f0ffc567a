/* test_sandbox_image.c - a sandbox frozen at a quiet moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_image.h"

#include <dirent.h>
#include <pthread.h>

#include "base/base_alloc.h"
#include "mem/mem_reset.h"
#include "os/os_fail.h"
#include "sandbox_tools.h"

static viv_error err;
static viv_image *image;

static void freeze(void)
{
    if (viv_image_new(guest.sandbox, &image, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* A sandbox from the image, with the module of the first. */
static struct guest thaw(void)
{
    struct guest made = {.module = viv_module_ref(guest.module)};

    if (viv_sandbox_from(image, &limits, &made.sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return made;
}

/* Change all that there is to be changed. */
static void change_everything(struct guest *of)
{
    EXPECT_EQ_INT(guest_ask(of, "set", 1234), 1234);
    EXPECT_EQ_INT(guest_ask(of, "grow", 3), 1);
    EXPECT_EQ_INT(guest_ask(of, "grow_table", 9), 1);
    EXPECT_EQ_INT(guest_ask(of, "drop", 0), 0);
    EXPECT_EQ_INT(viv_memory_write(of->sandbox, 4 * 65536 - 5, "ends", 5), 0);
}

static void expect_changed(struct guest *of)
{
    char text[5];

    EXPECT_EQ_INT(guest_ask(of, "get", 0), 1234);
    EXPECT_EQ_INT(guest_ask(of, "load", 60000), 1234);
    EXPECT_EQ_INT(guest_ask(of, "size", 0), 4);
    EXPECT_EQ_INT(guest_ask(of, "table_size", 0), 10);
    EXPECT_EQ_INT(guest_ask(of, "indirect", 9), 1234);
    EXPECT_EQ_INT(guest_trap_of(of, "init", 1), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(viv_memory_read(of->sandbox, 4 * 65536 - 5, text, 5), 0);
    EXPECT_EQ_STR(text, "ends");
    EXPECT_EQ_INT(guest_ask(of, "ask", 20), 41);
}

static void expect_unchanged(struct guest *of)
{
    EXPECT_EQ_INT(guest_ask(of, "get", 0), 7);
    EXPECT_EQ_INT(guest_ask(of, "load", 60000), 0);
    EXPECT_EQ_INT(guest_ask(of, "size", 0), 1);
    EXPECT_EQ_INT(guest_ask(of, "table_size", 0), 1);
    EXPECT_EQ_INT(guest_ask(of, "init", 4), 0x64636261);
}

/* Page by page: state and memory of both, but for what means nothing to others.
 */
static void expect_equal(struct guest *a, struct guest *b)
{
    struct engine_instance *x = &inside(a)->instance;
    struct engine_instance *y = &inside(b)->instance;
    size_t bytes =
        (size_t)(mem_region_end(&x->region) - mem_region_state(&x->region));

    engine_instance_check(x);
    engine_instance_check(y);
    engine_instance_sleep(x);
    engine_instance_sleep(y);
    EXPECT_EQ_INT(mem_region_end(&y->region) - mem_region_state(&y->region),
                  bytes);
    EXPECT_EQ_INT(memcmp(mem_region_state(&x->region),
                         mem_region_state(&y->region), bytes),
                  0);
    engine_instance_wake(x);
    engine_instance_wake(y);
}

/* ------------------------------------------------------------------------
 * The same.
 */

TEST(a_sandbox_from_an_image_is_what_was_frozen_byte_for_byte)
{
    struct guest copy;

    begin(twice);
    change_everything(&guest);
    freeze();
    copy = thaw();
    expect_equal(&guest, &copy);
    EXPECT(mem_region_state(&inside(&copy)->instance.region) !=
           mem_region_state(&inside(&guest)->instance.region));
    expect_changed(&copy);
    expect_changed(&guest);
    guest_end(&copy);
    viv_image_unref(image);
    end();
}

TEST(each_goes_back_to_where_it_began)
{
    struct guest copy;

    begin(twice);
    change_everything(&guest);
    freeze();
    copy = thaw();
    EXPECT_EQ_INT(guest_ask(&copy, "set", 5), 5);
    EXPECT_EQ_INT(guest_ask(&copy, "grow", 5), 4);
    EXPECT_EQ_INT(viv_sandbox_reset(copy.sandbox, &err), 0);
    expect_changed(&copy);
    expect_changed(&guest); /* a trap is no reason to go back */
    reset();
    expect_unchanged(&guest);
    expect_changed(&copy);
    guest_end(&copy);
    viv_image_unref(image);
    end();
}

TEST(images_are_made_of_what_came_from_images)
{
    struct guest copies[4];

    begin(twice);
    for (uint32_t i = 0; i < 4; i++) {
        freeze();
        copies[i] = thaw();
        viv_image_unref(image);
        EXPECT_EQ_INT(guest_ask(&copies[i], "get", 0), i == 0 ? 7 : 10 * i);
        EXPECT_EQ_INT(guest_ask(&copies[i], "set", 10 * (i + 1)), 10 * (i + 1));
        EXPECT_EQ_INT(guest_ask(&copies[i], "grow", 1), i + 1);
        viv_sandbox_free(guest.sandbox);
        viv_module_unref(guest.module);
        guest = copies[i];
    }
    EXPECT_EQ_INT(guest_ask(&guest, "size", 0), 5);
    reset();
    EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 30);
    EXPECT_EQ_INT(guest_ask(&guest, "size", 0), 4);
    end();
}

TEST(an_image_does_not_change_with_what_it_was_made_of)
{
    struct guest copy;

    begin(twice);
    freeze();
    change_everything(&guest);
    copy = thaw();
    expect_unchanged(&copy);
    EXPECT_EQ_INT(guest_ask(&copy, "set", 99), 99);
    guest_end(&copy);
    copy = thaw();
    expect_unchanged(&copy);
    guest_end(&copy);
    viv_image_unref(image);
    end();
}

TEST(an_image_outlives_its_sandbox_and_whoever_loaded_the_module)
{
    viv_sandbox *copy;

    begin(twice);
    change_everything(&guest);
    freeze();
    guest_end(&guest);
    EXPECT_EQ_INT(viv_sandbox_from(image, NULL, &copy, &err), 0);
    viv_image_unref(image);
    guest = (struct guest){.sandbox = copy};
    expect_changed(&guest);
    EXPECT_EQ_INT(viv_sandbox_reset(copy, &err), 0);
    expect_changed(&guest);
    EXPECT_EQ_INT(viv_sandbox_free(copy), 0);
}

/* ------------------------------------------------------------------------
 * When it may be frozen.
 */

TEST(a_guest_that_trapped_or_left_may_be_frozen)
{
    struct guest copy;

    begin(leave_now);
    change_everything(&guest);
    EXPECT_EQ_INT(start("trap", 0), VIV_TRAPPED);
    freeze();
    viv_image_unref(image);
    EXPECT_EQ_INT(start("ask", 0), VIV_EXITED);
    EXPECT_EQ_INT(start("endless", 0), VIV_TRAPPED);
    freeze();
    host = twice;
    copy = thaw();
    expect_equal(&guest, &copy);
    expect_changed(&copy);
    guest_end(&copy);
    viv_image_unref(image);
    end();
}

TEST(one_that_was_stopped_may_not_until_it_is_reset)
{
    viv_limits_default(&limits);
    limits.run_ns = 5 * MS;
    begin(twice);
    EXPECT_EQ_INT(start("loop", 0), VIV_SPENT);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), VIV_ESTOPPED);
    EXPECT(image == NULL);
    reset();
    freeze();
    viv_image_unref(image);
    end();
}

/* ------------------------------------------------------------------------
 * Limits: the largest that works, the smallest that does not.
 */

static int from_with(uint64_t memory_bytes, uint64_t table_entries)
{
    viv_limits less;
    viv_sandbox *made = NULL;
    int code;

    viv_limits_default(&less);
    less.memory_bytes = memory_bytes;
    less.table_entries = table_entries;
    code = viv_sandbox_from(image, &less, &made, &err);
    EXPECT_EQ_INT(made != NULL, code == 0);
    if (code == 0) {
        guest.sandbox = made;
        EXPECT_EQ_INT(guest_ask(&guest, "grow", 1),
                      memory_bytes < 5 * 65536 ? -1u : 4);
        EXPECT_EQ_INT(guest_ask(&guest, "grow_table", 1),
                      table_entries < 11 ? -1u : 10);
        viv_sandbox_free(made);
    }
    return code;
}

TEST(an_image_needs_limits_in_which_it_has_room)
{
    begin(twice);
    change_everything(&guest);
    freeze();
    viv_sandbox_free(guest.sandbox);
    EXPECT_EQ_INT(from_with(4 * 65536, 10), 0);
    EXPECT_EQ_INT(from_with(5 * 65536 - 1, 10), 0);
    EXPECT_EQ_INT(from_with(5 * 65536, 11), 0);
    EXPECT_EQ_INT(from_with(4 * 65536 - 1, 10), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the image has 262144 bytes of memory, the limit "
                            "memory_bytes allows 196608");
    EXPECT_EQ_INT(from_with(4 * 65536, 9), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the image has 10 table entries, the limit "
                            "table_entries is 9");
    EXPECT_EQ_INT(from_with(0, 10), VIV_EINVAL);
    EXPECT_EQ_INT(from_with(4 * 65536, 0), VIV_EINVAL);
    EXPECT_EQ_INT(from_with(UINT64_MAX, UINT64_MAX), 0);
    viv_image_unref(image);
    viv_module_unref(guest.module);
}

/* ------------------------------------------------------------------------
 * Forks.
 */

TEST(forks_have_the_limits_of_their_parent_and_lives_of_their_own)
{
    viv_sandbox *forks[5];
    struct guest fork = {0};

    viv_limits_default(&limits);
    limits.memory_bytes = 6 * 65536;
    begin(twice);
    change_everything(&guest);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 5, forks, &err), 0);
    for (uint32_t i = 0; i < 5; i++) {
        fork.sandbox = forks[i];
        expect_changed(&fork);
        EXPECT_EQ_INT(guest_ask(&fork, "set", i), i);
        EXPECT_EQ_INT(guest_ask(&fork, "grow", 3), -1u);
        EXPECT_EQ_INT(guest_ask(&fork, "grow", 2), 4);
    }
    expect_changed(&guest);
    guest_end(&guest);
    for (uint32_t i = 0; i < 5; i++) {
        fork.sandbox = forks[i];
        EXPECT_EQ_INT(guest_ask(&fork, "get", 0), i);
        EXPECT_EQ_INT(viv_sandbox_reset(forks[i], &err), 0);
        expect_changed(&fork);
        EXPECT_EQ_INT(viv_sandbox_free(forks[i]), 0);
    }
}

TEST(no_forks_are_none_and_too_many_are_none_either)
{
    viv_sandbox *none[1] = {NULL};

    begin(twice);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 0, NULL, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 1, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_fork(NULL, 1, none, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, SIZE_MAX, none, &err),
                  VIV_ENOMEM);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, SIZE_MAX / 8, none, &err),
                  VIV_ENOMEM);
    EXPECT(none[0] == NULL);
    end();
}

/* ------------------------------------------------------------------------
 * Failure.
 */

TEST(pages_without_a_link_are_given_back)
{
    struct sandbox_image *made, *wrapped;

    begin(twice);
    freeze();
    made = (struct sandbox_image *)image;
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(sandbox_image_wrap(made->link, mem_image_ref(made->pages),
                                     &wrapped, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(atomic_load(&made->pages->refs), 1);
    viv_image_unref(image);
    end();
}

static uint64_t walk(void (*fail_at)(uint64_t))
{
    int code = -1;
    uint64_t n;

    for (n = 0; code < 0;) {
        fail_at(++n);
        code = viv_image_new(guest.sandbox, &image, &err);
        fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
        expect_changed(&guest);
    }
    viv_image_unref(image);
    return n;
}

TEST(every_failure_leaves_the_sandbox_as_it_was)
{
    begin(twice);
    change_everything(&guest);
    EXPECT(walk(base_alloc_fail_at) > 2);
    EXPECT(walk(os_fail_at) > 3);
    end();
}

/* ------------------------------------------------------------------------
 * Numbers.
 */

static int count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    EXPECT(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static int count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int c, lines = 0;

    EXPECT(maps != NULL);
    while ((c = getc(maps)) != EOF)
        lines += c == '\n';
    fclose(maps);
    return lines;
}

/* Valgrind walks all of a region's address space each time. */
static int many(int count)
{
    return mode_is("valgrind") ? count / 500 : count;
}

TEST(ten_thousand_come_of_one_image_and_go)
{
    int fds = 0, maps = 0;
    struct guest copy;

    begin(twice);
    change_everything(&guest);
    freeze();
    for (int i = 0; i < many(10000); i++) {
        copy = thaw();
        if (i % 100 == 0)
            expect_changed(&copy);
        guest_end(&copy);
        if (i == 0) {
            fds = count_fds();
            maps = count_mappings();
        }
    }
    EXPECT_EQ_INT(count_fds(), fds);
    EXPECT(count_mappings() <= maps + 2);
    viv_image_unref(image);
    end();
}

TEST(hundreds_live_side_by_side_with_one_descriptor)
{
    static struct guest copies[500];
    int count = many(500), fds;

    begin(twice);
    freeze();
    fds = count_fds();
    for (int i = 0; i < count; i++)
        copies[i] = thaw();
    EXPECT_EQ_INT(count_fds(), fds);
    for (int i = 0; i < count; i++)
        EXPECT_EQ_INT(guest_ask(&copies[i], "set", (uint32_t)i), (uint32_t)i);
    for (int i = 0; i < count; i++) {
        EXPECT_EQ_INT(guest_ask(&copies[i], "get", 0), (uint32_t)i);
        guest_end(&copies[i]);
    }
    viv_image_unref(image);
    end();
}

static void *live_there(void *shared)
{
    struct guest copy;

    for (int i = 0; i < many(1000); i++) {
        viv_image_ref(shared);
        copy = thaw();
        EXPECT_EQ_INT(guest_ask(&copy, "set", 5), 5);
        EXPECT_EQ_INT(viv_sandbox_reset(copy.sandbox, NULL), 0);
        EXPECT_EQ_INT(guest_ask(&copy, "get", 0), 7);
        guest_end(&copy);
        viv_image_unref(shared);
    }
    return NULL;
}

TEST(threads_share_an_image)
{
    pthread_t threads[4];

    begin(twice);
    freeze();
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, live_there, image);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    EXPECT_EQ_INT(((struct sandbox_image *)image)->refs, 1);
    viv_image_unref(image);
    end();
}
