/* pack_fixture.h - a pack, made of a small tree, and what can be done over it.
 *
 *     /lib/one   "one"            /lib/sub/deep  "deep"
 *     /lib/two   "two"            /link -> lib/one
 *     /empty/                     /z  10,000 bytes: a..z, over and over
 *
 * The tests that include it run with _GNU_SOURCE, for folder.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PACK_FIXTURE_H
#define PACK_FIXTURE_H

#include "folder.h"
#include "mode_tools.h"
#include "vfs/vfs_cell.h"
#include "vfs/vfs_overlay.h"
#include "vfs/vfs_pack_write.h"
#include "vfs_fixture.h"

static struct vfs_pack *pack_fixture;
static char pack_fixture_path[PATH_MAX];

#define PACK_FIXTURE_TIME 5000000007u

static inline void pack_fixture_tree(void)
{
    char text[10001];

    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = (char)('a' + i % 26);
    text[sizeof(text) - 1] = '\0';
    EXPECT_EQ_INT(mkdir(folder_path("lib"), 0777), 0);
    EXPECT_EQ_INT(mkdir(folder_path("lib/sub"), 0777), 0);
    EXPECT_EQ_INT(mkdir(folder_path("empty"), 0777), 0);
    folder_write(folder_path("lib/one"), "one");
    folder_write(folder_path("lib/two"), "two");
    folder_write(folder_path("lib/sub/deep"), "deep");
    folder_write(folder_path("z"), text);
    EXPECT_EQ_INT(symlink("lib/one", folder_path("link")), 0);
}

static inline void pack_fixture_begin(void)
{
    viv_error err;

    mode_need_openat2();
    folder_begin();
    pack_fixture_tree();
    snprintf(pack_fixture_path, sizeof(pack_fixture_path), "%s/pack",
             folder_top);
    EXPECT_EQ_INT(
        vfs_pack_write(folder_in, pack_fixture_path, PACK_FIXTURE_TIME, &err),
        0);
    EXPECT_EQ_INT(vfs_pack_open(pack_fixture_path, &pack_fixture, &err), 0);
}

static inline void pack_fixture_end(void)
{
    vfs_pack_unref(pack_fixture);
    folder_end();
}

/* An overlay at descriptor 0, with room for so many blocks. */
static inline void pack_fixture_overlay(uint32_t blocks)
{
    pack_fixture_begin();
    fixture_init((uint64_t)blocks * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(vfs_mount_overlay(&fixture_vfs, "/", pack_fixture,
                                    &fixture_plenty, NULL),
                  0);
    fixture_format();
}

static inline void pack_fixture_overlay_end(void)
{
    fixture_end();
    pack_fixture_end();
}

static inline struct vfs_overlay *pack_fixture_fs(void)
{
    return fixture_vfs.mounts[0].fs;
}

static inline struct vfs_store *pack_fixture_store(void)
{
    return &pack_fixture_fs()->memory.store;
}

#endif /* PACK_FIXTURE_H */
