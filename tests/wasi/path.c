/* path.c - everything that can be done by path.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static int make_dir(const char *path)
{
    return raw_path_create_directory(ROOT, PATH(path));
}

static int remove_dir(const char *path)
{
    return raw_path_remove_directory(ROOT, PATH(path));
}

static int unlink_file(const char *path)
{
    return raw_path_unlink_file(ROOT, PATH(path));
}

static int rename_it(const char *old, const char *path)
{
    return raw_path_rename(ROOT, PATH(old), ROOT, PATH(path));
}

static int link_it(const char *old, const char *path)
{
    return raw_path_link(ROOT, 0, PATH(old), ROOT, PATH(path));
}

static int symlink_it(const char *target, const char *path)
{
    return raw_path_symlink(PATH(target), ROOT, PATH(path));
}

static void check_opening(void)
{
    fd_t fd;

    EXPECT_EQ(try_open("f", 0, R_FILE, 0, &fd), ER_NOENT);
    EXPECT_EQ(try_open("f", O_MAKE | O_NEW, R_FILE, 0, &fd), ER_OK);
    EXPECT_EQ(write_text(fd, "abc"), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(try_open("f", O_MAKE | O_NEW, R_FILE, 0, &fd), ER_EXIST);
    EXPECT_EQ(try_open("f", O_DIR, R_READ, 0, &fd), ER_NOTDIR);
    EXPECT_EQ(try_open("f/", 0, R_READ, 0, &fd), ER_NOTDIR);
    EXPECT_EQ(try_open("f/x", 0, R_READ, 0, &fd), ER_NOTDIR);
    EXPECT_EQ(try_open("f", 16, R_READ, 0, &fd), ER_INVAL);
    EXPECT_EQ(try_open("f", 0, R_READ, 1 << 5, &fd), ER_INVAL);
    EXPECT_EQ(raw_path_open(ROOT, 2, PATH("f"), 0, R_READ, 0, 0, &fd),
              ER_INVAL);
    expect_text("f", "abc");
    EXPECT_EQ(try_open("f", O_CUT, R_FILE, 0, &fd), ER_OK);
    expect_bytes(fd, 0, "");
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(raw_path_open(0, 0, PATH("f"), 0, R_READ, 0, 0, &fd), ER_NOTDIR);
    fd = open_file("f", 0);
    EXPECT_EQ(raw_path_open(fd, 0, PATH("f"), 0, R_READ, 0, 0, &fd), ER_NOTDIR);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(unlink_file("f"), ER_OK);
}

static void check_directories(void)
{
    fd_t fd, root;

    EXPECT_EQ(make_dir("d"), ER_OK);
    EXPECT_EQ(make_dir("d"), ER_EXIST);
    EXPECT_EQ(make_dir("no/d"), ER_NOENT);
    EXPECT_EQ(make_dir("d/e/"), ER_OK);
    EXPECT_EQ(type_of("d/e"), T_DIR);
    EXPECT_EQ(remove_dir("d"), ER_NOTEMPTY);
    EXPECT_EQ(unlink_file("d/e"), ER_ISDIR);
    EXPECT_EQ(remove_dir("d/e/"), ER_OK);
    EXPECT_EQ(remove_dir("d/e"), ER_NOENT);
    EXPECT_EQ(try_open("d", 0, R_FILE, 0, &fd), ER_ISDIR);
    EXPECT_EQ(try_open("d", O_DIR, R_READDIR, 0, &fd), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    fd = open_dir("d");
    EXPECT_EQ(raw_path_create_directory(fd, PATH("below")), ER_OK);
    EXPECT_EQ(type_of("d/below"), T_DIR);
    EXPECT_EQ(raw_path_create_directory(fd, PATH("../side")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_open(fd, 0, PATH(".."), O_DIR, R_READDIR, 0, 0, &root),
              ER_NOTCAPABLE);
    EXPECT_EQ(remove_dir("d/below"), ER_OK);
    EXPECT_EQ(remove_dir("d"), ER_OK); /* though it is open */
    EXPECT_EQ(raw_path_create_directory(fd, PATH("below")), ER_NOENT);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    make_file("f", "");
    EXPECT_EQ(make_dir("f"), ER_EXIST);
    EXPECT_EQ(remove_dir("f"), ER_NOTDIR);
    EXPECT_EQ(unlink_file("f/"), ER_NOTDIR);
    EXPECT_EQ(unlink_file("f"), ER_OK);
    EXPECT_EQ(unlink_file("f"), ER_NOENT);
}

