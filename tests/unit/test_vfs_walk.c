/* test_vfs_walk.c - from a path to a place in a tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_walk.h"

#include <stdio.h>

#include "vfs_fixture.h"

static struct vfs_place place;

/* A tree with /d/e/f, /a, and links. */
static void begin(void)
{
    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "d/e"), 0);
    fixture_put(0, "d/e/f", "");
    fixture_put(0, "a", "");
    EXPECT_EQ_INT(fixture_symlink(0, "d/e", "dir"), 0);
    EXPECT_EQ_INT(fixture_symlink(0, "../../a", "d/e/up"), 0);
    EXPECT_EQ_INT(fixture_symlink(0, "../a", "out"), 0);
    EXPECT_EQ_INT(fixture_symlink(0, "nothing", "dangling"), 0);
    EXPECT_EQ_INT(fixture_symlink(0, "loop", "loop"), 0);
}

static struct vfs_tree *tree(void)
{
    return fixture_vfs.mounts[0].fs;
}

static int walk_from(uint64_t start, const char *text, enum vfs_walk_mode mode)
{
    struct vfs_path path;

    EXPECT_EQ_INT(vfs_path_take(&path, text, strlen(text)), 0);
    return vfs_walk(tree(), start, &path, mode, &place);
}

static int walk(const char *text, enum vfs_walk_mode mode)
{
    return walk_from(vfs_mount_root(&fixture_vfs.mounts[0]), text, mode);
}

static uint64_t ino_of(const char *path)
{
    struct vfs_stat stat;

    EXPECT_EQ_INT(fixture_stat(0, path, &stat), 0);
    return stat.ino;
}

static void expect_place(const char *text, enum vfs_walk_mode mode,
                         const char *path)
{
    EXPECT_EQ_INT(walk(text, mode), 0);
    EXPECT_EQ_INT(place.node.id, ino_of(path));
}

TEST(a_place_is_a_directory_and_a_name)
{
    begin();
    EXPECT_EQ_INT(walk("d/e/f", VFS_WALK_FOLLOW), 0);
    EXPECT_EQ_INT(place.node.id, ino_of("d/e/f"));
    EXPECT_EQ_INT(place.node.type, VFS_FILE);
    EXPECT_EQ_INT(place.dir, ino_of("d/e"));
    EXPECT_EQ_INT(place.name.len, 1);
    EXPECT_EQ_MEM(place.name.text, "f", 1);
    EXPECT(!place.is_slashed);
    fixture_end();
}

TEST(where_nothing_is_something_can_be)
{
    begin();
    EXPECT_EQ_INT(walk("d/new/", VFS_WALK_NAME), 0);
    EXPECT_EQ_INT(place.node.type, VFS_NONE);
    EXPECT_EQ_INT(place.dir, ino_of("d"));
    EXPECT_EQ_INT(place.refusal, 0);
    EXPECT(place.is_slashed);
    EXPECT_EQ_INT(walk("new/f", VFS_WALK_NAME), VFS_ENOENT);
    EXPECT_EQ_INT(walk("a/f", VFS_WALK_NAME), VFS_ENOTDIR);
    fixture_end();
}

TEST(dots_and_slashes_lead_where_they_should)
{
    begin();
    expect_place("./d//e/./f", VFS_WALK_NAME, "d/e/f");
    expect_place("d/e/../../a", VFS_WALK_NAME, "a");
    expect_place("d/..", VFS_WALK_NAME, ".");
    EXPECT_EQ_INT(place.name.len, 0);
    expect_place("d/e/..//", VFS_WALK_FOLLOW, "d");
    fixture_end();
}

