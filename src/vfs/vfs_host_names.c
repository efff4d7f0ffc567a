/* vfs_host_names.c - a directory of the host: names.
 *
 * The directory that a name is in is opened, beneath; then the name is changed
 * in it, as a single component, which the kernel does not follow anywhere.
 * Errors are the kernel's.  Only of `.` and `..` we must say ourselves whether
 * they leave the directory: the kernel would refuse them without a look.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "os/os_at.h"
#include "os/os_beneath.h"
#include "vfs/vfs_host.h"
#include "vfs/vfs_host_budget.h"

/* ------------------------------------------------------------------------
 * Places.
 */

int vfs_host_find_place(const struct vfs_host *host, uint64_t at,
                        const struct vfs_path *path,
                        struct vfs_host_place *ret_place)
{
    struct vfs_path_last last = vfs_path_last(path);
    char above[VFS_PATH_BYTES];
    int dir = vfs_host_fd(host, at);

    if (dir < 0)
        return VFS_EBADF;
    if (last.at > 0) {
        memcpy(above, path->text, last.at);
        above[last.at] = '\0';
        dir =
            os_beneath_open(dir, above, OS_BENEATH_LOOK | OS_BENEATH_DIRECTORY);
    }
    if (dir < 0)
        return vfs_host_walk_error(dir);
    *ret_place = (struct vfs_host_place){
        .dir = dir,
        .is_owned = last.at > 0,
        .name = path->text + last.at,
        .last = last,
    };
    return 0;
}

void vfs_host_leave_place(struct vfs_host_place *place)
{
    if (place->is_owned)
        os_fd_close(place->dir);
}

/* The place of a name that may be changed.  If the path ends in `.` or `..` it
 * fails with `of_dots`, or before that, because it leads outside. */
static int find_name(const struct vfs_host *host, uint64_t at,
                     const struct vfs_path *path, int of_dots,
                     struct vfs_host_place *ret_place)
{
    if (vfs_path_last(path).is_dots) {
        int fd = vfs_host_look(host, at, path->text, false);

        if (fd < 0)
            return -fd;
        os_fd_close(fd);
        return of_dots;
    }
    return vfs_host_find_place(host, at, path, ret_place);
}

/* What has this name, whatever slashes are behind it; false if nothing has. */
static bool is_there(const struct vfs_host_place *place,
                     struct os_fd_facts *ret_facts)
{
    char name[VFS_NAME_MAX + 1];

    if (place->last.len > VFS_NAME_MAX)
        return false;
    memcpy(name, place->name, place->last.len);
    name[place->last.len] = '\0';
    return os_fd_examine_in(place->dir, name, ret_facts) == 0;
}

/* ------------------------------------------------------------------------
 * New names.
 */

/* The place of a name that is to be made, one more being charged. */
static int find_new(struct vfs_host *host, uint64_t at,
                    const struct vfs_path *path,
                    struct vfs_host_place *ret_place)
{
    struct os_fd_facts facts;
    int error = find_name(host, at, path, VFS_EEXIST, ret_place);

    if (error != 0)
        return error;
    if (host->limits.is_read_only)
        error = is_there(ret_place, &facts) ? VFS_EEXIST : VFS_EROFS;
    else
        error = vfs_host_budget_name(host);
    if (error != 0)
        vfs_host_leave_place(ret_place);
    return error;
}

/* What the system said of making it. */
static int end_new(struct vfs_host *host, struct vfs_host_place *place,
                   int code)
{
    vfs_host_leave_place(place);
    if (code < 0)
        vfs_host_budget_unname(host);
    return vfs_error_of_errno(code);
}

int vfs_host_make_directory(void *fs, uint64_t at, const struct vfs_path *path)
{
    struct vfs_host_place place;
    int error = find_new(fs, at, path, &place);

    if (error != 0)
        return error;
    return end_new(fs, &place, os_at_make_directory(place.dir, place.name));
}

int vfs_host_symlink(void *fs, uint64_t at, const struct vfs_path *path,
                     const struct vfs_path *target)
{
    struct vfs_host_place place;
    int error = find_new(fs, at, path, &place);

    if (error != 0)
        return error;
    return end_new(fs, &place,
                   os_at_symlink(target->text, place.dir, place.name));
}

