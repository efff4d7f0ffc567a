/* test_os_at.c - names in an open directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "os/os_at.h"

#include <errno.h>

#include "folder.h"
#include "os/os_fail.h"

static int dir;

static void begin(void)
{
    folder_begin();
    dir = open(folder_in, O_RDONLY | O_DIRECTORY);
    EXPECT(dir >= 0);
    folder_write(folder_path("file"), "text");
}

static void end(void)
{
    close(dir);
    folder_end();
}

static bool is_there(const char *name)
{
    struct stat st;

    return lstat(folder_path(name), &st) == 0;
}

TEST(directories_come_and_go)
{
    begin();
    EXPECT_EQ_INT(os_at_make_directory(dir, "sub/"), 0);
    EXPECT(is_there("sub"));
    EXPECT_EQ_INT(os_at_make_directory(dir, "sub"), -EEXIST);
    EXPECT_EQ_INT(os_at_remove_directory(dir, "sub"), 0);
    EXPECT(!is_there("sub"));
    EXPECT_EQ_INT(os_at_remove_directory(dir, "file"), -ENOTDIR);
    end();
}

TEST(files_have_names_that_come_and_go)
{
    begin();
    EXPECT_EQ_INT(os_at_link(dir, "file", dir, "second"), 0);
    EXPECT_EQ_INT(os_at_rename(dir, "second", dir, "third"), 0);
    EXPECT_EQ_STR(folder_read("third"), "text");
    EXPECT_EQ_INT(os_at_unlink(dir, "third"), 0);
    EXPECT(!is_there("third"));
    EXPECT_EQ_INT(os_at_unlink(dir, "third"), -ENOENT);
    EXPECT_EQ_INT(os_at_rename(dir, "third", dir, "x"), -ENOENT);
    end();
}

TEST(links_are_made_and_never_followed)
{
    char target[16] = "";

    begin();
    EXPECT_EQ_INT(os_at_symlink("../outside", dir, "out"), 0);
    EXPECT_EQ_INT(readlink(folder_path("out"), target, 15), 10);
    EXPECT_EQ_STR(target, "../outside");
    EXPECT_EQ_INT(os_at_link(dir, "out", dir, "same"), 0);
    EXPECT_EQ_INT(readlink(folder_path("same"), target, 15), 10);
    EXPECT_EQ_INT(os_at_make_directory(dir, "out"), -EEXIST);
    EXPECT_EQ_INT(os_at_symlink("x", dir, "out"), -EEXIST);
    EXPECT_EQ_INT(os_at_rename(dir, "file", dir, "out"), 0);
    EXPECT_EQ_STR(folder_read("out"), "text");
    end();
}

TEST(every_call_fails_when_asked)
{
    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(os_at_make_directory(dir, "a"), -ENOMEM);
    EXPECT_EQ_INT(os_at_remove_directory(dir, "a"), -ENOMEM);
    EXPECT_EQ_INT(os_at_unlink(dir, "file"), -ENOMEM);
    EXPECT_EQ_INT(os_at_link(dir, "file", dir, "b"), -ENOMEM);
    EXPECT_EQ_INT(os_at_symlink("file", dir, "c"), -ENOMEM);
    EXPECT_EQ_INT(os_at_rename(dir, "file", dir, "d"), -ENOMEM);
    os_fail_at(0);
    EXPECT(is_there("file"));
    EXPECT(!is_there("a") && !is_there("b") && !is_there("c") &&
           !is_there("d"));
    end();
}
