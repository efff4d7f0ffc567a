/* vfs_fixture.h - arenas, and files in them, for the tests of src/vfs.
 *
 * Memory of arenas is exactly as large as it should be, so that a sanitizer
 * sees an access beyond.  Included by one test program at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_FIXTURE_H
#define VFS_FIXTURE_H

#include <stdlib.h>

#include "test.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_inode.h"
#include "vfs/vfs_rights.h"

/* ------------------------------------------------------------------------
 * A store, without anything around it.
 */

static struct vfs_arena fixture_arena;
static struct vfs_store fixture_store;
static void *fixture_memory;
static uint64_t fixture_time = 1000;

static inline uint64_t fixture_now(void *cookie)
{
    (void)cookie;
    return fixture_time++;
}

static inline void *fixture_zeros(size_t bytes)
{
    void *at = aligned_alloc(VFS_BLOCK_BYTES, bytes);

    EXPECT(at != NULL);
    memset(at, 0, bytes);
    free(fixture_memory);
    fixture_memory = at;
    return at;
}

/* An empty arena of so many blocks that can be given out, and a store that may
 * take all of them. */
static inline void fixture_begin(uint32_t blocks)
{
    static const struct vfs_clock clock = {fixture_now, NULL};
    uint64_t bytes = vfs_arena_bytes(8, (uint64_t)blocks * VFS_BLOCK_BYTES);

    vfs_arena_init(&fixture_arena, fixture_zeros(bytes), bytes, 8);
    vfs_arena_format(&fixture_arena);
    fixture_store = (struct vfs_store){
        .arena = &fixture_arena,
        .clock = &clock,
        .files_max = UINT32_MAX,
        .bytes_max = UINT64_MAX,
    };
}

static inline uint32_t fixture_used(void)
{
    return vfs_arena_head(&fixture_arena)->used;
}

/* A new inode that has a name somewhere. */
static inline uint64_t fixture_inode(enum vfs_type type)
{
    uint64_t id = 0;

    EXPECT_EQ_INT(vfs_inode_new(&fixture_store, type, &id), 0);
    vfs_inode_get(&fixture_store, id, type)->links = 1;
    return id;
}

static inline struct vfs_name fixture_name(const char *text)
{
    return (struct vfs_name){text, (uint32_t)strlen(text)};
}

/* ------------------------------------------------------------------------
 * The files of a sandbox.
 */

static struct vfs fixture_vfs;

static const struct vfs_memory_limits fixture_plenty = {UINT64_MAX, UINT32_MAX};

/* One without mounts, for so many bytes in memory. */
static inline void fixture_init(uint64_t bytes)
{
    struct vfs_config config = {16, bytes, {fixture_now, NULL}};

    vfs_init(&fixture_vfs, &config);
}

static inline void fixture_format(void)
{
    viv_error err;
    void *at = fixture_zeros(vfs_bytes(&fixture_vfs));

    EXPECT_EQ_INT(vfs_format(&fixture_vfs, at, &err), 0);
}

/* One with a memory at descriptor 0. */
static inline void fixture_with_memory(void)
{
    fixture_init(64 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, NULL),
                  0);
    fixture_format();
}

static inline void fixture_end(void)
{
    vfs_fini(&fixture_vfs);
    free(fixture_memory);
    fixture_memory = NULL;
}

static inline struct vfs_at fixture_at(uint32_t fd, const char *path)
{
    return (struct vfs_at){fd, true, path, strlen(path)};
}

/* Open it with all rights for what `rights` adds to those that are neither for
 * reading nor for writing. */
static inline int fixture_try(uint32_t dir, const char *path, unsigned flags,
                              uint64_t rights, uint32_t *ret_fd)
{
    struct vfs_at at = fixture_at(dir, path);
    struct vfs_open open = {
        .flags = flags,
        .rights = ((VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE) &
                   ~(VFS_RIGHTS_READING | VFS_RIGHTS_WRITING)) |
                  rights,
        .rights_inheriting = VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE,
    };

    return vfs_at_open(&fixture_vfs, &at, &open, ret_fd);
}

