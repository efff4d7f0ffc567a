/* os_beneath.c - open what lies beneath a directory, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, syscall, the strerror_r that returns text */
#include "os/os_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"

/* The kernel gives up with EAGAIN when something above was renamed while it
 * walked up.  Whoever renames all the time shall not keep us for ever. */
#define TRIES 128

#define ALWAYS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* The C library has no wrapper. */
static int open_beneath(int dir, const char *path, struct open_how *how)
{
    if (os_fail_now())
        return -1;
    return (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
}

static int open_often(int dir, const char *path, struct open_how *how)
{
    for (int i = 0; i < TRIES; i++) {
        int fd = open_beneath(dir, path, how);

        if (fd >= 0)
            return fd;
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    return -errno;
}

static uint64_t flags_of(unsigned how)
{
    uint64_t flags = ALWAYS;

    if ((how & (OS_BENEATH_READ | OS_BENEATH_WRITE)) == 0)
        flags = O_CLOEXEC | O_PATH; /* the kernel takes no others with it */
    else if ((how & OS_BENEATH_READ) == 0)
        flags |= O_WRONLY;
    else if ((how & OS_BENEATH_WRITE) != 0)
        flags |= O_RDWR;
    if ((how & OS_BENEATH_CREATE) != 0)
        flags |= O_CREAT;
    if ((how & OS_BENEATH_EXCLUSIVE) != 0)
        flags |= O_EXCL;
    if ((how & OS_BENEATH_DIRECTORY) != 0)
        flags |= O_DIRECTORY;
    if ((how & OS_BENEATH_NOFOLLOW) != 0)
        flags |= O_NOFOLLOW;
    if ((how & OS_BENEATH_SYNC) != 0)
        flags |= O_SYNC;
    if ((how & OS_BENEATH_DATASYNC) != 0)
        flags |= O_DSYNC;
    return flags;
}

int os_beneath_open(int dir, const char *path, unsigned how)
{
    struct open_how what = {
        .flags = flags_of(how),
        .mode = (how & OS_BENEATH_CREATE) != 0 ? 0666 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };

    return open_often(dir, path, &what);
}

/* By openat2, too, without a condition: then we know that there is one. */
int os_beneath_root(const char *path, int *ret_fd, viv_error *err)
{
    struct open_how what = {.flags = ALWAYS | O_DIRECTORY};
    int fd = open_often(AT_FDCWD, path, &what);
    char text[128];

    if (fd == -ENOSYS)
        return base_error(err, VIV_EUNSUPPORTED,
                          "cannot give a guest the directory '%s': that takes "
                          "openat2, which this kernel does not have (Linux "
                          "5.6 has)",
                          path);
    if (fd < 0)
        return base_error(err, VIV_EIO, "cannot open the directory '%s': %s",
                          path, strerror_r(-fd, text, sizeof(text)));
    *ret_fd = fd;
    return 0;
}
