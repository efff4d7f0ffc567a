/* vfs_host_open.c - a directory of the host: opening.
 *
 * First one looks, which neither waits nor touches what is there, and only if
 * that is a file or a directory, it is opened to be used.
 * The second time another thing may be there, put by another program: so what
 * was opened is looked at, too.  Whatever it is, it lies beneath.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_beneath.h"
#include "vfs/vfs_host.h"
#include "vfs/vfs_host_budget.h"

static bool is_written(const struct vfs_how *how)
{
    return how->write || how->truncate;
}

/* ------------------------------------------------------------------------
 * May it be opened?
 */

static int check(const struct vfs_host *host, const struct vfs_how *how,
                 enum os_fd_type type)
{
    if (how->create && how->exclusive)
        return VFS_EEXIST;
    switch (type) {
    case OS_FD_FILE:
        if (how->directory)
            return VFS_ENOTDIR;
        return is_written(how) && host->limits.is_read_only ? VFS_EROFS : 0;
    case OS_FD_DIRECTORY:
        return how->create || is_written(how) ? VFS_EISDIR : 0;
    case OS_FD_SYMLINK:
        return how->directory ? VFS_ENOTDIR : VFS_ELOOP;
    default:
        return how->directory ? VFS_ENOTDIR : VFS_ENODEV;
    }
}

static bool follows(const struct vfs_how *how)
{
    return how->follow && !(how->create && how->exclusive);
}

/* A file cannot be made of a path that ends with slashes; but if its directory
 * is not there, that is said first. */
static int check_slashes(const struct vfs_host *host, uint64_t at,
                         const struct vfs_path *path, const struct vfs_how *how)
{
    struct vfs_path_last last = vfs_path_last(path);
    struct vfs_host_place place;
    int error;

    if (!how->create || !last.is_slashed || last.is_dots)
        return 0;
    error = vfs_host_find_place(host, at, path, &place);
    if (error != 0)
        return error;
    vfs_host_leave_place(&place);
    return VFS_EISDIR;
}

/* ------------------------------------------------------------------------
 * Opening it.
 */

static unsigned flags_of(const struct vfs_how *how, enum os_fd_type type)
{
    unsigned flags = follows(how) ? 0 : OS_BENEATH_NOFOLLOW;

    if (type == OS_FD_DIRECTORY)
        return flags | OS_BENEATH_READ | OS_BENEATH_DIRECTORY;
    if (is_written(how))
        flags |= OS_BENEATH_WRITE;
    if (how->read || !is_written(how))
        flags |= OS_BENEATH_READ;
    if (how->sync)
        flags |= OS_BENEATH_SYNC;
    if (how->datasync)
        flags |= OS_BENEATH_DATASYNC;
    return flags;
}

static int open_flags(struct vfs_host *host, uint64_t at,
                      const struct vfs_path *path, unsigned flags,
                      struct vfs_node *ret_node)
{
    int fd = os_beneath_open(vfs_host_fd(host, at), path->text, flags);
    struct os_fd_facts facts;
    int error;

    if (fd < 0)
        return vfs_host_walk_error(fd);
    error = vfs_error_of_errno(os_fd_examine(fd, &facts));
    if (error == 0 && facts.type != OS_FD_FILE && facts.type != OS_FD_DIRECTORY)
        error = VFS_ENODEV;
    if (error != 0) {
        os_fd_close(fd);
        return error;
    }
    *ret_node = (struct vfs_node){vfs_host_add(host, fd, &facts),
                                  vfs_host_type(facts.type)};
    return 0;
}

static int open_there(struct vfs_host *host, uint64_t at,
                      const struct vfs_path *path, const struct vfs_how *how,
                      enum os_fd_type type, struct vfs_node *ret_node)
{
    int error = check(host, how, type);

    return error != 0
               ? error
               : open_flags(host, at, path, flags_of(how, type), ret_node);
}

/* Nothing can be reached there.  Whether a file can be made, or why not, the
 * kernel says when it is asked to. */
static int make(struct vfs_host *host, uint64_t at, const struct vfs_path *path,
                const struct vfs_how *how, struct vfs_node *ret_node)
{
    unsigned flags = flags_of(how, OS_FD_FILE) | OS_BENEATH_CREATE;
    int error = vfs_host_budget_name(host);

    if (error != 0)
        return error;
    if (how->exclusive)
        flags |= OS_BENEATH_EXCLUSIVE;
    error = open_flags(host, at, path, flags, ret_node);
    if (error != 0)
        vfs_host_budget_unname(host);
    return error;
}

/* What must not be there yet needs no look: the kernel opens nothing else.  But
 * if there is no room for a name, it is said first whether there is one. */
static bool needs_no_look(const struct vfs_host *host,
                          const struct vfs_how *how)
{
    return how->create && how->exclusive && !host->limits.is_read_only &&
           vfs_host_budget_has_name(host);
}

/* Cut it, and forget about it if that fails. */
static int truncate_it(struct vfs_host *host, const struct vfs_node *node)
{
    int error = vfs_host_set_bytes(host, node->id, 0);

    if (error != 0)
        vfs_host_ops.close(host, node->id);
    return error;
}

/* Look, then open what is there, or make it. */
static int look_and_open(struct vfs_host *host, uint64_t at,
                         const struct vfs_path *path, const struct vfs_how *how,
                         struct vfs_node *ret_node)
{
    struct os_fd_facts facts;
    int error = vfs_host_examine(host, at, path, follows(how), &facts);

    if (error == 0)
        return open_there(host, at, path, how, facts.type, ret_node);
    if (!how->create)
        return error;
    if (host->limits.is_read_only)
        return error == VFS_ENOENT ? VFS_EROFS : error;
    return make(host, at, path, how, ret_node);
}

int vfs_host_open(void *fs, uint64_t at, const struct vfs_path *path,
                  const struct vfs_how *how, struct vfs_node *ret_node)
{
    struct vfs_host *host = fs;
    struct vfs_node node;
    int error;

    if (!vfs_host_has_room(host))
        return VFS_EMFILE;
    error = check_slashes(host, at, path, how);
    if (error != 0)
        return error;
    error = needs_no_look(host, how)
                ? make(host, at, path, how, &node)
                : look_and_open(host, at, path, how, &node);
    if (error == 0 && how->truncate && node.type == VFS_FILE)
        error = truncate_it(host, &node);
    if (error == 0)
        *ret_node = node;
    return error;
}
