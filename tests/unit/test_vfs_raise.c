/* test_vfs_raise.c - a node of the pack gets an inode of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_raise.h"

#include "pack_fixture.h"
#include "vfs/vfs_dir.h"
#include "vfs/vfs_pack_format.h"

static uint32_t number_of(const char *dir, const char *text)
{
    struct vfs_name names[] = {fixture_name(dir), fixture_name(text)};
    uint32_t number = 0;

    EXPECT_EQ_INT(vfs_pack_find(pack_fixture, 0, &names[0], &number), 0);
    EXPECT_EQ_INT(vfs_pack_find(pack_fixture, number, &names[1], &number), 0);
    return number;
}

TEST(with_a_node_the_directories_above_are_raised)
{
    uint64_t node;
    uint32_t sub;

    pack_fixture_overlay(8);
    sub = number_of("lib", "sub");
    EXPECT(vfs_raise_is_below(vfs_raise_directory_id(pack_fixture_fs(), sub)));
    node = VFS_BELOW | (uint64_t)sub;
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), 0);
    EXPECT(!vfs_raise_is_below(node));
    EXPECT_EQ_INT(vfs_raise_directory_id(pack_fixture_fs(), sub), node);
    EXPECT_EQ_INT(
        vfs_inode_get(pack_fixture_store(), node, VFS_DIRECTORY)->below,
        sub + 1);
    /* Two directories: inode, entry, and a cell that remembers. */
    EXPECT_EQ_INT(vfs_store_tree(pack_fixture_store())->cells, 2 + 6);
    EXPECT_EQ_INT(vfs_store_tree(pack_fixture_store())->files, 2);
    pack_fixture_overlay_end();
}

TEST(what_is_raised_is_not_raised_again)
{
    uint64_t node, again;

    pack_fixture_overlay(8);
    node = again = VFS_BELOW | (uint64_t)number_of("lib", "sub");
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), 0);
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &again), 0);
    EXPECT_EQ_INT(again, node);
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &again), 0);
    EXPECT_EQ_INT(again, node);
    pack_fixture_overlay_end();
}

TEST(what_was_removed_is_not_raised)
{
    uint64_t node;

    pack_fixture_overlay(8);
    node = VFS_BELOW | (uint64_t)number_of("lib", "one");
    EXPECT_EQ_INT(fixture_unlink(0, "lib/one"), 0);
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), VFS_ENOENT);
    node = VFS_BELOW | 12345u;
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), VFS_EIO);
    pack_fixture_overlay_end();
}

/* Room for each number of cells: all of a step or nothing of it. */
TEST(without_room_what_was_begun_is_taken_back)
{
    uint64_t cells, node;
    uint32_t number;

    pack_fixture_overlay(8);
    number = number_of("lib", "sub");
    cells = vfs_store_tree(pack_fixture_store())->cells;
    for (uint64_t more = 0; more < 6; more++) {
        struct vfs_inode *root;

        node = VFS_BELOW | (uint64_t)number;
        pack_fixture_store()->bytes_max = (cells + more) * VFS_CELL_BYTES;
        EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), VFS_ENOSPC);
        EXPECT_EQ_INT(vfs_store_tree(pack_fixture_store())->cells,
                      cells + (more >= 3 ? 3 : 0));
        root = vfs_inode_get(pack_fixture_store(),
                             vfs_memory_root(&pack_fixture_fs()->memory),
                             VFS_DIRECTORY);
        EXPECT_EQ_INT(root->covers, more >= 3);
        EXPECT_EQ_INT(root->live, more >= 3);
    }
    pack_fixture_store()->bytes_max = (cells + 6) * VFS_CELL_BYTES;
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), 0);
    pack_fixture_overlay_end();
}

/* A pack of nothing but directories in each other. */
TEST(what_lies_too_deep_is_not_raised)
{
    enum { DEPTH = VFS_OVERLAY_DEPTH_MAX + 2 };
    static struct {
        struct vfs_pack_head head;
        struct vfs_pack_record records[DEPTH + 1];
        char name;
    } bytes;
    struct vfs_pack *deep;
    uint64_t node;

    bytes.head = (struct vfs_pack_head){
        .magic = VFS_PACK_MAGIC,
        .version = VFS_PACK_VERSION,
        .entries = DEPTH + 1,
        .names_at = offsetof(__typeof__(bytes), name),
        .names_bytes = 1,
    };
    bytes.name = 'd';
    for (uint32_t i = 0; i <= DEPTH; i++)
        bytes.records[i] = (struct vfs_pack_record){
            .parent = i - (i > 0),
            .name_len = i > 0,
            .type = VFS_DIRECTORY,
            .count = i < DEPTH,
            .at = i + 1,
        };
    EXPECT_EQ_INT(vfs_pack_wrap(&bytes, sizeof(bytes), "deep", &deep, NULL), 0);
    fixture_init(64 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(
        vfs_mount_overlay(&fixture_vfs, "/", deep, &fixture_plenty, NULL), 0);
    fixture_format();
    node = VFS_BELOW | (uint64_t)DEPTH;
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), VFS_ELOOP);
    node = VFS_BELOW | (uint64_t)(VFS_OVERLAY_DEPTH_MAX);
    EXPECT_EQ_INT(vfs_raise(pack_fixture_fs(), &node), 0);
    fixture_end();
    vfs_pack_unref(deep);
}
