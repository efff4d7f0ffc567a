/* wasi_guest.c - the one door to guest memory.
 *
 * SECURITY.  Addresses, lengths and counts are the guest's.  A stretch is
 * compared with the size of linear memory in 64 bits, where no sum wraps,
 * before any of it is touched; a list is fetched once and checked in the copy;
 * nothing is allocated by what a guest says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_guest.h"

#include <string.h>

#include "wasi/wasi_errno.h"

/* As the guest has it in memory. */
struct guest_part {
    uint32_t at, len;
};

struct wasi_guest wasi_guest_of(const struct engine_instance *instance)
{
    return (struct wasi_guest){
        .base = instance->region.base,
        .bytes = engine_instance_state(instance)->memory_bytes,
    };
}

int wasi_guest_span(const struct wasi_guest *guest, struct wasi_at at,
                    uint64_t len, char **ret_span)
{
    if (len == 0)
        at.address = 0;
    if (at.address > guest->bytes || len > guest->bytes - at.address)
        return WASI_EFAULT;
    *ret_span = guest->base + at.address;
    return 0;
}

int wasi_guest_get(const struct wasi_guest *guest, struct wasi_at at, void *to,
                   size_t len)
{
    char *span;
    int code = wasi_guest_span(guest, at, len, &span);

    if (code == 0 && len > 0)
        memcpy(to, span, len);
    return code;
}

int wasi_guest_put(const struct wasi_guest *guest, struct wasi_at at,
                   const void *from, size_t len)
{
    char *span;
    int code = wasi_guest_span(guest, at, len, &span);

    if (code == 0 && len > 0)
        memcpy(span, from, len);
    return code;
}

int wasi_guest_put_u32(const struct wasi_guest *guest, struct wasi_at at,
                       uint32_t value)
{
    return wasi_guest_put(guest, at, &value, sizeof(value));
}

int wasi_guest_put_u64(const struct wasi_guest *guest, struct wasi_at at,
                       uint64_t value)
{
    return wasi_guest_put(guest, at, &value, sizeof(value));
}

/* ------------------------------------------------------------------------
 * Lists of buffers.
 */

/* One buffer more, cut to what may be moved at a time.  It is checked as a
 * whole also if it comes after the cut. */
static int add_part(const struct wasi_guest *guest, struct wasi_parts *parts,
                    struct guest_part part)
{
    uint64_t room = WASI_PART_BYTES_MAX - parts->bytes;
    size_t len = part.len < room ? part.len : (size_t)room;
    char *span;
    int code = wasi_guest_span(guest, wasi_at(part.at), part.len, &span);

    if (code != 0 || len == 0)
        return code;
    parts->parts[parts->count++] = (struct iovec){span, len};
    parts->bytes += len;
    return 0;
}

int wasi_guest_parts(const struct wasi_guest *guest, struct wasi_at list,
                     uint32_t count, struct wasi_parts *ret_parts)
{
    struct guest_part part;
    uint32_t i;
    int code;

    ret_parts->count = 0;
    ret_parts->bytes = 0;
    if (count > WASI_PARTS_MAX)
        return WASI_EINVAL;
    for (i = 0; i < count; i++) {
        code = wasi_guest_get(guest, list, &part, sizeof(part));
        if (code == 0)
            code = add_part(guest, ret_parts, part);
        if (code != 0)
            return code;
        list = wasi_at_plus(list, sizeof(part));
    }
    return 0;
}
