/* faults.c - pointers to nowhere, and lists without end.
 *
 * mounts: memory overlay host
 *
 * Each is tried where it could do harm, and afterwards nothing has changed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

#define NO_PATH NOWHERE(const char *), 32

static void check_descriptor(fd_t fd)
{
    EXPECT_EQ(raw_fd_fdstat_get(fd, NOWHERE(struct fdstat *)), ER_FAULT);
    EXPECT_EQ(raw_fd_filestat_get(fd, NOWHERE(struct filestat *)), ER_FAULT);
    EXPECT_EQ(raw_fd_seek(fd, 1, FROM_START, NOWHERE(uint64_t *)), ER_FAULT);
    EXPECT_EQ(raw_fd_tell(fd, NOWHERE(uint64_t *)), ER_FAULT);
    EXPECT_EQ(raw_fd_prestat_get(ROOT, NOWHERE(struct prestat *)), ER_FAULT);
    EXPECT_EQ(raw_fd_prestat_dir_name(ROOT, NOWHERE(char *), 2), ER_FAULT);
}

static void check_transfers(fd_t fd)
{
    struct part good = {"x", 1}, bad[2] = {{"x", 1}, {NOWHERE(char *), 32}};
    uint32_t done;

    EXPECT_EQ(raw_fd_write(fd, NOWHERE(struct part *), 2, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_write(fd, &good, 1, NOWHERE(uint32_t *)), ER_FAULT);
    EXPECT_EQ(raw_fd_write(fd, bad, 2, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_pwrite(fd, bad, 2, 0, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_pwrite(fd, &good, 1, 0, NOWHERE(uint32_t *)), ER_FAULT);
    EXPECT_EQ(raw_fd_read(fd, bad, 2, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_read(fd, NOWHERE(struct part *), 1, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_pread(fd, bad, 2, 0, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_pread(fd, &good, 1, 0, NOWHERE(uint32_t *)), ER_FAULT);
    bad[1] = (struct part){(char *)1, UINT32_MAX}; /* wraps around 4 GiB */
    EXPECT_EQ(raw_fd_write(fd, bad, 2, &done), ER_FAULT);
    EXPECT_EQ(raw_fd_read(fd, bad, 2, &done), ER_FAULT);
}

static void check_lists(fd_t fd)
{
    static const uint32_t counts[] = {1025, 1u << 29, 1u << 31, UINT32_MAX};
    static struct part parts[1024];
    uint32_t done;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        EXPECT_EQ(raw_fd_write(fd, parts, counts[i], &done), ER_INVAL);
        EXPECT_EQ(raw_fd_read(fd, parts, counts[i], &done), ER_INVAL);
        EXPECT_EQ(raw_fd_pwrite(fd, parts, counts[i], 0, &done), ER_INVAL);
        EXPECT_EQ(raw_fd_pread(fd, parts, counts[i], 0, &done), ER_INVAL);
    }
    EXPECT_EQ(raw_fd_write(fd, parts, 1024, &done), ER_OK);
    EXPECT_EQ(done, 0);
}

static void check_paths(void)
{
    struct filestat stat;
    uint32_t used;
    char buf[8];
    fd_t fd;

    EXPECT_EQ(raw_path_create_directory(ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_filestat_get(ROOT, 0, NO_PATH, &stat), ER_FAULT);
    EXPECT_EQ(
        raw_path_filestat_get(ROOT, 0, PATH("f"), NOWHERE(struct filestat *)),
        ER_FAULT);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, NO_PATH, 1, 1, SET_MTIM),
              ER_FAULT);
    EXPECT_EQ(raw_path_link(ROOT, 0, NO_PATH, ROOT, PATH("x")), ER_FAULT);
    EXPECT_EQ(raw_path_link(ROOT, 0, PATH("f"), ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_open(ROOT, 0, NO_PATH, 0, 0, 0, 0, &fd), ER_FAULT);
    EXPECT_EQ(raw_path_open(ROOT, 0, PATH("x"), O_MAKE, R_FILE, 0, 0,
                            NOWHERE(fd_t *)),
              ER_FAULT);
    EXPECT_EQ(raw_path_readlink(ROOT, NO_PATH, buf, 8, &used), ER_FAULT);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("s"), NOWHERE(char *), 32, &used),
              ER_FAULT);
    EXPECT_EQ(raw_path_readlink(ROOT, PATH("s"), buf, 8, NOWHERE(uint32_t *)),
              ER_FAULT);
    EXPECT_EQ(raw_path_remove_directory(ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_rename(ROOT, NO_PATH, ROOT, PATH("x")), ER_FAULT);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("f"), ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_symlink(NO_PATH, ROOT, PATH("x")), ER_FAULT);
    EXPECT_EQ(raw_path_symlink(PATH("f"), ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_unlink_file(ROOT, NO_PATH), ER_FAULT);
    EXPECT_EQ(raw_path_unlink_file(ROOT, "f", UINT32_MAX), ER_FAULT);
}

static void check_listing(void)
{
    uint32_t used;
    char buf[64];

    EXPECT_EQ(raw_fd_readdir(ROOT, NOWHERE(void *), 64, 0, &used), ER_FAULT);
    EXPECT_EQ(raw_fd_readdir(ROOT, buf, UINT32_MAX, 0, &used), ER_FAULT);
    EXPECT_EQ(raw_fd_readdir(ROOT, buf, 64, 0, NOWHERE(uint32_t *)), ER_FAULT);
}

int main(void)
{
    uint64_t at;
    fd_t fd;

    make_file("f", "text");
    EXPECT_EQ(raw_path_symlink(PATH("f"), ROOT, PATH("s")), ER_OK);
    fd = open_file("f", 0);
    check_descriptor(fd);
    check_transfers(fd);
    check_lists(fd);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_OK);
    EXPECT_EQ(at, 0);
    check_paths();
    check_listing();
    expect_text("f", "text");
    expect_gone("x");
    EXPECT_EQ(open_file("f", 0), fd + 1); /* none was lost */
    return 0;
}
