/* test_wasm_decode_segments.c - element segments in all their forms, data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

/* Functions 0 and 1, table 0 of funcref, table 1 of externref, a memory,
 * global 0: immutable funcref; then the section that is tested. */
static struct fixture *with(uint8_t id, const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 3, B(2, 0, 0));
    fixture_section(&f, 4, B(2, FUNCREF, 0, 1, EXTERNREF, 0, 1));
    fixture_section(&f, 5, B(1, 0, 1));
    fixture_section(&f, 6, B(1, FUNCREF, 0, REF_NULL, FUNCREF, END));
    if (id != 9)
        fixture_section(&f, 10, B(2, 2, 0, END, 2, 0, END));
    fixture_section(&f, id, bytes, len);
    if (id == 9)
        fixture_section(&f, 10, B(2, 2, 0, END, 2, 0, END));
    return &f;
}

static const struct wasm_elem *elem(const uint8_t *bytes, size_t len)
{
    with(9, bytes, len);
    fixture_decode(&f);
    EXPECT_EQ_STR(f.err.text, "");
    EXPECT_EQ_INT(f.module.elem_count, 1);
    return &f.module.elems[0];
}

static void expect_elem(const struct wasm_elem *it, enum wasm_segment_mode mode,
                        uint32_t table, uint8_t type, uint32_t count)
{
    EXPECT_EQ_INT(it->mode, mode);
    EXPECT_EQ_INT(it->table, table);
    EXPECT_EQ_INT(it->type, type);
    EXPECT_EQ_INT(it->count, count);
    EXPECT_EQ_INT(it->offset.bytes.len, mode == WASM_ACTIVE ? 3 : 0);
    if (it->count == 2) {
        EXPECT_EQ_INT(it->items[0].kind, WASM_ELEM_FUNC);
        EXPECT_EQ_INT(it->items[0].index, 1);
        EXPECT_EQ_INT(f.module.func_declared[1], 1);
    }
    fixture_end(&f);
}

TEST(element_segments_have_eight_forms)
{
    expect_elem(elem(B(1, 0, I32_CONST, 0, END, 2, 1, 0)), WASM_ACTIVE, 0,
                FUNCREF, 2);
    expect_elem(elem(B(1, 1, 0, 2, 1, 0)), WASM_PASSIVE, 0, FUNCREF, 2);
    expect_elem(elem(B(1, 2, 0, I32_CONST, 0, END, 0, 2, 1, 0)), WASM_ACTIVE, 0,
                FUNCREF, 2);
    expect_elem(elem(B(1, 3, 0, 2, 1, 0)), WASM_DECLARATIVE, 0, FUNCREF, 2);
    expect_elem(elem(B(1, 4, I32_CONST, 0, END, 2, REF_FUNC, 1, END, REF_NULL,
                       FUNCREF, END)),
                WASM_ACTIVE, 0, FUNCREF, 2);
    expect_elem(elem(B(1, 5, EXTERNREF, 1, REF_NULL, EXTERNREF, END)),
                WASM_PASSIVE, 0, EXTERNREF, 1);
    expect_elem(elem(B(1, 6, 1, I32_CONST, 0, END, EXTERNREF, 1, REF_NULL,
                       EXTERNREF, END)),
                WASM_ACTIVE, 1, EXTERNREF, 1);
    expect_elem(elem(B(1, 7, FUNCREF, 0)), WASM_DECLARATIVE, 0, FUNCREF, 0);
    FIXTURE_REFUSED(with(9, B(1, 8, 0)), VIV_EFORMAT,
                    "malformed element segment kind 8");
}

TEST(entries_are_null_a_function_or_a_global)
{
    const struct wasm_elem *it =
        elem(B(1, 5, FUNCREF, 3, REF_NULL, FUNCREF, END, REF_FUNC, 1, END,
               GLOBAL_GET, 0, END));

    EXPECT_EQ_INT(it->items[0].kind, WASM_ELEM_NULL);
    EXPECT_EQ_INT(it->items[1].kind, WASM_ELEM_FUNC);
    EXPECT_EQ_INT(it->items[1].index, 1);
    EXPECT_EQ_INT(it->items[2].kind, WASM_ELEM_GLOBAL);
    EXPECT_EQ_INT(it->items[2].index, 0);
    fixture_end(&f);
}

