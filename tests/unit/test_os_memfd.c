/* test_os_memfd.c - files that are memory, and can be sealed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* F_ADD_SEALS */
#include "os/os_memfd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mode_tools.h"
#include "os/os_fail.h"
#include "os/os_map.h"

#define PAGE OS_PAGE_BYTES

static viv_error err;

static int open_file(uint64_t bytes)
{
    int fd = -1;

    EXPECT_EQ_INT(os_memfd_open("test", bytes, &fd, &err), 0);
    EXPECT(fd >= 0);
    return fd;
}

/* Memory that the file takes. */
static uint64_t taken(int fd)
{
    struct stat st;

    EXPECT_EQ_INT(fstat(fd, &st), 0);
    return (uint64_t)st.st_blocks * 512;
}

TEST(a_file_is_zeros_that_take_no_memory)
{
    int fd = open_file((uint64_t)1 << 40);
    char bytes[16] = "something else";

    EXPECT_EQ_INT(pread(fd, bytes, sizeof(bytes), 1 << 30), sizeof(bytes));
    EXPECT_EQ_MEM(bytes, (char[16]){0}, sizeof(bytes));
    EXPECT_EQ_INT(taken(fd), 0);
    os_memfd_close(fd);
}

TEST(what_is_written_takes_the_pages_that_it_touches)
{
    int fd = open_file(100 * PAGE);
    char bytes[4];

    EXPECT_EQ_INT(os_memfd_write(fd, 50 * PAGE - 2, "abcd", 4, &err), 0);
    EXPECT_EQ_INT(pread(fd, bytes, 4, 50 * PAGE - 2), 4);
    EXPECT_EQ_MEM(bytes, "abcd", 4);
    EXPECT_EQ_INT(taken(fd), 2 * PAGE);
    os_memfd_close(fd);
}

TEST(pages_of_zeros_that_are_made_take_no_memory)
{
    static char bytes[100 * PAGE + 5], back[sizeof(bytes)];
    int fd = -1;

    bytes[3 * PAGE] = bytes[50 * PAGE + 1] = bytes[100 * PAGE] = 'x';
    EXPECT_EQ_INT(os_memfd_make("test", bytes, sizeof(bytes), &fd, &err), 0);
    EXPECT_EQ_INT(taken(fd), 3 * PAGE);
    EXPECT_EQ_INT(pread(fd, back, sizeof(back), 0), sizeof(back));
    EXPECT_EQ_MEM(back, bytes, sizeof(back));
    os_memfd_close(fd);
}

TEST(nobody_changes_what_is_sealed)
{
    int fd = open_file(2 * PAGE);

    EXPECT_EQ_INT(os_memfd_write(fd, 0, "a", 1, &err), 0);
    EXPECT_EQ_INT(os_memfd_seal(fd, &err), 0);
    EXPECT_EQ_INT(os_memfd_write(fd, 0, "b", 1, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot write 1 bytes");
    EXPECT(ftruncate(fd, PAGE) != 0);
    EXPECT(ftruncate(fd, 3 * PAGE) != 0);
    EXPECT(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
           MAP_FAILED);
    EXPECT(fcntl(fd, F_ADD_SEALS, 0) != 0);
    os_memfd_close(fd);
}

TEST(a_program_that_is_started_does_not_inherit_it)
{
    int fd = open_file(PAGE);

    EXPECT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    os_memfd_close(fd);
}

TEST(the_limit_on_files_is_an_error_and_not_a_signal)
{
    struct rlimit limit = {PAGE, PAGE};
    int fd = -1;

    EXPECT_EQ_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ_INT(os_memfd_open("test", PAGE, &fd, &err), 0);
    os_memfd_close(fd);
    EXPECT_EQ_INT(os_memfd_open("test", PAGE + 1, &fd, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "ulimit -f");
}

TEST(without_descriptors_there_is_none)
{
    struct rlimit limit = {3, 3};
    int fd = -1;

    mode_need_own();
    EXPECT_EQ_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ_INT(os_memfd_open("test", PAGE, &fd, &err), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "Too many open files");
}

TEST(every_call_that_can_fail_does_when_asked)
{
    int fd = open_file(PAGE), none = -1;

    for (int n = 1; n <= 2; n++) {
        os_fail_at((uint64_t)n);
        EXPECT_EQ_INT(os_memfd_open("test", PAGE, &none, &err), VIV_ENOMEM);
        EXPECT_EQ_INT(none, -1);
    }
    os_fail_at(1);
    EXPECT_EQ_INT(os_memfd_write(fd, 0, "a", 1, &err), VIV_ENOMEM);
    os_fail_at(1);
    EXPECT_EQ_INT(os_memfd_seal(fd, &err), VIV_EIO);
    os_fail_at(0);
    os_memfd_close(fd);
    os_memfd_close(-1);
}

TEST(one_that_is_made_of_bytes_is_sealed_and_nobody_elses)
{
    struct stat st;
    char bytes[4];
    int fd = -1;

    EXPECT_EQ_INT(os_memfd_make("test", "abcd", 4, &fd, &err), 0);
    EXPECT_EQ_INT(pread(fd, bytes, 4, 0), 4);
    EXPECT_EQ_MEM(bytes, "abcd", 4);
    EXPECT_EQ_INT(write(fd, "x", 1), -1);
    EXPECT_EQ_INT(fstat(fd, &st), 0);
    EXPECT_EQ_INT(st.st_mode & 0777, 0600);
    os_memfd_close(fd);
    for (int n = 1; n <= 5; n++) {
        os_fail_at((uint64_t)n);
        EXPECT(os_memfd_make("test", "abcd", 4, &fd, &err) < 0);
        os_fail_at(0);
    }
}
