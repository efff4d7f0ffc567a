/* rights.c - rights are given up, passed on, and looked at each time.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check_inheriting(void)
{
    struct fdstat stat;
    fd_t dir = open_dir("d"), fd;

    EXPECT_EQ(raw_fd_fdstat_get(dir, &stat), ER_OK);
    EXPECT_EQ(
        raw_fd_fdstat_set_rights(dir, stat.rights, stat.inheriting & ~R_WRITE),
        ER_OK);
    EXPECT_EQ(raw_path_open(dir, 0, PATH("f"), 0, R_READ | R_WRITE, 0, 0, &fd),
              ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_open(dir, 0, PATH("f"), 0, R_READ, 0, 0, &fd), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.rights, R_READ);
    EXPECT_EQ(write_text(fd, "x"), ER_BADF);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(raw_fd_close(dir), ER_OK);
}

static void check_giving_up(void)
{
    struct fdstat stat;
    fd_t fd = open_file("d/f", 0);
    uint64_t at;

    EXPECT_EQ(raw_fd_fdstat_set_rights(fd, R_READ | R_WRITE, 0), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.rights, R_READ | R_WRITE);
    EXPECT_EQ(raw_fd_fdstat_set_rights(fd, R_READ | R_SEEK, 0), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_fdstat_set_rights(fd, UINT64_MAX, 0), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_seek(fd, 1, FROM_START, &at), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

/* One right less, and one function less. */
static void check_files(void)
{
    struct part part = {"x", 1};
    struct filestat stat;
    char byte;
    struct part in = {&byte, 1};
    uint32_t done;
    uint64_t at;
    fd_t fd = open_file("d/f", 0);

    EXPECT_EQ(raw_fd_fdstat_set_rights(fd, 0, 0), ER_OK);
    EXPECT_EQ(raw_fd_read(fd, &in, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_write(fd, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_pread(fd, &in, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_pwrite(fd, &part, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_seek(fd, 1, FROM_START, &at), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_seek(fd, 0, FROM_HERE, &at), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_advise(fd, 0, 1, 0), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_allocate(fd, 0, 1), ER_BADF);
    EXPECT_EQ(raw_fd_sync(fd), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_datasync(fd), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, 1), ER_INVAL);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 1, 1, SET_MTIM), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, F_APPEND), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    expect_text("d/f", "text");
}

static void check_paths(void)
{
    struct filestat stat;
    uint32_t used;
    char buf[8];
    fd_t dir = open_dir("d"), fd;

    EXPECT_EQ(raw_fd_fdstat_set_rights(dir, 0, 0), ER_OK);
    EXPECT_EQ(raw_path_create_directory(dir, PATH("x")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_filestat_get(dir, 0, PATH("f"), &stat), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_filestat_set_times(dir, 0, PATH("f"), 1, 1, SET_MTIM),
              ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_link(dir, 0, PATH("f"), ROOT, PATH("x")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_link(ROOT, 0, PATH("d/f"), dir, PATH("x")),
              ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_open(dir, 0, PATH("f"), 0, 0, 0, 0, &fd), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_readdir(dir, buf, 8, 0, &used), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_readlink(dir, PATH("f"), buf, 8, &used), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_rename(dir, PATH("f"), ROOT, PATH("x")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("d/f"), dir, PATH("x")),
              ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_symlink(PATH("f"), dir, PATH("x")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_remove_directory(dir, PATH("x")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_unlink_file(dir, PATH("f")), ER_NOTCAPABLE);
    EXPECT_EQ(raw_fd_close(dir), ER_OK);
    expect_text("d/f", "text");
}

/* To cut a file is a right of its own; to make one, too. */
static void check_opening(void)
{
    struct fdstat stat;
    fd_t dir = open_dir("d"), fd;

    EXPECT_EQ(raw_fd_fdstat_get(dir, &stat), ER_OK);
    EXPECT_EQ(
        raw_fd_fdstat_set_rights(
            dir, stat.rights & ~(R_PATH_SIZE | R_MAKE_FILE), stat.inheriting),
        ER_OK);
    EXPECT_EQ(raw_path_open(dir, 0, PATH("f"), O_CUT, R_FILE, 0, 0, &fd),
              ER_NOTCAPABLE);
    EXPECT_EQ(raw_path_open(dir, 0, PATH("new"), O_MAKE, R_FILE, 0, 0, &fd),
              ER_NOTCAPABLE);
    expect_text("d/f", "text");
    expect_gone("d/new");
    EXPECT_EQ(raw_fd_close(dir), ER_OK);
}

int main(void)
{
    EXPECT_EQ(raw_path_create_directory(ROOT, PATH("d")), ER_OK);
    make_file("d/f", "text");
    check_inheriting();
    check_giving_up();
    check_files();
    check_paths();
    check_opening();
    return 0;
}
