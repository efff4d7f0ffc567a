/* folder.h - a folder of the test's own, with a secret beside it.
 *
 *     top/            mkdtemp
 *         outside     a file that no guest must reach: "secret"
 *         in/         what guests are given
 *
 * Included by one test program at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char folder_top[PATH_MAX / 4];
static char folder_in[PATH_MAX / 3];

/* A path in `in`, good until the fourth next call. */
static inline const char *folder_path(const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", folder_in, name);
    return path;
}

static inline void folder_write(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    EXPECT(out != NULL);
    EXPECT(fputs(text, out) >= 0);
    EXPECT_EQ_INT(fclose(out), 0);
}

/* What the file `name` in `in` holds, up to 255 bytes. */
static inline const char *folder_read(const char *name)
{
    static char text[256];
    FILE *in = fopen(folder_path(name), "r");
    size_t len;

    EXPECT(in != NULL);
    len = fread(text, 1, sizeof(text) - 1, in);
    text[len] = '\0';
    fclose(in);
    return text;
}

static inline void folder_begin(void)
{
    const char *tmp = getenv("TMPDIR");
    char outside[PATH_MAX];

    umask(022);
    snprintf(folder_top, sizeof(folder_top), "%s/viv-test-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    EXPECT(mkdtemp(folder_top) != NULL);
    snprintf(folder_in, sizeof(folder_in), "%s/in", folder_top);
    EXPECT_EQ_INT(mkdir(folder_in, 0777), 0);
    snprintf(outside, sizeof(outside), "%s/outside", folder_top);
    folder_write(outside, "secret");
}

static inline int folder_remove_one(const char *path, const struct stat *st,
                                    int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

/* Removes it all, and asks that the secret still is one. */
static inline void folder_end(void)
{
    EXPECT_EQ_STR(folder_read("../outside"), "secret");
    EXPECT_EQ_INT(nftw(folder_top, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS),
                  0);
}

#endif /* FOLDER_H */
