/* test_wasi.c - the system that one guest sees.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi.h"

#include <sys/stat.h>

#include "base/base_alloc.h"
#include "mode_tools.h"
#include "wasi_tools.h"

static viv_mount mount = {.guest = "/m",
                          .kind = VIV_MOUNT_MEMORY,
                          .bytes_max = VIV_ENDLESS,
                          .files_max = VIV_ENDLESS};

static viv_wasi with_mount(void)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.mounts = &mount;
    said.mount_count = 1;
    return said;
}

/* Act for another sandbox from now on. */
static void act_for(viv_sandbox *sandbox)
{
    EXPECT_EQ_INT(wasi_of((struct sandbox *)sandbox, &wasi, NULL), 0);
    wasi->guest = wasi_guest_of(&wasi->sandbox->instance);
    wasi_files_ready(&wasi->files);
}

static int stat_of(const char *path)
{
    put_text(60000, path);
    return ASK(path_filestat_get, I(3), I(0), I(60000), I(strlen(path)),
               I(61000));
}

static bool is_open(uint32_t fd)
{
    return ASK(fd_fdstat_get, I(fd), I(0)) == 0;
}

/* ------------------------------------------------------------------------
 * Permissions.
 */

TEST(who_was_given_nothing_has_streams_and_nothing_else)
{
    viv_module *module = guest_load(WAT, false);
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    guest = guest_of(module, imports, count, NULL);
    viv_module_unref(module);
    EXPECT(((struct sandbox *)guest.sandbox)->beside == NULL);
    act_for(guest.sandbox);
    EXPECT(is_open(0) && is_open(1) && is_open(2) && !is_open(3));
    EXPECT_EQ_INT(wasi->grant.args.count, 0);
    end();
}

TEST(what_is_permitted_takes_the_place_of_what_was)
{
    static const char *const args[] = {"a"};
    viv_wasi said;

    viv_wasi_default(&said);
    said.args = args;
    said.arg_count = 1;
    begin(&said);
    EXPECT_EQ_INT(wasi->grant.args.count, 1);
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, NULL, &err), 0);
    act_for(guest.sandbox);
    EXPECT_EQ_INT(wasi->grant.args.count, 0);
    end();
}

TEST(a_failure_changes_nothing)
{
    static const char *const args[] = {"a"};
    viv_wasi said;

    viv_wasi_default(&said);
    said.args = args;
    said.arg_count = 1;
    begin(&said);
    said.clock = 99;
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, &said, &err), VIV_EINVAL);
    EXPECT(((struct sandbox *)guest.sandbox)->beside == &wasi->beside);
    EXPECT_EQ_INT(wasi->grant.args.count, 1);
    end();
}

TEST(who_knows_its_mounts_gets_no_others_until_a_reset)
{
    viv_wasi said = with_mount();

    begin(&said);
    make_file("f", "text");
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, NULL, &err), VIV_EVERSION);
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, &said, &err), 0);
    act_for(guest.sandbox);
    EXPECT_EQ_INT(stat_of("f"), 0);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, NULL, &err), 0);
    act_for(guest.sandbox);
    EXPECT(!is_open(3));
    end();
}

TEST(every_failing_allocation_is_survived)
{
    viv_wasi said = with_mount();
    int n, code;

    begin(&said);
    for (n = 1;; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = viv_wasi_apply(guest.sandbox, &said, &err);
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
    }
    EXPECT(n > 8);
    end();
}

/* ------------------------------------------------------------------------
 * What is the guest's own goes where its region goes.
 */

TEST(a_reset_takes_files_and_descriptors_back)
{
    viv_wasi said = with_mount();
    uint32_t fd;

    begin(&said);
    fd = make_file("f", "text");
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    act_for(guest.sandbox);
    EXPECT(!is_open(fd));
    EXPECT(is_open(3));
    EXPECT_EQ_INT(stat_of("f"), WASI_ENOENT);
    end();
}

/* The position, too: what is read next is what would have been. */
static void expect_rest(uint32_t fd, const char *text)
{
    put_part(0, 100, 20);
    EXPECT_EQ_INT(ASK(fd_read, I(fd), I(0), I(1), I(8)), 0);
    EXPECT_EQ_INT(word_at(8), strlen(text));
    EXPECT_EQ_MEM(at(100), text, strlen(text));
}

TEST(an_image_holds_files_and_descriptors)
{
    viv_wasi said = with_mount();
    viv_sandbox *child;
    viv_image *image;
    uint32_t fd;

    begin(&said);
    fd = make_file("f", "abcdef");
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(2), I(0), I(0)), 0);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_from(image, NULL, &child, &err), 0);
    viv_image_unref(image);
    EXPECT_EQ_INT(viv_wasi_apply(child, &said, &err), 0);
    act_for(child);
    expect_rest(fd, "cdef");
    EXPECT_EQ_INT(viv_sandbox_reset(child, NULL), 0);
    act_for(child);
    expect_rest(fd, "cdef");
    EXPECT_EQ_INT(viv_sandbox_free(child), 0);
    act_for(guest.sandbox);
    expect_rest(fd, "cdef");
    end();
}

TEST(forks_have_files_of_their_own)
{
    viv_wasi said = with_mount();
    viv_sandbox *children[2];

    begin(&said);
    make_file("f", "text");
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 2, children, &err), 0);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ_INT(viv_wasi_apply(children[i], &said, &err), 0);
        act_for(children[i]);
        EXPECT_EQ_INT(stat_of("f"), 0);
        EXPECT_EQ_INT(stat_of("g"), WASI_ENOENT);
        make_file("g", "own");
        EXPECT_EQ_INT(viv_sandbox_free(children[i]), 0);
    }
    act_for(guest.sandbox);
    EXPECT_EQ_INT(stat_of("g"), WASI_ENOENT);
    end();
}

