/* os_fd.h - what can be done to an open file or directory.
 *
 * Floor 1.  Everything returns 0 or what it says, or a negative errno.
 * Descriptors come from os_beneath.h.  Reading and writing neither use nor move
 * the descriptor's own position, but for appending and listing.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_FD_H
#define OS_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum os_fd_type {
    OS_FD_FILE = 1,
    OS_FD_DIRECTORY,
    OS_FD_SYMLINK,
    OS_FD_OTHER /* FIFO, socket, device */
};

struct os_fd_facts {
    uint64_t dev, ino;
    uint64_t links;
    uint64_t bytes;
    uint64_t accessed, modified, changed; /* ns since 1970 */
    enum os_fd_type type;
};

/* What it is.  Also for descriptors that were opened to look. */
int os_fd_examine(int fd, struct os_fd_facts *ret_facts);

/* The same of what is in the directory `dir` by this name, which is a single
 * component, without slashes.  A link is not followed. */
int os_fd_examine_in(int dir, const char *name, struct os_fd_facts *ret_facts);

/* The most parts that can be read or written at once. */
#define OS_FD_PARTS_MAX 1024

/* Read or write at an offset; return how many bytes.  `count` is at most
 * OS_FD_PARTS_MAX. */
int64_t os_fd_read(int fd, const struct iovec *parts, int count, uint64_t at);
int64_t os_fd_write(int fd, const struct iovec *parts, int count, uint64_t at);

/* Write at the end, wherever that is by then: in one step.  `*ret_end` is the
 * offset behind what was written. */
int64_t os_fd_append(int fd, const struct iovec *parts, int count,
                     uint64_t *ret_end);

int os_fd_set_bytes(int fd, uint64_t bytes);

/* How large a file this process may make (ulimit -f).  The kernel enforces it
 * by a signal that ends the process, so ask first. */
uint64_t os_fd_bytes_max(void);

/* Have memory or disk for a part of the file, which grows if it must. */
int os_fd_allocate(int fd, uint64_t at, uint64_t len);

/* POSIX_FADV_NORMAL and so on, in their order. */
enum os_fd_advice {
    OS_FD_NORMAL,
    OS_FD_SEQUENTIAL,
    OS_FD_RANDOM,
    OS_FD_WILLNEED,
    OS_FD_DONTNEED,
    OS_FD_NOREUSE
};
int os_fd_advise(int fd, uint64_t at, uint64_t len, enum os_fd_advice advice);

/* All of it is on disk, or but what reading it back does not need. */
int os_fd_sync(int fd);
int os_fd_sync_data(int fd);

/* A time that stays as it is. */
#define OS_FD_KEEP UINT64_MAX

/* Also for descriptors that were opened to look, of links, too. */
int os_fd_set_times(int fd, uint64_t accessed, uint64_t modified);

/* Where the link leads that `fd` was opened to look at; returns its length,
 * cut to `size`.  No NUL is added. */
int64_t os_fd_read_link(int fd, char *to, size_t size);

/* ------------------------------------------------------------------------
 * Directories.
 */

struct os_fd_entry {
    const char *name; /* in the buffer, ends with a NUL */
    uint64_t ino;
    uint64_t next;        /* the cookie to go on from, behind this one */
    enum os_fd_type type; /* 0: the file system does not say */
};

/* Fill `buf` with entries from the cookie `from` on, 0 being the start; returns
 * how many bytes, 0 at the end.  Any other cookie than one that came from here
 * gives some entries, none, or -EINVAL. */
int64_t os_fd_list(int fd, uint64_t from, void *buf, size_t size);

/* The entry at `*at` of the `len` bytes that os_fd_list() filled in; moves
 * `*at` to the next.  False behind the last. */
bool os_fd_entry(const void *buf, size_t len, size_t *at,
                 struct os_fd_entry *ret_entry);

/* ------------------------------------------------------------------------
 * And the rest.
 */

/* The path by which the system knows `fd`, for sentences; "?" if it does not
 * say.  Cut to `size`, with a NUL. */
void os_fd_path(int fd, char *ret_path, size_t size);

/* One descriptor more of the same, which programs do not inherit; or a negative
 * errno. */
int os_fd_copy(int fd);

/* -1 is ignored. */
void os_fd_close(int fd);

#endif /* OS_FD_H */
