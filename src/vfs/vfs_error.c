/* vfs_error.c - what a guest is told when its files say no.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_error.h"

#include <errno.h>
#include <stddef.h>

#define NAME(name, words)  [VFS_##name] = #name,
#define WORDS(name, words) [VFS_##name] = words,

static const char *const names[] = {"OK", VFS_ERRORS(NAME)};
static const char *const sentences[] = {"fine", VFS_ERRORS(WORDS)};

static int is_known(int error)
{
    return error >= 0 && error < VFS_ERROR_COUNT;
}

const char *vfs_error_name(int error)
{
    return is_known(error) ? names[error] : "?";
}

const char *vfs_error_words(int error)
{
    return is_known(error) ? sentences[error] : "?";
}

int vfs_error_of_errno(int code)
{
    static const struct {
        int code;
        int error;
    } rows[] = {
        {EACCES, VFS_EACCES},
        {EAGAIN, VFS_EAGAIN},
        {EBADF, VFS_EBADF},
        {EBUSY, VFS_EBUSY},
        {EDQUOT, VFS_ENOSPC},
        {EEXIST, VFS_EEXIST},
        {EFBIG, VFS_EFBIG},
        {EILSEQ, VFS_EILSEQ},
        {EINVAL, VFS_EINVAL},
        {EISDIR, VFS_EISDIR},
        {ELOOP, VFS_ELOOP},
        {EMFILE, VFS_ENFILE}, /* this process has no more, not the guest */
        {EMLINK, VFS_EMLINK},
        {ENAMETOOLONG, VFS_ENAMETOOLONG},
        {ENFILE, VFS_ENFILE},
        {ENODEV, VFS_ENODEV},
        {ENOENT, VFS_ENOENT},
        {ENOMEM, VFS_ENOMEM},
        {ENOSPC, VFS_ENOSPC},
        {ENOTDIR, VFS_ENOTDIR},
        {ENOTEMPTY, VFS_ENOTEMPTY},
        {ENXIO, VFS_ENXIO},
        {EOPNOTSUPP, VFS_ENOTSUP},
        {EOVERFLOW, VFS_EOVERFLOW},
        {EPERM, VFS_EPERM},
        {EPIPE, VFS_EPIPE},
        {EROFS, VFS_EROFS},
        {ESPIPE, VFS_ESPIPE},
        {ETXTBSY, VFS_ETXTBSY},
        {EXDEV, VFS_EXDEV},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == -code)
            return rows[i].error;
    return code == 0 ? 0 : VFS_EIO;
}
