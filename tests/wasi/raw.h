/* raw.h - preview 1 as it is, for programs that test it.
 *
 * The C library hides half of it: lengths of paths, flags that are not allowed,
 * pointers to nowhere.  So the functions are imported here once more, by their
 * own names with `raw_` in front, and with every parameter of theirs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RAW_H
#define RAW_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t fd_t;

/* Error numbers. */
enum {
    ER_OK = 0,
    ER_2BIG = 1,
    ER_ACCES = 2,
    ER_AGAIN = 6,
    ER_BADF = 8,
    ER_BUSY = 10,
    ER_EXIST = 20,
    ER_FAULT = 21,
    ER_FBIG = 22,
    ER_ILSEQ = 25,
    ER_INVAL = 28,
    ER_IO = 29,
    ER_ISDIR = 31,
    ER_LOOP = 32,
    ER_MFILE = 33,
    ER_NAMETOOLONG = 37,
    ER_NODEV = 43,
    ER_NOENT = 44,
    ER_NOMEM = 48,
    ER_NOSPC = 51,
    ER_NOTDIR = 54,
    ER_NOTEMPTY = 55,
    ER_NOTSOCK = 57,
    ER_NOTSUP = 58,
    ER_OVERFLOW = 61,
    ER_PERM = 63,
    ER_PIPE = 64,
    ER_ROFS = 69,
    ER_SPIPE = 70,
    ER_XDEV = 75,
    ER_NOTCAPABLE = 76
};

enum { FOLLOW = 1 };
enum { O_MAKE = 1, O_DIR = 2, O_NEW = 4, O_CUT = 8 };
enum { F_APPEND = 1, F_DSYNC = 2, F_NONBLOCK = 4, F_RSYNC = 8, F_SYNC = 16 };
enum { SET_ATIM = 1, SET_ATIM_NOW = 2, SET_MTIM = 4, SET_MTIM_NOW = 8 };
enum { FROM_START, FROM_HERE, FROM_END };
enum { T_UNKNOWN = 0, T_CHAR = 2, T_DIR = 3, T_FILE = 4, T_LINK = 7 };

#define RIGHT(n)      ((uint64_t)1 << (n))
#define R_DATASYNC    RIGHT(0)
#define R_READ        RIGHT(1)
#define R_SEEK        RIGHT(2)
#define R_SET_FLAGS   RIGHT(3)
#define R_SYNC        RIGHT(4)
#define R_TELL        RIGHT(5)
#define R_WRITE       RIGHT(6)
#define R_ADVISE      RIGHT(7)
#define R_ALLOCATE    RIGHT(8)
#define R_MAKE_DIR    RIGHT(9)
#define R_MAKE_FILE   RIGHT(10)
#define R_LINK_FROM   RIGHT(11)
#define R_LINK_TO     RIGHT(12)
#define R_OPEN        RIGHT(13)
#define R_READDIR     RIGHT(14)
#define R_READLINK    RIGHT(15)
#define R_RENAME_FROM RIGHT(16)
#define R_RENAME_TO   RIGHT(17)
#define R_PATH_STAT   RIGHT(18)
#define R_PATH_SIZE   RIGHT(19)
#define R_PATH_TIMES  RIGHT(20)
#define R_STAT        RIGHT(21)
#define R_SIZE        RIGHT(22)
#define R_TIMES       RIGHT(23)
#define R_SYMLINK     RIGHT(24)
#define R_RMDIR       RIGHT(25)
#define R_UNLINK      RIGHT(26)
#define R_POLL        RIGHT(27)

/* Everything that is of use for a file. */
#define R_FILE                                                                 \
    (R_DATASYNC | R_READ | R_SEEK | R_SET_FLAGS | R_SYNC | R_TELL | R_WRITE |  \
     R_ADVISE | R_ALLOCATE | R_STAT | R_SIZE | R_TIMES | R_POLL)

struct fdstat {
    uint8_t type;
    uint16_t flags;
    uint64_t rights, inheriting;
};

struct filestat {
    uint64_t dev, ino;
    uint8_t type;
    uint64_t links, bytes, accessed, modified, changed;
};

struct prestat {
    uint8_t tag;
    uint32_t name_len;
};

struct dirent1 {
    uint64_t next, ino;
    uint32_t name_len;
    uint8_t type;
};

struct part {
    const void *at;
    uint32_t len;
};

struct subscription {
    uint64_t userdata;
    uint8_t type;
    _Alignas(8) uint32_t what; /* clock or descriptor */
    uint64_t timeout, precision;
    uint16_t flags;
};

struct event {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint64_t bytes;
    uint16_t flags;
};