#define FIXTURE_READ  VFS_RIGHTS_READING
#define FIXTURE_WRITE VFS_RIGHTS_WRITING
#define FIXTURE_BOTH  (VFS_RIGHTS_READING | VFS_RIGHTS_WRITING)

static inline uint32_t fixture_open(uint32_t dir, const char *path,
                                    unsigned flags, uint64_t rights)
{
    uint32_t fd = UINT32_MAX;

    EXPECT_EQ_INT(fixture_try(dir, path, flags, rights, &fd), 0);
    return fd;
}

static inline int fixture_write(uint32_t fd, const char *text)
{
    struct iovec part = {(void *)text, strlen(text)};
    size_t done = 0;
    int error = vfs_fd_write(&fixture_vfs, fd, &part, 1, &done);

    if (error == 0)
        EXPECT_EQ_INT(done, strlen(text));
    return error;
}

/* What is read from the descriptor's position on, up to 255 bytes. */
static inline const char *fixture_read(uint32_t fd)
{
    static char text[256];
    struct iovec part = {text, sizeof(text) - 1};
    size_t done = 0;

    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, fd, &part, 1, &done), 0);
    text[done] = '\0';
    return text;
}

/* Make the file `path` hold `text`; and what it holds. */
static inline void fixture_put(uint32_t dir, const char *path, const char *text)
{
    uint32_t fd = fixture_open(dir, path, VFS_OPEN_CREATE | VFS_OPEN_TRUNCATE,
                               FIXTURE_WRITE);

    EXPECT_EQ_INT(fixture_write(fd, text), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
}

static inline const char *fixture_text(uint32_t dir, const char *path)
{
    uint32_t fd = fixture_open(dir, path, 0, FIXTURE_READ);
    const char *text = fixture_read(fd);

    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    return text;
}

static inline int fixture_mkdir(uint32_t dir, const char *path)
{
    struct vfs_at at = fixture_at(dir, path);

    return vfs_at_make_directory(&fixture_vfs, &at);
}

static inline int fixture_rmdir(uint32_t dir, const char *path)
{
    struct vfs_at at = fixture_at(dir, path);

    return vfs_at_remove_directory(&fixture_vfs, &at);
}

static inline int fixture_unlink(uint32_t dir, const char *path)
{
    struct vfs_at at = fixture_at(dir, path);

    return vfs_at_unlink(&fixture_vfs, &at);
}

static inline int fixture_symlink(uint32_t dir, const char *target,
                                  const char *path)
{
    struct vfs_at at = fixture_at(dir, path);

    return vfs_at_symlink(&fixture_vfs, target, strlen(target), &at);
}

static inline int fixture_link(uint32_t dir, const char *old, const char *path)
{
    struct vfs_at from = fixture_at(dir, old), to = fixture_at(dir, path);

    from.follow = false;
    return vfs_at_link(&fixture_vfs, &from, &to);
}

static inline int fixture_rename(uint32_t dir, const char *old,
                                 const char *path)
{
    struct vfs_at from = fixture_at(dir, old), to = fixture_at(dir, path);

    return vfs_at_rename(&fixture_vfs, &from, &to);
}

static inline int fixture_stat(uint32_t dir, const char *path,
                               struct vfs_stat *ret_stat)
{
    struct vfs_at at = fixture_at(dir, path);

    at.follow = false;
    return vfs_at_stat(&fixture_vfs, &at, ret_stat);
}

/* The names in the directory, each followed by a blank, in their order. */
static inline bool fixture_take_name(void *cookie,
                                     const struct vfs_entry *entry)
{
    char *text = cookie;

    EXPECT(strlen(text) + entry->name.len + 2 <= 1024);
    strncat(text, entry->name.text, entry->name.len);
    strcat(text, " ");
    return true;
}

static inline const char *fixture_list(uint32_t dir)
{
    static char text[1024];

    text[0] = '\0';
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, dir, 0, fixture_take_name, text),
                  0);
    return text;
}

#endif /* VFS_FIXTURE_H */
