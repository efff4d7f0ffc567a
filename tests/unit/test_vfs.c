/* test_vfs.c - the files of one sandbox: its life.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs.h"

#include <time.h>

#include "pack_fixture.h"

static viv_error err;

/* A copy of the arena, as an image or a fork has it. */
static void *copy_arena(void)
{
    size_t bytes = vfs_bytes(&fixture_vfs);
    void *copy = aligned_alloc(VFS_BLOCK_BYTES, bytes);

    memcpy(copy, fixture_memory, bytes);
    return copy;
}

TEST(descriptors_are_given_in_the_order_of_the_mounts)
{
    struct vfs_slot slot;
    const char *path;

    fixture_init(4 * VFS_BLOCK_BYTES);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ_INT(vfs_mount_stream(
                          &fixture_vfs,
                          vfs_pipe_new(i == 0 ? VFS_PIPE_IN : VFS_PIPE_OUT, 10),
                          &err),
                      0);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/tmp", &fixture_plenty, &err),
                  0);
    fixture_format();
    EXPECT_EQ_INT(vfs_fd_get(&fixture_vfs, 1, &slot), 0);
    EXPECT_EQ_INT(slot.type, VFS_STREAM);
    EXPECT_EQ_INT(vfs_fd_guest_path(&fixture_vfs, 1, &path), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_guest_path(&fixture_vfs, 3, &path), 0);
    EXPECT_EQ_STR(path, "/tmp");
    EXPECT_EQ_INT(vfs_fd_get(&fixture_vfs, 4, &slot), VFS_EBADF);
    EXPECT_EQ_INT(fixture_write(1, "hello"), 0);
    EXPECT_EQ_INT(fixture_write(0, "hello"), VFS_EBADF);
    EXPECT(vfs_fd_pipe(&fixture_vfs, 1) == fixture_vfs.mounts[1].fs);
    EXPECT(vfs_fd_pipe(&fixture_vfs, 3) == NULL);
    fixture_end();
}

TEST(files_go_back_with_the_arena)
{
    size_t bytes;
    uint32_t fd;
    void *image;

    fixture_with_memory();
    bytes = vfs_bytes(&fixture_vfs);
    fixture_put(0, "a", "before");
    fd = fixture_open(0, "a", 0, FIXTURE_BOTH);
    image = copy_arena();
    EXPECT_EQ_INT(fixture_write(fd, "after, and longer"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    memcpy(fixture_memory, image, bytes);
    vfs_reset(&fixture_vfs);
    EXPECT_EQ_STR(fixture_list(0), ". .. a ");
    EXPECT_EQ_STR(fixture_read(fd), "before");
    free(image);
    fixture_end();
}

/* Another process would do the same: other struct, other address. */
TEST(an_arena_goes_on_elsewhere_with_the_same_mounts)
{
    static struct vfs other;
    void *image;
    struct iovec part = {(char[16]){0}, 16};
    size_t done;
    uint32_t fd;

    pack_fixture_overlay(8);
    fixture_put(0, "lib/new", "text");
    EXPECT_EQ_INT(fixture_rename(0, "lib", "moved"), 0);
    fd = fixture_open(0, "moved/new", 0, FIXTURE_READ);
    image = copy_arena();
    vfs_init(&other, &fixture_vfs.config);
    EXPECT_EQ_INT(
        vfs_mount_overlay(&other, "/", pack_fixture, &fixture_plenty, &err), 0);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), 0);
    EXPECT_EQ_INT(vfs_fd_read(&other, fd, &part, 1, &done), 0);
    EXPECT_EQ_INT(done, 4);
    EXPECT_EQ_MEM(part.iov_base, "text", 4);
    EXPECT_EQ_STR(fixture_text(0, "moved/one"), "one");
    vfs_fini(&other);
    free(image);
    pack_fixture_overlay_end();
}

/* One more mount, of the same arena as before. */
static void mount_more(struct vfs *other)
{
    vfs_init(other, &fixture_vfs.config);
    EXPECT_EQ_INT(
        vfs_mount_overlay(other, "/", pack_fixture, &fixture_plenty, &err), 0);
    EXPECT_EQ_INT(vfs_mount_memory(other, "/more", &fixture_plenty, &err), 0);
}

