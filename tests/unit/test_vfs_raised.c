/* test_vfs_raised.c - which directories of the pack have one of their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_raised.h"

#include "vfs_fixture.h"

static struct vfs_store *store = &fixture_store;

static uint64_t directory_over(uint32_t number)
{
    uint64_t id = fixture_inode(VFS_DIRECTORY);

    vfs_inode_get(store, id, VFS_DIRECTORY)->below = number + 1;
    EXPECT_EQ_INT(vfs_raised_add(store, number, id), 0);
    return id;
}

TEST(what_was_raised_is_found_by_its_number)
{
    uint64_t root, other, id = 0;

    fixture_begin(4);
    EXPECT(!vfs_raised_find(store, 0, &id));
    root = directory_over(0);
    other = directory_over(70000);
    EXPECT(vfs_raised_find(store, 0, &id));
    EXPECT_EQ_INT(id, root);
    EXPECT(vfs_raised_find(store, 70000, &id));
    EXPECT_EQ_INT(id, other);
    EXPECT(!vfs_raised_find(store, 1, &id));
}

TEST(with_its_inode_it_is_forgotten)
{
    uint64_t id;

    fixture_begin(4);
    vfs_inode_unlink(store, directory_over(5));
    EXPECT(!vfs_raised_find(store, 5, &id));
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, 0);
}

TEST(without_room_it_is_not_remembered)
{
    uint64_t id, found;

    fixture_begin(4);
    id = fixture_inode(VFS_DIRECTORY);
    store->bytes_max = 0;
    EXPECT_EQ_INT(vfs_raised_add(store, 5, id), VFS_ENOSPC);
    EXPECT(!vfs_raised_find(store, 5, &found));
}

TEST(what_is_found_is_a_directory_over_that_one)
{
    struct vfs_inode *inode;
    uint64_t id, found;

    fixture_begin(4);
    id = directory_over(5);
    inode = vfs_inode_get(store, id, VFS_DIRECTORY);
    inode->below = 9;
    EXPECT(!vfs_raised_find(store, 5, &found));
    inode->below = 6;
    EXPECT(vfs_raised_find(store, 5, &found));
    inode->type = VFS_FILE;
    EXPECT(!vfs_raised_find(store, 5, &found));
    EXPECT_EQ_INT(vfs_raised_add(store, 5, id), VFS_EIO);
}
