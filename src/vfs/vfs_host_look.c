/* vfs_host_look.c - a directory of the host: what is known of what is there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_host.h"

#include <errno.h>

#include "os/os_beneath.h"

int vfs_host_walk_error(int code)
{
    return code == -EXDEV ? VFS_ENOTCAPABLE : vfs_error_of_errno(code);
}

int vfs_host_look(const struct vfs_host *host, uint64_t at, const char *path,
                  bool follow)
{
    int dir = vfs_host_fd(host, at), fd;

    if (dir < 0)
        return -VFS_EBADF;
    fd = os_beneath_open(dir, path,
                         OS_BENEATH_LOOK | (follow ? 0 : OS_BENEATH_NOFOLLOW));
    return fd < 0 ? -vfs_host_walk_error(fd) : fd;
}

static int examine_walked(const struct vfs_host *host, uint64_t at,
                          const struct vfs_path *path, bool follow,
                          struct os_fd_facts *ret_facts)
{
    int fd = vfs_host_look(host, at, path->text, follow), code;

    if (fd < 0)
        return -fd;
    code = os_fd_examine(fd, ret_facts);
    os_fd_close(fd);
    return vfs_error_of_errno(code);
}

/* A name in the directory itself: there is no way that could leave it. */
static bool is_name(const struct vfs_path *path)
{
    struct vfs_path_last last = vfs_path_last(path);

    return last.at == 0 && !last.is_slashed && !last.is_dots;
}

/* Most paths of most programs are a name, and most names are no links: then one
 * system call does what otherwise takes three. */
int vfs_host_examine(const struct vfs_host *host, uint64_t at,
                     const struct vfs_path *path, bool follow,
                     struct os_fd_facts *ret_facts)
{
    int dir = vfs_host_fd(host, at), code;

    if (dir < 0)
        return VFS_EBADF;
    if (!is_name(path))
        return examine_walked(host, at, path, follow, ret_facts);
    code = os_fd_examine_in(dir, path->text, ret_facts);
    if (code == 0 && follow && ret_facts->type == OS_FD_SYMLINK)
        return examine_walked(host, at, path, follow, ret_facts);
    return vfs_error_of_errno(code);
}

static struct vfs_stat stat_of(const struct os_fd_facts *facts)
{
    return (struct vfs_stat){
        .dev = facts->dev,
        .ino = facts->ino,
        .links = facts->links,
        .bytes = facts->bytes,
        .accessed = facts->accessed,
        .modified = facts->modified,
        .changed = facts->changed,
        .type = vfs_host_type(facts->type),
    };
}

int vfs_host_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat)
{
    int fd = vfs_host_fd(fs, node), code;
    struct os_fd_facts facts;

    if (fd < 0)
        return VFS_EBADF;
    code = os_fd_examine(fd, &facts);
    if (code == 0)
        *ret_stat = stat_of(&facts);
    return vfs_error_of_errno(code);
}

int vfs_host_stat_at(void *fs, uint64_t at, const struct vfs_path *path,
                     bool follow, struct vfs_stat *ret_stat)
{
    struct os_fd_facts facts;
    int error = vfs_host_examine(fs, at, path, follow, &facts);

    if (error == 0)
        *ret_stat = stat_of(&facts);
    return error;
}

static int set_times_of(const struct vfs_host *host, int fd,
                        const struct vfs_times *times)
{
    if (host->limits.is_read_only)
        return VFS_EROFS;
    return vfs_error_of_errno(
        os_fd_set_times(fd, times->accessed, times->modified));
}

int vfs_host_set_times(void *fs, uint64_t node, const struct vfs_times *times)
{
    int fd = vfs_host_fd(fs, node);

    return fd < 0 ? VFS_EBADF : set_times_of(fs, fd, times);
}

int vfs_host_set_times_at(void *fs, uint64_t at, const struct vfs_path *path,
                          bool follow, const struct vfs_times *times)
{
    int fd = vfs_host_look(fs, at, path->text, follow), error;

    if (fd < 0)
        return -fd;
    error = set_times_of(fs, fd, times);
    os_fd_close(fd);
    return error;
}

static int read_link_of(int fd, struct vfs_path *ret_target)
{
    struct os_fd_facts facts;
    int64_t len = os_fd_examine(fd, &facts);

    if (len == 0 && facts.type != OS_FD_SYMLINK)
        return VFS_EINVAL;
    if (len == 0)
        len = os_fd_read_link(fd, ret_target->text, VFS_PATH_BYTES);
    if (len < 0)
        return vfs_error_of_errno((int)len);
    if (len == VFS_PATH_BYTES)
        return VFS_ENAMETOOLONG;
    ret_target->text[len] = '\0';
    ret_target->len = (uint32_t)len;
    return 0;
}

int vfs_host_read_link(void *fs, uint64_t at, const struct vfs_path *path,
                       struct vfs_path *ret_target)
{
    int fd = vfs_host_look(fs, at, path->text, false), error;

    if (fd < 0)
        return -fd;
    error = read_link_of(fd, ret_target);
    os_fd_close(fd);
    return error;
}
