/* os_at.c - names in an open directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os_fail.h"

static int result(int code)
{
    return code == 0 ? 0 : -errno;
}

int os_at_make_directory(int dir, const char *name)
{
    return result(os_fail_now() ? -1 : mkdirat(dir, name, 0777));
}

int os_at_remove_directory(int dir, const char *name)
{
    return result(os_fail_now() ? -1 : unlinkat(dir, name, AT_REMOVEDIR));
}

int os_at_unlink(int dir, const char *name)
{
    return result(os_fail_now() ? -1 : unlinkat(dir, name, 0));
}

int os_at_link(int old_dir, const char *old_name, int dir, const char *name)
{
    return result(os_fail_now() ? -1 : linkat(old_dir, old_name, dir, name, 0));
}

int os_at_symlink(const char *target, int dir, const char *name)
{
    return result(os_fail_now() ? -1 : symlinkat(target, dir, name));
}

int os_at_rename(int old_dir, const char *old_name, int dir, const char *name)
{
    return result(os_fail_now() ? -1 : renameat(old_dir, old_name, dir, name));
}
