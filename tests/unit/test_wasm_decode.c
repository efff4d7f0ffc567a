/* test_wasm_decode.c - the order of sections, and a module that is attacked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

static int decode_bytes(const uint8_t *bytes, size_t len)
{
    int code;

    fixture_begin(&f);
    code = wasm_decode(bytes, len, WASM_WHOLE, &f.arena, &f.module, &f.err);
    fixture_end(&f);
    return code;
}

TEST(the_empty_module_is_valid_and_empty)
{
    fixture_begin(&f);
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.bytes_len, 8);
    EXPECT_EQ_INT(f.module.func_count + f.module.type_count, 0);
    EXPECT_EQ_INT(f.module.features, 0);
    fixture_end(&f);
}

TEST(what_is_no_module_is_told_so)
{
    EXPECT_EQ_INT(decode_bytes(NULL, 0), VIV_EFORMAT);
    EXPECT_HAS_STR(f.err.text, "not a WebAssembly module at byte 0");
    EXPECT_EQ_INT(decode_bytes(S("(module)")), VIV_EFORMAT);
    EXPECT_EQ_STR(f.err.text, "not a WebAssembly module: it begins with "
                              "28 6d 6f 64 at byte 0");
    EXPECT_EQ_INT(decode_bytes(S("\0asm\2\0\0\0")), VIV_EFORMAT);
    EXPECT_EQ_STR(f.err.text, "unknown version 2 at byte 4");
    EXPECT_EQ_INT(decode_bytes(S("\0asm\x0d\0\1\0")), VIV_EUNSUPPORTED);
    EXPECT_EQ_STR(f.err.text, "unsupported feature: this is a component, not "
                              "a core module at byte 4");
}

TEST(the_largest_file_is_one_gibibyte)
{
    const uint8_t *bytes = (const uint8_t *)"unread";

    EXPECT_EQ_INT(decode_bytes(bytes, (1u << 30) + 1), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(f.err.text, "1073741825 bytes: the limit is 1073741824");
    EXPECT_EQ_INT(decode_bytes(bytes, (1ull << 32) + 8), VIV_EUNSUPPORTED);
}

TEST(sections_come_once_and_in_order)
{
    static const uint8_t order[] = {1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11};

    for (size_t a = 0; a < sizeof(order); a++) {
        for (size_t b = 0; b < sizeof(order); b++) {
            fixture_begin(&f);
            fixture_section(&f, order[a], B(0));
            fixture_section(&f, 0, B(1, 'x'));
            fixture_section(&f, order[b], B(0));
            if (a < b) {
                EXPECT_EQ_INT(fixture_decode(&f), 0);
                fixture_end(&f);
            } else if (a == b) {
                FIXTURE_REFUSED(&f, VIV_EFORMAT, "is there twice");
            } else {
                FIXTURE_REFUSED(&f, VIV_EFORMAT, "is out of order");
            }
        }
    }
}

TEST(sections_that_there_are_not)
{
    fixture_begin(&f);
    fixture_section(&f, 13, B(0));
    FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED,
                    "exceptions (a tag section) at byte 8");
    fixture_begin(&f);
    fixture_section(&f, 14, B(0));
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "malformed section id 14 at byte 8");
    fixture_begin(&f);
    fixture_section(&f, 127, B(0));
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "malformed section id 127");
}

TEST(a_section_is_used_up_exactly)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0, 0));
    FIXTURE_REFUSED(&f, VIV_EFORMAT,
                    "1 bytes too many in the type section at byte 14");
    fixture_begin(&f);
    fixture_section(&f, 1, NULL, 0);
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "unexpected end");
}

TEST(a_section_as_long_as_a_gigabyte_is_cut_short)
{
    fixture_begin(&f);
    base_buf_bytes(&f.bytes, "\x01\x80\x80\x80\x80\x04\x01", 7);
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "unexpected end");
}

TEST(a_skeleton_has_no_code_and_a_module_has)
{
    for (int form = WASM_WHOLE; form <= WASM_SKELETON; form++) {
        fixture_begin(&f);
        fixture_section(&f, 1, B(1, 0x60, 0, 0));
        fixture_section(&f, 3, B(1, 0));
        EXPECT_EQ_INT(fixture_decode_form(&f, (enum wasm_form)form),
                      form == WASM_SKELETON ? 0 : VIV_EFORMAT);
        fixture_section(&f, 10, B(1, 2, 0, END));
        EXPECT_EQ_INT(fixture_decode_form(&f, (enum wasm_form)form),
                      form == WASM_SKELETON ? VIV_EFORMAT : 0);
        fixture_end(&f);
    }
}

/* Data may follow where code would be. */
TEST(a_skeleton_keeps_everything_else)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 3, B(1, 0));
    fixture_section(&f, 7, B(1, 1, 'f', 0, 0));
    fixture_section(&f, 12, B(1));
    fixture_section(&f, 11, B(1, 1, 1, 'x'));
    EXPECT_EQ_INT(fixture_decode_form(&f, WASM_SKELETON), 0);
    EXPECT_EQ_INT(f.module.func_count, 1);
    EXPECT_EQ_INT(f.module.funcs[0].body.len, 0);
    EXPECT_EQ_INT(f.module.datas[0].bytes.len, 1);
    fixture_end(&f);
}