static void check_open_and_gone(void)
{
    fd_t fd;
    struct filestat stat;

    make_file("f", "still here");
    fd = open_file("f", 0);
    EXPECT_EQ(unlink_file("f"), ER_OK);
    expect_gone("f");
    expect_bytes(fd, 0, "still here");
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.links, 0);
    make_file("f", "another");
    expect_bytes(fd, 0, "still here");
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(unlink_file("f"), ER_OK);
}

static void check_links(void)
{
    struct filestat one, other;

    make_file("f", "text");
    EXPECT_EQ(make_dir("d"), ER_OK);
    EXPECT_EQ(link_it("f", "d/g"), ER_OK);
    EXPECT_EQ(stat_of("f", &one), ER_OK);
    EXPECT_EQ(stat_of("d/g", &other), ER_OK);
    EXPECT_EQ(one.ino, other.ino);
    EXPECT_EQ(one.links, 2);
    EXPECT_EQ(link_it("f", "d/g"), ER_EXIST);
    EXPECT_EQ(link_it("no", "x"), ER_NOENT);
    EXPECT_EQ(link_it("f", "no/x"), ER_NOENT);
    EXPECT_EQ(link_it("d", "x"), ER_PERM);
    EXPECT_EQ(link_it("f", "../x"), ER_NOTCAPABLE);
    EXPECT_EQ(link_it("../f", "x"), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_link(ROOT, FOLLOW, PATH("f"), ROOT, PATH("x")),
              ER_INVAL);
    EXPECT_EQ(raw_path_link(ROOT, 2, PATH("f"), ROOT, PATH("x")), ER_INVAL);
    EXPECT_EQ(unlink_file("f"), ER_OK);
    expect_text("d/g", "text");
    EXPECT_EQ(unlink_file("d/g"), ER_OK);
    EXPECT_EQ(remove_dir("d"), ER_OK);
}

static void check_symlinks(void)
{
    char target[8] = "";
    uint32_t used;
    fd_t fd;

    make_file("f", "text");
    EXPECT_EQ(symlink_it("f", "s"), ER_OK);
    EXPECT_EQ(symlink_it("f", "s"), ER_EXIST);
    EXPECT_EQ(type_of("s"), T_LINK);
    expect_text("s", "text");
    EXPECT_EQ(try_open("s", 0, R_READ, 0, &fd), ER_LOOP);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("s"), target, 8, &used), ER_OK);
    EXPECT_EQ(used, 1);
    EXPECT(strcmp(target, "f") == 0);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("f"), target, 8, &used), ER_INVAL);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("no"), target, 8, &used), ER_NOENT);
    EXPECT_EQ(symlink_it("0123456789", "long"), ER_OK);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("long"), target, 4, &used), ER_OK);
    EXPECT_EQ(used, 4);
    EXPECT(memcmp(target, "0123", 4) == 0);
    EXPECT_EQ(unlink_file("long"), ER_OK);

    EXPECT_EQ(symlink_it("/etc/passwd", "abs"), ER_NOTCAPABLE);
    EXPECT_EQ(symlink_it("../../etc/passwd", "out"), ER_OK);
    EXPECT_EQ(raw_path_open(ROOT, FOLLOW, PATH("out"), 0, R_READ, 0, 0, &fd),
              ER_NOTCAPABLE);
    EXPECT_EQ(unlink_file("out"), ER_OK);
    EXPECT_EQ(symlink_it("loop", "loop"), ER_OK);
    EXPECT_EQ(raw_path_open(ROOT, FOLLOW, PATH("loop"), 0, R_READ, 0, 0, &fd),
              ER_LOOP);
    EXPECT_EQ(unlink_file("loop"), ER_OK);
    EXPECT_EQ(symlink_it("no", "dangling"), ER_OK);
    EXPECT_EQ(
        raw_path_open(ROOT, FOLLOW, PATH("dangling"), 0, R_READ, 0, 0, &fd),
        ER_NOENT);
    EXPECT_EQ(unlink_file("dangling"), ER_OK);
    EXPECT_EQ(unlink_file("s"), ER_OK);
    EXPECT_EQ(unlink_file("f"), ER_OK);
}

