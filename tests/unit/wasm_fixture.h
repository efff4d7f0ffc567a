/* wasm_fixture.h - modules written by hand, byte by byte, for unit tests.
 *
 * A test says the content of each section it wants; lengths are counted for
 * it.  B() turns numbers into bytes and their count, so does S() a string.
 *
 *     struct fixture f;
 *
 *     fixture_begin(&f);
 *     fixture_section(&f, 1, B(1, 0x60, 0, 0));
 *     EXPECT_EQ_INT(fixture_decode(&f), 0);
 *     fixture_end(&f);
 *
 * Or, for a function body alone, in the module that is drawn below:
 *
 *     VALID(TYPE_I, I32_CONST, 7, END);
 *     INVALID("type mismatch", TYPE_I, I64_CONST, 7, END);
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_FIXTURE_H
#define WASM_FIXTURE_H

#include "test.h"

#include <stdbool.h>

#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_buf.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"

#define B(...)                                                                 \
    (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define S(text) (const uint8_t *)(text), sizeof(text) - 1

struct fixture {
    struct base_buf bytes;
    struct base_arena arena;
    struct wasm_module module;
    viv_error err;
};

static inline void fixture_begin(struct fixture *f)
{
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

    *f = (struct fixture){.err = {0, ""}};
    base_buf_init(&f->bytes, 1 << 28);
    base_arena_init(&f->arena);
    base_buf_bytes(&f->bytes, header, sizeof(header));
}

static inline void fixture_end(struct fixture *f)
{
    base_buf_fini(&f->bytes);
    base_arena_fini(&f->arena);
}

static inline void fixture_leb(struct base_buf *buf, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        base_buf_char(buf, (char)(value | 0x80));
    base_buf_char(buf, (char)value);
}

/* What comes with a length before it: a section's content, a name, a body. */
static inline void fixture_sized(struct base_buf *buf, const void *bytes,
                                 size_t len)
{
    fixture_leb(buf, len);
    base_buf_bytes(buf, bytes, len);
}

static inline void fixture_section(struct fixture *f, uint8_t id,
                                   const uint8_t *bytes, size_t len)
{
    base_buf_char(&f->bytes, (char)id);
    fixture_sized(&f->bytes, bytes, len);
}

static inline int fixture_decode_form(struct fixture *f, enum wasm_form form)
{
    return wasm_decode((const uint8_t *)f->bytes.at, f->bytes.len, form,
                       &f->arena, &f->module, &f->err);
}

static inline int fixture_decode(struct fixture *f)
{
    return fixture_decode_form(f, WASM_WHOLE);
}

/* Decode what `it` has so far, expect `verdict` and `words` in the sentence,
 * and end. */
#define FIXTURE_REFUSED(it, verdict, words)                                    \
    do {                                                                       \
        struct fixture *it_ = (it);                                            \
        EXPECT_EQ_INT(fixture_decode(it_), verdict);                           \
        EXPECT_HAS_STR(it_->err.text, words);                                  \
        EXPECT_HAS_STR(it_->err.text, " at byte ");                            \
        EXPECT_EQ_INT(it_->err.code, verdict);                                 \
        fixture_end(it_);                                                      \
    } while (0)

/* Types of the module that function bodies are tested in. */
enum {
    TYPE_NONE,    /* [] -> [] */
    TYPE_I,       /* [] -> [i32] */
    TYPE_I_I,     /* [i32] -> [i32] */
    TYPE_IJ,      /* [] -> [i32 i64] */
    TYPE_IJ_IJ,   /* [i32 i64] -> [i32 i64] */
    TYPE_V,       /* [] -> [v128] */
    TYPE_REFS,    /* [funcref externref] -> [] */
    TYPE_NUMBERS, /* [i32 i64 f32 f64] -> [] */
    TYPE_TOO_BIG  /* there is no such type */
};

/* func 0: imported, [i32] -> [i32]; func 1: [] -> [], declared for ref.func;
 * func 2: the body; table 0: 10 funcref, table 1: externref; memory 0;
 * global 0: imported i32, global 1: mutable f64, global 2: externref;
 * element segment 0: funcref, 1: externref; data segment 0. */
