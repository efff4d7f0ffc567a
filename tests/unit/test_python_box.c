/* test_python_box.c - what the host keeps beside one Python sandbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* folder.h */
#include "python/python_box.h"

#include <pthread.h>

#include "base/base_alloc.h"
#include "door_tools.h"
#include "folder.h"
#include "vfs/vfs_pack_write.h"

static struct python_box *made;

/* ------------------------------------------------------------------------
 * Its life.
 */

TEST(a_sandbox_has_one)
{
    begin();
    EXPECT_EQ_INT(python_box_of(sandbox, &made, &err), 0);
    EXPECT(made == box());
    EXPECT(made->sandbox == sandbox);
    EXPECT(made->is_fresh);
    EXPECT(!python_box_has_done(made));
    EXPECT(python_box_take(made) == NULL);
    end();
}

TEST(other_sandboxes_have_none)
{
    struct guest other = guest_start("(module)");
    struct sandbox *inside = (struct sandbox *)other.sandbox;

    EXPECT_EQ_INT(python_box_of(inside, &made, &err), VIV_EINVAL);
    EXPECT_EQ_INT(python_box_apply(inside, NULL, &err), VIV_EINVAL);
    EXPECT(inside->beside == NULL);
    guest_end(&other);
}

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    begin();
    for (n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = python_box_of(sandbox, &made, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT(n > 1);
    end();
}

/* ------------------------------------------------------------------------
 * Permissions.
 */

static char pack[PATH_MAX];

/* As begin(), with a library and nothing permitted. */
static void begin_with_library(void)
{
    viv_outcome outcome;

    folder_begin();
    folder_write(folder_path("os.py"), "pass");
    snprintf(pack, sizeof(pack), "%s/library.pack", folder_top);
    EXPECT_EQ_INT(vfs_pack_write(folder_in, pack, 5, &err), 0);
    viv_limits_default(&limits);
    door_link = link_door(pack);
    EXPECT_EQ_INT(sandbox_new(door_link, &limits, &sandbox, &outcome, &err), 0);
}

static void end_with_library(void)
{
    end();
    folder_end();
}

/* What is mounted, in order. */
static const char *mounts(void)
{
    static char text[500];
    struct wasi *wasi;

    EXPECT_EQ_INT(wasi_of(sandbox, &wasi, &err), 0);
    text[0] = '\0';
    for (uint32_t i = 3; i < wasi->files.vfs.mount_count; i++) {
        strcat(text, wasi->files.vfs.mounts[i].guest_path);
        strcat(text, " ");
    }
    return text;
}

TEST(who_is_permitted_nothing_has_the_library)
{
    begin_with_library();
    EXPECT(!wasi_is_applied(sandbox));
    EXPECT_EQ_INT(python_box_of(sandbox, &made, &err), 0);
    EXPECT(wasi_is_applied(sandbox));
    EXPECT_EQ_STR(mounts(), "/usr/lib/python3.13 ");
    end_with_library();
}

TEST(what_is_permitted_comes_after_the_library)
{
    static const viv_mount mount = {.guest = "/tmp",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};
    viv_wasi wasi;

    begin_with_library();
    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    EXPECT_EQ_INT(python_box_apply(sandbox, &wasi, &err), 0);
    EXPECT_EQ_INT(python_box_of(sandbox, &made, &err), 0);
    EXPECT_EQ_STR(mounts(), "/usr/lib/python3.13 /tmp ");
    wasi.mounts = NULL;
    EXPECT_EQ_INT(python_box_apply(sandbox, &wasi, &err), VIV_EINVAL);
    wasi.mount_count = 0;
    EXPECT_EQ_INT(python_box_apply(sandbox, &wasi, &err), 0);
    EXPECT_EQ_STR(mounts(), "/usr/lib/python3.13 ");
    EXPECT(made == box()); /* the same one still */
    end_with_library();
}

TEST(a_library_that_is_not_there_is_named)
{
    begin_with_library();
    EXPECT_EQ_INT(unlink(pack), 0);
    EXPECT_EQ_INT(python_box_of(sandbox, &made, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "library.pack");
    EXPECT(sandbox->beside == NULL);
    end_with_library();
}

/* ------------------------------------------------------------------------
 * Answers.
 */

TEST(first_in_is_first_out)
{
    struct python_done *done;

    begin();
    for (int i = 0; i < 3; i++)
        EXPECT(python_box_hand_in(box(), &"abc"[i], 1));
    for (int i = 0; i < 3; i++) {
        EXPECT(python_box_has_done(box()));
        done = python_box_take(box());
        EXPECT_EQ_INT(done->len, 1);
        EXPECT_EQ_INT(done->bytes[0], 'a' + i);
        base_free(done);
    }
    EXPECT(!python_box_has_done(box()));
    EXPECT(python_box_hand_in(box(), "d", 1));
    python_box_forget_all(box());
    EXPECT(python_box_take(box()) == NULL);
    end();
}

/* A guest that never collects costs no more than this. */
TEST(answers_together_are_no_larger_than_one_message)
{
    begin();
    box()->done_bytes = PYTHON_MESSAGE_MAX - sizeof(struct python_done) - 10;
    EXPECT(!python_box_hand_in(box(), "0123456789a", 11));
    EXPECT(!python_box_has_done(box()));
    EXPECT(python_box_hand_in(box(), "0123456789", 10));
    EXPECT(!python_box_hand_in(box(), "", 0));
    python_box_forget_all(box());
    box()->done_bytes = 0;
    end();
}

TEST(questions_are_counted_until_they_are_collected)
{
    begin();
    box()->open_count = PYTHON_OPEN_MAX - 1;
    EXPECT(python_box_may_ask(box()));
    EXPECT(python_box_hand_in(box(), "a", 1));
    EXPECT(!python_box_may_ask(box()));
    base_free(python_box_take(box()));
    EXPECT(python_box_may_ask(box()));
    box()->open_count = 0;
    end();
}

#define HANDS   4
#define ANSWERS 5000

static void *hand_in_many(void *arg)
{
    for (int i = 0; i < ANSWERS; i++)
        EXPECT(python_box_hand_in(arg, &i, sizeof(i)));
    return NULL;
}

TEST(any_thread_may_hand_in)
{
    pthread_t hands[HANDS];
    int taken = 0;

    begin();
    for (int i = 0; i < HANDS; i++)
        EXPECT_EQ_INT(pthread_create(&hands[i], NULL, hand_in_many, box()), 0);
    while (taken < HANDS * ANSWERS) {
        struct python_done *done = python_box_take(box());

        taken += done != NULL;
        base_free(done);
    }
    for (int i = 0; i < HANDS; i++)
        EXPECT_EQ_INT(pthread_join(hands[i], NULL), 0);
    EXPECT(!python_box_has_done(box()));
    EXPECT_EQ_INT(box()->done_bytes, 0);
    end();
}
