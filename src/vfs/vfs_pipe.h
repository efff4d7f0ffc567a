/* vfs_pipe.h - streams between host and guest: standard input, output, error.
 *
 * Floor 2.  A PIPE has one end in the guest and one in the host.  What has gone
 * through it has left the sandbox, and so is not in the arena: a reset does not
 * call it back; vfs_pipe_clear() is for the host to say when the next call
 * begins with an empty one.
 *
 * Bytes for the guest wait in a buffer.  Bytes from the guest go to the host's
 * sink at once, or wait in a buffer until the host takes them.  Either way no
 * more than `bytes_max` go through; what does not is VFS_ELIMIT, and the call
 * of the guest is to end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_PIPE_H
#define VFS_PIPE_H

#include "base/base_buf.h"
#include "vfs/vfs_ops.h"

enum vfs_pipe_direction {
    VFS_PIPE_IN, /* to the guest */
    VFS_PIPE_OUT /* from the guest */
};

/* Gets bytes as the guest writes them, on its thread, before its call goes on.
 * Must not use the sandbox.  False: nobody reads them any more (VFS_EPIPE). */
typedef bool vfs_pipe_sink(void *cookie, const void *bytes, size_t len);

struct vfs_pipe {
    enum vfs_pipe_direction direction;
    struct base_buf buf;
    size_t taken;        /* of the buffer, by the reader */
    uint64_t bytes_max;  /* that go through, since it was cleared */
    uint64_t bytes_done; /* that went in */
    bool is_ended;       /* IN: nothing more comes */
    bool is_full;        /* OUT: the guest met the ceiling */
    vfs_pipe_sink *sink; /* OUT: or NULL */
    void *cookie;
};

/* NULL when memory ran out.  The caller owns it until vfs_pipe_free(). */
struct vfs_pipe *vfs_pipe_new(enum vfs_pipe_direction direction,
                              uint64_t bytes_max);
void vfs_pipe_free(void *pipe);

/* Empty, and as if nothing had gone through. */
void vfs_pipe_clear(struct vfs_pipe *pipe);

/* Let the guest read these bytes, which are copied.  False when they are more
 * than the ceiling leaves, or memory ran out; then none is fed. */
bool vfs_pipe_feed(struct vfs_pipe *pipe, const void *bytes, size_t len);

/* Nothing more comes: once all is read, the guest is at the end. */
void vfs_pipe_end(struct vfs_pipe *pipe);

/* What waits to be read, by the guest or by the host.  Borrowed, until the next
 * that happens to the pipe. */
const char *vfs_pipe_waiting(const struct vfs_pipe *pipe, size_t *ret_len);

/* The first `len` bytes of that were read. */
void vfs_pipe_took(struct vfs_pipe *pipe, size_t len);

/* A file system of one node, 0. */
extern const struct vfs_ops vfs_pipe_ops;

#endif /* VFS_PIPE_H */
