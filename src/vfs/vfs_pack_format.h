/* vfs_pack_format.h - what a pack looks like, byte for byte.
 *
 * Floor 2.  Numbers are little-endian.  Whoever changes anything here raises
 * the version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_PACK_FORMAT_H
#define VFS_PACK_FORMAT_H

#include <stdint.h>

#define VFS_PACK_MAGIC   0x4b4341505649567full /* "\x7fVIVPACK" */
#define VFS_PACK_VERSION 1

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "packs are read as they are");

/* The file begins with this; the entries follow. */
struct vfs_pack_head {
    uint64_t magic;
    uint32_t version;
    uint32_t entries;
    uint64_t names_at, names_bytes;
    uint8_t digest[16]; /* of all that follows; compared, never checked */
    uint8_t zeros[16];
};

struct vfs_pack_record {
    uint32_t parent;  /* less than its own number, but for the root */
    uint32_t name_at; /* from names_at */
    uint8_t name_len; /* 0 for the root only */
    uint8_t type;     /* enum vfs_type: directory, file, symbolic link */
    uint16_t zeros;
    uint32_t count; /* of a directory: how many children */
    uint64_t at;    /* of a directory: the first, which has a higher number;
                       else where its bytes are in the file */
    uint64_t bytes;
    uint64_t modified; /* ns since 1970 */
};

_Static_assert(sizeof(struct vfs_pack_head) == 64, "no gaps");
_Static_assert(sizeof(struct vfs_pack_record) == 40, "no gaps");

#endif /* VFS_PACK_FORMAT_H */
