/* diff_bytes.h - bytes in the making, as the wasm format writes them.
 *
 * Running out of memory ends the program.  One thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_BYTES_H
#define DIFF_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct diff_bytes {
    uint8_t *at; /* owned */
    size_t len;
    size_t capacity;
};

/* All zeros is empty. */
void diff_bytes_fini(struct diff_bytes *bytes);

void diff_bytes_u8(struct diff_bytes *bytes, uint8_t byte);
void diff_bytes_raw(struct diff_bytes *bytes, const void *from, size_t len);
void diff_bytes_leb(struct diff_bytes *bytes, uint64_t value);
void diff_bytes_sleb(struct diff_bytes *bytes, int64_t value);

/* The length, and the bytes: names, bodies, sections. */
void diff_bytes_sized(struct diff_bytes *bytes, const void *from, size_t len);

#endif /* DIFF_BYTES_H */
