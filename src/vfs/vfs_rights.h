/* vfs_rights.h - what a descriptor may be used for.
 *
 * Floor 2.  A right is a bit, and its number is preview 1's, because only
 * WASI has them.  They are the guest's own affair: it can give up rights of its
 * descriptors, so that parts of it that it trusts less cannot use them.  What
 * the guest as a whole may do is the mount's to say, and is not in its reach.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_RIGHTS_H
#define VFS_RIGHTS_H

#include <stdint.h>

#define VFS_RIGHT(number)               ((uint64_t)1 << (number))
#define VFS_RIGHT_DATASYNC              VFS_RIGHT(0)
#define VFS_RIGHT_READ                  VFS_RIGHT(1)
#define VFS_RIGHT_SEEK                  VFS_RIGHT(2)
#define VFS_RIGHT_SET_FLAGS             VFS_RIGHT(3)
#define VFS_RIGHT_SYNC                  VFS_RIGHT(4)
#define VFS_RIGHT_TELL                  VFS_RIGHT(5)
#define VFS_RIGHT_WRITE                 VFS_RIGHT(6)
#define VFS_RIGHT_ADVISE                VFS_RIGHT(7)
#define VFS_RIGHT_ALLOCATE              VFS_RIGHT(8)
#define VFS_RIGHT_PATH_MAKE_DIRECTORY   VFS_RIGHT(9)
#define VFS_RIGHT_PATH_MAKE_FILE        VFS_RIGHT(10)
#define VFS_RIGHT_PATH_LINK_SOURCE      VFS_RIGHT(11)
#define VFS_RIGHT_PATH_LINK_TARGET      VFS_RIGHT(12)
#define VFS_RIGHT_PATH_OPEN             VFS_RIGHT(13)
#define VFS_RIGHT_LIST                  VFS_RIGHT(14)
#define VFS_RIGHT_PATH_READ_LINK        VFS_RIGHT(15)
#define VFS_RIGHT_PATH_RENAME_SOURCE    VFS_RIGHT(16)
#define VFS_RIGHT_PATH_RENAME_TARGET    VFS_RIGHT(17)
#define VFS_RIGHT_PATH_STAT             VFS_RIGHT(18)
#define VFS_RIGHT_PATH_SET_BYTES        VFS_RIGHT(19)
#define VFS_RIGHT_PATH_SET_TIMES        VFS_RIGHT(20)
#define VFS_RIGHT_STAT                  VFS_RIGHT(21)
#define VFS_RIGHT_SET_BYTES             VFS_RIGHT(22)
#define VFS_RIGHT_SET_TIMES             VFS_RIGHT(23)
#define VFS_RIGHT_PATH_SYMLINK          VFS_RIGHT(24)
#define VFS_RIGHT_PATH_REMOVE_DIRECTORY VFS_RIGHT(25)
#define VFS_RIGHT_PATH_UNLINK           VFS_RIGHT(26)
#define VFS_RIGHT_POLL                  VFS_RIGHT(27)
#define VFS_RIGHT_SHUTDOWN              VFS_RIGHT(28)
#define VFS_RIGHT_ACCEPT                VFS_RIGHT(29)

/* What makes sense for a directory, a file, a stream. */
#define VFS_RIGHTS_DIRECTORY                                                   \
    (VFS_RIGHT_SET_FLAGS | VFS_RIGHT_SYNC | VFS_RIGHT_DATASYNC |               \
     VFS_RIGHT_ADVISE | VFS_RIGHT_PATH_MAKE_DIRECTORY |                        \
     VFS_RIGHT_PATH_MAKE_FILE | VFS_RIGHT_PATH_LINK_SOURCE |                   \
     VFS_RIGHT_PATH_LINK_TARGET | VFS_RIGHT_PATH_OPEN | VFS_RIGHT_LIST |       \
     VFS_RIGHT_PATH_READ_LINK | VFS_RIGHT_PATH_RENAME_SOURCE |                 \
     VFS_RIGHT_PATH_RENAME_TARGET | VFS_RIGHT_PATH_STAT |                      \
     VFS_RIGHT_PATH_SET_BYTES | VFS_RIGHT_PATH_SET_TIMES | VFS_RIGHT_STAT |    \
     VFS_RIGHT_SET_TIMES | VFS_RIGHT_PATH_SYMLINK |                            \
     VFS_RIGHT_PATH_REMOVE_DIRECTORY | VFS_RIGHT_PATH_UNLINK | VFS_RIGHT_POLL)

#define VFS_RIGHTS_FILE                                                        \
    (VFS_RIGHT_DATASYNC | VFS_RIGHT_READ | VFS_RIGHT_SEEK |                    \
     VFS_RIGHT_SET_FLAGS | VFS_RIGHT_SYNC | VFS_RIGHT_TELL | VFS_RIGHT_WRITE | \
     VFS_RIGHT_ADVISE | VFS_RIGHT_ALLOCATE | VFS_RIGHT_STAT |                  \
     VFS_RIGHT_SET_BYTES | VFS_RIGHT_SET_TIMES | VFS_RIGHT_POLL)

#define VFS_RIGHTS_STREAM                                                      \
    (VFS_RIGHT_READ | VFS_RIGHT_WRITE | VFS_RIGHT_SET_FLAGS | VFS_RIGHT_STAT | \
     VFS_RIGHT_POLL)

/* Files that are opened for one of these are opened to be read, or written. */
#define VFS_RIGHTS_READING (VFS_RIGHT_READ | VFS_RIGHT_LIST)
#define VFS_RIGHTS_WRITING                                                     \
    (VFS_RIGHT_WRITE | VFS_RIGHT_ALLOCATE | VFS_RIGHT_SET_BYTES)

#endif /* VFS_RIGHTS_H */
