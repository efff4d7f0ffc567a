/* os_lockdown.c - a process gives up what it will not need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* syscall */
#include "os/os_lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_fd.h"

/* By which the superuser has files of others: such may be mounted. */
#define KEPT                                                                   \
    (1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER)

/* Half of the machine's memory is added to what the kernel finds that this
 * process has: it is ended before others are for whose sake it runs. */
#define FIRST_TO_GO "500"

/* Where there is no /proc, or it is the first to go already, so be it. */
static void be_the_first_to_go(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd >= 0)
        (void)!write(fd, FIRST_TO_GO, sizeof(FIRST_TO_GO) - 1);
    os_fd_close(fd);
}

/* What the superuser may do beside what others may, such as to poison pages of
 * memory that others share, or to raise limits. */
static int give_up_capabilities(viv_error *err)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];

    if (os_fail_now() || syscall(SYS_capget, &head, sets) != 0)
        return base_error(err, VIV_EIO, "cannot ask for capabilities: %s",
                          strerror(errno));
    sets[0].effective &= KEPT;
    sets[0].permitted &= KEPT;
    sets[1] = (struct __user_cap_data_struct){0, 0, 0};
    sets[0].inheritable = 0;
    if (os_fail_now() || syscall(SYS_capset, &head, sets) != 0)
        return base_error(err, VIV_EIO, "cannot give up capabilities: %s",
                          strerror(errno));
    return 0;
}

int os_lockdown_begin(viv_error *err)
{
    if (os_fail_now() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return base_error(err, VIV_EIO, "cannot give up new privileges: %s",
                          strerror(errno));
    be_the_first_to_go();
    return give_up_capabilities(err);
}

/* At most this; what is less already stays. */
static int limit(__rlimit_resource_t resource, uint64_t most, const char *what,
                 viv_error *err)
{
    struct rlimit now;

    if (os_fail_now() || getrlimit(resource, &now) != 0)
        return base_error(err, VIV_EIO, "cannot ask for the limit of %s: %s",
                          what, strerror(errno));
    if (now.rlim_max > most)
        now.rlim_max = most;
    if (now.rlim_cur > now.rlim_max)
        now.rlim_cur = now.rlim_max;
    if (os_fail_now() || setrlimit(resource, &now) != 0)
        return base_error(err, VIV_EIO, "cannot limit %s: %s", what,
                          strerror(errno));
    return 0;
}

int os_lockdown_limit(uint64_t files, bool may_write, viv_error *err)
{
    int code = limit(RLIMIT_CORE, 0, "core files", err);

    if (code == 0)
        code = limit(RLIMIT_NPROC, 0, "processes", err);
    if (code == 0)
        code = limit(RLIMIT_NOFILE, files, "open files", err);
    if (code == 0 && !may_write)
        code = limit(RLIMIT_FSIZE, 0, "the size of files", err);
    if (code == 0 && (os_fail_now() || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0))
        code = base_error(err, VIV_EIO, "cannot close /proc to others: %s",
                          strerror(errno));
    return code;
}
