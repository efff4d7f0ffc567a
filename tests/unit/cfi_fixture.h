/* cfi_fixture.h - unwind tables written by hand, byte by byte, for unit tests.
 *
 *     struct tables t;
 *     size_t cie;
 *
 *     tables_begin(&t);
 *     cie = tables_cie(&t, "zR", B(PCREL_S4), B(0x0c, 7, 8, 0x90, 1));
 *     tables_fde(&t, cie, 0, 16, B(0x41, 0x0e, 16));
 *     tables_end(&t);
 *     EXPECT(engine_cfi_find(&t.cfi, CODE + 3, &entry));
 *
 * Code is at CODE, the tables at TABLES; neither is where the bytes really are.
 * The header and its rows come first.  B() turns numbers into bytes and their
 * count.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CFI_FIXTURE_H
#define CFI_FIXTURE_H

#include "test.h"

#include "engine/engine_cfi.h"

#define B(...)                                                                 \
    (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define NOTHING (const uint8_t *)"", 0

#define CODE   UINT64_C(0x7f0000401000)
#define TABLES UINT64_C(0x7f0000402000)

#define PCREL_S4 0x1b

#define ROWS_MAX      8
#define HEADER_BYTES  12
#define RECORDS_AT    (HEADER_BYTES + 8 * ROWS_MAX)
#define TABLES_LENGTH 2048

struct tables {
    uint8_t bytes[TABLES_LENGTH];
    size_t len;
    uint32_t rows;
    uint64_t code_at[ROWS_MAX];
    size_t entry_at[ROWS_MAX];
    struct engine_cfi cfi;
};

static inline void tables_bytes(struct tables *t, const void *from, size_t len)
{
    EXPECT(len <= TABLES_LENGTH - t->len);
    memcpy(t->bytes + t->len, from, len);
    t->len += len;
}

static inline void tables_u32(struct tables *t, uint64_t value)
{
    uint32_t low = (uint32_t)value;

    tables_bytes(t, &low, sizeof(low));
}

static inline void tables_begin(struct tables *t)
{
    memset(t, 0, sizeof(*t));
    t->len = RECORDS_AT;
}

/* What follows the length of a record; the length is written at its end. */
static inline size_t tables_record(struct tables *t)
{
    tables_u32(t, 0);
    return t->len - 4;
}

static inline void tables_record_end(struct tables *t, size_t at)
{
    uint32_t len = (uint32_t)(t->len - at - 4);

    memcpy(t->bytes + at, &len, sizeof(len));
}

/* A CIE whose code is in bytes, data in words that grow down, pc in 16. */
static inline size_t tables_cie(struct tables *t, const char *letters,
                                const uint8_t *data, size_t data_len,
                                const uint8_t *program, size_t program_len)
{
    static const uint8_t factors[] = {1, 0x78, 16};
    size_t at = tables_record(t);
    uint8_t len = (uint8_t)data_len, version = 1;

    tables_u32(t, 0);
    tables_bytes(t, &version, 1);
    tables_bytes(t, letters, strlen(letters) + 1);
    tables_bytes(t, factors, sizeof(factors));
    if (letters[0] == 'z')
        tables_bytes(t, &len, 1);
    tables_bytes(t, data, data_len);
    tables_bytes(t, program, program_len);
    tables_record_end(t, at);
    return at;
}

/* An FDE of the CIE at `cie`, about `size` bytes of code. */
static inline size_t tables_fde(struct tables *t, size_t cie, uint64_t offset,
                                uint64_t size, const uint8_t *program,
                                size_t program_len)
{
    size_t at = tables_record(t);
    uint8_t no_data = 0;

    EXPECT(t->rows < ROWS_MAX);
    t->code_at[t->rows] = CODE + offset;
    t->entry_at[t->rows++] = at;
    tables_u32(t, t->len - cie);
    tables_u32(t, CODE + offset - (TABLES + t->len));
    tables_u32(t, size);
    tables_bytes(t, &no_data, 1);
    tables_bytes(t, program, program_len);
    tables_record_end(t, at);
    return at;
}

/* Write the header and its rows, in the order in which the entries came. */
static inline void tables_end(struct tables *t)
{
    static const uint8_t how[] = {1, PCREL_S4, 0x03, 0x3b};
    size_t len = t->len;
    uint32_t i;

    t->len = 0;
    tables_bytes(t, how, sizeof(how));
    tables_u32(t, RECORDS_AT - 4);
    tables_u32(t, t->rows);
    for (i = 0; i < t->rows; i++) {
        tables_u32(t, t->code_at[i] - TABLES);
        tables_u32(t, t->entry_at[i]);
    }
    t->len = len;
    engine_cfi_init(&t->cfi, t->bytes, len, TABLES, 0, RECORDS_AT);
}

#endif /* CFI_FIXTURE_H */
