/* test_wasi_errno.c - what a guest is told, in preview 1's numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_errno.h"

#include "test.h"
#include "vfs/vfs_error.h"

TEST(numbers_are_the_specifications)
{
    EXPECT_EQ_INT(WASI_SUCCESS, 0);
    EXPECT_EQ_INT(WASI_EBADF, 8);
    EXPECT_EQ_INT(WASI_EFAULT, 21);
    EXPECT_EQ_INT(WASI_EINVAL, 28);
    EXPECT_EQ_INT(WASI_EISDIR, 31);
    EXPECT_EQ_INT(WASI_ELOOP, 32);
    EXPECT_EQ_INT(WASI_ENOENT, 44);
    EXPECT_EQ_INT(WASI_ENOSYS, 52);
    EXPECT_EQ_INT(WASI_ENOTDIR, 54);
    EXPECT_EQ_INT(WASI_ENOTSOCK, 57);
    EXPECT_EQ_INT(WASI_EROFS, 69);
    EXPECT_EQ_INT(WASI_ESPIPE, 70);
    EXPECT_EQ_INT(WASI_EXDEV, 75);
    EXPECT_EQ_INT(WASI_ENOTCAPABLE, 76);
    EXPECT_EQ_INT(WASI_ERRNO_COUNT, 77);
}

TEST(each_error_of_files_has_its_number)
{
    EXPECT_EQ_INT(wasi_errno_of(VFS_OK), WASI_SUCCESS);
    EXPECT_EQ_INT(wasi_errno_of(VFS_EACCES), WASI_EACCES);
    EXPECT_EQ_INT(wasi_errno_of(VFS_ENOENT), WASI_ENOENT);
    EXPECT_EQ_INT(wasi_errno_of(VFS_ENOTCAPABLE), WASI_ENOTCAPABLE);
    for (int error = 1; error < VFS_ERROR_COUNT; error++)
        EXPECT(wasi_errno_of(error) > 0);
}
