/* check.h - what the programs of this suite are written with.
 *
 * A program is right if it ends with 0.  The first thing that is not as it
 * should be is printed, with both values, and ends it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

#define EXPECT_EQ(a, b)                                                        \
    check_equal(__FILE__, __LINE__, #a " == " #b, (int64_t)(a), (int64_t)(b))
#define EXPECT(condition)                                                      \
    check_equal(__FILE__, __LINE__, #condition, !!(condition), 1)

static inline void check_equal(const char *file, int line, const char *words,
                               int64_t a, int64_t b)
{
    if (a == b)
        return;
    fprintf(stderr, "%s:%d: expected %s: %lld, not %lld\n", file, line, words,
            (long long)a, (long long)b);
    exit(1);
}

/* Somewhere beyond memory, whatever its size. */
#define NOWHERE(type) ((type)(uintptr_t)0xfffffff0u)

/* The first mount. */
#define ROOT ((fd_t)3)

#define PATH(text) text, (uint32_t)strlen(text)

/* ------------------------------------------------------------------------
 * Steps.
 */

/* Open `path` in ROOT; returns the error. */
static inline int try_open(const char *path, uint32_t how, uint64_t rights,
                           uint32_t fd_flags, fd_t *fd)
{
    return raw_path_open(ROOT, 0, PATH(path), how, rights, 0, fd_flags, fd);
}

static inline fd_t open_file(const char *path, uint32_t how)
{
    fd_t fd = 0;

    EXPECT_EQ(try_open(path, how, R_FILE, 0, &fd), ER_OK);
    EXPECT(fd > 3);
    return fd;
}

/* A directory with all its rights. */
static inline fd_t open_dir(const char *path)
{
    struct fdstat stat;
    fd_t fd;

    EXPECT_EQ(raw_fd_fdstat_get(ROOT, &stat), ER_OK);
    EXPECT_EQ(raw_path_open(ROOT, 0, PATH(path), O_DIR, stat.rights,
                            stat.inheriting, 0, &fd),
              ER_OK);
    return fd;
}

static inline int write_text(fd_t fd, const char *text)
{
    struct part part = {text, (uint32_t)strlen(text)};
    uint32_t done = 0;
    int code = raw_fd_write(fd, &part, 1, &done);

    if (code == 0)
        EXPECT_EQ(done, part.len);
    return code;
}

/* A file of this contents. */
static inline void make_file(const char *path, const char *text)
{
    fd_t fd = open_file(path, O_MAKE | O_CUT);

    EXPECT_EQ(write_text(fd, text), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

/* All of the open file from `at` on, which is `text`. */
static inline void expect_bytes(fd_t fd, uint64_t at, const char *text)
{
    char bytes[256];
    struct part part = {bytes, sizeof(bytes)};
    uint32_t done = 0;

    EXPECT_EQ(raw_fd_pread(fd, &part, 1, at, &done), ER_OK);
    EXPECT_EQ(done, strlen(text));
    EXPECT(memcmp(bytes, text, done) == 0);
}

static inline void expect_text(const char *path, const char *text)
{
    fd_t fd;

    EXPECT_EQ(
        raw_path_open(ROOT, FOLLOW, PATH(path), 0, R_READ | R_SEEK, 0, 0, &fd),
        ER_OK);
    expect_bytes(fd, 0, text);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

/* What is there, without following a link; returns the error. */
static inline int stat_of(const char *path, struct filestat *stat)
{
    return raw_path_filestat_get(ROOT, 0, PATH(path), stat);
}

static inline int type_of(const char *path)
{
    struct filestat stat;

    EXPECT_EQ(stat_of(path, &stat), ER_OK);
    return stat.type;
}

static inline void expect_gone(const char *path)
{
    struct filestat stat;

    EXPECT_EQ(stat_of(path, &stat), ER_NOENT);
}

#endif /* CHECK_H */
