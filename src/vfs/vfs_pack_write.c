/* vfs_pack_write.c - make a pack of a directory of the host.
 *
 * Records are made by level: whenever it is a directory's turn, its entries are
 * read, put in order, and added at the end, where their own turn comes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_pack_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_buf.h"
#include "base/base_error.h"
#include "base/base_sha256.h"
#include "base/base_sort.h"
#include "base/base_utf8.h"
#include "os/os_beneath.h"
#include "os/os_fd.h"
#include "os/os_file.h"
#include "vfs/vfs_ops.h"
#include "vfs/vfs_pack_format.h"

#define CHUNK_BYTES   65536
#define ENTRIES_MAX   0x7fffffffu
#define SECTION_BYTES ((size_t)1 << 40) /* where a section ends to grow */

struct writer {
    const char *from; /* for sentences */
    int root;
    uint64_t modified;
    struct base_buf records, names, bytes;
    char path[VFS_PATH_BYTES]; /* beneath the root, of what is at hand */
    viv_error *err;
};

static struct vfs_pack_record *record_at(const struct writer *writer,
                                         uint32_t number)
{
    return (struct vfs_pack_record *)writer->records.at + number;
}

static uint32_t record_count(const struct writer *writer)
{
    return (uint32_t)(writer->records.len / sizeof(struct vfs_pack_record));
}

static int system_error(struct writer *writer, const char *verb, int code)
{
    return base_error(writer->err, VIV_EIO, "cannot %s '%s/%s': %s", verb,
                      writer->from, writer->path,
                      vfs_error_words(vfs_error_of_errno(code)));
}

/* ------------------------------------------------------------------------
 * Paths: from the names of a record and those above it.
 */

/* Put the name of record `number` before what begins at `*at` in the path. */
static bool put_name(struct writer *writer, uint32_t number, size_t *at)
{
    const struct vfs_pack_record *record = record_at(writer, number);
    size_t len = record->name_len;

    if (*at < len + 1)
        return false;
    *at -= len + 1;
    writer->path[*at + len] = '/';
    memcpy(writer->path + *at, writer->names.at + record->name_at, len);
    return true;
}

static int find_path(struct writer *writer, uint32_t number)
{
    size_t at = sizeof(writer->path), len;

    for (uint32_t i = number; i != 0; i = record_at(writer, i)->parent)
        if (!put_name(writer, i, &at))
            return base_error(writer->err, VIV_EUNSUPPORTED,
                              "'%s' has paths of more than %d bytes",
                              writer->from, VFS_PATH_BYTES - 1);
    len = sizeof(writer->path) - at;
    memmove(writer->path, writer->path + at, len);
    if (len == 0)
        writer->path[len++] = '.';
    else
        len--; /* the slash behind the last name */
    writer->path[len] = '\0';
    return 0;
}

/* ------------------------------------------------------------------------
 * Contents.
 */

static int read_file(struct writer *writer, int fd,
                     struct vfs_pack_record *record)
{
    int64_t got;

    do {
        struct iovec part = {base_buf_room(&writer->bytes, CHUNK_BYTES),
                             CHUNK_BYTES};

        if (part.iov_base == NULL)
            return base_error_memory(writer->err);
        got = os_fd_read(fd, &part, 1, record->bytes);
        if (got < 0)
            return system_error(writer, "read", (int)got);
        writer->bytes.len += (size_t)got;
        record->bytes += (uint64_t)got;
    } while (got > 0);
    return 0;
}

static int read_link(struct writer *writer, int fd,
                     struct vfs_pack_record *record)
{
    char *to = base_buf_room(&writer->bytes, VFS_PATH_BYTES);
    int64_t len;

    if (to == NULL)
        return base_error_memory(writer->err);
    len = os_fd_read_link(fd, to, VFS_PATH_BYTES);
    if (len < 0)
        return system_error(writer, "read", (int)len);
    writer->bytes.len += (size_t)len;
    record->bytes = (uint64_t)len;
    return 0;
}

/* ------------------------------------------------------------------------
 * Directories.
 */