TEST(element_segments_that_do_not_fit_are_refused)
{
    FIXTURE_REFUSED(with(9, B(1, 2, 1, I32_CONST, 0, END, 0, 1, 0)),
                    VIV_EFORMAT,
                    "type mismatch: table 1 is of externref, segment of "
                    "funcref");
    FIXTURE_REFUSED(with(9, B(1, 6, 2, I32_CONST, 0, END, FUNCREF, 0)),
                    VIV_EFORMAT, "unknown table 2");
    FIXTURE_REFUSED(with(9, B(1, 1, 0, 1, 2)), VIV_EFORMAT,
                    "unknown function 2");
    FIXTURE_REFUSED(with(9, B(1, 1, 1, 1, 0)), VIV_EFORMAT,
                    "malformed element kind");
    FIXTURE_REFUSED(with(9, B(1, 5, I32, 0)), VIV_EFORMAT,
                    "i32 is not a reference type");
    FIXTURE_REFUSED(with(9, B(1, 0, I64_CONST, 0, END, 0)), VIV_EFORMAT,
                    "expected i32, found i64");
    FIXTURE_REFUSED(with(9, B(1, 5, FUNCREF, 1, REF_NULL, EXTERNREF, END)),
                    VIV_EFORMAT, "expected funcref, found externref");
    FIXTURE_REFUSED(with(9, B(1, 5, FUNCREF, 1, REF_FUNC, 2, END)), VIV_EFORMAT,
                    "unknown function 2");
}

TEST(an_active_segment_needs_its_table_or_memory)
{
    fixture_begin(&f);
    fixture_section(&f, 9, B(1, 0, I32_CONST, 0, END, 0));
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "unknown table 0: there are 0");
    fixture_begin(&f);
    fixture_section(&f, 11, B(1, 0, I32_CONST, 0, END, 0));
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "unknown memory 0: there are 0");
}

TEST(data_segments_have_three_forms)
{
    with(11, B(3, 0, I32_CONST, 7, END, 1, 'a', 1, 2, 'b', 'c', 2, 0, I32_CONST,
               0, END, 0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.data_count, 3);
    EXPECT(!f.module.has_data_count);
    EXPECT_EQ_INT(f.module.datas[0].mode, WASM_ACTIVE);
    EXPECT_EQ_INT(f.module.datas[0].bytes.at[0], 'a');
    EXPECT_EQ_INT(f.module.datas[1].mode, WASM_PASSIVE);
    EXPECT_EQ_INT(f.module.datas[1].bytes.len, 2);
    EXPECT_EQ_INT(f.module.datas[2].bytes.len, 0);
    fixture_end(&f);
    FIXTURE_REFUSED(with(11, B(1, 3, 0)), VIV_EFORMAT,
                    "malformed data segment kind 3");
    FIXTURE_REFUSED(with(11, B(1, 2, 1, I32_CONST, 0, END, 0)),
                    VIV_EUNSUPPORTED, "multi-memory (memory 1)");
    FIXTURE_REFUSED(with(11, B(1, 1, 5, 'a')), VIV_EFORMAT, "unexpected end");
}

TEST(the_data_count_must_be_true)
{
    for (uint8_t announced = 0; announced < 3; announced++) {
        fixture_begin(&f);
        fixture_section(&f, 12, B(announced));
        fixture_section(&f, 11, B(1, 1, 0));
        if (announced == 1) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            EXPECT(f.module.has_data_count);
            EXPECT_EQ_INT(f.module.data_count, 1);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EFORMAT,
                            "data segments announced, 1 in the data section");
        }
    }
    fixture_begin(&f);
    fixture_section(&f, 12, B(1));
    FIXTURE_REFUSED(&f, VIV_EFORMAT, "1 data segments announced, 0 in");
}

TEST(every_function_has_a_body_and_no_body_is_left_over)
{
    for (uint8_t bodies = 0; bodies < 3; bodies++) {
        uint8_t content[] = {bodies, 2, 0, END, 2, 0, END};
        fixture_begin(&f);
        fixture_section(&f, 1, B(1, 0x60, 0, 0));
        fixture_section(&f, 3, B(1, 0));
        fixture_section(&f, 10, content, 1 + 3 * (size_t)bodies);
        if (bodies == 1) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            EXPECT_EQ_INT(f.module.funcs[0].body.len, 2);
            EXPECT(f.module.bytes + f.module.funcs[0].body_at ==
                   f.module.funcs[0].body.at);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EFORMAT, "1 functions declared");
        }
    }
}

TEST(the_most_data_segments_and_one_too_many)
{
    for (uint32_t count = WASM_DATAS_MAX; count <= WASM_DATAS_MAX + 1;
         count++) {
        struct base_buf content;
        base_buf_init(&content, 1 << 24);
        fixture_leb(&content, count);
        for (uint32_t i = 0; i < count; i++)
            base_buf_bytes(&content, "\x01\0", 2);
        fixture_begin(&f);
        fixture_section(&f, 11, (const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (count == WASM_DATAS_MAX) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED, "the limit is 100000");
        }
    }
}