static void check_renames(void)
{
    make_file("f", "one");
    make_file("g", "two");
    EXPECT_EQ(make_dir("d"), ER_OK);
    EXPECT_EQ(make_dir("e"), ER_OK);
    EXPECT_EQ(rename_it("f", "g"), ER_OK);
    expect_gone("f");
    expect_text("g", "one");
    EXPECT_EQ(rename_it("g", "d/f"), ER_OK);
    expect_text("d/f", "one");
    EXPECT_EQ(rename_it("d/f", "d/f"), ER_OK);
    EXPECT_EQ(rename_it("no", "x"), ER_NOENT);
    EXPECT_EQ(rename_it("d/f", "no/x"), ER_NOENT);
    EXPECT_EQ(rename_it("e", "d/f"), ER_NOTDIR);
    EXPECT_EQ(rename_it("d/f", "e"), ER_ISDIR);
    EXPECT_EQ(rename_it("e", "d"), ER_NOTEMPTY);
    EXPECT_EQ(rename_it("d", "e"), ER_OK);
    expect_text("e/f", "one");
    EXPECT_EQ(rename_it("e", "e/below"), ER_INVAL);
    EXPECT_EQ(rename_it("e", "../x"), ER_NOTCAPABLE);
    EXPECT_EQ(rename_it("../x", "e"), ER_NOTCAPABLE);
    EXPECT_EQ(unlink_file("e/f"), ER_OK);
    EXPECT_EQ(remove_dir("e"), ER_OK);
}

static void check_stat(void)
{
    struct filestat stat;

    make_file("f", "text");
    EXPECT_EQ(symlink_it("f", "s"), ER_OK);
    EXPECT_EQ(raw_path_filestat_get(ROOT, FOLLOW, PATH("s"), &stat), ER_OK);
    EXPECT_EQ(stat.type, T_FILE);
    EXPECT_EQ(stat.bytes, 4);
    EXPECT_EQ(raw_path_filestat_get(ROOT, 0, PATH("s"), &stat), ER_OK);
    EXPECT_EQ(stat.type, T_LINK);
    EXPECT_EQ(raw_path_filestat_get(ROOT, 2, PATH("s"), &stat), ER_INVAL);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, FOLLOW, PATH("s"), 7000, 8000,
                                          SET_ATIM | SET_MTIM),
              ER_OK);
    EXPECT_EQ(stat_of("f", &stat), ER_OK);
    EXPECT_EQ(stat.accessed, 7000);
    EXPECT_EQ(stat.modified, 8000);
    EXPECT_EQ(
        raw_path_filestat_set_times(ROOT, 0, PATH("s"), 0, 9000, SET_MTIM),
        ER_OK);
    EXPECT_EQ(stat_of("s", &stat), ER_OK);
    EXPECT_EQ(stat.modified, 9000);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, PATH("f"), 1, 1,
                                          SET_MTIM | SET_MTIM_NOW),
              ER_INVAL);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, PATH("f"), 1, 1, 16),
              ER_INVAL);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, PATH("no"), 1, 1, 0),
              ER_NOENT);
    EXPECT_EQ(unlink_file("s"), ER_OK);
    EXPECT_EQ(unlink_file("f"), ER_OK);
}

int main(void)
{
    check_opening();
    check_directories();
    check_open_and_gone();
    check_links();
    check_symlinks();
    check_renames();
    check_stat();
    return 0;
}
