/* os_lockdown.c - a process gives up what it will not need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_lockdown.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/base_error.h"
#include "os/os_fail.h"

int os_lockdown_begin(viv_error *err)
{
    if (os_fail_now() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return base_error(err, VIV_EIO, "cannot give up new privileges: %s",
                          strerror(errno));
    return 0;
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
