/* test_os_page.c - pages that are all zeros, which are not written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memfd_create */
#include "os/os_page.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

enum { PAGES = 6 };

static _Alignas(8) char bytes[PAGES * OS_PAGE_BYTES + 9];

TEST(a_page_is_zeros_or_it_is_not)
{
    EXPECT(os_page_is_zero(bytes));
    bytes[OS_PAGE_BYTES - 1] = 1;
    EXPECT(!os_page_is_zero(bytes));
    bytes[OS_PAGE_BYTES - 1] = 0;
    bytes[0] = 1;
    EXPECT(!os_page_is_zero(bytes));
}

TEST(neighbours_are_alike_as_far_as_there_are_some)
{
    bool is_zero;

    bytes[2 * OS_PAGE_BYTES] = bytes[3 * OS_PAGE_BYTES] = 1;
    EXPECT_EQ_INT(os_page_alike(bytes, PAGES, &is_zero), 2);
    EXPECT(is_zero);
    EXPECT_EQ_INT(os_page_alike(bytes + 2 * OS_PAGE_BYTES, 4, &is_zero), 2);
    EXPECT(!is_zero);
    EXPECT_EQ_INT(os_page_alike(bytes + 2 * OS_PAGE_BYTES, 1, &is_zero), 1);
}

/* Written to a file of zeros, or to one that is empty. */
TEST(every_pattern_of_pages_comes_back)
{
    static char back[sizeof(bytes)];
    struct stat st;

    for (unsigned pattern = 0; pattern < 1u << PAGES; pattern++)
        for (size_t rest = 0; rest <= 9; rest += 9) {
            size_t len = (size_t)PAGES * OS_PAGE_BYTES + rest;
            int fd = memfd_create("test", MFD_CLOEXEC);

            for (unsigned n = 0; n < PAGES; n++)
                bytes[n * OS_PAGE_BYTES + 77] = (char)(pattern >> n & 1);
            EXPECT(os_page_write_sparse(fd, bytes, len));
            EXPECT_EQ_INT(fstat(fd, &st), 0);
            EXPECT_EQ_INT(st.st_blocks * 512 / OS_PAGE_BYTES,
                          __builtin_popcount(pattern) + (rest > 0));
            EXPECT_EQ_INT(ftruncate(fd, (off_t)len), 0);
            EXPECT_EQ_INT(pread(fd, back, len, 0), len);
            EXPECT_EQ_MEM(back, bytes, len);
            close(fd);
        }
}

TEST(nothing_is_written_of_nothing)
{
    EXPECT(os_page_write(-1, 0, NULL, 0));
    EXPECT(os_page_write_sparse(-1, NULL, 0));
}

TEST(whatever_write_fails_is_said)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    bytes[0] = bytes[2 * OS_PAGE_BYTES] = 1;
    for (uint64_t n = 1; n <= 3; n++) { /* two stretches, and the rest */
        os_fail_at(n);
        EXPECT(!os_page_write_sparse(fd, bytes, sizeof(bytes)));
        os_fail_at(0);
    }
    os_fail_at(4);
    EXPECT(os_page_write_sparse(fd, bytes, sizeof(bytes)));
    os_fail_at(0);
    close(fd);
    EXPECT(!os_page_write(fd, 0, bytes, 1));
    EXPECT_EQ_INT(errno, EBADF);
}
