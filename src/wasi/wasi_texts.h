/* wasi_texts.h - a list of texts, as C programs are given them.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_TEXTS_H
#define WASI_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"
#include "wasi/wasi_guest.h"

/* What a list may have at most: a guest has to find room for it. */
#define WASI_TEXTS_BYTES_MAX ((size_t)16 << 20)

/* One behind the other, each with its NUL. */
struct wasi_texts {
    char *bytes; /* owned */
    uint32_t len;
    uint32_t count;
};

/* Copy `count` texts; `what` they are is for the sentence.  The caller owns the
 * list until wasi_texts_fini().  Fails with VIV_EINVAL, VIV_ENOMEM; then there
 * is nothing to give back. */
int wasi_texts_init(struct wasi_texts *texts, const char *const *from,
                    size_t count, const char *what, viv_error *err);

/* A list that is all zeros is ignored. */
void wasi_texts_fini(struct wasi_texts *texts);

/* Write them to `bytes` of the guest, and the address of each to `pointers`; or
 * how many there are, and their bytes.  Fail with WASI_EFAULT. */
int wasi_texts_put(const struct wasi_texts *texts,
                   const struct wasi_guest *guest, struct wasi_at pointers,
                   struct wasi_at bytes);
int wasi_texts_put_sizes(const struct wasi_texts *texts,
                         const struct wasi_guest *guest, struct wasi_at count,
                         struct wasi_at bytes);

#endif /* WASI_TEXTS_H */