/* A directory has one name, so this fails; what of, the kernel says.  Which
 * directory it is makes no difference, and with slashes behind it a path may
 * lead to another one than its last component names. */
static int link_directory(struct vfs_host *host, uint64_t at,
                          const struct vfs_path *path)
{
    struct vfs_host_place place;
    int error = find_new(host, at, path, &place);

    if (error != 0)
        return error;
    return end_new(host, &place,
                   os_at_link(host->root, ".", place.dir, place.name));
}

int vfs_host_link(void *fs, uint64_t old_at, const struct vfs_path *old,
                  uint64_t at, const struct vfs_path *path)
{
    struct vfs_host_place from, to;
    struct os_fd_facts facts;
    int error = vfs_host_examine(fs, old_at, old, false, &facts);

    if (error == 0 && facts.type == OS_FD_DIRECTORY)
        return link_directory(fs, at, path);
    if (error == 0)
        error = vfs_host_find_place(fs, old_at, old, &from);
    if (error != 0)
        return error;
    error = find_new(fs, at, path, &to);
    if (error == 0)
        error =
            end_new(fs, &to, os_at_link(from.dir, from.name, to.dir, to.name));
    vfs_host_leave_place(&from);
    return error;
}

/* ------------------------------------------------------------------------
 * Names that go.
 */

static int remove_name(struct vfs_host *host, struct vfs_host_place *place,
                       int (*change)(int dir, const char *name))
{
    struct os_fd_facts facts;
    bool is_counted;
    int error = VFS_EROFS;

    if (!host->limits.is_read_only) {
        is_counted =
            vfs_host_budget_has_ceiling(host) && is_there(place, &facts);
        error = vfs_error_of_errno(change(place->dir, place->name));
        if (error == 0 && is_counted)
            vfs_host_budget_lost_name(host, &facts);
    }
    vfs_host_leave_place(place);
    return error;
}

int vfs_host_unlink(void *fs, uint64_t at, const struct vfs_path *path)
{
    struct vfs_host_place place;
    int error = find_name(fs, at, path, VFS_EISDIR, &place);

    return error != 0 ? error : remove_name(fs, &place, os_at_unlink);
}

int vfs_host_remove_directory(void *fs, uint64_t at,
                              const struct vfs_path *path)
{
    struct vfs_host_place place;
    bool is_here = vfs_path_last(path).len == 1;
    int error =
        find_name(fs, at, path, is_here ? VFS_EINVAL : VFS_ENOTEMPTY, &place);

    return error != 0 ? error : remove_name(fs, &place, os_at_remove_directory);
}

static int rename_places(struct vfs_host *host,
                         const struct vfs_host_place *from,
                         const struct vfs_host_place *to)
{
    struct os_fd_facts old, replaced;
    bool is_over;
    int error;

    if (host->limits.is_read_only)
        return VFS_EROFS;
    is_over = vfs_host_budget_has_ceiling(host) && is_there(from, &old) &&
              is_there(to, &replaced) &&
              (old.ino != replaced.ino || old.dev != replaced.dev);
    error = vfs_error_of_errno(
        os_at_rename(from->dir, from->name, to->dir, to->name));
    if (error == 0 && is_over)
        vfs_host_budget_lost_name(host, &replaced);
    return error;
}

int vfs_host_rename(void *fs, uint64_t old_at, const struct vfs_path *old,
                    uint64_t at, const struct vfs_path *path)
{
    struct vfs_host_place from, to;
    int old_error, error;

    old_error = find_name(fs, old_at, old, VFS_EBUSY, &from);
    if (old_error != 0 && old_error != VFS_EBUSY)
        return old_error;
    error = find_name(fs, at, path, VFS_EBUSY, &to);
    if (error == 0) {
        error = old_error != 0 ? old_error : rename_places(fs, &from, &to);
        vfs_host_leave_place(&to);
    }
    if (old_error == 0)
        vfs_host_leave_place(&from);
    return error;
}
