/* engine_cfi.h - which rules lead out of a function.
 *
 * Floor 3.  Compilers describe in the section .eh_frame how each function keeps
 * its return address and its caller's registers ("call frame information"), and
 * the linker adds a table that is sorted by address (.eh_frame_hdr).  This
 * finds what is said about one address.
 *
 *     .eh_frame_hdr   [ how it is written | count | address, entry | ... ]
 *                                                              |
 *     .eh_frame       [ CIE: what entries share | FDE: an entry | ... ]
 *
 * No function here allocates or takes a lock: signal handlers may call them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CFI_H
#define ENGINE_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that hold both sections: a segment of a mapped file. */
struct engine_cfi {
    const uint8_t *bytes;
    size_t len;
    uintptr_t address; /* of the first byte, as pointers among them count */
    size_t table_at;   /* the sorted table, within the bytes */
    size_t rows;       /* 0: there is none */
};

/* A stretch of them. */
struct engine_cfi_bytes {
    const uint8_t *at;
    size_t len;
};

/* What is said about a piece of code. */
struct engine_cfi_entry {
    uintptr_t low, high; /* the piece: from low up to high */
    uint64_t code_factor;
    int64_t data_factor;
    struct engine_cfi_bytes first; /* programs: the CIE's, then the FDE's */
    struct engine_cfi_bytes then;
};

/* Make `*ret_cfi` of `len` bytes, borrowed, of which `header_len` from
 * `header_at` on are the header.  One that is not written as linkers write it
 * is the same as none. */
void engine_cfi_init(struct engine_cfi *ret_cfi, const uint8_t *bytes,
                     size_t len, uintptr_t address, size_t header_at,
                     size_t header_len);

/* The entry about the instruction at `pc`.  False if there is none, or none
 * that can be understood. */
bool engine_cfi_find(const struct engine_cfi *cfi, uintptr_t pc,
                     struct engine_cfi_entry *ret_entry);

#endif /* ENGINE_CFI_H */
