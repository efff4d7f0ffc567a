/* wasm_decode.h - bytes that nobody trusts become a struct wasm_module.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_DECODE_H
#define WASM_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"
#include "wasm/wasm_module.h"

/* Opaque types. */
struct base_arena;

enum wasm_form {
    WASM_WHOLE,   /* a module, as compilers write it */
    WASM_SKELETON /* the same without its code section: no function has a */
                  /* body.  What compiled modules carry. */
};

/* Limits: those of the WebAssembly JavaScript API, which browsers share.  A
 * module that passes one is refused with VIV_EUNSUPPORTED and its name.  (For
 * functions, tables and globals: with those imported.) */
#define WASM_BYTES_MAX   (1u << 30)
#define WASM_TYPES_MAX   1000000u
#define WASM_PARAMS_MAX  1000u /* of one function type; results as well */
#define WASM_IMPORTS_MAX 1000000u
#define WASM_EXPORTS_MAX 1000000u
#define WASM_FUNCS_MAX   1000000u
#define WASM_TABLES_MAX  100000u
#define WASM_GLOBALS_MAX 1000000u
#define WASM_ELEMS_MAX   10000000u
#define WASM_ENTRIES_MAX 10000000u /* of one element segment */
#define WASM_DATAS_MAX   100000u

/* The most values that a constant expression may have on its stack at once,
 * so that whoever evaluates it can have a stack of this size. */
#define WASM_CONST_DEPTH_MAX 256u

/* Decode and validate everything in `bytes` except function bodies, which
 * wasm_check.h does one by one: sections, types, index spaces, constant
 * expressions, exports, start, segments, names.
 *
 * A broken `name` section is no error: names are then missing.  Other custom
 * sections are only measured.
 *
 * Borrows `bytes` and allocates from `arena`; both must outlive the module.
 * Takes time and memory in proportion to `len`, whatever the bytes say: a
 * count is believed only as far as there are bytes left to back it.
 *
 * Fails with VIV_EFORMAT, VIV_EUNSUPPORTED (a feature of WebAssembly that is
 * refused by name) or VIV_ENOMEM.  The sentence ends with `at byte N`, N being
 * the offset in `bytes` of what is wrong, in decimal.  Any thread. */
int wasm_decode(const uint8_t *bytes, size_t len, enum wasm_form form,
                struct base_arena *arena, struct wasm_module *ret_module,
                viv_error *err);

#endif /* WASM_DECODE_H */
