/* fd.c - everything that can be done to an open file.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check_reading_and_writing(void)
{
    fd_t fd = open_file("f", O_MAKE);
    char a[3], b[5];
    struct part out[3] = {{"abc", 3}, {"", 0}, {"defgh", 5}};
    struct part in[2] = {{a, 3}, {b, 5}};
    uint32_t done;
    uint64_t at;

    EXPECT_EQ(raw_fd_write(fd, out, 3, &done), ER_OK);
    EXPECT_EQ(done, 8);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_OK);
    EXPECT_EQ(at, 8);
    EXPECT_EQ(raw_fd_read(fd, in, 2, &done), ER_OK);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(raw_fd_seek(fd, 1, FROM_START, &at), ER_OK);
    EXPECT_EQ(raw_fd_read(fd, in, 2, &done), ER_OK);
    EXPECT_EQ(done, 7);
    EXPECT(memcmp(a, "bcd", 3) == 0 && memcmp(b, "efgh", 4) == 0);
    EXPECT_EQ(raw_fd_pwrite(fd, out, 1, 2, &done), ER_OK);
    EXPECT_EQ(done, 3);
    expect_bytes(fd, 0, "ababcfgh");
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_OK);
    EXPECT_EQ(at, 8);
    EXPECT_EQ(raw_fd_pread(fd, in, 1, 100, &done), ER_OK);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_seeking(void)
{
    fd_t fd = open_file("f", 0);
    uint64_t at;

    EXPECT_EQ(raw_fd_seek(fd, -3, FROM_END, &at), ER_OK);
    EXPECT_EQ(at, 5);
    EXPECT_EQ(raw_fd_seek(fd, -5, FROM_HERE, &at), ER_OK);
    EXPECT_EQ(at, 0);
    EXPECT_EQ(raw_fd_seek(fd, -1, FROM_HERE, &at), ER_INVAL);
    EXPECT_EQ(raw_fd_seek(fd, INT64_MIN, FROM_END, &at), ER_INVAL);
    EXPECT_EQ(raw_fd_seek(fd, 0, 3, &at), ER_INVAL);
    EXPECT_EQ(raw_fd_seek(fd, 0, UINT32_MAX, &at), ER_INVAL);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_OK);
    EXPECT_EQ(at, 0);
    EXPECT_EQ(raw_fd_seek(fd, 100, FROM_START, &at), ER_OK);
    EXPECT_EQ(write_text(fd, "z"), ER_OK); /* behind a hole */
    expect_bytes(fd, 8 + 92, "z");
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_appending(void)
{
    fd_t fd, other = open_file("f", O_CUT);
    uint32_t done;
    uint64_t at;
    struct part part = {"PW", 2};

    EXPECT_EQ(try_open("f", 0, R_FILE, F_APPEND, &fd), ER_OK);
    EXPECT_EQ(write_text(fd, "one"), ER_OK);
    EXPECT_EQ(write_text(other, "ONE"), ER_OK);
    EXPECT_EQ(raw_fd_seek(fd, 0, FROM_START, &at), ER_OK);
    EXPECT_EQ(write_text(fd, "two"), ER_OK);
    expect_bytes(other, 0, "ONEtwo");
    EXPECT_EQ(raw_fd_pwrite(other, &part, 1, 0, &done), ER_OK);
    expect_bytes(other, 0, "PWEtwo");
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
    EXPECT_EQ(raw_fd_close(other), ER_OK);
}

