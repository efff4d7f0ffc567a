/* wasi_errno.c - what a guest is told, in preview 1's numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_errno.h"

#include <stdint.h>

#include "vfs/vfs_error.h"

_Static_assert(WASI_ENOTCAPABLE == 76, "the list is the specification's");

/* Has no number: see wasi_errno_of(). */
#define WASI_ELIMIT WASI_EIO

#define ROW(name, words) [VFS_##name] = WASI_##name,
static const uint8_t errnos[VFS_ERROR_COUNT] = {VFS_ERRORS(ROW)};

int wasi_errno_of(int vfs_error)
{
    return errnos[vfs_error];
}
