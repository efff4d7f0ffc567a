/* vfs_op.c - operations on files, at random: few names, and many ways to spell
 * them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs_op.h"

#include <string.h>

static uint32_t below(struct diff_random *random, uint32_t n)
{
    return diff_random_below(random, n);
}

static bool chance(struct diff_random *random, uint32_t permille)
{
    return diff_random_chance(random, permille);
}

/* ------------------------------------------------------------------------
 * Paths.
 */

/* Few names, so that operations meet; most have a kind that they go with. */
enum name_kind { FILES, DIRECTORIES, LINKS, ANY };

static void add_name(struct diff_random *random, char *path,
                     enum name_kind kind)
{
    static const char *const names[][4] = {{"a", "b", "c", "\u00e9"},
                                           {"d", "e", "f", "D E\n"},
                                           {"l", "m", "a", "d"},
                                           {".", "..", "a", "d"}};
    static char longest[257], longer[151];

    memset(longest, 'n', sizeof(longest) - 1);
    memset(longer, 'm', sizeof(longer) - 1);
    if (chance(random, 8))
        strcat(path, longest + below(random, 2));
    else if (chance(random, 15))
        strcat(path, longer);
    else if (chance(random, 40))
        strcat(path, names[ANY][below(random, 4)]);
    else
        strcat(path,
               names[kind][below(random, 100) < 97 ? below(random, 3) : 3]);
}

static enum name_kind random_name_kind(struct diff_random *random,
                                       enum name_kind kind)
{
    if (chance(random, 120))
        kind = (enum name_kind)below(random, ANY);
    return kind != ANY ? kind : (enum name_kind)below(random, ANY);
}

/* A path to something of this kind, most often. */
static void random_path(struct diff_random *random, char *path,
                        enum name_kind kind)
{
    uint32_t above = chance(random, 400) ? 1 + below(random, 3) : 0;

    path[0] = '\0';
    if (chance(random, 3))
        return;
    if (chance(random, 8))
        strcat(path, "/");
    if (chance(random, 2))
        memset(path, 'x', 3990 + below(random, 200));
    for (; above > 0 && strlen(path) < 3000; above--) {
        add_name(random, path, random_name_kind(random, DIRECTORIES));
        strcat(path, chance(random, 60) ? "//" : "/");
    }
    add_name(random, path, random_name_kind(random, kind));
    if (chance(random, kind == DIRECTORIES ? 100 : 25))
        strcat(path, chance(random, 200) ? "//" : "/");
}

/* Links lead up more often than paths do. */
static void random_target(struct diff_random *random, char *target)
{
    char rest[VFS_OP_PATH_SIZE];

    target[0] = '\0';
    while (chance(random, 250))
        strcat(target, "../");
    do {
        random_path(random, rest, ANY);
    } while (rest[0] == '\0' || rest[0] == '/' || strlen(rest) > 3000);
    strcat(target, rest);
}

/* ------------------------------------------------------------------------
 * Operations.
 */

static enum vfs_op_kind random_kind(struct diff_random *random)
{
#define WEIGHT(name, weight) weight,
    static const uint32_t weights[] = {VFS_OPS(WEIGHT)};
    uint32_t sum = 0, at;
    unsigned kind = 0;

    for (int i = 0; i < VFS_OP_KINDS; i++)
        sum += weights[i];
    at = below(random, sum);
    while (at >= weights[kind])
        at -= weights[kind++];
    return (enum vfs_op_kind)kind;
}

/* Mostly within a few blocks, now and then far out. */
static uint64_t random_offset(struct diff_random *random)
{
    static const uint64_t edges[] = {
        0,         1,       4095,          4096,       4097,
        8192,      1 << 22, (1 << 22) - 1, 1ull << 32, (1ull << 32) + 5,
        1ull << 40};

    if (chance(random, 200))
        return edges[below(random, sizeof(edges) / sizeof(edges[0]))];
    return below(random, chance(random, 500) ? 100 : 20000);
}

static uint32_t random_len(struct diff_random *random)
{
    if (chance(random, 100))
        return 4096 * below(random, 4);
    return below(random, chance(random, 600) ? 50 : VFS_OP_DATA_SIZE);
}

/* Handles from here on are of directories, most often; those before of files.
 */
#define FIRST_DIRECTORY 5

static unsigned random_file_handle(struct diff_random *random)
{
    if (chance(random, 50))
        return below(random, VFS_OP_HANDLES);
    return 1 + below(random, FIRST_DIRECTORY - 1);
}

static unsigned random_directory_handle(struct diff_random *random)
{
    if (chance(random, 600))
        return 0;
    if (chance(random, 50))
        return below(random, VFS_OP_HANDLES);
    return FIRST_DIRECTORY + below(random, VFS_OP_HANDLES - FIRST_DIRECTORY);
}

