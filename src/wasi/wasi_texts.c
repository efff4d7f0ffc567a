/* wasi_texts.c - a list of texts, as C programs are given them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_texts.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "wasi/wasi_errno.h"

static int measure(const char *const *from, size_t count, const char *what,
                   size_t *ret_len, viv_error *err)
{
    size_t len = 0, i;

    for (i = 0; i < count; i++) {
        if (from[i] == NULL)
            return base_error(err, VIV_EINVAL, "%s %zu is not there", what, i);
        len += strlen(from[i]) + 1;
        if (len > WASI_TEXTS_BYTES_MAX)
            return base_error(err, VIV_EINVAL,
                              "there are more than %zu bytes of %ss",
                              WASI_TEXTS_BYTES_MAX, what);
    }
    *ret_len = len;
    return 0;
}

int wasi_texts_init(struct wasi_texts *texts, const char *const *from,
                    size_t count, const char *what, viv_error *err)
{
    size_t len = 0, i;
    char *at;
    int code = measure(from, count, what, &len, err);

    if (code < 0)
        return code;
    at = base_alloc(len);
    if (at == NULL)
        return base_error_memory(err);
    *texts = (struct wasi_texts){at, (uint32_t)len, (uint32_t)count};
    for (i = 0; i < count; i++)
        at = stpcpy(at, from[i]) + 1;
    return 0;
}

void wasi_texts_fini(struct wasi_texts *texts)
{
    base_free(texts->bytes);
    memset(texts, 0, sizeof(*texts));
}

int wasi_texts_put(const struct wasi_texts *texts,
                   const struct wasi_guest *guest, struct wasi_at pointers,
                   struct wasi_at bytes)
{
    const char *text = texts->bytes;
    int code = wasi_guest_put(guest, bytes, texts->bytes, texts->len);
    uint32_t i;

    for (i = 0; i < texts->count && code == 0; i++) {
        uint64_t address = bytes.address + (uint64_t)(text - texts->bytes);

        code = wasi_guest_put_u32(guest, pointers, (uint32_t)address);
        pointers = wasi_at_plus(pointers, sizeof(uint32_t));
        text += strlen(text) + 1;
    }
    return code;
}

int wasi_texts_put_sizes(const struct wasi_texts *texts,
                         const struct wasi_guest *guest, struct wasi_at count,
                         struct wasi_at bytes)
{
    int code = wasi_guest_put_u32(guest, count, texts->count);

    return code != 0 ? code : wasi_guest_put_u32(guest, bytes, texts->len);
}