TEST(nothing_is_written_for_a_module_that_is_not_valid)
{
    struct wasm_module before;

    fixture_begin(&f);
    memset(&f.module, 0x5a, sizeof(f.module));
    before = f.module;
    fixture_section(&f, 1, B(1, 0x60, 0, 0, 0));
    EXPECT_EQ_INT(fixture_decode(&f), VIV_EFORMAT);
    EXPECT_EQ_MEM(&f.module, &before, sizeof(before));
    fixture_end(&f);
}

/* The module of the fixture has every kind of section. */
static void whole_module(void)
{
    fixture_module(&f, TYPE_I,
                   B(1, 2, I32, BLOCK, EMPTY, LOCAL_GET, 0, BR_TABLE, 1, 0, 0,
                     END, I32_CONST, 7, CALL, 0, END));
}

TEST(the_features_of_a_module_are_known)
{
    whole_module();
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.features,
                  WASM_FEATURE_MULTI_VALUE | WASM_FEATURE_SIMD |
                      WASM_FEATURE_REFERENCE_TYPES | WASM_FEATURE_BULK_MEMORY);
    EXPECT_EQ_INT(fixture_check(&f), 0);
    fixture_end(&f);
}

/* A prefix can be a module of its own, but only where a section ends and no
 * function lacks a body. */
TEST(a_module_cut_at_any_byte_is_refused_or_whole)
{
    size_t len;
    int whole = 0;

    whole_module();
    len = f.bytes.len;
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *copy = base_alloc(cut); /* for the sanitizer to guard */
        struct base_arena arena;
        struct wasm_module module;
        viv_error err;
        int code;
        memcpy(copy, f.bytes.at, cut);
        base_arena_init(&arena);
        code = wasm_decode(copy, cut, WASM_WHOLE, &arena, &module, &err);
        if (code == 0) {
            whole++;
        } else {
            EXPECT_EQ_INT(code, VIV_EFORMAT);
            EXPECT_HAS_STR(err.text, " at byte ");
        }
        base_arena_fini(&arena);
        base_free(copy);
    }
    /* The header; after the types; after the imports; all but the names. */
    EXPECT_EQ_INT(whole, 4);
    fixture_end(&f);
}

TEST(every_byte_can_be_any_other_byte)
{
    whole_module();
    for (size_t at = 0; at < f.bytes.len; at++) {
        char was = f.bytes.at[at];
        for (int byte = 0; byte < 256; byte++) {
            int code;
            f.bytes.at[at] = (char)byte;
            f.err.text[0] = '\0';
            code = fixture_decode(&f);
            if (code == 0)
                code = fixture_check(&f);
            EXPECT(code == 0 || code == VIV_EFORMAT ||
                   code == VIV_EUNSUPPORTED);
            if (code != 0)
                EXPECT_HAS_STR(f.err.text, " at byte ");
            base_arena_fini(&f.arena);
        }
        f.bytes.at[at] = was;
    }
    fixture_end(&f);
}

TEST(whichever_allocation_fails_the_answer_is_no_memory)
{
    int code = VIV_ENOMEM;
    uint64_t n;

    whole_module();
    for (n = 1; code != 0; n++) {
        base_alloc_fail_at(n);
        code = fixture_decode(&f);
        if (code == 0)
            code = fixture_check(&f);
        base_alloc_fail_at(0);
        if (code != 0) {
            EXPECT_EQ_INT(code, VIV_ENOMEM);
            EXPECT_EQ_STR(f.err.text, "out of memory");
        }
        base_arena_fini(&f.arena);
    }
    EXPECT(n > 8);
    fixture_end(&f);
}
