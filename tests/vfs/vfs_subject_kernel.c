/* vfs_subject_kernel.c - operations done by the kernel, as plainly as can be.
 *
 * The kernel's own calls with whole paths: it decides what slashes, dots and
 * links mean.  They do not know of a directory that must not be left, so the
 * kernel is asked that first, by openat2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, preadv, fallocate */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vfs/vfs_ops.h"
#include "vfs_subject.h"

struct kernel {
    struct vfs_subject subject;
    int fds[VFS_OP_HANDLES];
};

typedef void action(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result);

static int error_of(long code)
{
    return code < 0 ? vfs_error_of_errno(-errno) : 0;
}

/* ------------------------------------------------------------------------
 * Paths.
 */

/* EAGAIN: somebody renamed something, anywhere, while `..` was walked. */
static int open2(int dir, const char *path, uint64_t flags)
{
    struct open_how how = {.flags = flags | O_CLOEXEC,
                           .mode = (flags & O_CREAT) != 0 ? 0666 : 0,
                           .resolve = RESOLVE_BENEATH};

    int fd;

    do {
        fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
    } while (fd < 0 && errno == EAGAIN);
    return fd;
}

/* Does the path leave the directory? */
static bool leaves(int dir, const char *path, bool follow)
{
    int fd = open2(dir, path, O_PATH | (follow ? 0 : O_NOFOLLOW));
    int reason = errno;

    if (fd >= 0)
        close(fd);
    return fd < 0 && reason == EXDEV;
}

/* Why the directory that the last component is in cannot be reached, if so. */
static int parent_error(int dir, const char *path)
{
    char above[VFS_OP_PATH_SIZE];
    char *end;
    int fd;

    strcpy(above, path);
    end = above + strlen(above);
    while (end > above + 1 && end[-1] == '/')
        *--end = '\0';
    end = strrchr(above, '/');
    end = end != NULL ? end + 1 : above;
    if (strcmp(end, ".") != 0 && strcmp(end, "..") != 0)
        *end = '\0';
    if (above[0] == '\0')
        return 0;
    fd = open2(dir, above, O_PATH);
    if (fd < 0)
        return errno == EXDEV ? VFS_ENOTCAPABLE : vfs_error_of_errno(-errno);
    close(fd);
    return 0;
}

