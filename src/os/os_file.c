/* os_file.c - regular files, whole and in part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_TMPFILE, and the strerror_r that returns text */
#include "os/os_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_page.h"

/* Names for a temporary file that may be taken before we give up. */
#define TRIES 100

/* `cannot VERB 'path': reason`, by errno. */
static int system_error(viv_error *err, const char *verb, const char *path)
{
    char text[128];

    return base_error(err, VIV_EIO, "cannot %s '%s': %s", verb, path,
                      strerror_r(errno, text, sizeof(text)));
}

/* ------------------------------------------------------------------------
 * Reading.
 */

static int check_regular(const struct stat *st, const char *path,
                         viv_error *err)
{
    if (S_ISREG(st->st_mode))
        return 0;
    if (S_ISDIR(st->st_mode))
        return base_error(err, VIV_EIO, "'%s' is a directory, not a file",
                          path);
    return base_error(err, VIV_EIO, "'%s' is not a regular file", path);
}

static int is_ours(const struct stat *st)
{
    return (st->st_uid == 0 || st->st_uid == geteuid()) &&
           (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int os_file_open(const char *path, struct os_file *ret_file, viv_error *err)
{
    struct os_file file = {.fd = -1};
    struct stat st;
    int code;

    if (!os_fail_now())
        file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file.fd < 0)
        return system_error(err, "open", path);
    if (os_fail_now() || fstat(file.fd, &st) != 0)
        code = system_error(err, "examine", path);
    else
        code = check_regular(&st, path, err);
    if (code < 0) {
        os_file_close(&file);
        return code;
    }
    file.bytes = (uint64_t)st.st_size;
    file.id = (uint64_t)st.st_dev << 40 ^ (uint64_t)st.st_ino;
    file.is_ours = is_ours(&st);
    *ret_file = file;
    return 0;
}

/* One pread; signals do not count. */
static ssize_t read_some(int fd, void *to, size_t len, uint64_t at)
{
    ssize_t got;

    do {
        got = os_fail_now() ? -1 : pread(fd, to, len, (off_t)at);
    } while (got < 0 && errno == EINTR);
    return got;
}

int os_file_read(const struct os_file *file, const char *path, uint64_t at,
                 void *to, size_t len, viv_error *err)
{
    uint64_t from = at;
    char *out = to;

    while (len > 0) {
        ssize_t got = read_some(file->fd, out, len, at);

        if (got < 0)
            return system_error(err, "read", path);
        if (got == 0)
            return base_error(err, VIV_EFORMAT,
                              "'%s' ends after %llu bytes, in the middle of "
                              "what begins at byte %llu",
                              path, (unsigned long long)at,
                              (unsigned long long)from);
        out += got;
        at += (uint64_t)got;
        len -= (size_t)got;
    }
    return 0;
}

void os_file_close(struct os_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* `*ret_bytes` is owned by the caller even on failure. */
static int read_whole(const struct os_file *file, const char *path,
                      uint64_t max, uint8_t **ret_bytes, viv_error *err)
{
    if (file->bytes > max)
        return base_error(
            err, VIV_EFORMAT, "'%s' has %llu bytes; %llu is the most", path,
            (unsigned long long)file->bytes, (unsigned long long)max);
    *ret_bytes = base_alloc((size_t)file->bytes + 1);
    if (*ret_bytes == NULL)
        return base_error_memory(err);
    return os_file_read(file, path, 0, *ret_bytes, (size_t)file->bytes, err);
}

int os_file_read_all(const char *path, uint64_t max, uint8_t **ret_bytes,
                     size_t *ret_len, viv_error *err)
{
    uint8_t *bytes = NULL;
    struct os_file file;
    int code;

    code = os_file_open(path, &file, err);
    if (code < 0)
        return code;
    code = read_whole(&file, path, max, &bytes, err);
    os_file_close(&file);
    if (code < 0) {
        base_free(bytes);
        return code;
    }
    *ret_bytes = bytes;
    *ret_len = (size_t)file.bytes;
    return 0;
}

/* ------------------------------------------------------------------------
 * Writing: a file without a name, or where the file system has no such thing,
 * a temporary one beside the target; then a name, and a rename over the target.
 * The name exists for a moment only: who is killed leaves nothing behind.
 */

/* It may end with pages that were left out. */
static bool fill(int fd, const void *bytes, size_t len)
{
    return os_page_write_sparse(fd, bytes, len) &&
           ftruncate(fd, (off_t)len) == 0 && !os_fail_now() && fsync(fd) == 0;
}

/* A file in the folder of `path` that has no name yet; -1 if that cannot be. */
static int open_nameless(const char *path, mode_t mode)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";

    if (slash != NULL)
        snprintf(folder, sizeof(folder), "%.*s",
                 slash == path ? 1 : (int)(slash - path), path);
    return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

/* Give `fd` the name, or if it is -1, make a file of that name; returns the
 * descriptor.  Fails with EEXIST when the name is taken. */
static int name_it(int fd, const char *name, mode_t mode)
{
    char nameless[32];

    if (fd < 0)
        return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    snprintf(nameless, sizeof(nameless), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, nameless, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
               ? fd
               : -1;
}

/* A name beside `path` that nobody has, for `fd` as above. */
static int name_beside(int fd, const char *path, mode_t mode,
                       char ret_name[PATH_MAX])
{
    int named = -1;

    for (int i = 0; named < 0 && i < TRIES; i++) {
        struct timespec now;
        uint32_t tag;

        clock_gettime(CLOCK_REALTIME, &now);
        tag = (uint32_t)now.tv_nsec * 4u + (uint32_t)getpid() * 2654435761u;
        snprintf(ret_name, PATH_MAX, "%s.%08x", path, (unsigned)tag);
        named = name_it(fd, ret_name, mode);
        if (named < 0 && errno != EEXIST)
            break;
    }
    return named;
}

/* Write, name, rename.  On failure errno says why, and only `fd` is left. */
static bool put_in_place(int *fd, const char *path, const void *bytes,
                         size_t len, mode_t mode)
{
    char temporary[PATH_MAX];
    bool late = *fd >= 0;
    int named, reason;

    if (late && !fill(*fd, bytes, len))
        return false;
    named = os_fail_now() ? -1 : name_beside(*fd, path, mode, temporary);
    if (named < 0)
        return false;
    *fd = named;
    if ((late || fill(named, bytes, len)) && !os_fail_now() &&
        rename(temporary, path) == 0)
        return true;
    reason = errno;
    unlink(temporary);
    errno = reason;
    return false;
}

int os_file_write(const char *path, const void *bytes, size_t len,
                  unsigned mode, viv_error *err)
{
    int fd, code = 0;

    if (strlen(path) + sizeof(".01234567") > PATH_MAX)
        return base_error(err, VIV_EIO, "the path '%.40s...' is too long",
                          path);
    fd = open_nameless(path, (mode_t)mode);
    if (!put_in_place(&fd, path, bytes, len, (mode_t)mode))
        code = system_error(err, "write", path);
    if (fd >= 0)
        close(fd);
    return code;
}
