/* vfs_op.h - one operation on files, to be done to several file systems.
 *
 * An operation speaks of HANDLES: small numbers that each subject makes its own
 * descriptors of.  Handle 0 is the root and always open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_OP_H
#define VFS_OP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "diff/diff_random.h"

#define VFS_OP_HANDLES   8
#define VFS_OP_PATH_SIZE 6000
#define VFS_OP_DATA_SIZE 20000

/* X(NAME, weight): how often it comes up, among each other. */
#define VFS_OPS(X)                                                             \
    X(OPEN, 30)                                                                \
    X(CLOSE, 3)                                                                \
    X(RENUMBER, 1)                                                             \
    X(READ, 10)                                                                \
    X(PREAD, 8)                                                                \
    X(WRITE, 14)                                                               \
    X(PWRITE, 10)                                                              \
    X(SEEK, 8)                                                                 \
    X(STAT, 6)                                                                 \
    X(SET_BYTES, 7)                                                            \
    X(ALLOCATE, 3)                                                             \
    X(SYNC, 1)                                                                 \
    X(SET_FLAGS, 3)                                                            \
    X(SET_TIMES, 3)                                                            \
    X(LIST, 6)                                                                 \
    X(MOVE_ARENA, 1)                                                           \
    X(STAT_AT, 10)                                                             \
    X(SET_TIMES_AT, 4)                                                         \
    X(MAKE_DIRECTORY, 14)                                                      \
    X(REMOVE_DIRECTORY, 8)                                                     \
    X(UNLINK, 10)                                                              \
    X(SYMLINK, 10)                                                             \
    X(READ_LINK, 5)                                                            \
    X(LINK, 8)                                                                 \
    X(RENAME, 18)

#define VFS_OP_KIND(name, weight) VFS_OP_##name,
enum vfs_op_kind { VFS_OPS(VFS_OP_KIND) VFS_OP_KINDS };
#undef VFS_OP_KIND

struct vfs_op {
    enum vfs_op_kind kind;
    unsigned handle, other; /* where paths begin, or what is used */
    unsigned into;          /* the handle that is opened */
    char path[VFS_OP_PATH_SIZE];
    char second[VFS_OP_PATH_SIZE]; /* the new path, or a link's target */
    bool follow;
    bool read, write, create, exclusive, truncate, directory, append;
    uint64_t at;
    int64_t by;
    unsigned whence; /* as in SEEK_SET and so on */
    uint32_t len;
    uint64_t data; /* seed of what is written */
};

/* What comes of it. */
struct vfs_op_result {
    int error;       /* VFS_E... */
    uint64_t value;  /* bytes done, position, size */
    uint64_t digest; /* of bytes, names, facts */
};

/* If a pack will be made of what there is: no second names of files, which it
 * does not know of, and no large holes, which it would be full of. */
void vfs_op_random(struct diff_random *random, struct vfs_op *op,
                   bool is_packed);

/* One that makes something, as it should come first. */
void vfs_op_random_first(struct diff_random *random, struct vfs_op *op);

/* The bytes that the operation writes. */
void vfs_op_data(const struct vfs_op *op, char *to);

uint64_t vfs_op_digest(uint64_t digest, const void *bytes, size_t len);

/* One line for a human. */
void vfs_op_print(FILE *out, const struct vfs_op *op);

#endif /* VFS_OP_H */
