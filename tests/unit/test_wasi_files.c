/* test_wasi_files.c - the files and streams of one guest, as src/vfs has them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_files.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "mode_tools.h"
#include "test.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_fd.h"
#include "vfs/vfs_pipe.h"
#include "vfs/vfs_rights.h"
#include "wasi/wasi_grant.h"

#define STORE_BYTES ((size_t)1 << 20)

static struct wasi_files files;
static viv_mount mounts[14];
static viv_wasi said;
static viv_error err;
static char *store;

static uint64_t noon(void *cookie)
{
    (void)cookie;
    return 12345;
}

static const struct vfs_clock clock_of_noon = {noon, NULL};

static int init_with(size_t store_bytes)
{
    return wasi_files_init(&files, &said, &clock_of_noon, store, store_bytes,
                           &err);
}

/* With `count` memories. */
static void begin(size_t count)
{
    wasi_grant_default(&said);
    for (size_t i = 0; i < count; i++)
        mounts[i] = (viv_mount){.guest = i % 2 ? "/b" : "/a",
                                .kind = VIV_MOUNT_MEMORY,
                                .bytes_max = VIV_ENDLESS,
                                .files_max = VIV_ENDLESS};
    said.mounts = mounts;
    said.mount_count = count;
    store = aligned_alloc(4096, STORE_BYTES);
    EXPECT(store != NULL);
    memset(store, 0, STORE_BYTES);
}

static void end(void)
{
    wasi_files_fini(&files);
    free(store);
}

static uint32_t make(const char *path)
{
    struct vfs_at at = {.fd = 3, .bytes = path, .len = strlen(path)};
    struct vfs_open open = {.flags = VFS_OPEN_CREATE,
                            .rights = VFS_RIGHTS_FILE};
    uint32_t fd;

    EXPECT_EQ_INT(vfs_at_open(&files.vfs, &at, &open, &fd), 0);
    return fd;
}

static int stat_of(const char *path)
{
    struct vfs_at at = {.fd = 3, .bytes = path, .len = strlen(path)};
    struct vfs_stat stat;

    return vfs_at_stat(&files.vfs, &at, &stat);
}

static bool is_open(uint32_t fd)
{
    struct vfs_slot slot;

    return vfs_fd_get(&files.vfs, fd, &slot) == 0;
}

TEST(nothing_is_open_before_the_guest_asks)
{
    begin(1);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    EXPECT(!is_open(1));
    wasi_files_ready(&files);
    EXPECT_EQ_INT(files.state, WASI_FILES_READY);
    for (uint32_t fd = 0; fd < 5; fd++)
        EXPECT_EQ_INT(is_open(fd), fd < 4);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ_INT(wasi_files_stream(&files, (uint32_t)i), i);
    EXPECT_EQ_INT(wasi_files_stream(&files, 3), -1);
    EXPECT_EQ_INT(wasi_files_stream(&files, 99), -1);
    end();
}

TEST(files_lie_in_the_store_and_go_with_it)
{
    char *copy = aligned_alloc(4096, STORE_BYTES), *first;

    begin(1);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    wasi_files_ready(&files);
    EXPECT_EQ_INT(make("f"), 4);
    memcpy(copy, store, STORE_BYTES);
    wasi_files_fini(&files);
    first = store, store = copy;
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    EXPECT_EQ_INT(wasi_files_check(&files, &err), 0);
    wasi_files_ready(&files);
    EXPECT_EQ_INT(files.state, WASI_FILES_READY);
    EXPECT(is_open(4));
    EXPECT_EQ_INT(stat_of("f"), 0);
    EXPECT_EQ_INT(stat_of("g"), VFS_ENOENT);
    free(first);
    end();
}

TEST(other_mounts_than_the_stores_are_refused)
{
    begin(1);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    wasi_files_ready(&files);
    wasi_files_fini(&files);
    said.mount_count = 0;
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    EXPECT_EQ_INT(wasi_files_check(&files, &err), VIV_EVERSION);
    wasi_files_ready(&files);
    EXPECT_EQ_INT(files.state, WASI_FILES_REFUSED);
    EXPECT(!is_open(1));
    end();
}

