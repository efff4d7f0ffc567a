/* test_vfs_pack.c - a tree of files in one file, to be read only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_pack.h"

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "os/os_file.h"
#include "pack_fixture.h"
#include "vfs/vfs_pack_format.h"

static viv_error err;

static uint32_t find(uint32_t dir, const char *text)
{
    struct vfs_name name = fixture_name(text);
    uint32_t number = 0;

    EXPECT_EQ_INT(vfs_pack_find(pack_fixture, dir, &name, &number), 0);
    return number;
}

static int find_error(uint32_t dir, const char *text)
{
    struct vfs_name name = fixture_name(text);
    uint32_t number;

    return vfs_pack_find(pack_fixture, dir, &name, &number);
}

static struct vfs_pack_entry get(uint32_t number)
{
    struct vfs_pack_entry entry;

    EXPECT_EQ_INT(vfs_pack_get(pack_fixture, number, &entry), 0);
    return entry;
}

TEST(names_are_found_in_their_directories)
{
    struct vfs_pack_entry entry;

    pack_fixture_begin();
    entry = get(find(find(0, "lib"), "one"));
    EXPECT_EQ_INT(entry.type, VFS_FILE);
    EXPECT_EQ_INT(entry.bytes, 3);
    EXPECT_EQ_INT(entry.modified, PACK_FIXTURE_TIME);
    EXPECT_EQ_INT(entry.parent, find(0, "lib"));
    EXPECT_EQ_INT(find_error(0, "on"), VFS_ENOENT);
    EXPECT_EQ_INT(find_error(0, "libb"), VFS_ENOENT);
    EXPECT_EQ_INT(find_error(find(0, "z"), "x"), VFS_ENOTDIR);
    EXPECT_EQ_INT(find_error(find(0, "empty"), "x"), VFS_ENOENT);
    EXPECT_EQ_INT(find_error(pack_fixture->entries, "x"), VFS_EIO);
    pack_fixture_end();
}

TEST(bytes_are_copied_from_anywhere_to_the_end)
{
    uint32_t number;
    char text[30];

    pack_fixture_begin();
    number = find(0, "z");
    EXPECT_EQ_INT(vfs_pack_copy(pack_fixture, number, 26, text, 5), 5);
    EXPECT_EQ_MEM(text, "abcde", 5);
    EXPECT_EQ_INT(vfs_pack_copy(pack_fixture, number, 9990, text, 30), 10);
    EXPECT_EQ_INT(vfs_pack_copy(pack_fixture, number, 10000, text, 30), 0);
    EXPECT_EQ_INT(vfs_pack_copy(pack_fixture, number, UINT64_MAX, text, 1), 0);
    EXPECT_EQ_INT(vfs_pack_copy(pack_fixture, 9999, 0, text, 1), 0);
    pack_fixture_end();
}

TEST(a_mounted_pack_is_read_and_nothing_else)
{
    struct vfs_times times = {0, 0};
    struct vfs_stat stat;
    uint32_t fd;

    pack_fixture_begin();
    fixture_init(0);
    EXPECT_EQ_INT(vfs_mount_pack(&fixture_vfs, "/lib", pack_fixture, &err), 0);
    fixture_format();
    EXPECT_EQ_STR(fixture_list(0), ". .. empty lib link z ");
    EXPECT_EQ_STR(fixture_text(0, "link"), "one");
    EXPECT_EQ_STR(fixture_text(0, "lib/sub/../two"), "two");
    EXPECT_EQ_INT(fixture_try(0, "z", 0, FIXTURE_BOTH, &fd), VFS_EROFS);
    EXPECT_EQ_INT(fixture_try(0, "z", VFS_OPEN_TRUNCATE, FIXTURE_READ, &fd),
                  VFS_EROFS);
    EXPECT_EQ_INT(fixture_try(0, "new", VFS_OPEN_CREATE, FIXTURE_READ, &fd),
                  VFS_EROFS);
    EXPECT_EQ_INT(fixture_try(0, "lib/sub/../..", 0, FIXTURE_READ, &fd), 0);
    EXPECT_EQ_INT(fixture_try(0, "../x", 0, FIXTURE_READ, &fd),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_mkdir(0, "new"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_mkdir(0, "lib"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_symlink(0, "x", "new"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_link(0, "z", "new"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_unlink(0, "z"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_rmdir(0, "empty"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_rename(0, "z", "y"), VFS_EROFS);
    fd = fixture_open(0, "z", 0, FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, VFS_SET_MODIFIED),
                  VFS_EROFS);
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(fixture_stat(0, "link", &stat), 0);
    EXPECT_EQ_INT(stat.type, VFS_SYMLINK);
    EXPECT_EQ_INT(stat.dev, 1);
    fixture_end();
    pack_fixture_end();
}

/* Descriptors can be forged: with all rights, and for writing. */
TEST(a_forged_descriptor_does_not_write_to_a_pack)
{
    struct vfs_slot *slot;
    uint32_t fd;

    pack_fixture_begin();
    fixture_init(0);
    EXPECT_EQ_INT(vfs_mount_pack(&fixture_vfs, "/lib", pack_fixture, &err), 0);
    fixture_format();
    fd = fixture_open(0, "z", 0, FIXTURE_READ);
    slot = vfs_table_get(&fixture_vfs.arena, fd);
    slot->rights = UINT64_MAX;
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1), VFS_EBADF);
    slot->node = 5;
    EXPECT_EQ_INT(vfs_pack_read(pack_fixture, slot->node, &(struct vfs_io){0}),
                  VFS_EBADF);
    slot->node = VFS_BELOW | 0x12345;
    EXPECT_EQ_INT(vfs_pack_read(pack_fixture, slot->node, &(struct vfs_io){0}),
                  VFS_EIO);
    slot->node = VFS_BELOW; /* the root */
    EXPECT_EQ_INT(vfs_pack_read(pack_fixture, slot->node, &(struct vfs_io){0}),
                  VFS_EBADF);
    EXPECT_EQ_INT(
        vfs_pack_list(pack_fixture, VFS_BELOW | find(0, "z"), 0, NULL, NULL),
        VFS_ENOTDIR);
    fixture_end();
    pack_fixture_end();
}

