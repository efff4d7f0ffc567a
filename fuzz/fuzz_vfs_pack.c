/* fuzz_vfs_pack.c - any bytes at all, as a pack, and an overlay over it.
 *
 * What can be reached is looked at, read, listed; then it is changed through
 * the overlay.  A pack may have more ways down than there are names: so there
 * is a limit to how much is done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_rights.h"

#define ENTRIES_MAX 60
#define DEPTH_MAX   5

static struct vfs vfs;
static unsigned left; /* entries that may still be looked at */

/* The names of a directory, as many as fit. */
struct names {
    unsigned count;
    struct {
        uint32_t len;
        char text[VFS_NAME_MAX];
    } each[8];
};

static bool take(void *cookie, const struct vfs_entry *entry)
{
    struct names *names = cookie;

    CHECK(entry->name.len <= VFS_NAME_MAX);
    if (names->count == 8)
        return false;
    names->each[names->count].len = entry->name.len;
    memcpy(names->each[names->count].text, entry->name.text, entry->name.len);
    names->count++;
    return true;
}

static int open_it(uint32_t dir, const char *name, uint32_t len,
                   uint64_t rights, uint32_t *ret_fd)
{
    struct vfs_at at = {dir, false, name, len};
    struct vfs_open open = {
        .rights = rights,
        .rights_inheriting = VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE,
    };

    return vfs_at_open(&vfs, &at, &open, ret_fd);
}

static void read_it(uint32_t fd)
{
    char bytes[300];
    struct iovec part = {bytes, sizeof(bytes)};
    struct vfs_stat stat;
    size_t done = 0;

    if (vfs_fd_stat(&vfs, fd, &stat) != 0)
        return;
    vfs_fd_pread(&vfs, fd, &part, 1, 0, &done);
    CHECK(done <= stat.bytes);
    vfs_fd_pread(&vfs, fd, &part, 1, stat.bytes / 2, &done);
}

static void look_at(uint32_t dir, const char *name, uint32_t len)
{
    struct vfs_at at = {dir, false, name, len};
    struct vfs_path target;
    struct vfs_stat stat;

    vfs_at_stat(&vfs, &at, &stat);
    if (vfs_at_read_link(&vfs, &at, &target) == 0)
        CHECK(target.len < VFS_PATH_BYTES);
    at.follow = true;
    vfs_at_stat(&vfs, &at, &stat);
}

static void change(uint32_t dir, const char *name, uint32_t len)
{
    struct vfs_at at = {dir, false, name, len};
    struct vfs_at fresh = {dir, false, "fresh", 5}, moved = {0, false, "m", 1};
    uint64_t rights = VFS_RIGHT_WRITE | VFS_RIGHT_SET_BYTES | VFS_RIGHT_SEEK;
    struct iovec part = {(char[]){'x'}, 1};
    size_t done;
    uint32_t fd;

    if (open_it(dir, name, len, rights, &fd) == 0) {
        vfs_fd_pwrite(&vfs, fd, &part, 1, 5000, &done);
        vfs_fd_set_bytes(&vfs, fd, 100);
        CHECK(vfs_fd_close(&vfs, fd) == 0);
    }
    vfs_at_make_directory(&vfs, &fresh);
    switch (left % 4) {
    case 0:
        vfs_at_unlink(&vfs, &at);
        break;
    case 1:
        vfs_at_rename(&vfs, &at, &moved);
        break;
    case 2:
        vfs_at_link(&vfs, &at, &moved);
        break;
    default:
        vfs_at_remove_directory(&vfs, &at);
        break;
    }
}

static void visit(uint32_t dir, int depth, bool changes)
{
    struct names names = {0};
    uint32_t fd;

    vfs_fd_list(&vfs, dir, 2, take, &names);
    for (unsigned i = 0; i < names.count && left > 0; i++, left--) {
        const char *text = names.each[i].text;
        uint32_t len = names.each[i].len;

        look_at(dir, text, len);
        if (open_it(dir, text, len, VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_READING,
                    &fd) == 0) {
            read_it(fd);
            if (depth < DEPTH_MAX)
                visit(fd, depth + 1, changes);
            CHECK(vfs_fd_close(&vfs, fd) == 0);
        }
        if (changes)
            change(dir, text, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct vfs_memory_limits limits = {UINT64_MAX, UINT32_MAX};
    struct vfs_config config = {16, 32 * VFS_BLOCK_BYTES, {NULL, NULL}};
    struct vfs_pack *pack;
    viv_error err;
    int code = vfs_pack_wrap(bytes, len, "pack", &pack, &err);
    void *arena;

    if (code < 0) {
        CHECK(code == err.code);
        CHECK(code == VIV_EFORMAT || code == VIV_EVERSION);
        return 0;
    }
    vfs_init(&vfs, &config);
    CHECK(vfs_mount_overlay(&vfs, "/", pack, &limits, NULL) == 0);
    CHECK(vfs_mount_pack(&vfs, "/pack", pack, NULL) == 0);
    vfs_pack_unref(pack);
    arena = aligned_alloc(VFS_BLOCK_BYTES, vfs_bytes(&vfs));
    CHECK(arena != NULL);
    memset(arena, 0, vfs_bytes(&vfs));
    if (vfs_format(&vfs, arena, &err) == 0) {
        left = ENTRIES_MAX;
        visit(1, 0, false);
        left = ENTRIES_MAX;
        visit(0, 0, true);
    }
    vfs_fini(&vfs);
    free(arena);
    return 0;
}
