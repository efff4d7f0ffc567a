/* wasi_stream.h - reading and writing, where the other end may be the host.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_STREAM_H
#define WASI_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasi/wasi.h"

/* fd_read and fd_write, of a list that was fetched.  Return what the guest is
 * told, or WASI_AGAIN when standard input has nothing yet, or WASI_SPENT when
 * the output has reached its ceiling. */
int wasi_stream_read(struct wasi *wasi, uint32_t fd,
                     const struct wasi_parts *parts, size_t *ret_done);
int wasi_stream_write(struct wasi *wasi, uint32_t fd,
                      const struct wasi_parts *parts, size_t *ret_done);

/* Let what the host has for standard input wait there, `most` bytes at most, if
 * nothing does.  Fails with WASI_EAGAIN when the host has nothing now, and with
 * WASI_EIO. */
int wasi_stream_fill(struct wasi *wasi, size_t most);

#endif /* WASI_STREAM_H */
