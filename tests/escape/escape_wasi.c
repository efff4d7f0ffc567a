/* escape_wasi.c - the attack: numbers for the host to believe.
 *
 * A guest of WASI says how long its lists are, how much chance it wants, how
 * large its buffers are.  The host must neither allocate by that, nor hang, nor
 * reach beyond the guest's memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/resource.h>

#include "host_wasi.h"

static viv_sandbox *sandbox;

static void begin_with(const viv_limits *limits)
{
    static const viv_mount mount = {.guest = "/m",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};

    sandbox = host_wasi(&mount, 1, limits);
}

static void begin(void)
{
    begin_with(NULL);
}

#define ASK(name, ...) HOST_WASI(sandbox, name, __VA_ARGS__)

/* The most memory that this process ever had, in KiB. */
static long peak(void)
{
    struct rusage usage;

    EXPECT_EQ_INT(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* ------------------------------------------------------------------------
 * Lists and lengths.
 */

TEST(long_lists_and_large_buffers_cost_the_host_nothing)
{
    static const uint64_t counts[] = {1u << 20, 1u << 29, 1u << 31, UINT32_MAX};
    long before;
    uint64_t start;

    begin();
    before = peak();
    start = host_now();
    for (size_t i = 0; i < 4; i++) {
        uint64_t count = counts[i];

        EXPECT_EQ_INT(ASK("fd_write", 1, 0, count, 1000), HOST_EINVAL);
        EXPECT_EQ_INT(ASK("fd_read", 0, 0, count, 1000), HOST_EINVAL);
        EXPECT_EQ_INT(ASK("fd_pwrite", 3, 0, count, 0, 1000), HOST_EINVAL);
        EXPECT_EQ_INT(ASK("fd_pread", 3, 0, count, 0, 1000), HOST_EINVAL);
        EXPECT_EQ_INT(ASK("poll_oneoff", 0, 0, count, 1000), HOST_EINVAL);
        EXPECT_EQ_INT(ASK("fd_readdir", 3, 0, count, 0, 1000), HOST_EFAULT);
        EXPECT_EQ_INT(ASK("random_get", 0, count), HOST_EFAULT);
        EXPECT_EQ_INT(ASK("path_unlink_file", 3, 0, count), HOST_EFAULT);
    }
    EXPECT_EQ_INT(ASK("path_unlink_file", 3, 0, 60000), HOST_ENAMETOOLONG);
    EXPECT(host_now() - start < host_patience(50 * MS));
    EXPECT(peak() - before < 4096);
    host_free(sandbox);
}

/* Two entries, the second of which ends beyond 4 GiB. */
TEST(lists_of_buffers_that_wrap_are_faults_though_their_sums_are_small)
{
    static const uint32_t parts[][4] = {{0, 8, 0xfffffff8, 16},
                                        {0, 8, 1, 0xffffffff},
                                        {0, 8, 0x80000000, 0x80000000},
                                        {0, 8, 65536, 1},
                                        {0, 8, 65529, 8},
                                        {0xffffffff, 0xffffffff, 0, 8}};

    begin();
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        viv_memory_write(sandbox, 0, parts[i], sizeof(parts[i]));
        EXPECT_EQ_INT(ASK("fd_write", 1, 0, 2, 1000), HOST_EFAULT);
        EXPECT_EQ_INT(ASK("fd_read", 0, 0, 2, 1000), HOST_EFAULT);
        EXPECT_EQ_INT(ASK("fd_pwrite", 3, 0, 2, 0, 1000), HOST_EFAULT);
        EXPECT_EQ_INT(ASK("fd_pread", 3, 0, 2, 0, 1000), HOST_EFAULT);
    }
    EXPECT_EQ_INT(ASK("fd_write", 1, 0xfffffff8, 2, 1000), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("fd_write", 1, 65529, 1, 1000), HOST_EFAULT);
    host_free(sandbox);
}

/* They would end in memory, if sums wrapped. */
TEST(addresses_that_wrap_are_faults)
{
    const uint64_t at = 0xfffffff0;

    begin();
    EXPECT_EQ_INT(ASK("random_get", at, 32), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("fd_readdir", 3, at, 32, 0, 1000), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("path_unlink_file", 3, at, 32), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("path_readlink", 3, 0, 4, at, 32, 0), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("path_rename", 3, 0, 1, 3, at, 32), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("path_filestat_get", 3, 0, at, 32, 0), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("fd_filestat_get", 3, at), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("poll_oneoff", at, 0, 1, 1000), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("poll_oneoff", 0, at, 1, 1000), HOST_EFAULT);
    EXPECT_EQ_INT(ASK("fd_write", 1, 0, 1, at + 13), HOST_EFAULT);
    host_free(sandbox);
}

/* 1,024 buffers, all of them the same 2 GiB: 2 TiB to be written. */
TEST(one_buffer_named_a_thousand_times_keeps_nobody_for_long)
{
    viv_limits limits = host_limits();
    uint32_t part[2] = {65536, UINT32_MAX / 2};
    viv_outcome outcome;
    uint64_t before;

    limits.memory_bytes = UINT64_C(4) << 30;
    limits.output_bytes = 1 << 20;
    begin_with(&limits);
    if (host_ask(sandbox, "grow", 40000) != 1)
        SKIP("there is no room for a guest of 2.5 GiB");
    for (uint64_t i = 0; i < 1024; i++)
        viv_memory_write(sandbox, 8192 + 8 * i, part, sizeof(part));
    before = host_now();
    viv_memory_write(sandbox, HOST_WASI_ARGS,
                     (const uint64_t[4]){1, 8192, 1024, 1000}, 32);
    outcome = host_call(sandbox, "fd_write", 0);
    EXPECT_SPENT(outcome, VIV_LIMIT_OUTPUT);
    EXPECT(host_now() - before < host_patience(50 * MS));
    EXPECT_EQ_INT(outcome.used.output_bytes, 1 << 20);
    host_free(sandbox);
}
