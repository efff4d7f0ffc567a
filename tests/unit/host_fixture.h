/* host_fixture.h - a directory of the host, given to a guest at descriptor 0.
 *
 * The tests that include it run with _GNU_SOURCE, for folder.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_FIXTURE_H
#define HOST_FIXTURE_H

#include "folder.h"
#include "mode_tools.h"
#include "vfs_fixture.h"

static const struct vfs_host_limits host_fixture_plenty = {false, UINT64_MAX,
                                                           UINT64_MAX};

static inline void host_fixture_mount(const struct vfs_host_limits *limits)
{
    viv_error err;

    mode_need_openat2();
    folder_begin();
    fixture_init(0);
    EXPECT_EQ_INT(
        vfs_mount_host(&fixture_vfs, "/data", folder_in, limits, &err), 0);
    fixture_format();
}

static inline void host_fixture_begin(void)
{
    host_fixture_mount(&host_fixture_plenty);
}

static inline void host_fixture_end(void)
{
    fixture_end();
    folder_end();
}

static inline struct vfs_host *host_fixture(void)
{
    return fixture_vfs.mounts[0].fs;
}

static inline uint64_t host_fixture_node(uint32_t fd)
{
    return vfs_table_get(&fixture_vfs.arena, fd)->node;
}

static inline bool host_fixture_is_there(const char *name)
{
    struct stat st;

    return lstat(folder_path(name), &st) == 0;
}

/* Descriptors of this process. */
static inline int host_fixture_open_count(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

#endif /* HOST_FIXTURE_H */