/* What is said of any path before anybody walks it. */
static int path_error(int dir, const char *path)
{
    struct stat st;

    if (dir < 0)
        return VFS_EBADF;
    if (fstat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return VFS_ENOTDIR;
    if (strlen(path) >= 4096)
        return VFS_ENAMETOOLONG;
    return path[0] == '\0' ? VFS_ENOENT : path[0] == '/' ? VFS_ENOTCAPABLE : 0;
}

/* ------------------------------------------------------------------------
 * Handles.
 */

static bool is_directory(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What bytes are read from and written to; says itself why not. */
static int file_of(struct kernel *kernel, const struct vfs_op *op,
                   struct vfs_op_result *result)
{
    int fd = kernel->fds[op->handle];

    if (fd < 0)
        result->error = VFS_EBADF;
    else if (is_directory(fd))
        result->error = VFS_EISDIR;
    return result->error != 0 ? -1 : fd;
}

static void do_open(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    uint64_t flags = op->write ? op->read ? O_RDWR : O_WRONLY : O_RDONLY;
    int fd;

    flags |= (op->create ? O_CREAT : 0) | (op->exclusive ? O_EXCL : 0) |
             (op->truncate ? O_TRUNC : 0) | (op->append ? O_APPEND : 0) |
             (op->directory ? O_DIRECTORY : 0) | (op->follow ? 0 : O_NOFOLLOW);
    fd = open2(kernel->fds[op->handle], op->path, flags);
    result->error = fd < 0 && errno == EXDEV ? VFS_ENOTCAPABLE : error_of(fd);
    if (fd < 0)
        return;
    if (kernel->fds[op->into] >= 0)
        close(kernel->fds[op->into]);
    kernel->fds[op->into] = fd;
}

static void do_close(struct kernel *kernel, const struct vfs_op *op,
                     struct vfs_op_result *result)
{
    if (op->handle == 0)
        return;
    result->error = error_of(close(kernel->fds[op->handle]));
    kernel->fds[op->handle] = -1;
}

static void do_renumber(struct kernel *kernel, const struct vfs_op *op,
                        struct vfs_op_result *result)
{
    int *from = &kernel->fds[op->handle], *to = &kernel->fds[op->other];

    if (op->handle == 0 || op->other == 0)
        return;
    if (*from < 0 || *to < 0)
        result->error = VFS_EBADF;
    else if (from != to) {
        close(*to);
        *to = *from;
        *from = -1;
    }
}

static void do_nothing(struct kernel *kernel, const struct vfs_op *op,
                       struct vfs_op_result *result)
{
    (void)kernel, (void)op, (void)result;
}

/* ------------------------------------------------------------------------
 * Bytes.
 */

static void do_read(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    int fd = file_of(kernel, op, result);
    char bytes[VFS_OP_DATA_SIZE];
    ssize_t got;

    if (fd < 0)
        return;
    got = op->kind == VFS_OP_READ ? read(fd, bytes, op->len)
                                  : pread(fd, bytes, op->len, (off_t)op->at);
    result->error = error_of(got);
    if (got < 0)
        return;
    result->value = (uint64_t)got;
    result->digest = vfs_op_digest(0, bytes, (size_t)got);
}

static void do_write(struct kernel *kernel, const struct vfs_op *op,
                     struct vfs_op_result *result)
{
    int fd = file_of(kernel, op, result);
    char bytes[VFS_OP_DATA_SIZE];
    ssize_t put;

    if (fd < 0)
        return;
    vfs_op_data(op, bytes);
    put = op->kind == VFS_OP_WRITE ? write(fd, bytes, op->len)
                                   : pwrite(fd, bytes, op->len, (off_t)op->at);
    result->error = error_of(put);
    result->value = put < 0 ? 0 : (uint64_t)put;
}

static void do_seek(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    static const int whence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    int fd = file_of(kernel, op, result);
    off_t at;

    if (fd < 0)
        return;
    at = lseek(fd, op->by, whence[op->whence]);
    result->error = error_of(at);
    result->value = at < 0 ? 0 : (uint64_t)at;
}

static void do_set_bytes(struct kernel *kernel, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    int fd = file_of(kernel, op, result);

    if (fd >= 0)
        result->error = error_of(ftruncate(fd, (off_t)op->at));
}

static void do_allocate(struct kernel *kernel, const struct vfs_op *op,
                        struct vfs_op_result *result)
{
    int fd = file_of(kernel, op, result);

    if (fd >= 0)
        result->error =
            error_of(fallocate(fd, 0, (off_t)(op->at % 100000), op->len));
}

/* ------------------------------------------------------------------------
 * Facts.
 */

static unsigned type_of(mode_t mode)
{
    return S_ISDIR(mode)   ? VFS_DIRECTORY
           : S_ISREG(mode) ? VFS_FILE
           : S_ISLNK(mode) ? VFS_SYMLINK
                           : VFS_NONE;
}

static void say_stat(const struct stat *st, struct vfs_op_result *result)
{
    uint64_t modified = (uint64_t)st->st_mtim.tv_sec * 1000000000u +
                        (uint64_t)st->st_mtim.tv_nsec;

    if (result->error == 0)
        result->digest =
            vfs_subject_facts(type_of(st->st_mode), (uint64_t)st->st_size,
                              st->st_nlink, modified);
}

static void do_stat(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct stat st;

    result->error = error_of(fstat(kernel->fds[op->handle], &st));
    say_stat(&st, result);
}

static void do_sync(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    if (kernel->fds[op->handle] < 0)
        result->error = VFS_EBADF;
}

static void do_set_flags(struct kernel *kernel, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    result->error = error_of(
        fcntl(kernel->fds[op->handle], F_SETFL, op->append ? O_APPEND : 0));
}

static void set_times(const struct vfs_op *op, struct timespec times[2])
{
    times[0] = (struct timespec){0, UTIME_OMIT};
    times[1] = (struct timespec){(time_t)(op->at % 1000000), 7};
}

static void do_set_times(struct kernel *kernel, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    struct timespec times[2];

    set_times(op, times);
    result->error = error_of(futimens(kernel->fds[op->handle], times));
}

static void do_list(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct vfs_subject_names names = {0};
    int fd = kernel->fds[op->handle];
    struct dirent *entry;
    DIR *dir;

    if (fd >= 0)
        fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        result->error = kernel->fds[op->handle] < 0 ? VFS_EBADF : error_of(-1);
        return;
    }
    dir = fdopendir(fd);
    while ((entry = readdir(dir)) != NULL) {
        struct stat st;

        fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW);
        vfs_subject_add_name(&names, entry->d_name, strlen(entry->d_name),
                             type_of(st.st_mode));
    }
    closedir(dir);
    if (names.count == 0)
        result->error = VFS_ENOENT; /* it was removed */
    result->value = names.count;
    result->digest = names.digest;
}

/* ------------------------------------------------------------------------
 * Names.
 */

static void do_stat_at(struct kernel *kernel, const struct vfs_op *op,
                       struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];
    struct stat st;

    result->error =
        leaves(dir, op->path, op->follow)
            ? VFS_ENOTCAPABLE
            : error_of(fstatat(dir, op->path, &st,
                               op->follow ? 0 : AT_SYMLINK_NOFOLLOW));
    say_stat(&st, result);
}

static void do_set_times_at(struct kernel *kernel, const struct vfs_op *op,
                            struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];
    struct timespec times[2];

    set_times(op, times);
    result->error =
        leaves(dir, op->path, op->follow)
            ? VFS_ENOTCAPABLE
            : error_of(utimensat(dir, op->path, times,
                                 op->follow ? 0 : AT_SYMLINK_NOFOLLOW));
}

static void do_make_directory(struct kernel *kernel, const struct vfs_op *op,
                              struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];

    result->error = parent_error(dir, op->path);
    if (result->error == 0)
        result->error = error_of(mkdirat(dir, op->path, 0777));
}

