/* os_landlock.c - no files but these.
 *
 * The kernel's numbers are written out here: the headers of older systems lack
 * them.  Documentation/userspace-api/landlock.rst.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, syscall */
#include "os/os_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_fd.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define ASK_VERSION       1u
#define RULE_PATH_BENEATH 1
#define FS_WRITE_FILE     (UINT64_C(1) << 1)
#define FS_READ_FILE      (UINT64_C(1) << 2)
#define FS_READ_DIR       (UINT64_C(1) << 3)
#define FS_REMOVE_DIR     (UINT64_C(1) << 4)
#define FS_REMOVE_FILE    (UINT64_C(1) << 5)
#define FS_MAKE_DIR       (UINT64_C(1) << 7)
#define FS_MAKE_REG       (UINT64_C(1) << 8)
#define FS_MAKE_SYM       (UINT64_C(1) << 12)
#define FS_REFER          (UINT64_C(1) << 13)
#define FS_TRUNCATE       (UINT64_C(1) << 14)

/* What there is to give up by version 1, 2 (REFER), 3 (TRUNCATE) and 5
 * (IOCTL_DEV): the lowest bits. */
static uint64_t all_of_files(int version)
{
    unsigned bits = 13;

    bits += version >= 2;
    bits += version >= 3;
    bits += version >= 5;
    return (UINT64_C(1) << bits) - 1;
}

/* struct landlock_ruleset_attr; a kernel knows as much of it as its version. */
struct ruleset {
    uint64_t files;
    uint64_t net;    /* from 4: bind, connect */
    uint64_t scoped; /* from 6: abstract sockets, signals */
};

struct beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

int os_landlock_version(void)
{
    long version = os_fail_now() ? -1
                                 : syscall(SYS_landlock_create_ruleset, NULL, 0,
                                           ASK_VERSION);

    return version > 0 ? (int)version : 0;
}

static int no(const char *what, viv_error *err)
{
    return base_error(err, VIV_EIO, "Landlock: cannot %s: %s", what,
                      strerror(errno));
}

static int make(int version, int *ret_fd, viv_error *err)
{
    struct ruleset ruleset = {.files = all_of_files(version),
                              .net = version >= 4 ? 3 : 0,
                              .scoped = version >= 6 ? 3 : 0};
    size_t size = version >= 6   ? sizeof(ruleset)
                  : version >= 4 ? offsetof(struct ruleset, scoped)
                                 : offsetof(struct ruleset, net);
    long fd = os_fail_now()
                  ? -1
                  : syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);

    if (fd < 0)
        return no("make rules", err);
    *ret_fd = (int)fd;
    return 0;
}

static uint64_t rights_of(const struct os_landlock_path *path, int version)
{
    uint64_t rights = FS_READ_FILE;

    if (path->is_directory)
        rights |= FS_READ_DIR;
    if (path->is_writable)
        rights |= FS_WRITE_FILE | FS_TRUNCATE;
    if (path->is_writable && path->is_directory)
        rights |= FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |
                  FS_MAKE_SYM | FS_REFER;
    return rights & all_of_files(version);
}

static int allow(int rules, const struct os_landlock_path *path, int version,
                 viv_error *err)
{
    struct beneath rule = {.allowed = rights_of(path, version)};
    int code = 0;

    rule.parent_fd = os_fail_now() ? -1 : open(path->path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return base_error(err, VIV_EIO, "cannot open '%s': %s", path->path,
                          strerror(errno));
    if (os_fail_now() ||
        syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) != 0)
        code = no("allow a path", err);
    os_fd_close(rule.parent_fd);
    return code;
}

int os_landlock_enter(const struct os_landlock_path *paths, size_t count,
                      viv_error *err)
{
    int version = os_landlock_version(), rules = -1, code;

    if (version == 0)
        return base_error(err, VIV_EUNSUPPORTED,
                          "this kernel has no Landlock, or it is switched off");
    code = make(version, &rules, err);
    if (code < 0)
        return code;
    for (size_t i = 0; i < count && code == 0; i++)
        code = allow(rules, &paths[i], version, err);
    if (code == 0 &&
        (os_fail_now() || syscall(SYS_landlock_restrict_self, rules, 0) != 0))
        code = no("enter it", err);
    os_fd_close(rules);
    return code;
}
