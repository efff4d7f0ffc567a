/* wasi_files.c - the files and streams of one guest, as src/vfs has them.
 *
 * SECURITY.  The store may come out of a file that anybody wrote.  src/vfs
 * believes nothing in it: see vfs_arena.h.  How large the arena is and how many
 * descriptors it has follows from the size of the store, which the host knows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_files.h"

#include <string.h>

#include "base/base_error.h"
#include "vfs/vfs_fd.h"

/* Of a small store an eighth is for descriptors. */
#define STORE_SHARE 8

/* ------------------------------------------------------------------------
 * Streams.
 */

/* The input begins anew: with the bytes, if there is no function. */
static bool rewind_input(struct vfs_pipe *in, const viv_wasi *said)
{
    vfs_pipe_clear(in);
    if (said->stdin_func != NULL)
        return true;
    if (!vfs_pipe_feed(in, said->stdin_bytes, said->stdin_len))
        return false;
    vfs_pipe_end(in);
    return true;
}

static int mount_stream(struct wasi_files *files, int number,
                        enum vfs_pipe_direction direction, viv_error *err)
{
    struct vfs_pipe *pipe = vfs_pipe_new(direction, UINT64_MAX);
    int code;

    if (pipe == NULL)
        return base_error_memory(err);
    code = vfs_mount_stream(&files->vfs, pipe, err);
    if (code < 0)
        vfs_pipe_free(pipe);
    else
        files->pipes[number] = pipe;
    return code;
}

static bool sink(void *cookie, const void *bytes, size_t len)
{
    const struct wasi_sink *to = cookie;

    return to->func(to->cookie, bytes, len) >= 0;
}

/* Pour stream `number` there, if there is a function for it. */
static void pour(struct wasi_files *files, int number, viv_write_func *func,
                 void *cookie)
{
    files->sinks[number] = (struct wasi_sink){func, cookie};
    files->pipes[number]->sink = func != NULL ? sink : NULL;
    files->pipes[number]->cookie = &files->sinks[number];
}

static int mount_streams(struct wasi_files *files, const viv_wasi *said,
                         viv_error *err)
{
    int code = mount_stream(files, 0, VFS_PIPE_IN, err);

    if (code == 0)
        code = mount_stream(files, 1, VFS_PIPE_OUT, err);
    if (code == 0)
        code = mount_stream(files, 2, VFS_PIPE_OUT, err);
    if (code < 0)
        return code;
    pour(files, 1, said->stdout_func, said->cookie);
    pour(files, 2, said->stderr_func, said->cookie);
    return rewind_input(files->pipes[0], said) ? 0 : base_error_memory(err);
}

/* ------------------------------------------------------------------------
 * The host's mounts.
 */

static uint64_t ceiling(uint64_t said)
{
    return said >= VIV_ENDLESS ? UINT64_MAX : said;
}

static struct vfs_memory_limits memory_limits(const viv_mount *mount)
{
    return (struct vfs_memory_limits){
        .bytes_max = ceiling(mount->bytes_max),
        .files_max = mount->files_max < UINT32_MAX ? (uint32_t)mount->files_max
                                                   : UINT32_MAX,
    };
}

static int mount_pack(struct vfs *vfs, const viv_mount *mount, viv_error *err)
{
    struct vfs_memory_limits limits = memory_limits(mount);
    struct vfs_pack *pack;
    int code = vfs_pack_open(mount->host, &pack, err);

    if (code < 0)
        return code;
    code = mount->kind == VIV_MOUNT_PACK
               ? vfs_mount_pack(vfs, mount->guest, pack, err)
               : vfs_mount_overlay(vfs, mount->guest, pack, &limits, err);
    vfs_pack_unref(pack);
    return code;
}

static int mount_one(struct vfs *vfs, const viv_mount *mount, viv_error *err)
{
    struct vfs_memory_limits memory = memory_limits(mount);
    struct vfs_host_limits host = {
        .is_read_only = !mount->writable,
        .bytes_max = ceiling(mount->bytes_max),
        .files_max = ceiling(mount->files_max),
    };

    switch (mount->kind) {
    case VIV_MOUNT_MEMORY:
        return vfs_mount_memory(vfs, mount->guest, &memory, err);
    case VIV_MOUNT_HOST:
        return vfs_mount_host(vfs, mount->guest, mount->host, &host, err);
    default:
        return mount_pack(vfs, mount, err);
    }
}

