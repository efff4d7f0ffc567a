/* vfs_subject_vfs.c - operations done by our own file systems.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/base_check.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_pack_write.h"
#include "vfs/vfs_rights.h"
#include "vfs_subject.h"

#define ARENA_BYTES ((uint64_t)48 << 20)
#define DESCRIPTORS 32

struct ours {
    struct vfs_subject subject;
    struct vfs vfs;
    void *arena;
    int64_t fds[VFS_OP_HANDLES]; /* -1: not open */
};

typedef void action(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result);

/* A descriptor that is not open is one that nobody has. */
static uint32_t fd_of(const struct ours *ours, unsigned handle)
{
    return ours->fds[handle] < 0 ? UINT32_MAX : (uint32_t)ours->fds[handle];
}

static struct vfs_at first_of(const struct ours *ours, const struct vfs_op *op)
{
    return (struct vfs_at){fd_of(ours, op->handle), op->follow, op->path,
                           strlen(op->path)};
}

static struct vfs_at second_of(const struct ours *ours, const struct vfs_op *op)
{
    return (struct vfs_at){fd_of(ours, op->other), false, op->second,
                           strlen(op->second)};
}

/* ------------------------------------------------------------------------
 * Handles.
 */

static void do_open(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);
    uint64_t all = VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE;
    struct vfs_open open = {
        .flags = (op->create ? VFS_OPEN_CREATE : 0u) |
                 (op->exclusive ? VFS_OPEN_EXCLUSIVE : 0u) |
                 (op->truncate ? VFS_OPEN_TRUNCATE : 0u) |
                 (op->directory ? VFS_OPEN_DIRECTORY : 0u),
        .fd_flags = op->append ? VFS_FLAG_APPEND : 0,
        .rights = all & ~(VFS_RIGHTS_READING | VFS_RIGHTS_WRITING),
        .rights_inheriting = all,
    };
    uint32_t fd;

    if (op->read || !op->write)
        open.rights |= VFS_RIGHTS_READING;
    if (op->write)
        open.rights |= VFS_RIGHTS_WRITING;
    result->error = vfs_at_open(&ours->vfs, &at, &open, &fd);
    if (result->error != 0)
        return;
    if (ours->fds[op->into] >= 0)
        vfs_fd_close(&ours->vfs, fd_of(ours, op->into));
    ours->fds[op->into] = fd;
}

static void do_close(struct ours *ours, const struct vfs_op *op,
                     struct vfs_op_result *result)
{
    if (op->handle == 0)
        return;
    result->error = vfs_fd_close(&ours->vfs, fd_of(ours, op->handle));
    ours->fds[op->handle] = -1;
}

static void do_renumber(struct ours *ours, const struct vfs_op *op,
                        struct vfs_op_result *result)
{
    if (op->handle == 0 || op->other == 0)
        return;
    result->error = vfs_fd_renumber(&ours->vfs, fd_of(ours, op->handle),
                                    fd_of(ours, op->other));
    if (result->error == 0 && op->handle != op->other)
        ours->fds[op->handle] = -1;
}

/* The arena goes on at another address, with the same host around it. */
static void do_move_arena(struct ours *ours, const struct vfs_op *op,
                          struct vfs_op_result *result)
{
    size_t bytes = vfs_bytes(&ours->vfs);
    size_t used =
        (size_t)vfs_arena_head(&ours->vfs.arena)->fresh * VFS_BLOCK_BYTES;
    void *arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)op, (void)result;
    CHECK(arena != MAP_FAILED);
    memcpy(arena, ours->arena, used);
    munmap(ours->arena, bytes);
    ours->arena = arena;
    CHECK(vfs_attach(&ours->vfs, arena, NULL) == 0);
}

/* ------------------------------------------------------------------------
 * Bytes, in two parts.
 */

static void do_read(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    uint32_t fd = fd_of(ours, op->handle);
    char bytes[VFS_OP_DATA_SIZE];
    struct iovec parts[] = {{bytes, op->len / 3},
                            {bytes + op->len / 3, op->len - op->len / 3}};
    size_t done = 0;

    result->error = op->kind == VFS_OP_READ
                        ? vfs_fd_read(&ours->vfs, fd, parts, 2, &done)
                        : vfs_fd_pread(&ours->vfs, fd, parts, 2, op->at, &done);
    result->value = done;
    if (result->error == 0)
        result->digest = vfs_op_digest(0, bytes, done);
}

static void do_write(struct ours *ours, const struct vfs_op *op,
                     struct vfs_op_result *result)
{
    uint32_t fd = fd_of(ours, op->handle);
    char bytes[VFS_OP_DATA_SIZE];
    struct iovec parts[] = {{bytes, op->len / 3},
                            {bytes + op->len / 3, op->len - op->len / 3}};
    size_t done = 0;

