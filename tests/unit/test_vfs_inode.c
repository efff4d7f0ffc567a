/* test_vfs_inode.c - what the arena knows of a file, apart from its names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_inode.h"

#include "vfs/vfs_data.h"
#include "vfs/vfs_dir.h"
#include "vfs_fixture.h"

static struct vfs_store *store = &fixture_store;

static bool is_there(uint64_t id)
{
    return vfs_inode_get(store, id, VFS_NONE) != NULL;
}

TEST(an_inode_is_found_by_its_id_and_type)
{
    uint64_t id;

    fixture_begin(4);
    id = fixture_inode(VFS_FILE);
    EXPECT(vfs_inode_get(store, id, VFS_FILE) != NULL);
    EXPECT(vfs_inode_get(store, id, VFS_NONE) != NULL);
    EXPECT(vfs_inode_get(store, id, VFS_DIRECTORY) == NULL);
    EXPECT_EQ_INT(vfs_inode_get(store, id, VFS_FILE)->modified, 1000);
}

TEST(it_lives_while_it_has_a_name_or_is_open)
{
    uint64_t id;

    fixture_begin(4);
    id = fixture_inode(VFS_FILE);
    vfs_inode_open(store, id);
    vfs_inode_open(store, id);
    vfs_inode_unlink(store, id);
    EXPECT(is_there(id));
    vfs_inode_close(store, id);
    EXPECT(is_there(id));
    vfs_inode_close(store, id);
    EXPECT(!is_there(id));

    id = fixture_inode(VFS_FILE);
    vfs_inode_open(store, id);
    vfs_inode_close(store, id);
    EXPECT(is_there(id));
    vfs_inode_unlink(store, id);
    EXPECT(!is_there(id));
}

TEST(with_it_all_that_it_had_is_given_back)
{
    struct iovec part = {(char[]){'x'}, 1};
    struct vfs_io io = {&part, 1, 0, 0};
    struct vfs_name name = fixture_name("whiteout");
    struct vfs_node node = {1, VFS_FILE};
    uint64_t file, dir;

    fixture_begin(8);
    file = fixture_inode(VFS_FILE);
    io.at = 5000000;
    EXPECT_EQ_INT(
        vfs_data_write(store, vfs_inode_get(store, file, VFS_FILE), &io), 0);
    dir = fixture_inode(VFS_DIRECTORY);
    EXPECT_EQ_INT(vfs_dir_add(store, vfs_inode_get(store, dir, VFS_NONE), &name,
                              node, true),
                  0);
    EXPECT(fixture_used() > 2);
    vfs_inode_unlink(store, file);
    vfs_inode_unlink(store, dir);
    EXPECT_EQ_INT(fixture_used(), 0);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, 0);
}

TEST(an_id_that_outlived_its_inode_finds_no_other)
{
    uint64_t old, id;

    fixture_begin(4);
    old = fixture_inode(VFS_FILE);
    vfs_inode_unlink(store, old);
    id = fixture_inode(VFS_FILE);
    EXPECT_EQ_INT(vfs_inode_cell(id), vfs_inode_cell(old));
    EXPECT(!is_there(old));
    EXPECT(is_there(id));
    vfs_inode_open(store, old);
    vfs_inode_close(store, old);
    vfs_inode_unlink(store, old);
    EXPECT(is_there(id));
    EXPECT_EQ_INT(vfs_inode_get(store, id, VFS_FILE)->opens, 0);
}

TEST(what_is_no_id_is_none)
{
    fixture_begin(4);
    fixture_inode(VFS_FILE);
    EXPECT(!is_there(0));
    EXPECT(!is_there(UINT64_MAX));
    EXPECT(!is_there(vfs_inode_below(1)));
    EXPECT(!is_there(UINT32_MAX));
}

TEST(without_room_there_is_no_inode)
{
    uint64_t id = 7;

    fixture_begin(0);
    EXPECT_EQ_INT(vfs_inode_new(store, VFS_FILE, &id), VFS_ENOSPC);
    EXPECT_EQ_INT(id, 7);
}

TEST(a_serial_number_is_never_0)
{
    fixture_begin(4);
    vfs_arena_head(store->arena)->serial = UINT32_MAX;
    EXPECT_EQ_INT(fixture_inode(VFS_FILE) >> 32, UINT32_MAX);
    EXPECT_EQ_INT(fixture_inode(VFS_FILE) >> 32, 1);
}

TEST(what_is_known_is_told)
{
    struct vfs_inode *inode;
    struct vfs_stat stat;
    uint64_t id;

    fixture_begin(4);
    id = fixture_inode(VFS_FILE);
    inode = vfs_inode_get(store, id, VFS_FILE);
    inode->bytes = 9;
    fixture_time = 5000;
    vfs_inode_touch(store, inode, false);
    vfs_inode_stat(inode, id, &stat);
    EXPECT_EQ_INT(stat.ino, id);
    EXPECT_EQ_INT(stat.bytes, 9);
    EXPECT_EQ_INT(stat.links, 1);
    EXPECT_EQ_INT(stat.type, VFS_FILE);
    EXPECT_EQ_INT(stat.changed, 5000);
    EXPECT(stat.modified < 5000);
    vfs_inode_touch(store, inode, true);
    EXPECT_EQ_INT(inode->modified, 5001);
    inode->below = 4;
    vfs_inode_stat(inode, id, &stat);
    EXPECT_EQ_INT(stat.ino, VFS_BELOW | 3);
}
