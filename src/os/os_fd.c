/* os_fd.c - what can be done to an open file or directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* pwritev2, fallocate, AT_EMPTY_PATH */
#include "os/os_fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/os_clock.h"
#include "os/os_fail.h"

#define NS_PER_S 1000000000u

static int result(int code)
{
    return code == 0 ? 0 : -errno;
}

/* ------------------------------------------------------------------------
 * What it is.
 */

static enum os_fd_type type_of(mode_t mode)
{
    if (S_ISREG(mode))
        return OS_FD_FILE;
    if (S_ISDIR(mode))
        return OS_FD_DIRECTORY;
    if (S_ISLNK(mode))
        return OS_FD_SYMLINK;
    return OS_FD_OTHER;
}

/* What was before 1970 is said to be of 1970. */
static uint64_t ns_of(struct timespec time)
{
    if (time.tv_sec < 0)
        return 0;
    return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

static struct os_fd_facts facts_of(const struct stat *st)
{
    return (struct os_fd_facts){
        .dev = st->st_dev,
        .ino = st->st_ino,
        .links = st->st_nlink,
        .bytes = (uint64_t)st->st_size,
        .accessed = ns_of(st->st_atim),
        .modified = ns_of(st->st_mtim),
        .changed = ns_of(st->st_ctim),
        .type = type_of(st->st_mode),
    };
}

int os_fd_examine(int fd, struct os_fd_facts *ret_facts)
{
    struct stat st;

    if (os_fail_now() || fstat(fd, &st) != 0)
        return -errno;
    *ret_facts = facts_of(&st);
    return 0;
}

int os_fd_examine_in(int dir, const char *name, struct os_fd_facts *ret_facts)
{
    struct stat st;

    if (os_fail_now() || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return -errno;
    *ret_facts = facts_of(&st);
    return 0;
}

/* ------------------------------------------------------------------------
 * Bytes.
 */

/* A single part does without the call that fetches a list of them, which takes
 * 60 ns longer: a sixth of a small read. */
static ssize_t read_at(int fd, const struct iovec *parts, int count, off_t at)
{
    if (os_fail_now())
        return -1;
    return count == 1 ? pread(fd, parts->iov_base, parts->iov_len, at)
                      : preadv(fd, parts, count, at);
}

static ssize_t write_at(int fd, const struct iovec *parts, int count, off_t at)
{
    if (os_fail_now())
        return -1;
    return count == 1 ? pwrite(fd, parts->iov_base, parts->iov_len, at)
                      : pwritev(fd, parts, count, at);
}

int64_t os_fd_read(int fd, const struct iovec *parts, int count, uint64_t at)
{
    ssize_t got;

    do {
        got = read_at(fd, parts, count, (off_t)at);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

int64_t os_fd_write(int fd, const struct iovec *parts, int count, uint64_t at)
{
    ssize_t put;

    do {
        put = write_at(fd, parts, count, (off_t)at);
    } while (put < 0 && errno == EINTR);
    return put < 0 ? -errno : put;
}

/* With -1 as its offset the call moves the descriptor's position, which then
 * says where the end was. */
int64_t os_fd_append(int fd, const struct iovec *parts, int count,
                     uint64_t *ret_end)
{
    ssize_t put;
    off_t end;

    do {
        put = os_fail_now() ? -1 : pwritev2(fd, parts, count, -1, RWF_APPEND);
    } while (put < 0 && errno == EINTR);
    if (put < 0)
        return -errno;
    end = lseek(fd, 0, SEEK_CUR);
    if (end < 0)
        return -errno;
    *ret_end = (uint64_t)end;
    return put;
}

int os_fd_set_bytes(int fd, uint64_t bytes)
{
    return result(os_fail_now() ? -1 : ftruncate(fd, (off_t)bytes));
}

uint64_t os_fd_bytes_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur > INT64_MAX)
        return INT64_MAX;
    return limit.rlim_cur;
}

int os_fd_allocate(int fd, uint64_t at, uint64_t len)
{
    int code;

    do {
        code = os_fail_now() ? -1 : fallocate(fd, 0, (off_t)at, (off_t)len);
    } while (code != 0 && errno == EINTR);
    return result(code);
}

int os_fd_advise(int fd, uint64_t at, uint64_t len, enum os_fd_advice advice)
{
    static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL,
                                  POSIX_FADV_RANDOM,   POSIX_FADV_WILLNEED,
                                  POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};

    if (os_fail_now())
        return -errno;
    return -posix_fadvise(fd, (off_t)at, (off_t)len, advices[advice]);
}

int os_fd_sync(int fd)
{
    return result(os_fail_now() ? -1 : fsync(fd));
}

int os_fd_sync_data(int fd)
{
    return result(os_fail_now() ? -1 : fdatasync(fd));
}

/* ------------------------------------------------------------------------
 * Times and links.
 */

static struct timespec timespec_of(uint64_t ns)
{
    if (ns == OS_FD_KEEP)
        return (struct timespec){0, UTIME_OMIT};
    return os_clock_timespec(ns);
}

int os_fd_set_times(int fd, uint64_t accessed, uint64_t modified)
{
    struct timespec times[] = {timespec_of(accessed), timespec_of(modified)};

    return result(os_fail_now() ? -1 : utimensat(fd, "", times, AT_EMPTY_PATH));
}

int64_t os_fd_read_link(int fd, char *to, size_t size)
{
    ssize_t len = os_fail_now() ? -1 : readlinkat(fd, "", to, size);

    return len < 0 ? -errno : len;
}

/* ------------------------------------------------------------------------
 * Directories.
 */

/* What the kernel writes.  The C library's own struct is as long as the longest
 * name; this one ends where its name does. */
struct record {
    uint64_t ino;
    int64_t off;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

int64_t os_fd_list(int fd, uint64_t from, void *buf, size_t size)
{
    long got;

    if (from > INT64_MAX)
        return -EINVAL;
    if (os_fail_now() || lseek(fd, (off_t)from, SEEK_SET) < 0)
        return -errno;
    if (os_fail_now())
        return -errno;
    got = syscall(SYS_getdents64, fd, buf, size);
    return got < 0 ? -errno : got;
}

static enum os_fd_type type_of_entry(uint8_t type)
{
    switch (type) {
    case DT_REG:
        return OS_FD_FILE;
    case DT_DIR:
        return OS_FD_DIRECTORY;
    case DT_LNK:
        return OS_FD_SYMLINK;
    case DT_UNKNOWN:
        return 0;
    default:
        return OS_FD_OTHER;
    }
}

bool os_fd_entry(const void *buf, size_t len, size_t *at,
                 struct os_fd_entry *ret_entry)
{
    const char *from = (const char *)buf + *at;
    struct record record;

    if (*at >= len)
        return false;
    memcpy(&record, from, offsetof(struct record, name));
    *ret_entry = (struct os_fd_entry){
        .name = from + offsetof(struct record, name),
        .ino = record.ino,
        .next = (uint64_t)record.off,
        .type = type_of_entry(record.type),
    };
    *at += record.bytes;
    return true;
}

/* ------------------------------------------------------------------------
 * And the rest.
 */

void os_fd_path(int fd, char *ret_path, size_t size)
{
    char name[32];
    ssize_t len;

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    len = readlink(name, ret_path, size - 1);
    if (len < 0) {
        snprintf(ret_path, size, "?");
        return;
    }
    ret_path[len] = '\0';
}

int os_fd_copy(int fd)
{
    int copy = os_fail_now() ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

    return copy < 0 ? -errno : copy;
}

void os_fd_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
