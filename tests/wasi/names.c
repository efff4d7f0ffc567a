/* names.c - paths that are not what they seem.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static int open_raw(const char *path, size_t len)
{
    fd_t fd;
    int code = raw_path_open(ROOT, FOLLOW, path, (uint32_t)len, O_MAKE, R_FILE,
                             0, 0, &fd);

    if (code == 0)
        EXPECT_EQ(raw_fd_close(fd), ER_OK);
    return code;
}

/* `..` wherever it can be, and what it would be about. */
static void check_escapes(void)
{
    static const char *const outside[] = {
        "..",        "../",         "../x", "./..",         "d/../..",
        "d/../../x", "d/./../../x", "/",    "/x",           "//x",
        "/..",       "d/../../m/d", "../m", "d//..//..//x", "d/e/../../../x",
        "././../.",
    };
    struct filestat stat;
    uint32_t used;
    char buf[8];

    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        const char *path = outside[i];

        EXPECT_EQ(open_raw(path, strlen(path)), ER_NOTCAPABLE);
        EXPECT_EQ(stat_of(path, &stat), ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_create_directory(ROOT, PATH(path)), ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_remove_directory(ROOT, PATH(path)), ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_unlink_file(ROOT, PATH(path)), ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_readlink(ROOT, PATH(path), buf, 8, &used),
                  ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, PATH(path), 0, 0, 0),
                  ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_rename(ROOT, PATH("d"), ROOT, PATH(path)),
                  ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_rename(ROOT, PATH(path), ROOT, PATH("x")),
                  ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_link(ROOT, 0, PATH(path), ROOT, PATH("x")),
                  ER_NOTCAPABLE);
        EXPECT_EQ(raw_path_symlink(PATH("x"), ROOT, PATH(path)), ER_NOTCAPABLE);
    }
}

static void check_inside(void)
{
    struct filestat root, stat;

    EXPECT_EQ(stat_of(".", &root), ER_OK);
    EXPECT_EQ(stat_of("d/..", &stat), ER_OK);
    EXPECT_EQ(stat.ino, root.ino);
    EXPECT_EQ(stat_of("d/./../d/../.", &stat), ER_OK);
    EXPECT_EQ(stat.ino, root.ino);
    EXPECT_EQ(stat_of("d//e//", &stat), ER_OK);
    EXPECT_EQ(stat_of("no/..", &stat), ER_NOENT);
}

static void check_contents(void)
{
    EXPECT_EQ(open_raw("", 0), ER_NOENT);
    EXPECT_EQ(open_raw("a\0b", 3), ER_INVAL);
    EXPECT_EQ(open_raw("a\0", 2), ER_INVAL);
    EXPECT_EQ(open_raw("\0", 1), ER_INVAL);
    EXPECT_EQ(open_raw("a\xff", 2), ER_ILSEQ);
    EXPECT_EQ(open_raw("\xc0\xae\xc0\xae/x", 6), ER_ILSEQ); /* ".." too long */
    EXPECT_EQ(open_raw("\xed\xa0\x80", 3), ER_ILSEQ);       /* half a pair */
    EXPECT_EQ(open_raw("a\nb", 3), ER_OK);
    EXPECT_EQ(open_raw("\x1b[31m", 5), ER_OK);
    EXPECT_EQ(open_raw("a\\b", 3), ER_OK);
    EXPECT_EQ(open_raw("...", 3), ER_OK);
    EXPECT_EQ(open_raw("\xf0\x9f\x90\x8d", 4), ER_OK);
    EXPECT_EQ(raw_path_unlink_file(ROOT, PATH("a\nb")), ER_OK);
}

static void check_lengths(void)
{
    static char path[8192];

    memset(path, 'x', 255);
    EXPECT_EQ(open_raw(path, 255), ER_OK);
    path[255] = 'x';
    EXPECT_EQ(open_raw(path, 256), ER_NAMETOOLONG);
    for (size_t i = 0; i < sizeof(path); i += 2)
        memcpy(path + i, "./", 2);
    memcpy(path + 4094, "y", 1);
    EXPECT_EQ(open_raw(path, 4095), ER_OK);
    EXPECT_EQ(open_raw(path, 4096), ER_NAMETOOLONG);
    EXPECT_EQ(open_raw(path, 8192), ER_NAMETOOLONG);
    EXPECT_EQ(open_raw(path, UINT32_MAX), ER_FAULT);
}

/* A slash at the end asks for a directory. */
static void check_slashes(void)
{
    struct filestat stat;
    fd_t fd;

    make_file("f", "");
    EXPECT_EQ(stat_of("f/", &stat), ER_NOTDIR);
    EXPECT_EQ(stat_of("f/.", &stat), ER_NOTDIR);
    EXPECT_EQ(stat_of("f/..", &stat), ER_NOTDIR);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("f/"), ROOT, PATH("g")), ER_NOTDIR);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("f"), ROOT, PATH("g/")), ER_NOTDIR);
    EXPECT_EQ(raw_path_unlink_file(ROOT, PATH("f/")), ER_NOTDIR);
    EXPECT_EQ(try_open("new/", O_MAKE, R_FILE, 0, &fd), ER_ISDIR);
    expect_gone("new");
    EXPECT_EQ(raw_path_rename(ROOT, PATH("d/"), ROOT, PATH("h/")), ER_OK);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("h"), ROOT, PATH("d")), ER_OK);
}

int main(void)
{
    EXPECT_EQ(raw_path_create_directory(ROOT, PATH("d")), ER_OK);
    EXPECT_EQ(raw_path_create_directory(ROOT, PATH("d/e")), ER_OK);
    check_escapes();
    check_inside();
    check_contents();
    check_lengths();
    check_slashes();
    return 0;
}
