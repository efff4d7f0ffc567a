/* test_wasm_decode_names.c - names help, and never hurt.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

/* Two functions, and the content of a section `name`. */
static void decode(const uint8_t *bytes, size_t len)
{
    struct base_buf content;

    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 3, B(2, 0, 0));
    fixture_section(&f, 10, B(2, 2, 0, END, 2, 0, END));
    base_buf_init(&content, 1 << 20);
    base_buf_text(&content, "\x04name");
    base_buf_bytes(&content, bytes, len);
    fixture_section(&f, 0, (const uint8_t *)content.at, content.len);
    base_buf_fini(&content);
    fixture_decode(&f);
    EXPECT_EQ_STR(f.err.text, "");
}

static void expect_name(struct wasm_bytes name, const char *text)
{
    EXPECT_EQ_INT(name.len, strlen(text));
    if (name.len > 0)
        EXPECT_EQ_MEM(name.at, text, name.len);
}

static void expect_names(const char *module, const char *a, const char *b)
{
    expect_name(f.module.name, module);
    expect_name(f.module.funcs[0].name, a);
    expect_name(f.module.funcs[1].name, b);
    fixture_end(&f);
}

TEST(modules_and_functions_have_names)
{
    decode(B(0, 2, 1, 'M', 1, 8, 2, 0, 1, 'a', 1, 2, 'b', 'b'));
    expect_names("M", "a", "bb");
}

TEST(subsections_that_we_do_not_know_are_passed_over)
{
    decode(B(2, 3, 9, 9, 9, 1, 4, 1, 1, 1, 'b', 77, 0));
    expect_names("", "", "b");
}

TEST(the_first_name_stays)
{
    decode(B(1, 7, 2, 0, 1, 'a', 0, 1, 'z', 0, 2, 1, 'M', 0, 2, 1, 'N'));
    expect_names("M", "a", "");
}

TEST(names_of_nothing_and_names_that_are_no_text_are_not_taken)
{
    decode(B(1, 10, 3, 9, 1, 'x', 0, 1, 0xff, 1, 1, 'b'));
    expect_names("", "", "b");
    decode(B(1, 8, 2, 0, 2, 0xc3, 0x28, 0, 1, 'a'));
    expect_names("", "a", "");
}

TEST(a_broken_section_gives_what_it_had_up_to_there)
{
    decode(B(1, 7, 2, 0, 1, 'a', 1, 9, 'b'));
    expect_names("", "a", "");
    decode(B(1, 100, 2, 0, 1, 'a'));
    expect_names("", "", "");
    decode(B(1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f));
    expect_names("", "", "");
    decode(B(1));
    expect_names("", "", "");
    decode(NULL, 0);
    expect_names("", "", "");
}

/* Cut at every byte: valid, with the same names or fewer. */
TEST(a_section_that_ends_anywhere_is_no_error)
{
    const uint8_t whole[] = {0, 2, 1, 'M', 1, 7, 2, 0, 1, 'a', 1, 1, 'b'};

    for (size_t cut = 0; cut <= sizeof(whole); cut++) {
        decode(whole, cut);
        EXPECT(f.module.name.len == (cut >= 4));
        EXPECT(f.module.funcs[1].name.len == (cut == sizeof(whole)));
        fixture_end(&f);
    }
}

TEST(names_are_read_without_bodies_too)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 3, B(2, 0, 0));
    fixture_section(&f, 0,
                    B(4, 'n', 'a', 'm', 'e', 1, 7, 2, 0, 1, 'a', 1, 1, 'b'));
    EXPECT_EQ_INT(fixture_decode_form(&f, WASM_SKELETON), 0);
    expect_names("", "a", "b");
}