static void random_open(struct diff_random *random, struct vfs_op *op)
{
    bool is_directory = chance(random, 300);

    op->into = is_directory ? FIRST_DIRECTORY + below(random, 3)
                            : 1 + below(random, FIRST_DIRECTORY - 1);
    random_path(random, op->path, is_directory ? DIRECTORIES : FILES);
    op->read = chance(random, 700);
    op->write = chance(random, is_directory ? 30 : 800);
    op->create = chance(random, is_directory ? 30 : 700);
    op->exclusive = chance(random, 60);
    op->truncate = chance(random, is_directory ? 30 : 150);
    op->directory = chance(random, is_directory ? 500 : 20);
    op->append = chance(random, 120);
}

/* What it begins with, and the paths. */
static void random_place(struct diff_random *random, struct vfs_op *op)
{
    bool is_by_path = op->kind >= VFS_OP_STAT_AT || op->kind == VFS_OP_OPEN ||
                      op->kind == VFS_OP_LIST;
    enum name_kind kind =
        op->kind == VFS_OP_MAKE_DIRECTORY || op->kind == VFS_OP_REMOVE_DIRECTORY
            ? DIRECTORIES
        : op->kind == VFS_OP_SYMLINK || op->kind == VFS_OP_READ_LINK ? LINKS
        : op->kind == VFS_OP_UNLINK || op->kind == VFS_OP_LINK       ? FILES
                                                                     : ANY;

    op->handle = is_by_path ? random_directory_handle(random)
                            : random_file_handle(random);
    op->other = op->kind == VFS_OP_RENUMBER ? random_file_handle(random)
                                            : random_directory_handle(random);
    if (op->kind == VFS_OP_RENAME && chance(random, 850))
        kind = (enum name_kind)below(random, ANY);
    random_path(random, op->path, kind);
    if (op->kind == VFS_OP_SYMLINK)
        random_target(random, op->second);
    else
        random_path(random, op->second, kind);
}

static int64_t random_distance(struct diff_random *random)
{
    if (chance(random, 30))
        return INT64_MIN;
    return (int64_t)below(random, 10000) - (chance(random, 400) ? 9000 : 0);
}

/* All but the kind. */
static void fill(struct diff_random *random, struct vfs_op *op, bool is_packed)
{
    random_place(random, op);
    op->follow = chance(random, 600);
    op->append = chance(random, 300);
    if (op->kind == VFS_OP_OPEN)
        random_open(random, op);
    op->at = random_offset(random);
    if (is_packed)
        op->at %= 1 << 20;
    op->by = random_distance(random);
    op->whence = below(random, 3);
    op->len = random_len(random);
    op->data = diff_random_u64(random);
}

void vfs_op_random(struct diff_random *random, struct vfs_op *op,
                   bool is_packed)
{
    memset(op, 0, sizeof(*op));
    do {
        op->kind = random_kind(random);
    } while (op->kind == VFS_OP_LINK && is_packed);
    fill(random, op, is_packed);
}

void vfs_op_random_first(struct diff_random *random, struct vfs_op *op)
{
    memset(op, 0, sizeof(*op));
    op->kind = chance(random, 500)   ? VFS_OP_MAKE_DIRECTORY
               : chance(random, 800) ? VFS_OP_OPEN
                                     : VFS_OP_SYMLINK;
    fill(random, op, true);
    if (op->kind == VFS_OP_OPEN && op->write)
        op->create = true;
}

void vfs_op_data(const struct vfs_op *op, char *to)
{
    struct diff_random random;

    diff_random_init(&random, op->data);
    for (uint32_t i = 0; i < op->len; i++)
        to[i] = (char)('a' + (diff_random_u64(&random) >> 40) % 26);
}

uint64_t vfs_op_digest(uint64_t digest, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;

    for (size_t i = 0; i < len; i++)
        digest = (digest ^ from[i]) * 0x100000001b3u;
    return digest * 0x9e3779b97f4a7c15u + 1;
}

/* ------------------------------------------------------------------------
 * Words.
 */

static void print_path(FILE *out, const char *path)
{
    if (strlen(path) > 300)
        fprintf(out, " '%.20s...' (%zu bytes)", path, strlen(path));
    else
        fprintf(out, " '%s'", path);
}

void vfs_op_print(FILE *out, const struct vfs_op *op)
{
#define NAME(name, weight) #name,
    static const char *const names[] = {VFS_OPS(NAME)};

    fprintf(out, "%s handle %u other %u", names[op->kind], op->handle,
            op->other);
    if (op->kind == VFS_OP_OPEN)
        fprintf(out, " into %u%s%s%s%s%s%s%s", op->into,
                op->read ? " read" : "", op->write ? " write" : "",
                op->create ? " create" : "", op->exclusive ? " exclusive" : "",
                op->truncate ? " truncate" : "",
                op->directory ? " directory" : "", op->append ? " append" : "");
    print_path(out, op->path);
    print_path(out, op->second);
    fprintf(out, "%s at %llu by %lld whence %u len %u\n",
            op->follow ? " follow" : "", (unsigned long long)op->at,
            (long long)op->by, op->whence, op->len);
}