static void do_remove_directory(struct kernel *kernel, const struct vfs_op *op,
                                struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];

    result->error = parent_error(dir, op->path);
    if (result->error == 0)
        result->error = error_of(unlinkat(dir, op->path, AT_REMOVEDIR));
}

static void do_unlink(struct kernel *kernel, const struct vfs_op *op,
                      struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];

    result->error = parent_error(dir, op->path);
    if (result->error == 0)
        result->error = error_of(unlinkat(dir, op->path, 0));
}

static void do_symlink(struct kernel *kernel, const struct vfs_op *op,
                       struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];

    result->error = parent_error(dir, op->path);
    if (result->error == 0)
        result->error = error_of(symlinkat(op->second, dir, op->path));
}

static void do_read_link(struct kernel *kernel, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle];
    char target[4096];
    ssize_t len = -1;

    if (leaves(dir, op->path, false)) {
        result->error = VFS_ENOTCAPABLE;
        return;
    }
    len = readlinkat(dir, op->path, target, sizeof(target));
    result->error = error_of(len);
    if (len >= 0)
        result->digest = vfs_op_digest(0, target, (size_t)len);
}

static void do_link(struct kernel *kernel, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle], other = kernel->fds[op->other];

    result->error = path_error(other, op->second);
    if (result->error == 0 && leaves(dir, op->path, false))
        result->error = VFS_ENOTCAPABLE;
    if (result->error == 0 &&
        faccessat(dir, op->path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        result->error = error_of(-1);
    if (result->error == 0)
        result->error = parent_error(other, op->second);
    if (result->error == 0)
        result->error = error_of(linkat(dir, op->path, other, op->second, 0));
}

static void do_rename(struct kernel *kernel, const struct vfs_op *op,
                      struct vfs_op_result *result)
{
    int dir = kernel->fds[op->handle], other = kernel->fds[op->other];

    result->error = path_error(other, op->second);
    if (result->error == 0)
        result->error = parent_error(dir, op->path);
    if (result->error == 0)
        result->error = parent_error(other, op->second);
    if (result->error == 0)
        result->error = error_of(renameat(dir, op->path, other, op->second));
}

/* ------------------------------------------------------------------------
 * As a subject.
 */

static void apply(struct vfs_subject *subject, const struct vfs_op *op,
                  struct vfs_op_result *result)
{
    static action *const actions[] = {
        [VFS_OP_MOVE_ARENA] = do_nothing,
        [VFS_OP_OPEN] = do_open,
        [VFS_OP_CLOSE] = do_close,
        [VFS_OP_RENUMBER] = do_renumber,
        [VFS_OP_READ] = do_read,
        [VFS_OP_PREAD] = do_read,
        [VFS_OP_WRITE] = do_write,
        [VFS_OP_PWRITE] = do_write,
        [VFS_OP_SEEK] = do_seek,
        [VFS_OP_STAT] = do_stat,
        [VFS_OP_SET_BYTES] = do_set_bytes,
        [VFS_OP_ALLOCATE] = do_allocate,
        [VFS_OP_SYNC] = do_sync,
        [VFS_OP_SET_FLAGS] = do_set_flags,
        [VFS_OP_SET_TIMES] = do_set_times,
        [VFS_OP_LIST] = do_list,
        [VFS_OP_STAT_AT] = do_stat_at,
        [VFS_OP_SET_TIMES_AT] = do_set_times_at,
        [VFS_OP_MAKE_DIRECTORY] = do_make_directory,
        [VFS_OP_REMOVE_DIRECTORY] = do_remove_directory,
        [VFS_OP_UNLINK] = do_unlink,
        [VFS_OP_SYMLINK] = do_symlink,
        [VFS_OP_READ_LINK] = do_read_link,
        [VFS_OP_LINK] = do_link,
        [VFS_OP_RENAME] = do_rename,
    };

    struct kernel *kernel = (struct kernel *)subject;

    *result = (struct vfs_op_result){0};
    if (op->kind >= VFS_OP_STAT_AT || op->kind == VFS_OP_OPEN)
        result->error = path_error(kernel->fds[op->handle], op->path);
    if (result->error == 0)
        actions[op->kind](kernel, op, result);
}

static void close_all(struct vfs_subject *subject)
{
    struct kernel *kernel = (struct kernel *)subject;

    for (int i = 1; i < VFS_OP_HANDLES; i++) {
        if (kernel->fds[i] >= 0)
            close(kernel->fds[i]);
        kernel->fds[i] = -1;
    }
}

static void give_back(struct vfs_subject *subject)
{
    struct kernel *kernel = (struct kernel *)subject;

    close_all(subject);
    close(kernel->fds[0]);
    free(kernel);
}

struct vfs_subject *vfs_subject_kernel(const char *path)
{
    struct kernel *kernel = calloc(1, sizeof(*kernel));

    kernel->subject =
        (struct vfs_subject){"kernel", apply, close_all, give_back};
    for (int i = 0; i < VFS_OP_HANDLES; i++)
        kernel->fds[i] = -1;
    kernel->fds[0] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return &kernel->subject;
}