static inline void fixture_module(struct fixture *f, uint8_t type,
                                  const uint8_t *body, size_t len)
{
    static const uint8_t empty_body[] = {2, 0, 0x0b};
    struct base_buf code;

    fixture_begin(f);
    fixture_section(f, 1,
                    B(8, 0x60, 0, 0, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f,
                      0x60, 0, 2, 0x7f, 0x7e, 0x60, 2, 0x7f, 0x7e, 2, 0x7f,
                      0x7e, 0x60, 0, 1, 0x7b, 0x60, 2, 0x70, 0x6f, 0, 0x60, 4,
                      0x7f, 0x7e, 0x7d, 0x7c, 0));
    fixture_section(
        f, 2, B(2, 1, 'm', 1, 'f', 0, TYPE_I_I, 1, 'm', 1, 'g', 3, 0x7f, 0));
    fixture_section(f, 3, B(2, TYPE_NONE, type));
    fixture_section(f, 4, B(2, 0x70, 0, 10, 0x6f, 1, 1, 2));
    fixture_section(f, 5, B(1, 0, 1));
    fixture_section(f, 6,
                    B(2, 0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b, 0x6f, 0,
                      0xd0, 0x6f, 0x0b));
    fixture_section(f, 7, B(1, 1, 'e', 0, 2));
    fixture_section(f, 9, B(2, 1, 0, 1, 1, 5, 0x6f, 1, 0xd0, 0x6f, 0x0b));
    fixture_section(f, 12, B(1));

    base_buf_init(&code, 1 << 28);
    fixture_leb(&code, 2);
    base_buf_bytes(&code, empty_body, sizeof(empty_body));
    fixture_sized(&code, body, len);
    fixture_section(f, 10, (const uint8_t *)code.at, code.len);
    base_buf_fini(&code);
    fixture_section(f, 11, B(1, 1, 3, 'a', 'b', 'c'));
    fixture_section(f, 0,
                    B(4, 'n', 'a', 'm', 'e', 0, 2, 1, 'M', 1, 7, 1, 2, 4, 'm',
                      'a', 'i', 'n'));
}

/* Validate all bodies of what `f` has decoded. */
static inline int fixture_check(struct fixture *f)
{
    struct wasm_check check;
    int code = 0;

    wasm_check_init(&check, &f->module);
    for (uint32_t i = f->module.func_import_count;
         code == 0 && i < f->module.func_count; i++)
        code = wasm_check_func(&check, i, &f->err);
    wasm_check_fini(&check);
    return code;
}

/* The verdict on a body (with its locals), and the features it used. */
static inline int fixture_body(uint8_t type, const uint8_t *body, size_t len,
                               uint32_t *ret_features, viv_error *err)
{
    struct fixture f;
    uint32_t before;
    int code;

    fixture_module(&f, type, body, len);
    code = fixture_decode(&f);
    before = f.module.features;
    f.module.features = 0;
    if (code == 0)
        code = fixture_check(&f);
    if (ret_features != NULL)
        *ret_features = f.module.features;
    EXPECT(before != 0);
    *err = f.err;
    fixture_end(&f);
    return code;
}

/* A body without locals. */
#define VALID(type, ...) VALID_BODY(type, B(0, __VA_ARGS__))
#define INVALID(text, type, ...)                                               \
    REFUSED_BODY(VIV_EFORMAT, text, type, B(0, __VA_ARGS__))
#define UNSUPPORTED(text, type, ...)                                           \
    REFUSED_BODY(VIV_EUNSUPPORTED, text, type, B(0, __VA_ARGS__))

#define VALID_BODY(type, ...)                                                  \
    do {                                                                       \
        viv_error err_ = {0, ""};                                              \
        fixture_body(type, __VA_ARGS__, NULL, &err_);                          \
        EXPECT_EQ_STR(err_.text, "");                                          \
    } while (0)

#define REFUSED_BODY(verdict, words, type, ...)                                \
    do {                                                                       \
        viv_error err_ = {0, ""};                                              \
        EXPECT_EQ_INT(fixture_body(type, __VA_ARGS__, NULL, &err_), verdict);  \
        EXPECT_HAS_STR(err_.text, words);                                      \
        EXPECT_HAS_STR(err_.text, " at byte ");                                \
    } while (0)

/* Opcodes. */
enum {
    UNREACHABLE_ = 0x00,
    NOP = 0x01,
    BLOCK = 0x02,
    LOOP = 0x03,
    IF = 0x04,
    ELSE = 0x05,
    END = 0x0b,
    BR = 0x0c,
    BR_IF = 0x0d,
    BR_TABLE = 0x0e,
    RETURN = 0x0f,
    CALL = 0x10,
    CALL_INDIRECT = 0x11,
    RETURN_CALL = 0x12,
    RETURN_CALL_INDIRECT = 0x13,
    DROP = 0x1a,
    SELECT = 0x1b,
    SELECT_T = 0x1c,
    LOCAL_GET = 0x20,
    LOCAL_SET = 0x21,
    LOCAL_TEE = 0x22,
    GLOBAL_GET = 0x23,
    GLOBAL_SET = 0x24,
    TABLE_GET = 0x25,
    TABLE_SET = 0x26,
    I32_LOAD = 0x28,
    I64_STORE = 0x37,
    MEMORY_SIZE = 0x3f,
    MEMORY_GROW = 0x40,
    I32_CONST = 0x41,
    I64_CONST = 0x42,
    F32_CONST = 0x43,
    F64_CONST = 0x44,
    I32_EQZ = 0x45,
    I32_ADD = 0x6a,
    I64_ADD = 0x7c,
    REF_NULL = 0xd0,
    REF_IS_NULL = 0xd1,
    REF_FUNC = 0xd2,
    FC = 0xfc,
    FD = 0xfd,
    /* types */
    EMPTY = 0x40,
    I32 = 0x7f,
    I64 = 0x7e,
    F32 = 0x7d,
    F64 = 0x7c,
    V128 = 0x7b,
    FUNCREF = 0x70,
    EXTERNREF = 0x6f
};

#endif /* WASM_FIXTURE_H */