TEST(nobody_gets_above_where_the_walk_began)
{
    static const char *const paths[] = {
        "..",           "../a", "d/../..", "d/../../in/a", "d/e/../../../a",
        "dir/../../..", "./.."};

    begin();
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        EXPECT_EQ_INT(walk(paths[i], VFS_WALK_FOLLOW), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(walk_from(ino_of("d"), "../a", VFS_WALK_NAME),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(walk_from(ino_of("d"), "e/../../a", VFS_WALK_NAME),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(walk_from(ino_of("d"), "e/up", VFS_WALK_FOLLOW),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(walk("out", VFS_WALK_FOLLOW), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(walk("out/x", VFS_WALK_NAME), VFS_ENOTCAPABLE);
    expect_place("out", VFS_WALK_NOFOLLOW, "out");
    fixture_end();
}

TEST(links_in_the_middle_are_followed_always)
{
    begin();
    expect_place("dir/f", VFS_WALK_NAME, "d/e/f");
    expect_place("d/e/up", VFS_WALK_FOLLOW, "a");
    expect_place("dir/..", VFS_WALK_NAME, "d");
    fixture_end();
}

TEST(a_link_at_the_end_is_followed_as_the_mode_says)
{
    begin();
    expect_place("dir", VFS_WALK_NAME, "dir");
    expect_place("dir", VFS_WALK_NOFOLLOW, "dir");
    expect_place("dir", VFS_WALK_FOLLOW, "d/e");
    expect_place("dir", VFS_WALK_MAKE, "d/e");
    expect_place("dir/", VFS_WALK_NAME, "dir");
    expect_place("dir/", VFS_WALK_NOFOLLOW, "d/e");
    expect_place("dir/", VFS_WALK_FOLLOW, "d/e");
    expect_place("dir/", VFS_WALK_MAKE, "dir");
    fixture_end();
}

TEST(a_dangling_link_leads_to_where_something_could_be)
{
    begin();
    EXPECT_EQ_INT(walk("dangling", VFS_WALK_FOLLOW), 0);
    EXPECT_EQ_INT(place.node.type, VFS_NONE);
    EXPECT_EQ_INT(place.name.len, 7);
    EXPECT_EQ_MEM(place.name.text, "nothing", 7);
    EXPECT_EQ_INT(walk("dangling/x", VFS_WALK_FOLLOW), VFS_ENOENT);
    fixture_end();
}

TEST(forty_links_are_followed_and_not_one_more)
{
    char name[16], target[16];

    begin();
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof(name), "l%d", i);
        snprintf(target, sizeof(target), i == 1 ? "a" : "l%d", i - 1);
        EXPECT_EQ_INT(fixture_symlink(0, target, name), 0);
    }
    expect_place("l40", VFS_WALK_FOLLOW, "a");
    EXPECT_EQ_INT(walk("l41", VFS_WALK_FOLLOW), VFS_ELOOP);
    EXPECT_EQ_INT(walk("loop", VFS_WALK_FOLLOW), VFS_ELOOP);
    EXPECT_EQ_INT(walk("loop/x", VFS_WALK_NAME), VFS_ELOOP);
    fixture_end();
}

TEST(links_that_grow_end_the_walk)
{
    char target[3000];

    begin();
    memset(target, '.', sizeof(target));
    for (size_t i = 1; i < sizeof(target); i += 2)
        target[i] = '/';
    memcpy(target, "big/", 4);
    target[sizeof(target) - 1] = '\0';
    EXPECT_EQ_INT(fixture_symlink(0, target, "big"), 0);
    EXPECT_EQ_INT(walk("big", VFS_WALK_FOLLOW), VFS_ELOOP);
    fixture_end();
}

TEST(a_name_of_256_bytes_is_nobodys)
{
    char path[260];

    begin();
    memset(path, 'x', sizeof(path));
    path[255] = '\0';
    EXPECT_EQ_INT(walk(path, VFS_WALK_NAME), 0);
    EXPECT_EQ_INT(place.refusal, 0);
    path[255] = 'x';
    path[256] = '\0';
    EXPECT_EQ_INT(walk(path, VFS_WALK_NAME), 0);
    EXPECT_EQ_INT(place.node.type, VFS_NONE);
    EXPECT_EQ_INT(place.refusal, VFS_ENAMETOOLONG);
    memcpy(path + 256, "/y", 3);
    EXPECT_EQ_INT(walk(path, VFS_WALK_NAME), VFS_ENAMETOOLONG);
    fixture_end();
}

TEST(in_a_directory_that_was_removed_there_can_be_nothing)
{
    uint64_t gone;

    begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "gone"), 0);
    gone = ino_of("gone");
    fixture_open(0, "gone", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_rmdir(0, "gone"), 0);
    EXPECT_EQ_INT(walk_from(gone, "x", VFS_WALK_NAME), 0);
    EXPECT_EQ_INT(place.refusal, VFS_ENOENT);
    fixture_end();
}

/* Only somebody who forged the arena has such a link. */
TEST(an_absolute_or_empty_link_leads_nowhere)
{
    struct vfs_memory *memory;
    uint64_t id;

    begin();
    memory = fixture_vfs.mounts[0].fs;
    id = ino_of("dir");
    *(char *)vfs_arena_block(
        &fixture_vfs.arena,
        vfs_inode_get(&memory->store, id, VFS_SYMLINK)->map) = '/';
    EXPECT_EQ_INT(walk("dir/f", VFS_WALK_NAME), VFS_ENOTCAPABLE);
    vfs_inode_get(&memory->store, id, VFS_SYMLINK)->bytes = 0;
    EXPECT_EQ_INT(walk("dir/f", VFS_WALK_NAME), VFS_ENOENT);
    fixture_end();
}