static int add_record(struct writer *writer, uint32_t parent, const char *name)
{
    struct vfs_pack_record record = {
        .parent = parent,
        .name_at = (uint32_t)writer->names.len,
        .name_len = (uint8_t)strlen(name),
    };

    if (!base_utf8_is_valid((const uint8_t *)name, strlen(name)))
        return base_error(writer->err, VIV_EUNSUPPORTED,
                          "in '%s/%s' the name '%s' is not UTF-8", writer->from,
                          writer->path, name);
    if (record_count(writer) == ENTRIES_MAX || writer->names.len > UINT32_MAX)
        return base_error(writer->err, VIV_EUNSUPPORTED,
                          "'%s' has more files than a pack can hold",
                          writer->from);
    base_buf_text(&writer->names, name);
    base_buf_bytes(&writer->records, &record, sizeof(record));
    return writer->names.failed || writer->records.failed
               ? base_error_memory(writer->err)
               : 0;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Records of all entries, in the order in which the system has them. */
static int add_entries(struct writer *writer, int fd, uint32_t number)
{
    _Alignas(8) char buf[CHUNK_BYTES / 2];
    uint64_t from = 0;
    int64_t len;

    while ((len = os_fd_list(fd, from, buf, sizeof(buf))) > 0) {
        struct os_fd_entry entry;

        for (size_t at = 0; os_fd_entry(buf, (size_t)len, &at, &entry);) {
            int code = is_dots(entry.name)
                           ? 0
                           : add_record(writer, number, entry.name);

            if (code < 0)
                return code;
            from = entry.next;
        }
    }
    return len < 0 ? system_error(writer, "list", (int)len) : 0;
}

/* By the bytes of their names; of two that begin alike the shorter first. */
static int order(const void *context, uint32_t a, uint32_t b)
{
    const struct writer *writer = context;
    const struct vfs_pack_record *x = record_at(writer, a);
    const struct vfs_pack_record *y = record_at(writer, b);
    size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
    int difference = memcmp(writer->names.at + x->name_at,
                            writer->names.at + y->name_at, len);

    return difference != 0 ? difference : x->name_len - y->name_len;
}

/* Put the last `count` records in order. */
static int sort_entries(struct writer *writer, uint32_t first, uint32_t count)
{
    uint32_t *numbers = base_alloc_array(NULL, count, sizeof(*numbers));
    struct vfs_pack_record *sorted =
        base_alloc_array(NULL, count, sizeof(*sorted));
    int code = 0;

    for (uint32_t i = 0; numbers != NULL && i < count; i++)
        numbers[i] = first + i;
    if (numbers == NULL || sorted == NULL ||
        base_sort(numbers, count, order, writer) < 0) {
        code = base_error_memory(writer->err);
    } else {
        for (uint32_t i = 0; i < count; i++)
            sorted[i] = *record_at(writer, numbers[i]);
        memcpy(record_at(writer, first), sorted, count * sizeof(*sorted));
    }
    base_free(sorted);
    base_free(numbers);
    return code;
}

static int read_directory(struct writer *writer, int fd, uint32_t number,
                          struct vfs_pack_record *record)
{
    uint32_t first = record_count(writer);
    int code = add_entries(writer, fd, number);

    record->at = first;
    record->count = record_count(writer) - first;
    if (code == 0 && record->count > 0)
        code = sort_entries(writer, first, record->count);
    return code;
}

/* ------------------------------------------------------------------------
 * One record after the other.
 */

/* What is in it goes where it belongs; `record` is filled in. */
static int read_contents(struct writer *writer, int fd, uint32_t number,
                         const struct os_fd_facts *facts,
                         struct vfs_pack_record *record)
{
    record->at = writer->bytes.len; /* from where the bytes begin */
    record->modified =
        writer->modified != UINT64_MAX ? writer->modified : facts->modified;
    switch (facts->type) {
    case OS_FD_FILE:
        record->type = VFS_FILE;
        return read_file(writer, fd, record);
    case OS_FD_DIRECTORY:
        record->type = VFS_DIRECTORY;
        return read_directory(writer, fd, number, record);
    case OS_FD_SYMLINK:
        record->type = VFS_SYMLINK;
        return read_link(writer, fd, record);
    case OS_FD_OTHER:
        break;
    }
    return base_error(writer->err, VIV_EUNSUPPORTED,
                      "'%s/%s' is a FIFO, a socket or a device, which a pack "
                      "cannot hold",
                      writer->from, writer->path);
}

/* Links are looked at, the others opened.  `*ret_fd` is owned by the caller
 * even on failure. */
static int open_record(struct writer *writer, struct os_fd_facts *ret_facts,
                       int *ret_fd)
{
    int code, look = os_beneath_open(writer->root, writer->path,
                                     OS_BENEATH_LOOK | OS_BENEATH_NOFOLLOW);

    *ret_fd = look;
    code = look < 0 ? look : os_fd_examine(look, ret_facts);
    if (code < 0)
        return system_error(writer, "open", code);
    if (ret_facts->type != OS_FD_FILE && ret_facts->type != OS_FD_DIRECTORY)
        return 0;
    *ret_fd = os_beneath_open(writer->root, writer->path,
                              OS_BENEATH_READ | OS_BENEATH_NOFOLLOW);
    os_fd_close(look);
    return *ret_fd < 0 ? system_error(writer, "open", *ret_fd) : 0;
}

static int fill_record(struct writer *writer, uint32_t number)
{
    struct vfs_pack_record record = *record_at(writer, number);
    struct os_fd_facts facts;
    int fd = -1, code = find_path(writer, number);

    if (code == 0)
        code = open_record(writer, &facts, &fd);
    if (code == 0)
        code = read_contents(writer, fd, number, &facts, &record);
    os_fd_close(fd);
    if (code == 0)
        *record_at(writer, number) = record;
    return code;
}

static int read_all(struct writer *writer)
{
    int code = add_record(writer, 0, "");

    for (uint32_t i = 0; code == 0 && i < record_count(writer); i++)
        code = fill_record(writer, i);
    return code;
}

/* ------------------------------------------------------------------------
 * Writing.
 */

static struct vfs_pack_head head_of(const struct writer *writer)
{
    return (struct vfs_pack_head){
        .magic = VFS_PACK_MAGIC,
        .version = VFS_PACK_VERSION,
        .entries = record_count(writer),
        .names_at = sizeof(struct vfs_pack_head) + writer->records.len,
        .names_bytes = writer->names.len,
    };
}

/* Offsets of bytes count from the start of the file from now on. */
static void place_bytes(struct writer *writer, uint64_t bytes_at)
{
    for (uint32_t i = 0; i < record_count(writer); i++)
        if (record_at(writer, i)->type != VFS_DIRECTORY)
            record_at(writer, i)->at += bytes_at;
}

static int write_all(struct writer *writer, const char *to)
{
    struct vfs_pack_head head = head_of(writer);
    uint8_t digest[32];
    struct base_buf out;
    int code;

    place_bytes(writer, head.names_at + head.names_bytes);
    base_buf_init(&out, SECTION_BYTES);
    base_buf_bytes(&out, &head, sizeof(head));
    base_buf_bytes(&out, writer->records.at, writer->records.len);
    base_buf_bytes(&out, writer->names.at, writer->names.len);
    base_buf_bytes(&out, writer->bytes.at, writer->bytes.len);
    if (out.failed) {
        code = base_error_memory(writer->err);
    } else {
        base_sha256(out.at + sizeof(head), out.len - sizeof(head), digest);
        memcpy(((struct vfs_pack_head *)out.at)->digest, digest,
               sizeof(head.digest));
        code = os_file_write(to, out.at, out.len, 0666, writer->err);
    }
    base_buf_fini(&out);
    return code;
}

int vfs_pack_write(const char *from, const char *to, uint64_t modified,
                   viv_error *err)
{
    struct writer writer = {.from = from, .modified = modified, .err = err};
    int code = os_beneath_root(from, &writer.root, err);

    if (code < 0)
        return code;
    base_buf_init(&writer.records, SECTION_BYTES);
    base_buf_init(&writer.names, SECTION_BYTES);
    base_buf_init(&writer.bytes, SECTION_BYTES);
    code = read_all(&writer);
    if (code == 0)
        code = write_all(&writer, to);
    base_buf_fini(&writer.bytes);
    base_buf_fini(&writer.names);
    base_buf_fini(&writer.records);
    os_fd_close(writer.root);
    return code;
}