    vfs_op_data(op, bytes);
    result->error =
        op->kind == VFS_OP_WRITE
            ? vfs_fd_write(&ours->vfs, fd, parts, 2, &done)
            : vfs_fd_pwrite(&ours->vfs, fd, parts, 2, op->at, &done);
    result->value = done;
}

static void do_seek(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    result->error = vfs_fd_seek(&ours->vfs, fd_of(ours, op->handle), op->by,
                                (enum vfs_fd_whence)op->whence, &result->value);
}

static void do_set_bytes(struct ours *ours, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    result->error =
        vfs_fd_set_bytes(&ours->vfs, fd_of(ours, op->handle), op->at);
}

static void do_allocate(struct ours *ours, const struct vfs_op *op,
                        struct vfs_op_result *result)
{
    result->error = vfs_fd_allocate(&ours->vfs, fd_of(ours, op->handle),
                                    op->at % 100000, op->len);
}

/* ------------------------------------------------------------------------
 * Facts.
 */

static void say_stat(const struct vfs_stat *stat, struct vfs_op_result *result)
{
    if (result->error == 0)
        result->digest = vfs_subject_facts(stat->type, stat->bytes, stat->links,
                                           stat->modified);
}

static void do_stat(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct vfs_stat stat;

    result->error = vfs_fd_stat(&ours->vfs, fd_of(ours, op->handle), &stat);
    say_stat(&stat, result);
}

static void do_sync(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    uint32_t fd = fd_of(ours, op->handle);

    result->error = op->follow ? vfs_fd_datasync(&ours->vfs, fd)
                               : vfs_fd_sync(&ours->vfs, fd);
}

static void do_set_flags(struct ours *ours, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    result->error = vfs_fd_set_flags(&ours->vfs, fd_of(ours, op->handle),
                                     op->append ? VFS_FLAG_APPEND : 0);
}

static struct vfs_times times_of(const struct vfs_op *op)
{
    return (struct vfs_times){0, op->at % 1000000 * 1000000000u + 7};
}

static void do_set_times(struct ours *ours, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    struct vfs_times times = times_of(op);

    result->error = vfs_fd_set_times(&ours->vfs, fd_of(ours, op->handle),
                                     &times, VFS_SET_MODIFIED);
}

/* A few entries at a time, from the cookie of the last. */
struct listing {
    struct vfs_subject_names names;
    uint64_t next;
    unsigned left;
    bool goes_on;
};

static bool take_entry(void *cookie, const struct vfs_entry *entry)
{
    struct listing *listing = cookie;

    if (listing->left-- == 0) {
        listing->goes_on = true;
        return false;
    }
    vfs_subject_add_name(&listing->names, entry->name.text, entry->name.len,
                         entry->type);
    listing->next = entry->next;
    return true;
}

static void do_list(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct listing listing = {{0}, 0, 0, true};

    while (result->error == 0 && listing.goes_on) {
        listing.goes_on = false;
        listing.left = 1 + (unsigned)(op->data % 5);
        result->error = vfs_fd_list(&ours->vfs, fd_of(ours, op->handle),
                                    listing.next, take_entry, &listing);
    }
    result->value = listing.names.count;
    result->digest = listing.names.digest;
}

/* ------------------------------------------------------------------------
 * Names.
 */

static void do_stat_at(struct ours *ours, const struct vfs_op *op,
                       struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);
    struct vfs_stat stat;

    result->error = vfs_at_stat(&ours->vfs, &at, &stat);
    say_stat(&stat, result);
}

static void do_set_times_at(struct ours *ours, const struct vfs_op *op,
                            struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);
    struct vfs_times times = times_of(op);

    result->error = vfs_at_set_times(&ours->vfs, &at, &times, VFS_SET_MODIFIED);
}

static void do_make_directory(struct ours *ours, const struct vfs_op *op,
                              struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);

    result->error = vfs_at_make_directory(&ours->vfs, &at);
}

static void do_remove_directory(struct ours *ours, const struct vfs_op *op,
                                struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);

    result->error = vfs_at_remove_directory(&ours->vfs, &at);
}

static void do_unlink(struct ours *ours, const struct vfs_op *op,
                      struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);

    result->error = vfs_at_unlink(&ours->vfs, &at);
}

static void do_symlink(struct ours *ours, const struct vfs_op *op,
                       struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);

    result->error =
        vfs_at_symlink(&ours->vfs, op->second, strlen(op->second), &at);
}

static void do_read_link(struct ours *ours, const struct vfs_op *op,
                         struct vfs_op_result *result)
{
    struct vfs_at at = first_of(ours, op);
    struct vfs_path target;

    result->error = vfs_at_read_link(&ours->vfs, &at, &target);
    if (result->error == 0)
        result->digest = vfs_op_digest(0, target.text, target.len);
}

static void do_link(struct ours *ours, const struct vfs_op *op,
                    struct vfs_op_result *result)
{
    struct vfs_at old = first_of(ours, op), at = second_of(ours, op);

