/* vfs_pack.h - a tree of files in one file, to be read only.
 *
 * Floor 2.  A PACK is made once (vfs_pack_write.h), mapped once, and read by
 * all sandboxes; nothing in it ever changes.  Opening it looks at its head
 * only; finding a name is a binary search in the directory's entries; reading
 * is a copy.
 *
 *     [ head | entries, by level: each directory's lie side by side, in the
 *       order of their names | names | bytes of files, targets of links ]
 *
 *     0  /           children 1 .. 2
 *     1  /a          children 3 .. 4
 *     2  /b          bytes
 *     3  /a/x        bytes
 *     4  /a/y        a link
 *
 * An entry has a number; 0 is the root.  As a node its id is VFS_BELOW and its
 * number, also in an overlay.
 *
 * Any thread, once it is open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_PACK_H
#define VFS_PACK_H

#include <stdatomic.h>

#include "vfs/vfs_tree.h"
#include "vivarium.h"

#define VFS_PACK_DIGEST_BYTES 16

struct vfs_pack {
    struct vfs_tree tree;
    _Atomic uint32_t refs;
    bool is_mapped; /* and so to be released */
    const uint8_t *bytes;
    uint64_t len;
    uint32_t entries;
    uint64_t names_at, names_bytes;
    uint8_t digest[VFS_PACK_DIGEST_BYTES]; /* says which pack it is */
};

/* What there is to know of an entry: checked, and a copy, but for `name`. */
struct vfs_pack_entry {
    struct vfs_name name;
    uint32_t parent;
    uint32_t first, count; /* of a directory: its children */
    uint64_t at, bytes;    /* of what is none */
    uint64_t modified;
    uint8_t type;
};

/* Map the pack `path`.  As with a shared library, whoever replaces the file
 * makes a new one and renames it: a mapped one must not be changed or cut.  The
 * caller owns one reference.  Fails with VIV_EIO, VIV_ENOMEM, VIV_EFORMAT,
 * VIV_EVERSION. */
int vfs_pack_open(const char *path, struct vfs_pack **ret_pack, viv_error *err);

/* The same of bytes in memory, which it borrows.  `name` is for sentences. */
int vfs_pack_wrap(const void *bytes, uint64_t len, const char *name,
                  struct vfs_pack **ret_pack, viv_error *err);

struct vfs_pack *vfs_pack_ref(struct vfs_pack *pack);
void vfs_pack_unref(struct vfs_pack *pack);

/* Entry `number`.  Fails with VFS_EIO if there is none, or if it is damaged. */
int vfs_pack_get(const struct vfs_pack *pack, uint32_t number,
                 struct vfs_pack_entry *ret_entry);

/* The number of what has this name in the directory `number`.  Fails with
 * VFS_ENOENT, VFS_ENOTDIR, VFS_EIO. */
int vfs_pack_find(const struct vfs_pack *pack, uint32_t number,
                  const struct vfs_name *name, uint32_t *ret_number);

/* Copy bytes of the file or link `number`; returns how many there were. */
size_t vfs_pack_copy(const struct vfs_pack *pack, uint32_t number, uint64_t at,
                     char *to, size_t len);

/* As nodes, for overlays: functions of struct vfs_tree_ops and vfs_ops. */
int vfs_pack_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat);
int vfs_pack_read_link(void *fs, uint64_t node, struct vfs_path *ret_target);
int vfs_pack_read(void *fs, uint64_t node, struct vfs_io *io);
int vfs_pack_list(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                  void *cookie);

/* The functions of a pack that is mounted by itself; `fs` is the pack, and each
 * mount has a reference. */
extern const struct vfs_ops vfs_pack_ops;

#endif /* VFS_PACK_H */