static void check_size(void)
{
    fd_t fd = open_file("f", O_CUT);
    struct filestat stat;
    uint64_t at;

    EXPECT_EQ(write_text(fd, "abcdef"), ER_OK);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, 3), ER_OK);
    expect_bytes(fd, 0, "abc");
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_OK);
    EXPECT_EQ(at, 6);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, 5), ER_OK);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.bytes, 5);
    EXPECT_EQ(raw_fd_allocate(fd, 4, 4), ER_OK);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.bytes, 8);
    EXPECT_EQ(raw_fd_allocate(fd, 0, 4), ER_OK);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.bytes, 8);
    EXPECT_EQ(raw_fd_allocate(fd, 0, 0), ER_INVAL);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, UINT64_MAX), ER_INVAL);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_stat(void)
{
    fd_t fd = open_file("f", 0);
    struct filestat stat, again;

    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.type, T_FILE);
    EXPECT_EQ(stat.links, 1);
    EXPECT_EQ(stat_of("f", &again), ER_OK);
    EXPECT(stat.dev == again.dev && stat.ino == again.ino);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 1000000001, 2000000002,
                                        SET_ATIM | SET_MTIM),
              ER_OK);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.accessed, 1000000001);
    EXPECT_EQ(stat.modified, 2000000002);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 5, 5, SET_MTIM_NOW), ER_OK);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.accessed, 1000000001);
    EXPECT(stat.modified > 1700000000000000000u);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 5, 5, SET_ATIM | SET_ATIM_NOW),
              ER_INVAL);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 5, 5, SET_MTIM | SET_MTIM_NOW),
              ER_INVAL);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 5, 5, 16), ER_INVAL);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 5, 5, 0), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_flags(void)
{
    fd_t fd = open_file("f", 0);
    struct fdstat stat;

    EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.type, T_FILE);
    EXPECT_EQ(stat.flags, 0);
    EXPECT_EQ(stat.rights, R_FILE);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, F_APPEND | F_NONBLOCK), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.flags, F_APPEND | F_NONBLOCK);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, 0), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, 1 << 5), ER_INVAL);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, UINT32_MAX), ER_INVAL);
    EXPECT_EQ(raw_fd_advise(fd, 0, 100, 5), ER_OK);
    EXPECT_EQ(raw_fd_advise(fd, 0, 0, 0), ER_OK);
    EXPECT_EQ(raw_fd_advise(fd, 0, 0, 6), ER_INVAL);
    EXPECT_EQ(raw_fd_sync(fd), ER_OK);
    EXPECT_EQ(raw_fd_datasync(fd), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

/* A descriptor that there is not. */
static void check_bad(fd_t fd)
{
    struct part part = {"x", 1};
    struct filestat filestat;
    struct fdstat stat;
    uint32_t done;
    uint64_t at;
    char byte;

    EXPECT_EQ(raw_fd_advise(fd, 0, 0, 0), ER_BADF);
    EXPECT_EQ(raw_fd_allocate(fd, 0, 1), ER_BADF);
    EXPECT_EQ(raw_fd_close(fd), ER_BADF);
    EXPECT_EQ(raw_fd_datasync(fd), ER_BADF);
    EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_BADF);
    EXPECT_EQ(raw_fd_fdstat_set_flags(fd, 0), ER_BADF);
    EXPECT_EQ(raw_fd_fdstat_set_rights(fd, 0, 0), ER_BADF);
    EXPECT_EQ(raw_fd_filestat_get(fd, &filestat), ER_BADF);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, 0), ER_BADF);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 0, 0, 0), ER_BADF);
    EXPECT_EQ(raw_fd_pread(fd, &part, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_pwrite(fd, &part, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_read(fd, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_write(fd, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_readdir(fd, &byte, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_renumber(fd, 0), ER_BADF);
    EXPECT_EQ(raw_fd_renumber(0, fd), ER_BADF);
    EXPECT_EQ(raw_fd_seek(fd, 0, 0, &at), ER_BADF);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_BADF);
    EXPECT_EQ(raw_fd_sync(fd), ER_BADF);
    EXPECT_EQ(raw_fd_prestat_dir_name(fd, &byte, 1), ER_BADF);
    EXPECT_EQ(raw_path_unlink_file(fd, PATH("x")), ER_BADF);
}

static void check_directory(void)
{
    struct part part = {"x", 1};
    uint32_t done;
    uint64_t at;

    EXPECT_EQ(raw_fd_read(ROOT, &part, 1, &done), ER_ISDIR);
    EXPECT_EQ(raw_fd_write(ROOT, &part, 1, &done), ER_ISDIR);
    EXPECT_EQ(raw_fd_seek(ROOT, 0, FROM_START, &at), ER_ISDIR);
    EXPECT_EQ(raw_fd_filestat_set_size(ROOT, 0), ER_ISDIR);
}

int main(void)
{
    struct prestat prestat;
    char name[8] = "";

    EXPECT_EQ(raw_fd_prestat_get(ROOT, &prestat), ER_OK);
    EXPECT_EQ(prestat.tag, 0);
    EXPECT_EQ(prestat.name_len, 2);
    EXPECT_EQ(raw_fd_prestat_dir_name(ROOT, name, 1), ER_NAMETOOLONG);
    EXPECT_EQ(raw_fd_prestat_dir_name(ROOT, name, 2), ER_OK);
    EXPECT(strcmp(name, "/m") == 0);
    check_reading_and_writing();
    check_seeking();
    check_appending();
    check_size();
    check_stat();
    check_flags();
    check_directory();
    check_bad(4);
    check_bad(1023);
    check_bad(1024);
    check_bad(1u << 31);
    check_bad(UINT32_MAX);
    return 0;
}
