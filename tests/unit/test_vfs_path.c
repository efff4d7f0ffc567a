/* test_vfs_path.c - paths as guests give them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_path.h"

#include "test.h"
#include "vfs/vfs_error.h"

static struct vfs_path path;

static int take(const char *text)
{
    return vfs_path_take(&path, text, strlen(text));
}

static struct vfs_path_last last_of(const char *text)
{
    EXPECT_EQ_INT(take(text), 0);
    return vfs_path_last(&path);
}

static void expect_last(const char *text, const char *name, bool is_slashed)
{
    struct vfs_path_last last = last_of(text);

    EXPECT_EQ_INT(last.len, strlen(name));
    EXPECT_EQ_MEM(path.text + last.at, name, last.len);
    EXPECT_EQ_INT(last.is_slashed, is_slashed);
}

TEST(a_path_is_copied_and_ends_with_a_nul)
{
    EXPECT_EQ_INT(vfs_path_take(&path, "a/b/cXXX", 5), 0);
    EXPECT_EQ_STR(path.text, "a/b/c");
    EXPECT_EQ_INT(path.len, 5);
}

TEST(an_empty_path_names_nothing)
{
    EXPECT_EQ_INT(take(""), VFS_ENOENT);
}

TEST(the_longest_path_is_taken_and_one_byte_more_is_not)
{
    static char text[VFS_PATH_BYTES + 1];

    memset(text, 'a', sizeof(text));
    EXPECT_EQ_INT(vfs_path_take(&path, text, VFS_PATH_BYTES - 1), 0);
    EXPECT_EQ_INT(strlen(path.text), VFS_PATH_BYTES - 1);
    EXPECT_EQ_INT(vfs_path_take(&path, text, VFS_PATH_BYTES), VFS_ENAMETOOLONG);
    EXPECT_EQ_INT(vfs_path_take(&path, NULL, SIZE_MAX), VFS_ENAMETOOLONG);
}

TEST(no_path_has_a_nul_in_it)
{
    EXPECT_EQ_INT(vfs_path_take(&path, "a\0b", 3), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_path_take(&path, "a\0", 2), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_path_take(&path, "\0", 1), VFS_EINVAL);
}

TEST(a_path_is_utf8)
{
    EXPECT_EQ_INT(take("\u00e9\n\u4e2d"), 0);
    EXPECT_EQ_INT(take("a\xff"), VFS_EILSEQ);
    EXPECT_EQ_INT(take("\xc0\xaf"), VFS_EILSEQ);
    EXPECT_EQ_INT(take("\xed\xa0\x80"), VFS_EILSEQ);
}

TEST(a_path_does_not_begin_at_the_root)
{
    EXPECT_EQ_INT(take("/"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(take("//a"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(take("./a"), 0);
}

TEST(the_last_component_is_found_before_slashes)
{
    expect_last("a", "a", false);
    expect_last("a/b", "b", false);
    expect_last("a//b///", "b", true);
    expect_last("a/", "a", true);
    expect_last("..a", "..a", false);
}

TEST(dots_are_told_from_names)
{
    EXPECT(last_of("a/.").is_dots);
    EXPECT(last_of("..").is_dots);
    EXPECT(last_of("a/..//").is_dots);
    EXPECT(!last_of("a/...").is_dots);
    EXPECT(!last_of(".a").is_dots);
    EXPECT(!last_of("a.").is_dots);
}

TEST(what_comes_before_the_last_component_is_its_directory)
{
    EXPECT_EQ_INT(last_of("a").at, 0);
    EXPECT_EQ_INT(last_of("a/b//c").at, 5);
}