TEST(a_file_that_is_no_pack_is_refused_in_words)
{
    struct vfs_pack *other = NULL;

    pack_fixture_begin();
    EXPECT_EQ_INT(vfs_pack_open(folder_path("z"), &other, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is not a pack of files");
    EXPECT_EQ_INT(vfs_pack_open(folder_path("lib/one"), &other, &err),
                  VIV_EFORMAT);
    folder_write(folder_path("nothing"), "");
    EXPECT_EQ_INT(vfs_pack_open(folder_path("nothing"), &other, &err),
                  VIV_EFORMAT);
    EXPECT_EQ_INT(vfs_pack_open(folder_path("lib"), &other, &err), VIV_EIO);
    EXPECT(other == NULL);
    pack_fixture_end();
}

/* A copy of the pack, to be changed, behind a new head. */
static struct vfs_pack_head *copy_bytes(void)
{
    struct vfs_pack_head *copy = malloc(pack_fixture->len);

    memcpy(copy, pack_fixture->bytes, pack_fixture->len);
    return copy;
}

TEST(a_head_that_speaks_of_more_than_there_is_is_refused)
{
    struct vfs_pack_head *head;
    uint64_t len;
    struct vfs_pack *other = NULL;

    pack_fixture_begin();
    head = copy_bytes();
    len = pack_fixture->len;
    head->version++;
    EXPECT_EQ_INT(vfs_pack_wrap(head, len, "x", &other, &err), VIV_EVERSION);
    head->version--;
    head->entries = UINT32_MAX;
    EXPECT_EQ_INT(vfs_pack_wrap(head, len, "x", &other, &err), VIV_EFORMAT);
    head->entries = 0;
    EXPECT_EQ_INT(vfs_pack_wrap(head, len, "x", &other, &err), VIV_EFORMAT);
    head->entries = pack_fixture->entries;
    head->names_bytes = UINT64_MAX;
    EXPECT_EQ_INT(vfs_pack_wrap(head, len, "x", &other, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "its names should be 18446744073709551615 bytes");
    head->names_bytes = 1;
    head->names_at = UINT64_MAX;
    EXPECT_EQ_INT(vfs_pack_wrap(head, len, "x", &other, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(vfs_pack_wrap(head, 63, "x", &other, &err), VIV_EFORMAT);
    EXPECT(other == NULL);
    free(head);
    pack_fixture_end();
}

static void expect_damaged(struct vfs_pack *other, uint32_t number)
{
    struct vfs_pack_entry entry;

    EXPECT_EQ_INT(vfs_pack_get(other, number, &entry), VFS_EIO);
}

TEST(a_record_that_leads_outside_or_round_is_damaged)
{
    struct vfs_pack_record *lib, *file, saved;
    struct vfs_pack_head *head;
    struct vfs_pack *other;
    uint32_t number;

    pack_fixture_begin();
    head = copy_bytes();
    EXPECT_EQ_INT(vfs_pack_wrap(head, pack_fixture->len, "x", &other, &err), 0);
    number = find(0, "lib");
    lib = (struct vfs_pack_record *)(head + 1) + number;
    saved = *lib;
    lib->at = number;
    expect_damaged(other, number);
    lib->at = UINT64_MAX;
    expect_damaged(other, number);
    *lib = saved;
    lib->count = UINT32_MAX;
    expect_damaged(other, number);
    *lib = saved;
    lib->parent = number;
    expect_damaged(other, number);
    *lib = saved;
    lib->name_at = UINT32_MAX;
    expect_damaged(other, number);
    *lib = saved;
    lib->type = VFS_STREAM;
    expect_damaged(other, number);
    number = find(0, "z");
    file = (struct vfs_pack_record *)(head + 1) + number;
    file->bytes = UINT64_MAX;
    expect_damaged(other, number);
    file->bytes = 1;
    file->at = pack_fixture->len;
    expect_damaged(other, number);
    vfs_pack_unref(other);
    free(head);
    pack_fixture_end();
}

TEST(every_allocation_and_system_call_may_fail)
{
    struct vfs_pack *other = NULL;
    int code = -1;

    pack_fixture_begin();
    for (uint64_t n = 1; code != 0; n++) {
        os_fail_at(n);
        code = vfs_pack_open(pack_fixture_path, &other, &err);
        EXPECT((code == 0) == (other != NULL));
    }
    os_fail_at(0);
    vfs_pack_unref(other);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(vfs_pack_open(pack_fixture_path, &other, &err), VIV_ENOMEM);
    base_alloc_fail_at(0);
    vfs_pack_unref(NULL);
    pack_fixture_end();
}