static int mount_all(struct wasi_files *files, const viv_wasi *said,
                     viv_error *err)
{
    int code = mount_streams(files, said, err);
    size_t i;

    for (i = 0; i < said->mount_count && code == 0; i++)
        code = mount_one(&files->vfs, &said->mounts[i], err);
    return code;
}

/* ------------------------------------------------------------------------
 * Life.
 */

static uint32_t descriptors_in(size_t store_bytes)
{
    size_t room = store_bytes / STORE_SHARE / sizeof(struct vfs_slot);

    return room < WASI_DESCRIPTORS ? (uint32_t)room : WASI_DESCRIPTORS;
}

/* The whole store, or 0 if even an empty arena is larger. */
static uint64_t arena_bytes_in(size_t store_bytes, uint32_t descriptors)
{
    uint64_t least = vfs_arena_bytes(descriptors, 0);

    return store_bytes > least ? store_bytes - least : 0;
}

int wasi_files_init(struct wasi_files *files, const viv_wasi *said,
                    const struct vfs_clock *clock, char *store,
                    size_t store_bytes, viv_error *err)
{
    uint32_t descriptors = descriptors_in(store_bytes);
    struct vfs_config config = {
        .descriptors = descriptors,
        .arena_bytes = arena_bytes_in(store_bytes, descriptors),
        .clock = *clock,
    };
    int code;

    memset(files, 0, sizeof(*files));
    files->store = store;
    files->store_bytes = store_bytes;
    vfs_init(&files->vfs, &config);
    code = mount_all(files, said, err);
    if (code < 0)
        wasi_files_fini(files);
    return code;
}

void wasi_files_fini(struct wasi_files *files)
{
    vfs_fini(&files->vfs);
    memset(files, 0, sizeof(*files));
}

static bool is_unused(const struct wasi_files *files)
{
    return ((const struct vfs_arena_head *)files->store)->magic == 0;
}

static bool has_room(const struct wasi_files *files)
{
    return files->vfs.config.arena_bytes > 0;
}

int wasi_files_check(struct wasi_files *files, viv_error *err)
{
    if (!has_room(files) || is_unused(files))
        return 0;
    return vfs_check(&files->vfs, files->store, err);
}

/* Without an arena there is no descriptor. */
void wasi_files_ready(struct wasi_files *files)
{
    int code = VIV_EINVAL;

    if (files->state != WASI_FILES_ASLEEP)
        return;
    if (has_room(files))
        code = is_unused(files) ? vfs_format(&files->vfs, files->store, NULL)
                                : vfs_attach(&files->vfs, files->store, NULL);
    if (code < 0)
        files->vfs.arena = (struct vfs_arena){0};
    files->state = code < 0 ? WASI_FILES_REFUSED : WASI_FILES_READY;
}

/* There was memory for the input before, and the buffer is kept. */
void wasi_files_reset(struct wasi_files *files, const viv_wasi *said)
{
    vfs_reset(&files->vfs);
    rewind_input(files->pipes[0], said);
    for (int i = 1; i < WASI_STREAMS; i++)
        vfs_pipe_clear(files->pipes[i]);
    files->vfs.arena = (struct vfs_arena){0};
    files->state = WASI_FILES_ASLEEP;
}

void wasi_files_begin(struct wasi_files *files, uint64_t serial)
{
    if (files->serial == serial)
        return;
    files->serial = serial;
    for (int i = 1; i < WASI_STREAMS; i++)
        vfs_pipe_clear(files->pipes[i]);
}

int wasi_files_stream(const struct wasi_files *files, uint32_t fd)
{
    const struct vfs_pipe *pipe = vfs_fd_pipe(&files->vfs, fd);

    for (int i = 0; pipe != NULL && i < WASI_STREAMS; i++)
        if (files->pipes[i] == pipe)
            return i;
    return -1;
}
