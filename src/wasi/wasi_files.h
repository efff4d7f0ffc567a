/* wasi_files.h - the files and streams of one guest, as src/vfs has them.
 *
 * Floor 6.  What the host gave becomes mounts: standard input, output and
 * error, which are pipes, then its own.  The guest's side of them is an arena
 * in the store, which is made when the guest calls its first function:
 *
 *               wasi_files_ready
 *     ASLEEP -------------------> READY     the store was zeros, or an arena of
 *       ^    \                      |       the same mounts
 *       |     '-----> REFUSED       |
 *       |                |          |       it was neither, or has no room:
 *       '----------------+----------'       there is no descriptor at all
 *              wasi_files_reset
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_FILES_H
#define WASI_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "vfs/vfs.h"
#include "vfs/vfs_error.h"
#include "vivarium.h"

/* Descriptors that can be open at once, if the store has room for the table. */
#define WASI_DESCRIPTORS 1024

/* Streams come before the host's mounts. */
#define WASI_STREAMS    3
#define WASI_MOUNTS_MAX (VFS_MOUNTS_MAX - WASI_STREAMS)

enum wasi_files_state {
    WASI_FILES_ASLEEP,
    WASI_FILES_READY,
    WASI_FILES_REFUSED
};

/* Where a stream goes. */
struct wasi_sink {
    viv_write_func *func;
    void *cookie;
};

struct wasi_files {
    struct vfs vfs;
    struct wasi_sink sinks[WASI_STREAMS];
    struct vfs_pipe *pipes[WASI_STREAMS]; /* the mounts' */
    char *store;                          /* where the arena is, if anywhere */
    size_t store_bytes;
    enum wasi_files_state state;
    uint64_t serial; /* the call whose output the pipes have */
};

/* What `said` permits, over a store at `store`.  Opens directories and packs.
 * Borrows `said` and the store.  The caller owns it until wasi_files_fini(); it
 * must not be moved.  Fails with VIV_EINVAL, VIV_EIO, VIV_EFORMAT,
 * VIV_EVERSION, VIV_EUNSUPPORTED, VIV_ENOMEM. */
int wasi_files_init(struct wasi_files *files, const viv_wasi *said,
                    const struct vfs_clock *clock, char *store,
                    size_t store_bytes, viv_error *err);
void wasi_files_fini(struct wasi_files *files);

/* Is the store zeros, or of the same mounts, or of the first of them?  Fails
 * with VIV_EFORMAT, VIV_EVERSION. */
int wasi_files_check(struct wasi_files *files, viv_error *err);

/* Let the guest have them. */
void wasi_files_ready(struct wasi_files *files);

/* The region went back to its image. */
void wasi_files_reset(struct wasi_files *files, const viv_wasi *said);

/* Call number `serial` begins with nothing in its output, if that is new. */
void wasi_files_begin(struct wasi_files *files, uint64_t serial);

/* Which of the three streams the descriptor is; -1 if it is none. */
int wasi_files_stream(const struct wasi_files *files, uint32_t fd);

#endif /* WASI_FILES_H */
