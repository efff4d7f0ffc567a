/* diff_bytes.c - bytes in the making, as the wasm format writes them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diff_bytes_fini(struct diff_bytes *bytes)
{
    free(bytes->at);
    memset(bytes, 0, sizeof(*bytes));
}

void diff_bytes_raw(struct diff_bytes *bytes, const void *from, size_t len)
{
    if (len > bytes->capacity - bytes->len) {
        bytes->capacity = (bytes->len + len) * 2 + 64;
        bytes->at = realloc(bytes->at, bytes->capacity);
        if (bytes->at == NULL) {
            fputs("diff_gen: out of memory\n", stderr);
            exit(2);
        }
    }
    if (len > 0)
        memcpy(bytes->at + bytes->len, from, len);
    bytes->len += len;
}

void diff_bytes_u8(struct diff_bytes *bytes, uint8_t byte)
{
    diff_bytes_raw(bytes, &byte, 1);
}

void diff_bytes_leb(struct diff_bytes *bytes, uint64_t value)
{
    while (value >= 0x80) {
        diff_bytes_u8(bytes, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    diff_bytes_u8(bytes, (uint8_t)value);
}

void diff_bytes_sleb(struct diff_bytes *bytes, int64_t value)
{
    while (value < -64 || value > 63) {
        diff_bytes_u8(bytes, (uint8_t)((value & 0x7f) | 0x80));
        value >>= 7;
    }
    diff_bytes_u8(bytes, (uint8_t)(value & 0x7f));
}

void diff_bytes_sized(struct diff_bytes *bytes, const void *from, size_t len)
{
    diff_bytes_leb(bytes, len);
    diff_bytes_raw(bytes, from, len);
}