_Static_assert(sizeof(struct fdstat) == 24 && sizeof(struct filestat) == 64 &&
                   sizeof(struct dirent1) == 24 &&
                   sizeof(struct subscription) == 48 &&
                   sizeof(struct event) == 32,
               "the specification's sizes");

#define RAW(name)                                                              \
    __attribute__((import_module("wasi_snapshot_preview1"),                    \
                   import_name(#name))) int raw_##name

RAW(args_get)(char **pointers, char *bytes);
RAW(args_sizes_get)(uint32_t *count, uint32_t *bytes);
RAW(environ_get)(char **pointers, char *bytes);
RAW(environ_sizes_get)(uint32_t *count, uint32_t *bytes);
RAW(clock_res_get)(uint32_t clock, uint64_t *ns);
RAW(clock_time_get)(uint32_t clock, uint64_t precision, uint64_t *ns);
RAW(fd_advise)(fd_t fd, uint64_t at, uint64_t len, uint32_t advice);
RAW(fd_allocate)(fd_t fd, uint64_t at, uint64_t len);
RAW(fd_close)(fd_t fd);
RAW(fd_datasync)(fd_t fd);
RAW(fd_fdstat_get)(fd_t fd, struct fdstat *fdstat);
RAW(fd_fdstat_set_flags)(fd_t fd, uint32_t flags);
RAW(fd_fdstat_set_rights)(fd_t fd, uint64_t rights, uint64_t inheriting);
RAW(fd_filestat_get)(fd_t fd, struct filestat *filestat);
RAW(fd_filestat_set_size)(fd_t fd, uint64_t bytes);
RAW(fd_filestat_set_times)
(fd_t fd, uint64_t accessed, uint64_t modified, uint32_t which);
RAW(fd_pread)
(fd_t fd, const struct part *parts, uint32_t count, uint64_t at,
 uint32_t *done);
RAW(fd_prestat_get)(fd_t fd, struct prestat *prestat);
RAW(fd_prestat_dir_name)(fd_t fd, char *path, uint32_t len);
RAW(fd_pwrite)
(fd_t fd, const struct part *parts, uint32_t count, uint64_t at,
 uint32_t *done);
RAW(fd_read)(fd_t fd, const struct part *parts, uint32_t count, uint32_t *done);
RAW(fd_readdir)
(fd_t fd, void *buf, uint32_t len, uint64_t from, uint32_t *used);
RAW(fd_renumber)(fd_t from, fd_t to);
RAW(fd_seek)(fd_t fd, int64_t by, uint32_t whence, uint64_t *at);
RAW(fd_sync)(fd_t fd);
RAW(fd_tell)(fd_t fd, uint64_t *at);
RAW(fd_write)
(fd_t fd, const struct part *parts, uint32_t count, uint32_t *done);
RAW(path_create_directory)(fd_t fd, const char *path, uint32_t len);
RAW(path_filestat_get)
(fd_t fd, uint32_t flags, const char *path, uint32_t len,
 struct filestat *filestat);
RAW(path_filestat_set_times)
(fd_t fd, uint32_t flags, const char *path, uint32_t len, uint64_t accessed,
 uint64_t modified, uint32_t which);
RAW(path_link)
(fd_t old_fd, uint32_t flags, const char *old, uint32_t old_len, fd_t fd,
 const char *path, uint32_t len);
RAW(path_open)
(fd_t fd, uint32_t flags, const char *path, uint32_t len, uint32_t how,
 uint64_t rights, uint64_t inheriting, uint32_t fd_flags, fd_t *opened);
RAW(path_readlink)
(fd_t fd, const char *path, uint32_t len, char *buf, uint32_t size,
 uint32_t *used);
RAW(path_remove_directory)(fd_t fd, const char *path, uint32_t len);
RAW(path_rename)
(fd_t old_fd, const char *old, uint32_t old_len, fd_t fd, const char *path,
 uint32_t len);
RAW(path_symlink)
(const char *target, uint32_t target_len, fd_t fd, const char *path,
 uint32_t len);
RAW(path_unlink_file)(fd_t fd, const char *path, uint32_t len);
RAW(poll_oneoff)
(const struct subscription *in, struct event *out, uint32_t count,
 uint32_t *events);
RAW(proc_raise)(uint32_t signal);
RAW(sched_yield)(void);
RAW(random_get)(void *buf, uint32_t len);
RAW(sock_accept)(fd_t fd, uint32_t flags, fd_t *accepted);
RAW(sock_recv)
(fd_t fd, const struct part *parts, uint32_t count, uint32_t flags,
 uint32_t *done, uint16_t *out_flags);
RAW(sock_send)
(fd_t fd, const struct part *parts, uint32_t count, uint32_t flags,
 uint32_t *done);
RAW(sock_shutdown)(fd_t fd, uint32_t how);

#endif /* RAW_H */
