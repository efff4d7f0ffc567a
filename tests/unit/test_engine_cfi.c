/* test_engine_cfi.c - which rules lead out of a function.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi.h"

#include <stdlib.h>

#include "cfi_fixture.h"

#define START B(0x0c, 7, 8, 0x90, 1)

static struct tables t;
static struct engine_cfi_entry entry;

static bool has(uint64_t offset)
{
    return engine_cfi_find(&t.cfi, CODE + offset, &entry);
}

/* Three functions, with a gap before the last. */
static void make_three(void)
{
    size_t cie;

    tables_begin(&t);
    cie = tables_cie(&t, "zR", B(PCREL_S4), START);
    tables_fde(&t, cie, 0x10, 0x10, B(0x41, 0x0e, 16));
    tables_fde(&t, cie, 0x20, 0x30, NOTHING);
    tables_fde(&t, cie, 0x80, 1, B(0, 0, 0));
    tables_end(&t);
}

TEST(the_entry_is_the_one_whose_code_has_the_address)
{
    make_three();
    EXPECT_EQ_INT(t.cfi.rows, 3);
    EXPECT(!has(0x0f));
    EXPECT(has(0x10) && entry.low == CODE + 0x10);
    EXPECT(has(0x1f) && entry.low == CODE + 0x10);
    EXPECT(entry.high == CODE + 0x20);
    EXPECT(has(0x20) && entry.low == CODE + 0x20);
    EXPECT(has(0x4f) && entry.low == CODE + 0x20);
    EXPECT(!has(0x50));
    EXPECT(!has(0x7f));
    EXPECT(has(0x80) && entry.low == CODE + 0x80);
    EXPECT(!has(0x81));
    EXPECT(!engine_cfi_find(&t.cfi, 0, &entry));
    EXPECT(!engine_cfi_find(&t.cfi, UINTPTR_MAX, &entry));
}

TEST(an_entry_has_both_programs_and_what_they_count_in)
{
    static const uint8_t first[] = {0x0c, 7, 8, 0x90, 1};
    static const uint8_t then[] = {0x41, 0x0e, 16};

    make_three();
    EXPECT(has(0x18));
    EXPECT_EQ_INT(entry.code_factor, 1);
    EXPECT_EQ_INT(entry.data_factor, -8);
    EXPECT_EQ_INT(entry.first.len, sizeof(first));
    EXPECT_EQ_MEM(entry.first.at, first, sizeof(first));
    EXPECT_EQ_INT(entry.then.len, sizeof(then));
    EXPECT_EQ_MEM(entry.then.at, then, sizeof(then));
}

/* One function under a CIE with these letters. */
static bool is_understood(const char *letters, const uint8_t *data, size_t len)
{
    size_t cie;

    tables_begin(&t);
    cie = tables_cie(&t, letters, data, len, START);
    tables_fde(&t, cie, 0, 0x10, B(0x41));
    tables_end(&t);
    return has(0) && entry.low == CODE && entry.first.len == 5 &&
           entry.then.len == 1;
}

TEST(letters_say_what_the_data_are)
{
    EXPECT(is_understood("zR", B(PCREL_S4)));
    EXPECT(is_understood("zPLR", B(0x9b, 1, 2, 3, 4, PCREL_S4, PCREL_S4)));
    EXPECT(is_understood("zPR", B(0x00, 1, 2, 3, 4, 5, 6, 7, 8, PCREL_S4)));
    EXPECT(is_understood("zLR", B(0x1b, PCREL_S4)));
    EXPECT(!is_understood("zRS", B(PCREL_S4))); /* a signal handler's */
    EXPECT(!is_understood("zPR", B(0x9b, 1, 2)));
    EXPECT(!is_understood("zR", NOTHING));
    EXPECT(!is_understood("eh", NOTHING));
}

TEST(addresses_are_relative_or_whole)
{
    uint64_t whole[] = {CODE, 0x10};
    size_t cie, at;
    uint8_t no_data = 0;

    EXPECT(!is_understood("zR", B(0x9b))); /* indirect */
    EXPECT(!is_understood("zR", B(0x2b))); /* relative to .text */
    EXPECT(!is_understood("zR", B(0x01))); /* LEB128 */
    tables_begin(&t);
    cie = tables_cie(&t, "zR", B(0x04), START);
    at = tables_record(&t);
    t.code_at[t.rows] = CODE;
    t.entry_at[t.rows++] = at;
    tables_u32(&t, t.len - cie);
    tables_bytes(&t, whole, sizeof(whole));
    tables_bytes(&t, &no_data, 1);
    tables_record_end(&t, at);
    tables_end(&t);
    EXPECT(has(0xf) && entry.low == CODE && entry.high == CODE + 0x10);
    EXPECT(!has(0x10));
}