/* Until something is applied to it, it has nothing; that is no error. */
TEST(a_fork_begins_without_permission)
{
    viv_wasi said = with_mount();
    viv_sandbox *child;

    begin(&said);
    make_file("f", "text");
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 1, &child, &err), 0);
    act_for(child);
    for (uint32_t fd = 0; fd < 10; fd++)
        EXPECT(!is_open(fd));
    EXPECT_EQ_INT(viv_sandbox_free(child), 0);
    end();
}

TEST(a_dump_carries_files_along)
{
    viv_wasi said = with_mount();
    viv_sandbox *other;
    viv_image *image;
    void *bytes;
    size_t len;
    uint32_t fd;

    begin(&said);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    act_for(guest.sandbox);
    fd = make_file("f", "abcdef");
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(2), I(0), I(0)), 0);
    EXPECT_EQ_INT(viv_sandbox_dump(guest.sandbox, NULL, &bytes, &len, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_load(image, NULL, NULL, bytes, len, &other, &err),
                  0);
    EXPECT_EQ_INT(viv_wasi_apply(other, &said, &err), 0);
    act_for(other);
    expect_rest(fd, "cdef");
    EXPECT_EQ_INT(viv_sandbox_free(other), 0);
    viv_free(bytes);
    viv_image_unref(image);
    end();
}

TEST(a_seed_and_the_steps_of_a_clock_replay_a_run)
{
    viv_wasi said;
    uint64_t first[2];

    viv_wasi_default(&said);
    said.random = VIV_RANDOM_SEED;
    said.clock = VIV_CLOCK_STEPS;
    begin(&said);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ_INT(ASK(random_get, I(0), I(8)), 0);
        EXPECT_EQ_INT(ASK(clock_time_get, I(0), L(0), I(8)), 0);
        if (i == 0)
            memcpy(first, at(0), sizeof(first));
        else
            EXPECT_EQ_MEM(first, at(0), sizeof(first));
        EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    }
    end();
}

/* ------------------------------------------------------------------------
 * What is open on the host does not.
 */

static char folder[PATH_MAX];

static void begin_host(void)
{
    viv_mount host = {.guest = "/h",
                      .host = folder,
                      .kind = VIV_MOUNT_HOST,
                      .writable = 1,
                      .bytes_max = VIV_ENDLESS,
                      .files_max = VIV_ENDLESS};
    viv_wasi said;

    mode_need_openat2();
    guest_path("wasi", folder);
    EXPECT_EQ_INT(mkdir(folder, 0777), 0);
    viv_wasi_default(&said);
    said.mounts = &host;
    said.mount_count = 1;
    begin(&said);
}

static void end_host(void)
{
    char path[PATH_MAX + 2];

    snprintf(path, sizeof(path), "%s/f", folder);
    unlink(path);
    EXPECT_EQ_INT(rmdir(folder), 0);
    end();
}

TEST(no_image_is_taken_while_a_file_of_the_host_is_open)
{
    viv_image *image;
    viv_sandbox *child;
    void *bytes;
    size_t len;
    uint32_t fd;

    begin_host();
    fd = make_file("f", "text");
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), VIV_EOPEN);
    EXPECT_EQ_INT(err.code, VIV_EOPEN);
    EXPECT_HAS_STR(err.text, folder);
    EXPECT_HAS_STR(err.text, "/f'");
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, NULL), VIV_EOPEN);
    EXPECT_EQ_INT(viv_sandbox_dump(guest.sandbox, NULL, &bytes, &len, &err),
                  VIV_EOPEN);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 1, &child, &err), VIV_EOPEN);
    EXPECT_EQ_INT(ASK(fd_close, I(fd)), 0);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    viv_image_unref(image);
    end_host();
}

TEST(a_reset_closes_what_is_open_on_the_host)
{
    viv_image *image;
    uint32_t fd;

    begin_host();
    fd = make_file("f", "text");
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, &err), 0);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    viv_image_unref(image);
    act_for(guest.sandbox);
    EXPECT(!is_open(fd));
    EXPECT_EQ_INT(stat_of("f"), 0);
    end_host();
}

/* ------------------------------------------------------------------------
 * Output.
 */

TEST(output_is_of_the_latest_call)
{
    size_t len;

    begin(NULL);
    EXPECT_EQ_STR(viv_wasi_output(guest.sandbox, 1, &len), "");
    EXPECT_EQ_INT(len, 0);
    guest_ask(&guest, "yield", 0);
    put_text(100, "words");
    put_part(0, 100, 5);
    EXPECT_EQ_INT(ASK(fd_write, I(2), I(0), I(1), I(8)), 0);
    EXPECT_EQ_MEM(viv_wasi_output(guest.sandbox, 2, &len), "words", 5);
    EXPECT_EQ_INT(len, 5);
    viv_wasi_output(guest.sandbox, 1, &len);
    EXPECT_EQ_INT(len, 0);
    viv_wasi_output(guest.sandbox, 0, &len);
    EXPECT_EQ_INT(len, 0);
    viv_wasi_output(guest.sandbox, 3, &len);
    EXPECT_EQ_INT(len, 0);
    guest_ask(&guest, "yield", 0);
    viv_wasi_output(guest.sandbox, 2, &len);
    EXPECT_EQ_INT(len, 0);
    end();
}
