/* test_vfs_error.c - what a guest is told when its files say no.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_error.h"

#include <errno.h>

#include "test.h"

TEST(every_error_has_a_name_and_words)
{
    for (int i = 0; i < VFS_ERROR_COUNT; i++) {
        EXPECT(strlen(vfs_error_name(i)) > 1);
        EXPECT(strlen(vfs_error_words(i)) > 1);
    }
    EXPECT_EQ_STR(vfs_error_name(VFS_ENOTCAPABLE), "ENOTCAPABLE");
    EXPECT_EQ_STR(vfs_error_words(VFS_EXDEV), "another file system");
}

TEST(what_is_no_error_has_none)
{
    EXPECT_EQ_STR(vfs_error_name(-1), "?");
    EXPECT_EQ_STR(vfs_error_name(VFS_ERROR_COUNT), "?");
    EXPECT_EQ_STR(vfs_error_words(VFS_ERROR_COUNT), "?");
}

TEST(errors_of_the_system_keep_their_meaning)
{
    EXPECT_EQ_INT(vfs_error_of_errno(0), 0);
    EXPECT_EQ_INT(vfs_error_of_errno(-ENOENT), VFS_ENOENT);
    EXPECT_EQ_INT(vfs_error_of_errno(-EXDEV), VFS_EXDEV);
    EXPECT_EQ_INT(vfs_error_of_errno(-EMFILE), VFS_ENFILE);
    EXPECT_EQ_INT(vfs_error_of_errno(-EDQUOT), VFS_ENOSPC);
}

TEST(what_a_guest_has_no_use_for_is_a_failure)
{
    EXPECT_EQ_INT(vfs_error_of_errno(-ENOTTY), VFS_EIO);
    EXPECT_EQ_INT(vfs_error_of_errno(-4095), VFS_EIO);
}