/* ------------------------------------------------------------------------
 * What is broken.
 */

TEST(a_header_in_other_words_is_no_header)
{
    static const uint8_t good[] = {1, PCREL_S4, 0x03, 0x3b};

    for (size_t i = 0; i < sizeof(good); i++) {
        make_three();
        EXPECT(has(0x10));
        t.bytes[i] ^= 1;
        engine_cfi_init(&t.cfi, t.bytes, t.len, TABLES, 0, RECORDS_AT);
        EXPECT_EQ_INT(t.cfi.rows, 0);
        EXPECT(!has(0x10));
    }
}

TEST(a_header_has_room_for_its_rows)
{
    make_three();
    engine_cfi_init(&t.cfi, t.bytes, t.len, TABLES, 0, HEADER_BYTES + 24);
    EXPECT_EQ_INT(t.cfi.rows, 3);
    engine_cfi_init(&t.cfi, t.bytes, t.len, TABLES, 0, HEADER_BYTES + 23);
    EXPECT_EQ_INT(t.cfi.rows, 0);
    engine_cfi_init(&t.cfi, t.bytes, t.len, TABLES, 0, HEADER_BYTES - 1);
    EXPECT_EQ_INT(t.cfi.rows, 0);
    engine_cfi_init(&t.cfi, t.bytes, 20, TABLES, 0, HEADER_BYTES + 24);
    EXPECT_EQ_INT(t.cfi.rows, 0);
    engine_cfi_init(&t.cfi, t.bytes, t.len, TABLES, t.len + 1, 0);
    EXPECT_EQ_INT(t.cfi.rows, 0);
    engine_cfi_init(&t.cfi, NULL, 0, TABLES, 0, 0);
    EXPECT_EQ_INT(t.cfi.rows, 0);
}

/* Bytes that end wherever they may end are read no further: the copy is exactly
 * as long, so that a sanitizer would see. */
TEST(tables_that_are_cut_off_have_no_entries)
{
    size_t whole;

    make_three();
    whole = t.len;
    for (size_t len = RECORDS_AT; len < whole; len++) {
        uint8_t *copy = malloc(len);

        EXPECT(copy != NULL);
        memcpy(copy, t.bytes, len);
        engine_cfi_init(&t.cfi, copy, len, TABLES, 0, RECORDS_AT);
        EXPECT_EQ_INT(t.cfi.rows, 3);
        EXPECT(!has(0x80));
        free(copy);
    }
}

TEST(an_entry_leads_to_its_cie_only_inside_the_tables)
{
    static const uint32_t backs[] = {0, 1, 0x7fffffff, 0xffffffff};

    for (size_t i = 0; i < 4; i++) {
        make_three();
        memcpy(t.bytes + t.entry_at[0] + 4, &backs[i], 4);
        EXPECT(!has(0x10));
        EXPECT(has(0x20));
    }
}

TEST(a_row_leads_to_its_entry_only_inside_the_tables)
{
    static const int32_t offsets[] = {-1, -2000000000, TABLES_LENGTH,
                                      2000000000};

    for (size_t i = 0; i < 4; i++) {
        make_three();
        memcpy(t.bytes + HEADER_BYTES + 4, &offsets[i], 4);
        EXPECT(!has(0x10));
        EXPECT(has(0x20));
    }
}

TEST(a_cie_of_another_version_or_place_of_the_pc_is_refused)
{
    size_t version_at = RECORDS_AT + 8, register_at = version_at + 6;

    make_three();
    EXPECT_EQ_INT(t.bytes[register_at], 16);
    t.bytes[register_at] = 15;
    EXPECT(!has(0x10));
    make_three();
    t.bytes[version_at] = 3; /* the same, if the number is small */
    EXPECT(has(0x10));
    t.bytes[version_at] = 4;
    EXPECT(!has(0x10));
}
