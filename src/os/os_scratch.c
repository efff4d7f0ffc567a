/* os_scratch.c - a folder for files that nobody shall find later.
 *
 * The lock is flock() on the folder itself: it dies with the process, is not
 * inherited by programs that are started (the descriptor is close-on-exec),
 * and leaves nothing to clean.  Between mkdtemp and flock there is a moment in
 * which another process may take the new folder for a dead one; its owner
 * then finds the folder gone and makes another.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_path.h"

/* Times that losing the race above is believed to be chance. */
#define TRIES 10

static const char *parent(void)
{
    const char *path = getenv("TMPDIR");

    return path != NULL && path[0] != '\0' ? path : "/tmp";
}

/* Remove the plain files in a folder, and the folder. */
static void remove_folder(int parent_fd, const char *name, int fd)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    struct dirent *entry;

    if (dir == NULL) {
        if (again >= 0)
            close(again);
        return;
    }
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(fd, entry->d_name, 0);
    closedir(dir);
    (void)unlinkat(parent_fd, name, AT_REMOVEDIR);
}

/* Remove `name` if it is ours and its owner is dead. */
static void sweep_one(int parent_fd, const char *name)
{
    int fd = openat(parent_fd, name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;

    if (fd < 0)
        return;
    if (fstat(fd, &info) == 0 && info.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_folder(parent_fd, name, fd);
    close(fd);
}

static void sweep(const char *prefix)
{
    DIR *dir = opendir(parent());
    struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            sweep_one(dirfd(dir), entry->d_name);
    closedir(dir);
}

/* Is the folder that we hold still the one of that name? */
static bool is_there(const struct os_scratch *scratch)
{
    struct stat held, named;

    return fstat(scratch->fd, &held) == 0 && stat(scratch->path, &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static int make(struct os_scratch *scratch)
{
    if (os_fail_now() || mkdtemp(scratch->path) == NULL)
        return -1;
    scratch->fd = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scratch->fd < 0)
        return errno == ENOENT ? 0 : -1;
    if (flock(scratch->fd, LOCK_EX | LOCK_NB) == 0 && is_there(scratch))
        return 1;
    close(scratch->fd);
    return 0;
}

int os_scratch_open(struct os_scratch *ret_scratch, viv_error *err)
{
    struct os_scratch scratch = {.fd = -1};
    char prefix[40];
    int made = 0;

    snprintf(prefix, sizeof(prefix), "vivarium-%u-", (unsigned)geteuid());
    sweep(prefix);
    for (int i = 0; made == 0 && i < TRIES; i++) {
        int len = snprintf(scratch.path, sizeof(scratch.path), "%s/%sXXXXXX",
                           parent(), prefix);

        /* Room for a file's name after it. */
        if (len < 0 || (size_t)len + NAME_MAX > sizeof(scratch.path))
            return base_error(err, VIV_EINVAL, "TMPDIR is too long a path");
        made = make(&scratch);
    }
    if (made != 1)
        return base_error(err, VIV_EIO,
                          "cannot make a scratch folder in %s: %s", parent(),
                          strerror(errno));
    *ret_scratch = scratch;
    return 0;
}

void os_scratch_close(struct os_scratch *scratch)
{
    if (scratch->fd < 0)
        return;
    remove_folder(AT_FDCWD, scratch->path, scratch->fd);
    close(scratch->fd);
    scratch->fd = -1;
}

int os_scratch_adopt(const char *path, struct os_scratch *ret_scratch,
                     viv_error *err)
{
    struct os_scratch scratch;
    size_t len = strlen(path);
    int r;

    if (len + NAME_MAX > sizeof(scratch.path))
        return base_error(err, VIV_EINVAL, "the path is too long: %s", path);
    r = os_path_make_folder(path, err);
    if (r < 0)
        return r;
    memcpy(scratch.path, path, len + 1);
    scratch.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scratch.fd < 0)
        return base_error(err, VIV_EIO, "cannot open the folder %s: %s", path,
                          strerror(errno));
    *ret_scratch = scratch;
    return 0;
}

void os_scratch_release(struct os_scratch *scratch)
{
    close(scratch->fd);
    scratch->fd = -1;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = os_fail_now() ? -1 : write(fd, bytes, len);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        bytes += wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

int os_scratch_write(const struct os_scratch *scratch, const char *name,
                     const void *bytes, size_t len, viv_error *err)
{
    int fd = openat(scratch->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                    0600);
    int r = fd < 0 ? -1 : write_all(fd, bytes, len);
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (r < 0)
        return base_error(err, VIV_EIO, "cannot write %s/%s: %s", scratch->path,
                          name, strerror(error));
    return 0;
}

void os_scratch_path(const struct os_scratch *scratch, const char *name,
                     char *ret_path, size_t size)
{
    int len = snprintf(ret_path, size, "%s/%s", scratch->path, name);

    CHECK(len > 0 && (size_t)len < size);
}
