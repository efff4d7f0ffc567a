/* test_os_lockdown.c - a process gives up what it will not need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_TMPFILE, syscall */
#include "os/os_lockdown.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

static viv_error err;

static uint64_t most(__rlimit_resource_t resource)
{
    struct rlimit limit;

    EXPECT_EQ_INT(getrlimit(resource, &limit), 0);
    EXPECT(limit.rlim_cur <= limit.rlim_max);
    return limit.rlim_max;
}

TEST(it_cannot_get_new_privileges)
{
    EXPECT_EQ_INT(os_lockdown_begin(&err), 0);
    EXPECT_EQ_INT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}

/* Or the superuser's guest could take memory from others: MADV_SOFT_OFFLINE. */
TEST(it_has_no_rights_of_the_superuser)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    struct rlimit more = {101, 101};
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    EXPECT_EQ_INT(os_lockdown_begin(&err), 0);
    EXPECT_EQ_INT(os_lockdown_limit(100, true, &err), 0);
    EXPECT_EQ_INT(syscall(SYS_capget, &head, sets), 0);
    EXPECT_EQ_INT(sets[0].permitted &
                      ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH |
                        1u << CAP_FOWNER),
                  0);
    EXPECT_EQ_INT(sets[1].permitted, 0);
    EXPECT_EQ_INT(setrlimit(RLIMIT_NOFILE, &more), -1);
    *page = 1;
    EXPECT_EQ_INT(madvise(page, 4096, 101), -1);
}

TEST(it_is_among_the_first_to_go_when_memory_is_short)
{
    FILE *file;
    int score = -1;

    EXPECT_EQ_INT(os_lockdown_begin(&err), 0);
    file = fopen("/proc/self/oom_score_adj", "r");
    EXPECT(file != NULL && fscanf(file, "%d", &score) == 1);
    fclose(file);
    EXPECT(score >= 500);
}

TEST(limits_are_lowered_and_never_raised)
{
    uint64_t files = most(RLIMIT_NOFILE);

    EXPECT_EQ_INT(os_lockdown_limit(files + 5, true, &err), 0);
    EXPECT_EQ_INT(most(RLIMIT_NOFILE), files);
    EXPECT_EQ_INT(most(RLIMIT_CORE), 0);
    EXPECT_EQ_INT(most(RLIMIT_NPROC), 0);
    EXPECT(most(RLIMIT_FSIZE) > 0);
    EXPECT_EQ_INT(os_lockdown_limit(20, false, &err), 0);
    EXPECT_EQ_INT(most(RLIMIT_NOFILE), 20);
    EXPECT_EQ_INT(most(RLIMIT_FSIZE), 0);
}

TEST(nobody_can_look_into_it)
{
    EXPECT_EQ_INT(os_lockdown_limit(100, true, &err), 0);
    EXPECT_EQ_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

static void make_a_file_larger(void)
{
    const char *folder = getenv("TMPDIR");
    int fd = open(folder != NULL ? folder : "/tmp", O_RDWR | O_TMPFILE, 0600);

    (void)os_lockdown_limit(100, false, NULL);
    (void)!write(fd, "x", 1);
}

TEST(who_makes_a_file_larger_is_ended)
{
    EXPECT_DIES(SIGXFSZ, make_a_file_larger);
}

TEST(each_call_that_fails_is_said)
{
    int code = -1;

    for (uint64_t n = 1; n <= 3; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(os_lockdown_begin(&err), VIV_EIO);
    }
    for (uint64_t n = 1; code < 0; n++) {
        os_fail_at(n);
        code = os_lockdown_limit(100, false, &err);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_EIO);
        EXPECT_EQ_INT(n > 9, code == 0);
    }
}
