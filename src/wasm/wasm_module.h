/* wasm_module.h - what a WebAssembly binary says, as data.
 *
 * Floor 1.  The model that wasm_decode() fills, the compiler translates, and
 * the engine instantiates.  All pointers lead into the arena it was decoded
 * into or into the bytes it was decoded from; both must outlive it.
 *
 * Index spaces are those of the format: imported things come first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_MODULE_H
#define WASM_MODULE_H

#include <stdbool.h>
#include <stdint.h>

/* Value types, as the format spells them (VIV_I32 and so on). */
enum {
    WASM_I32 = 0x7f,
    WASM_I64 = 0x7e,
    WASM_F32 = 0x7d,
    WASM_F64 = 0x7c,
    WASM_V128 = 0x7b,
    WASM_FUNCREF = 0x70,
    WASM_EXTERNREF = 0x6f
};

enum wasm_kind {
    WASM_FUNC = 0,
    WASM_TABLE = 1,
    WASM_MEMORY = 2,
    WASM_GLOBAL = 3
};

/* Some bytes of the file: a name (UTF-8, checked, may hold NULs) or data. */
struct wasm_bytes {
    const uint8_t *at;
    uint32_t len;
};

struct wasm_func_type {
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
    uint32_t canon; /* index of the first type equal to this one */
};

struct wasm_limits {
    uint64_t min;
    uint64_t max; /* if has_max */
    bool has_max;
};

struct wasm_import {
    struct wasm_bytes module;
    struct wasm_bytes name;
    enum wasm_kind kind;
    uint32_t index; /* in the index space of its kind */
};

struct wasm_export {
    struct wasm_bytes name;
    enum wasm_kind kind;
    uint32_t index;
};

/* A constant expression, without decoding: the bytes up to and with `end`.
 * wasm_decode() has validated it. */
struct wasm_expr {
    struct wasm_bytes bytes;
    uint32_t at; /* offset in the file, for messages */
};

struct wasm_func {
    uint32_t type;
    struct wasm_bytes body; /* locals and code; empty if imported */
    uint32_t body_at;       /* offset of `body` in the file */
    struct wasm_bytes name; /* of the name section, or len 0 */
};

struct wasm_table {
    uint8_t type;
    struct wasm_limits limits;
};

struct wasm_memory {
    struct wasm_limits limits; /* in wasm pages */
};

struct wasm_global {
    uint8_t type;
    bool is_mutable;
    struct wasm_expr init; /* empty if imported */
};

enum wasm_segment_mode { WASM_ACTIVE, WASM_PASSIVE, WASM_DECLARATIVE };

/* One entry of an element segment: all that a constant expression of a
 * reference type can be. */
enum wasm_elem_kind { WASM_ELEM_NULL, WASM_ELEM_FUNC, WASM_ELEM_GLOBAL };

struct wasm_elem_item {
    enum wasm_elem_kind kind;
    uint32_t index; /* function or global */
};

struct wasm_elem {
    enum wasm_segment_mode mode;
    uint8_t type;
    uint32_t table;
    uint32_t count;
    struct wasm_expr offset;
    const struct wasm_elem_item *items;
};

struct wasm_data {
    enum wasm_segment_mode mode;
    struct wasm_expr offset;
    struct wasm_bytes bytes;
};

/* What a module makes use of beyond WebAssembly 1.0, found while decoding
 * (sections) and while validating (instructions). */
enum wasm_feature {
    WASM_FEATURE_MUTABLE_GLOBALS = 1 << 0, /* imported or exported */
    WASM_FEATURE_SIGN_EXTENSION = 1 << 1,
    WASM_FEATURE_SATURATING = 1 << 2,
    WASM_FEATURE_MULTI_VALUE = 1 << 3,
    WASM_FEATURE_BULK_MEMORY = 1 << 4,
    WASM_FEATURE_REFERENCE_TYPES = 1 << 5,
    WASM_FEATURE_SIMD = 1 << 6,
    WASM_FEATURE_TAIL_CALLS = 1 << 7,
    WASM_FEATURE_EXTENDED_CONST = 1 << 8
};

struct wasm_module {
    const uint8_t *bytes;
    uint32_t bytes_len;
    uint32_t features; /* enum wasm_feature, those seen so far */

    uint32_t type_count;
    uint32_t import_count;
    uint32_t func_count;
    uint32_t func_import_count;
    uint32_t table_count;
    uint32_t table_import_count;
    uint32_t memory_count; /* 0 or 1 */
    uint32_t memory_import_count;
    uint32_t global_count;
    uint32_t global_import_count;
    uint32_t export_count;
    uint32_t elem_count;
    uint32_t data_count;
    bool has_data_count; /* the data count section is there */
    bool has_start;
    uint32_t start;

    const struct wasm_func_type *types;
    const struct wasm_import *imports;
    struct wasm_func *funcs;
    const struct wasm_table *tables;
    const struct wasm_memory *memories;
    const struct wasm_global *globals;
    const struct wasm_export *exports;
    const struct wasm_elem *elems;
    const struct wasm_data *datas;
    const uint8_t *func_declared; /* 1: ref.func may name it in a body */

    struct wasm_bytes name; /* of the name section, or len 0 */
};

/* The type of function `index`.  Before: index < func_count. */
static inline const struct wasm_func_type *
wasm_type_of_func(const struct wasm_module *module, uint32_t index)
{
    return &module->types[module->funcs[index].type];
}

#endif /* WASM_MODULE_H */
