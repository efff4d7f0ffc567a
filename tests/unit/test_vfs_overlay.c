/* test_vfs_overlay.c - files of the sandbox's own, over a pack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_overlay.h"

#include "base/base_alloc.h"
#include "pack_fixture.h"

static struct vfs_stat stat_of(const char *path)
{
    struct vfs_stat stat;

    EXPECT_EQ_INT(fixture_stat(0, path, &stat), 0);
    return stat;
}

static bool is_there(const char *path)
{
    struct vfs_stat stat;

    return fixture_stat(0, path, &stat) == 0;
}

TEST(at_first_it_is_the_pack_and_takes_a_root)
{
    pack_fixture_overlay(8);
    EXPECT_EQ_STR(fixture_list(0), ". .. empty lib link z ");
    EXPECT_EQ_STR(fixture_text(0, "lib/sub/deep"), "deep");
    EXPECT_EQ_STR(fixture_text(0, "link"), "one");
    EXPECT_EQ_INT(stat_of("z").bytes, 10000);
    EXPECT_EQ_INT(stat_of("z").modified, PACK_FIXTURE_TIME);
    EXPECT_EQ_INT(stat_of(".").modified, PACK_FIXTURE_TIME);
    EXPECT_EQ_INT(vfs_store_tree(pack_fixture_store())->cells, 2);
    pack_fixture_overlay_end();
}

TEST(what_is_written_is_over_the_pack_and_the_rest_shows_through)
{
    char text[7];
    struct iovec part = {text, 6};
    uint32_t fd;
    size_t done;

    pack_fixture_overlay(16);
    fd = fixture_open(0, "z", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &(struct iovec){"XY", 2}, 1,
                                5000, &done),
                  0);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 4998, &done), 0);
    EXPECT_EQ_MEM(text, "ghXYkl", 6); /* 4998 is 6 in 26 */
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 26, &done), 0);
    EXPECT_EQ_MEM(text, "abcdef", 6);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 9998, &done), 0);
    EXPECT_EQ_INT(done, 2);
    EXPECT_EQ_INT(stat_of("z").bytes, 10000);
    pack_fixture_overlay_end();
}

TEST(what_was_cut_does_not_show_through_again)
{
    static const char zeros[6];
    char text[6];
    struct iovec part = {text, 6};
    uint32_t fd;
    size_t done;

    pack_fixture_overlay(16);
    fd = fixture_open(0, "z", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 3), 0);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 9000), 0);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 0, &done), 0);
    EXPECT_EQ_MEM(text, "abc\0\0\0", 6);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 5000, &done), 0);
    EXPECT_EQ_MEM(text, zeros, 6);
    pack_fixture_overlay_end();
}

TEST(what_is_removed_does_not_come_back_and_can_be_made_anew)
{
    pack_fixture_overlay(8);
    EXPECT_EQ_INT(fixture_unlink(0, "lib/one"), 0);
    EXPECT(!is_there("lib/one"));
    EXPECT_EQ_INT(fixture_unlink(0, "lib/one"), VFS_ENOENT);
    EXPECT_EQ_STR(fixture_list(fixture_open(0, "lib", 0, FIXTURE_READ)),
                  ". .. sub two ");
    fixture_put(0, "lib/one", "new");
    EXPECT_EQ_STR(fixture_text(0, "lib/one"), "new");
    EXPECT_EQ_STR(fixture_list(fixture_open(0, "lib", 0, FIXTURE_READ)),
                  ". .. one sub two ");
    EXPECT_EQ_INT(fixture_rmdir(0, "lib"), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_unlink(0, "lib/one"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "lib/two"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "lib/sub/deep"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "lib/sub"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "lib"), 0);
    EXPECT_EQ_STR(fixture_list(0), ". .. empty link z ");
    EXPECT_EQ_INT(fixture_mkdir(0, "lib"), 0);
    EXPECT_EQ_STR(fixture_list(fixture_open(0, "lib", 0, FIXTURE_READ)),
                  ". .. ");
    pack_fixture_overlay_end();
}

TEST(a_directory_of_the_pack_moves_with_all_that_is_in_it)
{
    pack_fixture_overlay(8);
    EXPECT_EQ_INT(fixture_rename(0, "lib", "empty/moved"), 0);
    EXPECT(!is_there("lib"));
    EXPECT_EQ_STR(fixture_text(0, "empty/moved/sub/deep"), "deep");
    EXPECT_EQ_STR(fixture_text(0, "empty/moved/sub/../one"), "one");
    fixture_put(0, "empty/moved/sub/new", "new");
    EXPECT_EQ_STR(fixture_text(0, "empty/moved/sub/new"), "new");
    EXPECT_EQ_INT(fixture_rename(0, "empty", "empty/moved/x"), VFS_EINVAL);
    EXPECT_EQ_INT(fixture_rename(0, "empty/moved/sub", "lib"), 0);
    EXPECT_EQ_STR(fixture_text(0, "lib/deep"), "deep");
    pack_fixture_overlay_end();
}