TEST(what_an_arena_lacks_is_added_after_what_is_open)
{
    static struct vfs other;
    struct vfs_slot slot;
    const char *path;
    void *image;
    uint32_t fd;

    pack_fixture_overlay(8);
    fixture_put(0, "lib/new", "text");
    fd = fixture_open(0, "lib/new", 0, FIXTURE_READ);
    image = copy_arena();
    mount_more(&other);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), 0);
    EXPECT_EQ_INT(vfs_fd_guest_path(&other, fd + 1, &path), 0);
    EXPECT_EQ_STR(path, "/more");
    EXPECT_EQ_INT(vfs_fd_get(&other, fd, &slot), 0);
    EXPECT_EQ_INT(slot.type, VFS_FILE);
    EXPECT_EQ_INT(vfs_fd_guest_path(&other, fd, &path), VFS_EBADF);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), 0); /* and only once */
    EXPECT_EQ_INT(vfs_fd_get(&other, fd + 2, &slot), VFS_EBADF);
    vfs_fini(&other);
    free(image);
    pack_fixture_overlay_end();
}

TEST(a_check_changes_nothing)
{
    static struct vfs other;
    void *image, *before;
    size_t bytes;

    pack_fixture_overlay(8);
    bytes = vfs_bytes(&fixture_vfs);
    image = copy_arena();
    before = copy_arena();
    mount_more(&other);
    EXPECT_EQ_INT(vfs_check(&other, image, &err), 0);
    EXPECT_EQ_MEM(image, before, bytes);
    EXPECT(other.arena.at == NULL);
    memset(image, 0xff, 64);
    EXPECT_EQ_INT(vfs_check(&other, image, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), VIV_EFORMAT);
    EXPECT(other.arena.at == NULL);
    vfs_fini(&other);
    free(image);
    free(before);
    pack_fixture_overlay_end();
}

/* An arena without any mount, all of whose descriptors are open, is hostile:
 * there is no room for the mounts, and no harm. */
TEST(an_arena_without_room_for_what_it_lacks_is_refused)
{
    static struct vfs other;
    void *image;
    uint32_t fd;

    pack_fixture_overlay(8);
    while (fixture_try(0, "lib/one", 0, FIXTURE_READ, &fd) == 0)
        ;
    image = copy_arena();
    mount_more(&other);
    EXPECT(vfs_attach(&other, image, &err) < 0);
    EXPECT(other.arena.at == NULL);
    vfs_fini(&other);
    free(image);
    pack_fixture_overlay_end();
}

TEST(an_arena_with_other_mounts_is_refused)
{
    static struct vfs other;
    void *image;

    pack_fixture_overlay(8);
    image = copy_arena();
    vfs_init(&other, &fixture_vfs.config);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), VIV_EVERSION);
    EXPECT_EQ_INT(vfs_mount_memory(&other, "/", &fixture_plenty, &err), 0);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), VIV_EVERSION);
    EXPECT_HAS_STR(err.text, "another mount 0 than '/'");
    memset(image, 0, VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(vfs_attach(&other, image, &err), VIV_EFORMAT);
    vfs_fini(&other);
    free(image);
    pack_fixture_overlay_end();
}

TEST(an_arena_without_room_for_a_root_is_refused)
{
    struct vfs_config config = {1, 0, {fixture_now, NULL}};

    vfs_init(&fixture_vfs, &config);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, &err),
                  0);
    EXPECT_EQ_INT(
        vfs_format(&fixture_vfs, fixture_zeros(vfs_bytes(&fixture_vfs)), &err),
        VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "0 bytes for files in memory");
    fixture_end();
}

TEST(mounts_without_descriptors_are_refused)
{
    struct vfs_config config = {1, 9 * VFS_BLOCK_BYTES, {fixture_now, NULL}};

    vfs_init(&fixture_vfs, &config);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, &err),
                  0);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/a", &fixture_plenty, &err),
                  0);
    EXPECT_EQ_INT(
        vfs_format(&fixture_vfs, fixture_zeros(vfs_bytes(&fixture_vfs)), &err),
        VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "2 mounts need as many descriptors; there are 1");
    fixture_end();
}

TEST(without_a_clock_it_is_the_walls)
{
    struct vfs_config config = {4, 9 * VFS_BLOCK_BYTES, {NULL, NULL}};
    struct vfs_stat stat;

    vfs_init(&fixture_vfs, &config);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, &err),
                  0);
    fixture_format();
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, 0, &stat), 0);
    EXPECT(stat.modified / 1000000000 >= (uint64_t)time(NULL) - 60);
    fixture_end();
}
