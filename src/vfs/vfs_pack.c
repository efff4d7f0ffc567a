/* vfs_pack.c - a tree of files in one file, to be read only.
 *
 * SECURITY.  The bytes are a stranger's, and could even change while they are
 * mapped.  The head is read once, when the pack is opened.  A record is copied,
 * and the copy is checked, each time one is needed: what it speaks of lies in
 * the file; a directory's children have higher numbers than it and its parent a
 * lower one, so that neither going down nor going up ever comes round.  That
 * names are in order is not checked: in a pack whose names are not, some are
 * not found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_pack.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_file.h"
#include "os/os_map.h"
#include "vfs/vfs_inode.h"
#include "vfs/vfs_list.h"
#include "vfs/vfs_pack_format.h"

static const struct vfs_tree_ops tree_ops;

/* ------------------------------------------------------------------------
 * Opening.
 */

static bool is_inside(uint64_t at, uint64_t len, uint64_t end)
{
    return at <= end && len <= end - at;
}

static int check_head(const struct vfs_pack_head *head, uint64_t len,
                      const char *name, viv_error *err)
{
    uint64_t records = (uint64_t)head->entries * sizeof(struct vfs_pack_record);

    if (head->magic != VFS_PACK_MAGIC)
        return base_error(err, VIV_EFORMAT, "'%s' is not a pack of files",
                          name);
    if (head->version != VFS_PACK_VERSION)
        return base_error(err, VIV_EVERSION,
                          "'%s' is a pack of version %u; this library reads "
                          "version %d",
                          name, head->version, VFS_PACK_VERSION);
    if (head->entries == 0 || head->entries >= VFS_BELOW ||
        records > len - sizeof(*head))
        return base_error(err, VIV_EFORMAT,
                          "the pack '%s' has %llu bytes, which cannot hold the "
                          "%u entries that it speaks of",
                          name, (unsigned long long)len, head->entries);
    if (!is_inside(head->names_at, head->names_bytes, len))
        return base_error(err, VIV_EFORMAT,
                          "the pack '%s' has %llu bytes; its names should be "
                          "%llu bytes from byte %llu on",
                          name, (unsigned long long)len,
                          (unsigned long long)head->names_bytes,
                          (unsigned long long)head->names_at);
    return 0;
}

int vfs_pack_wrap(const void *bytes, uint64_t len, const char *name,
                  struct vfs_pack **ret_pack, viv_error *err)
{
    struct vfs_pack_head head;
    struct vfs_pack *pack;
    int code;

    if (len < sizeof(head))
        return base_error(err, VIV_EFORMAT, "'%s' is not a pack of files",
                          name);
    memcpy(&head, bytes, sizeof(head));
    code = check_head(&head, len, name, err);
    if (code < 0)
        return code;
    pack = base_alloc_zero(1, sizeof(*pack));
    if (pack == NULL)
        return base_error_memory(err);
    pack->tree.ops = &tree_ops;
    atomic_init(&pack->refs, 1);
    pack->bytes = bytes;
    pack->len = len;
    pack->entries = head.entries;
    pack->names_at = head.names_at;
    pack->names_bytes = head.names_bytes;
    memcpy(pack->digest, head.digest, sizeof(pack->digest));
    *ret_pack = pack;
    return 0;
}

static int map(const struct os_file *file, const char *path,
               struct vfs_pack **ret_pack, viv_error *err)
{
    const void *bytes;
    int code;

    if (file->bytes == 0)
        return base_error(err, VIV_EFORMAT, "'%s' is not a pack of files",
                          path);
    bytes = os_map_view(os_map_round(file->bytes), file->fd, 0);
    if (bytes == NULL)
        return base_error(err, VIV_ENOMEM,
                          "no room to map the %llu bytes of '%s'",
                          (unsigned long long)file->bytes, path);
    code = vfs_pack_wrap(bytes, file->bytes, path, ret_pack, err);
    if (code < 0)
        os_map_release((void *)bytes, os_map_round(file->bytes));
    else
        (*ret_pack)->is_mapped = true;
    return code;
}

int vfs_pack_open(const char *path, struct vfs_pack **ret_pack, viv_error *err)
{
    struct os_file file;
    int code = os_file_open(path, &file, err);

    if (code < 0)
        return code;
    code = map(&file, path, ret_pack, err);
    os_file_close(&file);
    return code;
}