TEST(a_store_that_is_no_arena_has_no_descriptors)
{
    begin(1);
    memset(store, 0xa5, STORE_BYTES);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    EXPECT_EQ_INT(wasi_files_check(&files, &err), VIV_EFORMAT);
    wasi_files_ready(&files);
    EXPECT_EQ_INT(files.state, WASI_FILES_REFUSED);
    for (uint32_t fd = 0; fd < 2000; fd++)
        EXPECT(!is_open(fd));
    end();
}

TEST(a_reset_goes_back_to_whatever_the_store_is)
{
    begin(1);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    wasi_files_ready(&files);
    make("f");
    memset(store, 0, STORE_BYTES);
    wasi_files_reset(&files, &said);
    EXPECT(!is_open(1));
    wasi_files_ready(&files);
    EXPECT(is_open(3));
    EXPECT_EQ_INT(stat_of("f"), VFS_ENOENT);
    end();
}

TEST(a_reset_rewinds_the_input)
{
    size_t len;

    begin(0);
    said.stdin_bytes = "abc";
    said.stdin_len = 3;
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    vfs_pipe_took(files.pipes[0], 2);
    wasi_files_reset(&files, &said);
    EXPECT_EQ_MEM(vfs_pipe_waiting(files.pipes[0], &len), "abc", 3);
    EXPECT_EQ_INT(len, 3);
    EXPECT(files.pipes[0]->is_ended);
    end();
}

TEST(a_call_begins_with_empty_output)
{
    struct iovec part = {"words", 5};
    size_t done, len;

    begin(0);
    EXPECT_EQ_INT(init_with(STORE_BYTES), 0);
    wasi_files_ready(&files);
    wasi_files_begin(&files, 1);
    EXPECT_EQ_INT(vfs_fd_write(&files.vfs, 1, &part, 1, &done), 0);
    wasi_files_begin(&files, 1);
    vfs_pipe_waiting(files.pipes[1], &len);
    EXPECT_EQ_INT(len, 5);
    wasi_files_begin(&files, 2);
    vfs_pipe_waiting(files.pipes[1], &len);
    EXPECT_EQ_INT(len, 0);
    end();
}

/* From a table of one descriptor on there is something. */
TEST(a_small_store_has_few_descriptors_and_none_if_it_must)
{
    static const size_t sizes[] = {0, 4096, 8192, 12288, 65536};

    begin(0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        EXPECT_EQ_INT(init_with(sizes[i]), 0);
        wasi_files_ready(&files);
        EXPECT_EQ_INT(files.state == WASI_FILES_READY, is_open(1));
        EXPECT(sizes[i] < 65536 || is_open(1));
        wasi_files_fini(&files);
        memset(store, 0, STORE_BYTES);
    }
    free(store);
}

TEST(what_a_host_mounts_wrongly_is_named)
{
    mode_need_openat2();
    begin(1);
    mounts[0].kind = VIV_MOUNT_HOST;
    mounts[0].host = "/no/such/folder";
    EXPECT_EQ_INT(init_with(STORE_BYTES), VIV_EIO);
    EXPECT_HAS_STR(err.text, "/no/such/folder");
    mounts[0].kind = VIV_MOUNT_PACK;
    EXPECT_EQ_INT(init_with(STORE_BYTES), VIV_EIO);
    mounts[0].kind = VIV_MOUNT_OVERLAY;
    mounts[0].host = "/proc/self/exe";
    EXPECT_EQ_INT(init_with(STORE_BYTES), VIV_EFORMAT);
    free(store);
}

TEST(guest_paths_are_not_taken_twice)
{
    begin(2);
    mounts[1].guest = "/a";
    EXPECT_EQ_INT(init_with(STORE_BYTES), VIV_EINVAL);
    free(store);
}

TEST(every_failing_allocation_is_survived)
{
    int n, code;

    mode_need_openat2();
    begin(2);
    mounts[1].kind = VIV_MOUNT_HOST;
    mounts[1].host = "/tmp";
    said.stdin_bytes = "x", said.stdin_len = 1;
    for (n = 1;; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = init_with(STORE_BYTES);
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
    }
    EXPECT(n > 6);
    end();
}