    old.follow = false;
    result->error = vfs_at_link(&ours->vfs, &old, &at);
}

static void do_rename(struct ours *ours, const struct vfs_op *op,
                      struct vfs_op_result *result)
{
    struct vfs_at old = first_of(ours, op), at = second_of(ours, op);

    result->error = vfs_at_rename(&ours->vfs, &old, &at);
}

/* ------------------------------------------------------------------------
 * As a subject.
 */

static void apply(struct vfs_subject *subject, const struct vfs_op *op,
                  struct vfs_op_result *result)
{
    static action *const actions[] = {
        [VFS_OP_OPEN] = do_open,
        [VFS_OP_CLOSE] = do_close,
        [VFS_OP_RENUMBER] = do_renumber,
        [VFS_OP_READ] = do_read,
        [VFS_OP_PREAD] = do_read,
        [VFS_OP_WRITE] = do_write,
        [VFS_OP_PWRITE] = do_write,
        [VFS_OP_SEEK] = do_seek,
        [VFS_OP_STAT] = do_stat,
        [VFS_OP_SET_BYTES] = do_set_bytes,
        [VFS_OP_ALLOCATE] = do_allocate,
        [VFS_OP_SYNC] = do_sync,
        [VFS_OP_SET_FLAGS] = do_set_flags,
        [VFS_OP_SET_TIMES] = do_set_times,
        [VFS_OP_LIST] = do_list,
        [VFS_OP_MOVE_ARENA] = do_move_arena,
        [VFS_OP_STAT_AT] = do_stat_at,
        [VFS_OP_SET_TIMES_AT] = do_set_times_at,
        [VFS_OP_MAKE_DIRECTORY] = do_make_directory,
        [VFS_OP_REMOVE_DIRECTORY] = do_remove_directory,
        [VFS_OP_UNLINK] = do_unlink,
        [VFS_OP_SYMLINK] = do_symlink,
        [VFS_OP_READ_LINK] = do_read_link,
        [VFS_OP_LINK] = do_link,
        [VFS_OP_RENAME] = do_rename,
    };

    *result = (struct vfs_op_result){0};
    actions[op->kind]((struct ours *)subject, op, result);
}

static void close_all(struct vfs_subject *subject)
{
    struct ours *ours = (struct ours *)subject;

    for (unsigned i = 1; i < VFS_OP_HANDLES; i++) {
        if (ours->fds[i] >= 0)
            CHECK(vfs_fd_close(&ours->vfs, fd_of(ours, i)) == 0);
        ours->fds[i] = -1;
    }
}

static void give_back(struct vfs_subject *subject)
{
    struct ours *ours = (struct ours *)subject;

    munmap(ours->arena, vfs_bytes(&ours->vfs));
    vfs_fini(&ours->vfs);
    free(ours);
}

static struct ours *begin(const char *name)
{
    struct vfs_config config = {.descriptors = DESCRIPTORS,
                                .arena_bytes = ARENA_BYTES};
    struct ours *ours = calloc(1, sizeof(*ours));

    ours->subject = (struct vfs_subject){name, apply, close_all, give_back};
    vfs_init(&ours->vfs, &config);
    for (int i = 1; i < VFS_OP_HANDLES; i++)
        ours->fds[i] = -1;
    return ours;
}

static struct vfs_subject *end(struct ours *ours)
{
    ours->arena = mmap(NULL, vfs_bytes(&ours->vfs), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(ours->arena != MAP_FAILED);
    CHECK(vfs_format(&ours->vfs, ours->arena, NULL) == 0);
    return &ours->subject;
}

static const struct vfs_memory_limits plenty = {UINT64_MAX, UINT32_MAX};

struct vfs_subject *vfs_subject_memory(void)
{
    struct ours *ours = begin("memory");

    CHECK(vfs_mount_memory(&ours->vfs, "/", &plenty, NULL) == 0);
    return end(ours);
}

/* With ceilings that are never met, so that they are counted. */
struct vfs_subject *vfs_subject_host(const char *path)
{
    static const struct vfs_host_limits limits = {false, INT64_MAX, INT64_MAX};
    struct ours *ours = begin("host");

    CHECK(vfs_mount_host(&ours->vfs, "/", path, &limits, NULL) == 0);
    return end(ours);
}

struct vfs_subject *vfs_subject_overlay(const char *path, const char *pack_path)
{
    struct ours *ours = begin("overlay");
    struct vfs_pack *pack;
    viv_error err = {0};

    if (vfs_pack_write(path, pack_path, UINT64_MAX, &err) < 0 ||
        vfs_pack_open(pack_path, &pack, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    CHECK(vfs_mount_overlay(&ours->vfs, "/", pack, &plenty, NULL) == 0);
    vfs_pack_unref(pack);
    return end(ours);
}
