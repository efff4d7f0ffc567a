/* os_memfd.c - files that are memory, and can be sealed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memfd_create, seals, the strerror_r that returns text */
#include "os/os_memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_page.h"

/* Linux 6.3: the file shall not be executable.  Systems can be told to refuse
 * those that do not say so. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

/* `cannot VERB ...: reason`, by errno. */
static int refuse(viv_error *err, const char *verb, uint64_t bytes)
{
    bool is_memory = errno == ENOMEM || errno == ENOSPC || errno == EMFILE ||
                     errno == ENFILE;
    char text[128];

    return base_error(err, is_memory ? VIV_ENOMEM : VIV_EIO,
                      "cannot %s %llu bytes of memory as a file: %s", verb,
                      (unsigned long long)bytes,
                      strerror_r(errno, text, sizeof(text)));
}

static int create(const char *name)
{
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int fd;

    if (os_fail_now())
        return -1;
    fd = memfd_create(name, flags | MFD_NOEXEC_SEAL);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(name, flags);
    return fd;
}

/* The limit on the size of files (ulimit -f) holds for these, too, and the
 * kernel enforces it by a signal that ends the process. */
static bool is_within_limit(uint64_t bytes)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
           limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur;
}

int os_memfd_open(const char *name, uint64_t bytes, int *ret_fd, viv_error *err)
{
    int fd, code;

    if (!is_within_limit(bytes))
        return base_error(err, VIV_EIO,
                          "%llu bytes of memory as a file are more than this "
                          "process's limit on the size of files (ulimit -f)",
                          (unsigned long long)bytes);
    fd = create(name);
    if (fd < 0)
        return refuse(err, "have", bytes);
    if (os_fail_now() || ftruncate(fd, (off_t)bytes) != 0) {
        code = refuse(err, "have", bytes);
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}

int os_memfd_write(int fd, uint64_t at, const void *from, size_t len,
                   viv_error *err)
{
    return os_page_write(fd, at, from, len) ? 0 : refuse(err, "write", len);
}

int os_memfd_seal(int fd, viv_error *err)
{
    if (os_fail_now() || fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
        char text[128];

        return base_error(err, VIV_EIO, "cannot seal memory: %s",
                          strerror_r(errno, text, sizeof(text)));
    }
    return 0;
}

static int close_to_others(int fd, viv_error *err)
{
    char text[128];

    if (!os_fail_now() && fchmod(fd, 0600) == 0)
        return 0;
    return base_error(err, VIV_EIO, "cannot close memory to others: %s",
                      strerror_r(errno, text, sizeof(text)));
}

int os_memfd_make(const char *name, const void *bytes, size_t len, int *ret_fd,
                  viv_error *err)
{
    int fd, code = os_memfd_open(name, len, &fd, err);

    if (code < 0)
        return code;
    if (!os_page_write_sparse(fd, bytes, len))
        code = refuse(err, "write", len);
    if (code == 0)
        code = close_to_others(fd, err);
    if (code == 0)
        code = os_memfd_seal(fd, err);
    if (code < 0)
        os_memfd_close(fd);
    else
        *ret_fd = fd;
    return code;
}

void os_memfd_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
