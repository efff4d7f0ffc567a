/* wasi_guest.h - the one door to guest memory.
 *
 * Floor 6.  A guest address is a struct, so that nobody dereferences it by
 * mistake, and has 64 bits, so that no sum of one and a size wraps.  Numbers in
 * guest memory are little-endian and need not be aligned.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_GUEST_H
#define WASI_GUEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "engine/engine_instance.h"

/* Somewhere in linear memory, or beyond it. */
struct wasi_at {
    uint64_t address;
};

static inline struct wasi_at wasi_at(uint32_t address)
{
    return (struct wasi_at){address};
}

static inline struct wasi_at wasi_at_plus(struct wasi_at at, uint64_t bytes)
{
    return (struct wasi_at){at.address + bytes};
}

/* Linear memory while one host call runs. */
struct wasi_guest {
    char *base;
    uint64_t bytes;
};

struct wasi_guest wasi_guest_of(const struct engine_instance *instance);

/* Where `len` bytes of the guest are, for who fills or copies them whole and
 * reads none of them twice.  Fails with WASI_EFAULT if they are not all there.
 * `len` may be 0, of which the address does not matter. */
int wasi_guest_span(const struct wasi_guest *guest, struct wasi_at at,
                    uint64_t len, char **ret_span);

/* Copy out of the guest, and in.  All or nothing: WASI_EFAULT. */
int wasi_guest_get(const struct wasi_guest *guest, struct wasi_at at, void *to,
                   size_t len);
int wasi_guest_put(const struct wasi_guest *guest, struct wasi_at at,
                   const void *from, size_t len);
int wasi_guest_put_u32(const struct wasi_guest *guest, struct wasi_at at,
                       uint32_t value);
int wasi_guest_put_u64(const struct wasi_guest *guest, struct wasi_at at,
                       uint64_t value);

/* ------------------------------------------------------------------------
 * Lists of buffers, to be read into or written from.
 */

/* The most that a list may have, and the most bytes that are moved at a time:
 * a transfer that wants more is cut short, as the kernel's are.  So none keeps
 * its thread for long, whatever the guest's list says. */
#define WASI_PARTS_MAX      1024
#define WASI_PART_BYTES_MAX ((uint64_t)16 << 20)

struct wasi_parts {
    struct iovec parts[WASI_PARTS_MAX];
    uint32_t count; /* none of them is empty */
    uint64_t bytes; /* of all together */
};

/* Fetch the list of `count` buffers at `list`, once.  Fails with WASI_EINVAL if
 * it has more than WASI_PARTS_MAX, with WASI_EFAULT if any of it is not in
 * memory. */
int wasi_guest_parts(const struct wasi_guest *guest, struct wasi_at list,
                     uint32_t count, struct wasi_parts *ret_parts);

#endif /* WASI_GUEST_H */
