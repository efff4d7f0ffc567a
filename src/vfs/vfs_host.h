/* vfs_host.h - a directory of the host, given to a guest.
 *
 * Floor 2.  The kernel resolves every path, from the descriptor of a directory
 * that the guest has, and does not leave it (os_beneath.h).  Only files,
 * directories and links can be opened; what else lies there - FIFOs, sockets,
 * devices - can be seen, renamed and removed, but opening it is VFS_ENODEV,
 * without having touched it.
 *
 * What is open is in host memory, in SLOTS, because it is nothing that can be
 * copied with pages.  A node's id is a slot and its GENERATION, a number that
 * this process never gives twice: so an id that comes out of another life of
 * the arena - an image, a dump, another sandbox - finds nothing.  Node 0 is the
 * root and always open.
 *
 * A ceiling on what is written: the files beneath may grow by `bytes_max` bytes
 * and `files_max` names, all together.  What the guest removes makes room
 * again.  Other programs may change the directory at the same time; the
 * ceilings count what goes through here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_HOST_H
#define VFS_HOST_H

#include "os/os_fd.h"
#include "vfs/vfs_ops.h"
#include "vivarium.h"

struct vfs_host_limits {
    bool is_read_only;
    uint64_t bytes_max; /* UINT64_MAX: no ceiling */
    uint64_t files_max;
};

struct vfs_host_slot {
    uint64_t generation; /* 0: free */
    int fd;
    uint32_t next_free;
    uint64_t dev, ino;
    uint64_t bytes;   /* it is not shorter than that, unless others cut it */
    bool is_nameless; /* its last name went while it was open */
};

/* For the files of this file system only. */
struct vfs_host {
    int root;
    uint64_t root_ino;
    struct vfs_host_limits limits;
    uint64_t file_bytes_max; /* the process's, when it was given */
    int64_t bytes_grown, files_grown;
    uint32_t slots_max, open_count, first_free;
    struct vfs_host_slot *slots;
};

/* Give the directory `path`, with room for so many open files.  The caller owns
 * `*ret_host` until vfs_host_ops.free().  Fails with VIV_EIO, VIV_ENOMEM, and
 * VIV_EUNSUPPORTED when the kernel has no openat2. */
int vfs_host_new(const char *path, const struct vfs_host_limits *limits,
                 uint32_t open_max, struct vfs_host **ret_host, viv_error *err);

extern const struct vfs_ops vfs_host_ops;

/* ------------------------------------------------------------------------
 * Between the files of this file system.
 */

/* The descriptor of a node; -1 if it is not open. */
int vfs_host_fd(const struct vfs_host *host, uint64_t node);

/* The slot of a node, or NULL; the root has none. */
struct vfs_host_slot *vfs_host_slot(const struct vfs_host *host, uint64_t node);

bool vfs_host_has_room(const struct vfs_host *host);

/* A node for `fd`, which it takes.  Before: there is room. */
uint64_t vfs_host_add(struct vfs_host *host, int fd,
                      const struct os_fd_facts *facts);

/* The error of a walk: what leaves the directory is VFS_ENOTCAPABLE. */
int vfs_host_walk_error(int code);

/* Functions of struct vfs_ops. */
int vfs_host_stat_at(void *fs, uint64_t at, const struct vfs_path *path,
                     bool follow, struct vfs_stat *ret_stat);
int vfs_host_set_times_at(void *fs, uint64_t at, const struct vfs_path *path,
                          bool follow, const struct vfs_times *times);
int vfs_host_read_link(void *fs, uint64_t at, const struct vfs_path *path,
                       struct vfs_path *ret_target);
int vfs_host_open(void *fs, uint64_t at, const struct vfs_path *path,
                  const struct vfs_how *how, struct vfs_node *ret_node);
int vfs_host_make_directory(void *fs, uint64_t at, const struct vfs_path *path);
int vfs_host_remove_directory(void *fs, uint64_t at,
                              const struct vfs_path *path);
int vfs_host_unlink(void *fs, uint64_t at, const struct vfs_path *path);
int vfs_host_symlink(void *fs, uint64_t at, const struct vfs_path *path,
                     const struct vfs_path *target);
int vfs_host_link(void *fs, uint64_t old_at, const struct vfs_path *old,
                  uint64_t at, const struct vfs_path *path);
int vfs_host_rename(void *fs, uint64_t old_at, const struct vfs_path *old,
                    uint64_t at, const struct vfs_path *path);

int vfs_host_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat);
int vfs_host_set_times(void *fs, uint64_t node, const struct vfs_times *times);
int vfs_host_read(void *fs, uint64_t node, struct vfs_io *io);
int vfs_host_write(void *fs, uint64_t node, struct vfs_io *io);
int vfs_host_set_bytes(void *fs, uint64_t node, uint64_t bytes);
int vfs_host_allocate(void *fs, uint64_t node, uint64_t at, uint64_t len);
int vfs_host_advise(void *fs, uint64_t node, uint64_t at, uint64_t len,
                    enum vfs_advice advice);
int vfs_host_sync(void *fs, uint64_t node, bool data_only);
int vfs_host_list(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                  void *cookie);

/* Open `path`, from the directory `at`, to look at it.  Returns a descriptor,
 * or a negative VFS_E error. */
int vfs_host_look(const struct vfs_host *host, uint64_t at, const char *path,
                  bool follow);

/* What `path` leads to, from the directory `at`. */
int vfs_host_examine(const struct vfs_host *host, uint64_t at,
                     const struct vfs_path *path, bool follow,
                     struct os_fd_facts *ret_facts);

/* The last component of `path`, and its directory. */
struct vfs_host_place {
    int dir;
    bool is_owned;    /* `dir` is to be closed */
    const char *name; /* in the path, with the slashes behind it */
    struct vfs_path_last last;
};

int vfs_host_find_place(const struct vfs_host *host, uint64_t at,
                        const struct vfs_path *path,
                        struct vfs_host_place *ret_place);
void vfs_host_leave_place(struct vfs_host_place *place);

static inline uint8_t vfs_host_type(enum os_fd_type type)
{
    return type == OS_FD_FILE        ? VFS_FILE
           : type == OS_FD_DIRECTORY ? VFS_DIRECTORY
           : type == OS_FD_SYMLINK   ? VFS_SYMLINK
                                     : VFS_NONE;
}

#endif /* VFS_HOST_H */