struct vfs_pack *vfs_pack_ref(struct vfs_pack *pack)
{
    uint32_t before = atomic_fetch_add(&pack->refs, 1);

    CHECK(before > 0 && before < UINT32_MAX);
    return pack;
}

void vfs_pack_unref(struct vfs_pack *pack)
{
    uint32_t before;

    if (pack == NULL)
        return;
    before = atomic_fetch_sub(&pack->refs, 1);
    CHECK(before > 0);
    if (before > 1)
        return;
    if (pack->is_mapped)
        os_map_release((void *)pack->bytes, os_map_round(pack->len));
    base_free(pack);
}

/* ------------------------------------------------------------------------
 * Entries.
 */

static bool is_sound(const struct vfs_pack *pack, uint32_t number,
                     const struct vfs_pack_record *record)
{
    if (!is_inside(record->name_at, record->name_len, pack->names_bytes))
        return false;
    if (number != 0 && (record->parent >= number || record->name_len == 0))
        return false;
    switch (record->type) {
    case VFS_DIRECTORY:
        return record->count == 0 ||
               (record->at > number &&
                is_inside(record->at, record->count, pack->entries));
    case VFS_SYMLINK:
        return number != 0 && record->bytes < VFS_PATH_BYTES &&
               is_inside(record->at, record->bytes, pack->len);
    case VFS_FILE:
        return number != 0 && is_inside(record->at, record->bytes, pack->len);
    default:
        return false;
    }
}

int vfs_pack_get(const struct vfs_pack *pack, uint32_t number,
                 struct vfs_pack_entry *ret_entry)
{
    struct vfs_pack_record record;
    const uint8_t *records = pack->bytes + sizeof(struct vfs_pack_head);
    const uint8_t *names = pack->bytes + pack->names_at;
    bool is_directory;

    if (number >= pack->entries)
        return VFS_EIO;
    memcpy(&record, records + (size_t)number * sizeof(record), sizeof(record));
    if (!is_sound(pack, number, &record))
        return VFS_EIO;
    is_directory = record.type == VFS_DIRECTORY;
    *ret_entry = (struct vfs_pack_entry){
        .name = {(const char *)names + record.name_at, record.name_len},
        .parent = number != 0 ? record.parent : 0,
        .first = is_directory ? (uint32_t)record.at : 0,
        .count = is_directory ? record.count : 0,
        .at = is_directory ? 0 : record.at,
        .bytes = is_directory ? 0 : record.bytes,
        .modified = record.modified,
        .type = record.type,
    };
    return 0;
}

/* Negative, 0 or positive, as `a` comes before `b`. */
static int order(const struct vfs_name *a, const struct vfs_name *b)
{
    int difference =
        memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

    return difference != 0 ? difference : (int)a->len - (int)b->len;
}

