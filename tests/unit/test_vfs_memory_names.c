/* test_vfs_memory_names.c - files in the arena: names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_cell.h"
#include "vfs/vfs_dir.h"
#include "vfs/vfs_memory.h"
#include "vfs_fixture.h"

static struct vfs_memory *memory(void)
{
    return fixture_vfs.mounts[0].fs;
}

static uint64_t root(void)
{
    return vfs_memory_root(memory());
}

static uint64_t ino_of(const char *path)
{
    struct vfs_stat stat;

    EXPECT_EQ_INT(fixture_stat(0, path, &stat), 0);
    return stat.ino;
}

TEST(names_are_counted_up_and_down)
{
    struct vfs_inode *dir;

    fixture_with_memory();
    dir = vfs_inode_get(&memory()->store, root(), VFS_DIRECTORY);
    fixture_put(0, "a", "x");
    EXPECT_EQ_INT(fixture_link(0, "a", "b"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(dir->live, 3);
    EXPECT_EQ_INT(vfs_store_tree(&memory()->store)->files, 3);
    EXPECT_EQ_INT(fixture_rename(0, "a", "d/a"), 0);
    EXPECT_EQ_INT(dir->live, 2);
    EXPECT_EQ_INT(fixture_rename(0, "d/a", "b"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "d/a"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "b"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "d"), 0);
    EXPECT_EQ_INT(dir->live, 0);
    EXPECT_EQ_INT(vfs_store_tree(&memory()->store)->files, 0);
    fixture_end();
}

TEST(a_directory_that_is_moved_knows_where_it_is)
{
    uint64_t parent;

    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "a"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "b"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "a", "b/c"), 0);
    EXPECT_EQ_INT(vfs_memory_parent(memory(), ino_of("b/c"), &parent), 0);
    EXPECT_EQ_INT(parent, ino_of("b"));
    EXPECT_EQ_INT(vfs_memory_parent(memory(), root(), &parent), 0);
    EXPECT_EQ_INT(parent, root());
    EXPECT_EQ_INT(vfs_memory_parent(memory(), 99, &parent), VFS_EIO);
    fixture_end();
}

TEST(what_is_replaced_is_gone_unless_it_is_open)
{
    uint64_t used;
    uint32_t fd;

    fixture_with_memory();
    fixture_put(0, "a", "one");
    fixture_put(0, "b", "two");
    used = vfs_store_tree(&memory()->store)->cells;
    fd = fixture_open(0, "b", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_rename(0, "a", "b"), 0);
    EXPECT_EQ_STR(fixture_text(0, "b"), "one");
    EXPECT_EQ_STR(fixture_read(fd), "two");
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT(vfs_store_tree(&memory()->store)->cells < used);
    fixture_end();
}

/* Every amount of room: what cannot be done changes nothing. */
TEST(without_room_nothing_changes)
{
    uint64_t cells;

    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    fixture_put(0, "a", "x");
    cells = vfs_store_tree(&memory()->store)->cells;
    for (uint64_t more = 0; more < 2; more++) {
        memory()->store.bytes_max = (cells + more) * VFS_CELL_BYTES;
        EXPECT_EQ_INT(fixture_mkdir(0, "d/new"), VFS_ENOSPC);
        EXPECT_EQ_INT(fixture_symlink(0, "x", "d/new"), VFS_ENOSPC);
        EXPECT_EQ_INT(fixture_link(0, "a", "d/new"), more ? 0 : VFS_ENOSPC);
        if (more)
            EXPECT_EQ_INT(fixture_unlink(0, "d/new"), 0);
        EXPECT_EQ_INT(fixture_rename(0, "a", "d/new"), more ? 0 : VFS_ENOSPC);
        if (more)
            EXPECT_EQ_INT(fixture_rename(0, "d/new", "a"), 0);
        EXPECT_EQ_INT(vfs_store_tree(&memory()->store)->cells, cells);
        EXPECT_EQ_INT(vfs_store_tree(&memory()->store)->files, 2);
        EXPECT_EQ_STR(fixture_text(0, "a"), "x");
    }
    fixture_end();
}

TEST(a_file_has_no_more_names_than_can_be_counted)
{
    struct vfs_inode *inode;

    fixture_with_memory();
    fixture_put(0, "a", "x");
    inode = vfs_inode_get(&memory()->store, ino_of("a"), VFS_FILE);
    inode->links = UINT32_MAX;
    EXPECT_EQ_INT(fixture_link(0, "a", "b"), VFS_EMLINK);
    fixture_end();
}

TEST(what_is_no_directory_has_no_names)
{
    struct vfs_name name = fixture_name("x");
    struct vfs_node node = {0};
    uint64_t file;

    fixture_with_memory();
    fixture_put(0, "a", "x");
    file = ino_of("a");
    EXPECT_EQ_INT(vfs_memory_find(memory(), file, &name, &node), VFS_ENOTDIR);
    EXPECT_EQ_INT(vfs_memory_make(memory(), file, &name, VFS_FILE, NULL, &node),
                  VFS_ENOENT);
    EXPECT_EQ_INT(vfs_memory_remove(memory(), file, &name), VFS_ENOENT);
    EXPECT_EQ_INT(vfs_memory_move(memory(), root(), &name, file, &name),
                  VFS_ENOENT);
    EXPECT_EQ_INT(vfs_memory_add(memory(), (struct vfs_node){99, VFS_FILE},
                                 root(), &name),
                  VFS_ENOENT);
    EXPECT(!vfs_memory_is_empty(memory(), file));
    fixture_end();
}
