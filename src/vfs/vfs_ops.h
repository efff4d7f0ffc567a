/* vfs_ops.h - what a file system is.
 *
 * Floor 2.  A FILE SYSTEM is a tree of NODES, and a table of functions.  The
 * host mounts it at a guest path.  There are five: memory, pack, overlay, host
 * directory, and streams, which are a tree of one.
 *
 * A node is a directory, a file, a symbolic link or a stream.  Its number means
 * something to its file system only, and is what the guest's descriptors hold:
 * so it may have been forged, and whoever is given one looks whether it is one.
 *
 * Functions return 0 or a VFS_E error and write through `ret_` only on success.
 * A file system belongs to one sandbox, and so to one thread at a time, but for
 * packs, which never change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_OPS_H
#define VFS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vfs/vfs_error.h"
#include "vfs/vfs_path.h"

enum vfs_type {
    VFS_NONE = 0, /* nothing there, or not known */
    VFS_DIRECTORY,
    VFS_FILE,
    VFS_SYMLINK,
    VFS_STREAM
};

struct vfs_node {
    uint64_t id;
    uint8_t type; /* enum vfs_type */
};

/* Times are nanoseconds since 1970. */
struct vfs_stat {
    uint64_t dev; /* 0: the mount stands for it */
    uint64_t ino;
    uint64_t links;
    uint64_t bytes;
    uint64_t accessed, modified, changed;
    uint8_t type;
};

/* A time that stays as it is. */
#define VFS_KEEP UINT64_MAX

struct vfs_times {
    uint64_t accessed, modified;
};

/* What a path is opened for. */
struct vfs_how {
    bool read, write;
    bool create, exclusive, truncate;
    bool directory; /* nothing but a directory */
    bool follow;    /* a link at the end, too */
    bool sync, datasync;
};

/* At the end of the file, wherever that is. */
#define VFS_END UINT64_MAX

/* No file is larger, and no offset is beyond: what a signed offset can say. */
#define VFS_BYTES_MAX ((uint64_t)INT64_MAX)

/* Bytes that come and go.  The parts were checked to be guest memory, and are
 * not larger together than 2 GiB. */
struct vfs_io {
    const struct iovec *parts;
    uint32_t count;
    uint64_t at; /* VFS_END is for writing; it becomes where that was */
    size_t done; /* how many bytes; also written when it fails */
};

/* An entry of a directory. */
struct vfs_entry {
    struct vfs_name name;
    uint64_t ino;
    uint64_t next; /* the cookie behind it */
    uint8_t type;
};

/* Is told of an entry; false: no more of them.  Must not call the file
 * system. */
typedef bool vfs_sink(void *cookie, const struct vfs_entry *entry);

enum vfs_advice {
    VFS_NORMAL,
    VFS_SEQUENTIAL,
    VFS_RANDOM,
    VFS_WILLNEED,
    VFS_DONTNEED,
    VFS_NOREUSE
};

struct vfs_ops {
    /* By path, from the directory `at`.  None leaves it.  Streams have none of
     * these: NULL. */
    int (*open)(void *fs, uint64_t at, const struct vfs_path *path,
                const struct vfs_how *how, struct vfs_node *ret_node);
    int (*stat_at)(void *fs, uint64_t at, const struct vfs_path *path,
                   bool follow, struct vfs_stat *ret_stat);
    int (*set_times_at)(void *fs, uint64_t at, const struct vfs_path *path,
                        bool follow, const struct vfs_times *times);
    int (*make_directory)(void *fs, uint64_t at, const struct vfs_path *path);
    int (*remove_directory)(void *fs, uint64_t at, const struct vfs_path *path);
    int (*unlink)(void *fs, uint64_t at, const struct vfs_path *path);
    int (*symlink)(void *fs, uint64_t at, const struct vfs_path *path,
                   const struct vfs_path *target);
    /* Where the link leads, as it says; VFS_EINVAL if it is none. */
    int (*read_link)(void *fs, uint64_t at, const struct vfs_path *path,
                     struct vfs_path *ret_target);
    int (*link)(void *fs, uint64_t old_at, const struct vfs_path *old,
                uint64_t at, const struct vfs_path *path);
    int (*rename)(void *fs, uint64_t old_at, const struct vfs_path *old,
                  uint64_t at, const struct vfs_path *path);

    /* By node, which was opened.  NULL where nothing has to be done. */
    void (*close)(void *fs, uint64_t node);
    int (*stat)(void *fs, uint64_t node, struct vfs_stat *ret_stat);
    int (*set_times)(void *fs, uint64_t node, const struct vfs_times *times);
    int (*read)(void *fs, uint64_t node, struct vfs_io *io);
    int (*write)(void *fs, uint64_t node, struct vfs_io *io);
    int (*set_bytes)(void *fs, uint64_t node, uint64_t bytes);
    int (*allocate)(void *fs, uint64_t node, uint64_t at, uint64_t len);
    int (*advise)(void *fs, uint64_t node, uint64_t at, uint64_t len,
                  enum vfs_advice advice);
    int (*sync)(void *fs, uint64_t node, bool data_only);
    /* Entries from the cookie on, 0 being the start, "." and ".." among them.
     * Those that are there all the while come once. */
    int (*list)(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                void *cookie);

    /* Of the file system as a whole.  `forget`: the region was reset; nodes
     * that were open are not.  `busy`: is something open that an image cannot
     * hold?  Then its path on the host.  NULL: nothing to do, and never. */
    void (*forget)(void *fs);
    bool (*busy)(void *fs, char *ret_path, size_t size);
    void (*free)(void *fs);
};

#endif /* VFS_OPS_H */