int vfs_pack_find(const struct vfs_pack *pack, uint32_t number,
                  const struct vfs_name *name, uint32_t *ret_number)
{
    struct vfs_pack_entry dir, child;
    uint32_t low, high;
    int error = vfs_pack_get(pack, number, &dir);

    if (error == 0 && dir.type != VFS_DIRECTORY)
        error = VFS_ENOTDIR;
    if (error != 0)
        return error;
    low = dir.first;
    high = dir.first + dir.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int difference;

        error = vfs_pack_get(pack, middle, &child);
        if (error != 0)
            return error;
        difference = order(name, &child.name);
        if (difference == 0) {
            *ret_number = middle;
            return 0;
        }
        if (difference < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return VFS_ENOENT;
}

size_t vfs_pack_copy(const struct vfs_pack *pack, uint32_t number, uint64_t at,
                     char *to, size_t len)
{
    struct vfs_pack_entry entry;

    if (vfs_pack_get(pack, number, &entry) != 0 || at >= entry.bytes)
        return 0;
    if (len > entry.bytes - at)
        len = (size_t)(entry.bytes - at);
    memcpy(to, pack->bytes + entry.at + at, len);
    return len;
}

/* ------------------------------------------------------------------------
 * As a tree of nodes.
 */

static int get_node(const struct vfs_pack *pack, uint64_t node,
                    struct vfs_pack_entry *ret_entry)
{
    if ((node & VFS_BELOW) == 0 || node >> 32 != 0)
        return VFS_EBADF;
    return vfs_pack_get(pack, (uint32_t)node & ~VFS_BELOW, ret_entry);
}

static int find(void *fs, uint64_t dir, const struct vfs_name *name,
                struct vfs_node *ret_node)
{
    const struct vfs_pack *pack = fs;
    struct vfs_pack_entry entry;
    uint32_t number;
    int error = get_node(pack, dir, &entry);

    if (error == 0)
        error = vfs_pack_find(pack, (uint32_t)dir & ~VFS_BELOW, name, &number);
    if (error == 0)
        error = vfs_pack_get(pack, number, &entry);
    if (error == 0)
        *ret_node = (struct vfs_node){VFS_BELOW | (uint64_t)number, entry.type};
    return error;
}

static int parent(void *fs, uint64_t dir, uint64_t *ret_dir)
{
    struct vfs_pack_entry entry;
    int error = get_node(fs, dir, &entry);

    if (error == 0)
        *ret_dir = VFS_BELOW | (uint64_t)entry.parent;
    return error;
}

int vfs_pack_read_link(void *fs, uint64_t node, struct vfs_path *ret_target)
{
    const struct vfs_pack *pack = fs;
    struct vfs_pack_entry entry;
    int error = get_node(pack, node, &entry);

    if (error == 0 && entry.type != VFS_SYMLINK)
        error = VFS_EINVAL;
    if (error != 0)
        return error;
    ret_target->len = (uint32_t)entry.bytes;
    memcpy(ret_target->text, pack->bytes + entry.at, ret_target->len);
    ret_target->text[ret_target->len] = '\0';
    return 0;
}

int vfs_pack_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat)
{
    struct vfs_pack_entry entry;
    int error = get_node(fs, node, &entry);

    if (error != 0)
        return error;
    *ret_stat = (struct vfs_stat){
        .ino = node,
        .links = 1,
        .bytes = entry.bytes,
        .accessed = entry.modified,
        .modified = entry.modified,
        .changed = entry.modified,
        .type = entry.type,
    };
    return 0;
}

int vfs_pack_read(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_pack_entry entry;
    int error = get_node(fs, node, &entry);

    io->done = 0;
    if (error == 0 && entry.type != VFS_FILE)
        error = VFS_EBADF;
    for (uint32_t i = 0; error == 0 && i < io->count; i++)
        io->done +=
            vfs_pack_copy(fs, (uint32_t)node & ~VFS_BELOW, io->at + io->done,
                          io->parts[i].iov_base, io->parts[i].iov_len);
    return error;
}

int vfs_pack_list(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                  void *cookie)
{
    struct vfs_list list = {from, sink, cookie, true};
    struct vfs_pack_entry entry;
    int error = get_node(fs, node, &entry);

    if (error == 0 && entry.type != VFS_DIRECTORY)
        error = VFS_ENOTDIR;
    if (error != 0)
        return error;
    vfs_list_dots(&list, node, VFS_BELOW | (uint64_t)entry.parent);
    return vfs_list_below(&list, fs, (uint32_t)node & ~VFS_BELOW, NULL, NULL);
}

static int set_times(void *fs, uint64_t node, const struct vfs_times *times)
{
    (void)fs, (void)node, (void)times;
    return VFS_EROFS;
}

static void give_back(void *fs)
{
    vfs_pack_unref(fs);
}

static const struct vfs_tree_ops tree_ops = {
    .find = find,
    .parent = parent,
    .read_link = vfs_pack_read_link,
    .stat = vfs_pack_stat,
};

const struct vfs_ops vfs_pack_ops = {
    .open = vfs_tree_open,
    .stat_at = vfs_tree_stat_at,
    .set_times_at = vfs_tree_set_times_at,
    .make_directory = vfs_tree_make_directory,
    .remove_directory = vfs_tree_remove_directory,
    .unlink = vfs_tree_unlink,
    .symlink = vfs_tree_symlink,
    .read_link = vfs_tree_read_link,
    .link = vfs_tree_link,
    .rename = vfs_tree_rename,
    .stat = vfs_pack_stat,
    .set_times = set_times,
    .read = vfs_pack_read,
    .list = vfs_pack_list,
    .free = give_back,
};
