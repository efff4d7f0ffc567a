/* test_wasm_decoder.c - the small readings: counts, names, types, limits.
 *
 * Each through the section that it matters in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

#include "wasm/wasm_decoder.h"

static struct fixture f;

/* A module of one section. */
static struct fixture *section(uint8_t id, const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, id, bytes, len);
    return &f;
}

static void expect_valid(struct fixture *it)
{
    fixture_decode(it);
    EXPECT_EQ_STR(it->err.text, "");
    fixture_end(it);
}

TEST(a_count_is_believed_as_far_as_bytes_back_it)
{
    FIXTURE_REFUSED(section(1, B(0xff, 0xff, 0xff, 0xff, 0x0f, 0x60, 0, 0)),
                    VIV_EFORMAT,
                    "unexpected end: 4294967295 types announced, 3 bytes left "
                    "at byte 10");
    FIXTURE_REFUSED(section(2, B(2, 1, 'm', 1, 'f', 0, 0)), VIV_EFORMAT,
                    "unexpected end");
    FIXTURE_REFUSED(section(5, B(0x80)), VIV_EFORMAT, "unexpected end");
    FIXTURE_REFUSED(section(1, B(1, 0x60, 5, 0x7f, 0)), VIV_EFORMAT,
                    "unexpected end: 5 parameters announced");
}

TEST(names_are_utf8)
{
    FIXTURE_REFUSED(section(0, B(2, 0xc3, 0x28)), VIV_EFORMAT,
                    "malformed UTF-8 in a name at byte 10");
    FIXTURE_REFUSED(section(7, B(1, 1, 0xff, 2, 0)), VIV_EFORMAT, "UTF-8");
    FIXTURE_REFUSED(section(0, B(3, 'a')), VIV_EFORMAT, "unexpected end");
    expect_valid(section(0, B(3, 0xe2, 0x82, 0xac)));
    expect_valid(section(0, B(0)));
}

TEST(tables_are_of_references)
{
    expect_valid(section(4, B(1, FUNCREF, 1, 2, 2)));
    expect_valid(section(4, B(1, EXTERNREF, 0, 0)));
    FIXTURE_REFUSED(section(4, B(1, I32, 0, 0)), VIV_EFORMAT,
                    "i32 is not a reference type at byte 11");
    FIXTURE_REFUSED(section(4, B(1, 0x6e, 0, 0)), VIV_EUNSUPPORTED,
                    "garbage collection");
    FIXTURE_REFUSED(section(4, B(1, 0x63, 0, 0)), VIV_EUNSUPPORTED,
                    "typed function references");
    FIXTURE_REFUSED(section(4, B(1, 0x40, 0, 0x70, 0, 1)), VIV_EUNSUPPORTED,
                    "a table with an initial value");
    FIXTURE_REFUSED(section(4, B(1, FUNCREF, 1, 3, 2)), VIV_EFORMAT,
                    "table entries of at least 3 and at most 2");
    expect_valid(section(4, B(1, FUNCREF, 0, 0xff, 0xff, 0xff, 0xff, 0x0f)));
}

TEST(memories_have_at_most_65536_pages)
{
    expect_valid(section(5, B(1, 1, 0x80, 0x80, 4, 0x80, 0x80, 4)));
    FIXTURE_REFUSED(section(5, B(1, 0, 0x81, 0x80, 4)), VIV_EFORMAT,
                    "memory pages of 65537: at most 65536");
    FIXTURE_REFUSED(section(5, B(1, 1, 0, 0x81, 0x80, 4)), VIV_EFORMAT,
                    "65537");
    FIXTURE_REFUSED(section(5, B(1, 1, 1, 0)), VIV_EFORMAT,
                    "at least 1 and at most 0");
}

TEST(limits_of_proposals_are_refused_by_name)
{
    FIXTURE_REFUSED(section(5, B(1, 4, 1)), VIV_EUNSUPPORTED,
                    "memory64 (limits flags 0x04) at byte 11");
    FIXTURE_REFUSED(section(4, B(1, FUNCREF, 5, 1, 1)), VIV_EUNSUPPORTED,
                    "memory64 (limits flags 0x05) at byte 12");
    FIXTURE_REFUSED(section(5, B(1, 3, 1, 1)), VIV_EUNSUPPORTED,
                    "threads, shared memory (limits flags 0x03)");
    FIXTURE_REFUSED(section(5, B(1, 8, 1, 0)), VIV_EUNSUPPORTED,
                    "custom page sizes (limits flags 0x08)");
    FIXTURE_REFUSED(section(5, B(1, 0x10, 1)), VIV_EFORMAT,
                    "malformed limits flags 0x10");
    FIXTURE_REFUSED(section(5, B(1, 0x81, 0, 1, 1)), VIV_EFORMAT, "malformed");
}

TEST(globals_are_mutable_or_not)
{
    expect_valid(section(6, B(1, I32, 1, I32_CONST, 0, END)));
    FIXTURE_REFUSED(section(6, B(1, I32, 2, I32_CONST, 0, END)), VIV_EFORMAT,
                    "malformed mutability 0x02 at byte 12");
    FIXTURE_REFUSED(section(6, B(1, 0x40, 0, I32_CONST, 0, END)), VIV_EFORMAT,
                    "unknown type 0x40 at byte 11");
    FIXTURE_REFUSED(section(6, B(1, 0x78, 0, I32_CONST, 0, END)), VIV_EFORMAT,
                    "unknown type 0x78");
}
