/* test_vfs_pack_write.c - make a pack of a directory of the host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_pack_write.h"

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "os/os_file.h"
#include "pack_fixture.h"

static viv_error err;

/* Where packs of these tests go. */
static const char *target(void)
{
    snprintf(pack_fixture_path, sizeof(pack_fixture_path), "%s/pack",
             folder_top);
    return pack_fixture_path;
}

static void begin(void)
{
    mode_need_openat2();
    folder_begin();
    pack_fixture_tree();
}

static bool is_there(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

TEST(an_empty_directory_makes_a_pack_of_a_root)
{
    struct vfs_pack *pack;

    mode_need_openat2();
    folder_begin();
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(vfs_pack_open(target(), &pack, &err), 0);
    EXPECT_EQ_INT(pack->entries, 1);
    vfs_pack_unref(pack);
    folder_end();
}

TEST(the_same_files_make_the_same_bytes)
{
    uint8_t *a, *b;
    size_t a_len, b_len;

    begin();
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(os_file_read_all(target(), 1 << 20, &a, &a_len, &err), 0);
    EXPECT_EQ_INT(rename(folder_path("z"), folder_path("y")), 0);
    EXPECT_EQ_INT(rename(folder_path("y"), folder_path("z")), 0);
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(os_file_read_all(target(), 1 << 20, &b, &b_len, &err), 0);
    EXPECT_EQ_INT(a_len, b_len);
    EXPECT_EQ_MEM(a, b, a_len);
    base_free(a);
    base_free(b);
    folder_end();
}

TEST(other_files_have_another_digest)
{
    struct vfs_pack *a, *b;

    begin();
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(vfs_pack_open(target(), &a, &err), 0);
    folder_write(folder_path("lib/one"), "One");
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(vfs_pack_open(target(), &b, &err), 0);
    EXPECT(memcmp(a->digest, b->digest, sizeof(a->digest)) != 0);
    vfs_pack_unref(a);
    vfs_pack_unref(b);
    folder_end();
}

TEST(times_are_the_files_own_if_asked_for)
{
    struct timespec times[] = {{1, 2}, {3, 4}};
    struct vfs_name name = fixture_name("z");
    struct vfs_pack_entry entry;
    struct vfs_pack *pack;
    uint32_t number;

    begin();
    EXPECT_EQ_INT(utimensat(AT_FDCWD, folder_path("z"), times, 0), 0);
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), UINT64_MAX, &err), 0);
    EXPECT_EQ_INT(vfs_pack_open(target(), &pack, &err), 0);
    EXPECT_EQ_INT(vfs_pack_find(pack, 0, &name, &number), 0);
    EXPECT_EQ_INT(vfs_pack_get(pack, number, &entry), 0);
    EXPECT_EQ_INT(entry.modified, 3000000004u);
    vfs_pack_unref(pack);
    folder_end();
}

TEST(many_files_are_in_order)
{
    struct vfs_pack *pack;
    char name[32];
    uint32_t number;

    mode_need_openat2();
    folder_begin();
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "file%d", i);
        folder_write(folder_path(name), name);
    }
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err), 0);
    EXPECT_EQ_INT(vfs_pack_open(target(), &pack, &err), 0);
    for (int i = 0; i < 500; i++) {
        struct vfs_name its;
        char text[32] = "";

        snprintf(name, sizeof(name), "file%d", i);
        its = fixture_name(name);
        EXPECT_EQ_INT(vfs_pack_find(pack, 0, &its, &number), 0);
        vfs_pack_copy(pack, number, 0, text, sizeof(text) - 1);
        EXPECT_EQ_STR(text, name);
    }
    vfs_pack_unref(pack);
    folder_end();
}

TEST(what_a_pack_cannot_hold_is_named)
{
    begin();
    EXPECT_EQ_INT(mkfifo(folder_path("lib/pipe"), 0666), 0);
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err),
                  VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "lib/pipe' is a FIFO");
    EXPECT_EQ_INT(unlink(folder_path("lib/pipe")), 0);
    folder_write(folder_path("lib/\xff"), "");
    EXPECT_EQ_INT(vfs_pack_write(folder_in, target(), 7, &err),
                  VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "is not UTF-8");
    EXPECT_EQ_INT(vfs_pack_write("/nowhere", target(), 7, &err), VIV_EIO);
    EXPECT(!is_there(target()));
    folder_end();
}

TEST(every_allocation_and_system_call_may_fail)
{
    int code = -1;

    begin();
    for (uint64_t n = 1; code != 0; n++) {
        os_fail_at(n);
        code = vfs_pack_write(folder_in, target(), 7, &err);
        os_fail_at(0);
        EXPECT_EQ_INT(is_there(target()), code == 0);
    }
    EXPECT_EQ_INT(unlink(target()), 0);
    code = -1;
    for (uint64_t n = 1; code != 0; n++) {
        base_alloc_fail_at(n);
        code = vfs_pack_write(folder_in, target(), 7, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        EXPECT_EQ_INT(is_there(target()), code == 0);
    }
    folder_end();
}