TEST(a_file_of_the_pack_gets_more_names)
{
    pack_fixture_overlay(8);
    EXPECT_EQ_INT(fixture_link(0, "lib/one", "second"), 0);
    EXPECT_EQ_INT(stat_of("second").links, 2);
    EXPECT_EQ_INT(stat_of("second").ino, stat_of("lib/one").ino);
    fixture_put(0, "second", "changed");
    EXPECT_EQ_STR(fixture_text(0, "lib/one"), "changed");
    pack_fixture_overlay_end();
}

TEST(numbers_of_inodes_stay_when_something_is_raised)
{
    uint64_t file, dir;

    pack_fixture_overlay(8);
    file = stat_of("lib/one").ino;
    dir = stat_of("lib").ino;
    fixture_put(0, "lib/one", "x");
    EXPECT_EQ_INT(stat_of("lib/one").ino, file);
    EXPECT_EQ_INT(stat_of("lib").ino, dir);
    pack_fixture_overlay_end();
}

TEST(descriptors_follow_what_is_raised_behind_them)
{
    uint32_t file, dir, again;

    pack_fixture_overlay(8);
    file = fixture_open(0, "lib/one", 0, FIXTURE_READ);
    dir = fixture_open(0, "lib/sub", 0, FIXTURE_READ);
    again = fixture_open(0, "lib/one", 0, FIXTURE_READ);
    fixture_put(0, "lib/one", "changed");
    EXPECT_EQ_STR(fixture_read(file), "changed");
    EXPECT_EQ_INT(fixture_unlink(0, "lib/one"), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, file), 0);
    EXPECT_EQ_STR(fixture_read(again), "changed");
    EXPECT_EQ_INT(fixture_rename(0, "lib/sub", "elsewhere"), 0);
    fixture_put(dir, "new", "x");
    EXPECT_EQ_STR(fixture_text(0, "elsewhere/new"), "x");
    EXPECT_EQ_STR(fixture_list(dir), ". .. deep new ");
    pack_fixture_overlay_end();
}

TEST(an_open_file_of_the_pack_outlives_its_name)
{
    uint32_t fd;

    pack_fixture_overlay(8);
    fd = fixture_open(0, "lib/two", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_rename(0, "lib/one", "lib/two"), 0);
    EXPECT_EQ_STR(fixture_read(fd), "two");
    EXPECT_EQ_STR(fixture_text(0, "lib/two"), "one");
    pack_fixture_overlay_end();
}

TEST(a_link_of_the_pack_is_one_also_when_it_is_raised)
{
    struct vfs_times times = {0, 77};
    struct vfs_at at = {0, false, "link", 4};
    struct vfs_path target;

    pack_fixture_overlay(8);
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  0);
    EXPECT_EQ_INT(stat_of("link").modified, 77);
    EXPECT_EQ_INT(vfs_at_read_link(&fixture_vfs, &at, &target), 0);
    EXPECT_EQ_STR(target.text, "lib/one");
    EXPECT_EQ_STR(fixture_text(0, "link"), "one");
    pack_fixture_overlay_end();
}

/* Whatever the room: what fails leaves what is seen as it was. */
TEST(without_room_nothing_seems_to_change)
{
    uint64_t cells;
    uint32_t fd;

    pack_fixture_overlay(8);
    cells = vfs_store_tree(pack_fixture_store())->cells;
    for (uint64_t more = 0; more < 12; more++) {
        pack_fixture_store()->bytes_max = (cells + more) * VFS_CELL_BYTES;
        if (fixture_try(0, "lib/sub/deep", 0, FIXTURE_BOTH, &fd) == 0)
            break;
        EXPECT_EQ_STR(fixture_text(0, "lib/sub/deep"), "deep");
        EXPECT_EQ_STR(fixture_list(0), ". .. empty lib link z ");
        fd = fixture_open(0, "lib", 0, FIXTURE_READ);
        EXPECT_EQ_STR(fixture_list(fd), ". .. one sub two ");
        EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    }
    EXPECT(fd != UINT32_MAX);
    pack_fixture_overlay_end();
}

TEST(without_memory_there_is_none)
{
    viv_error err;

    pack_fixture_begin();
    fixture_init(0);
    for (uint64_t n = 1; n <= 2; n++) {
        base_alloc_fail_at(n);
        EXPECT_EQ_INT(vfs_mount_overlay(&fixture_vfs, "/", pack_fixture,
                                        &fixture_plenty, &err),
                      VIV_ENOMEM);
    }
    base_alloc_fail_at(0);
    pack_fixture_overlay_end();
}
