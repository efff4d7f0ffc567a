/* wasm_decoder.h - what the parts of wasm_decode() share.
 *
 * Floor 1.  For src/wasm/wasm_decode*.c and wasm_const.c only.
 *
 * The life of a decoder: wasm_decode.c finds all sections, then has each
 * decoded by the part that knows it, in an order in which whatever an index
 * may name is known before the index: the order of the file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_DECODER_H
#define WASM_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base_read.h"
#include "vivarium.h"
#include "wasm/wasm_decode.h"
#include "wasm/wasm_module.h"

/* Opaque types. */
struct base_arena;

enum wasm_section {
    WASM_SECTION_CUSTOM = 0,
    WASM_SECTION_TYPE = 1,
    WASM_SECTION_IMPORT = 2,
    WASM_SECTION_FUNC = 3,
    WASM_SECTION_TABLE = 4,
    WASM_SECTION_MEMORY = 5,
    WASM_SECTION_GLOBAL = 6,
    WASM_SECTION_EXPORT = 7,
    WASM_SECTION_START = 8,
    WASM_SECTION_ELEM = 9,
    WASM_SECTION_CODE = 10,
    WASM_SECTION_DATA = 11,
    WASM_SECTION_DATA_COUNT = 12,
    WASM_SECTION_TAG = 13,
    WASM_SECTION_COUNT
};

struct wasm_decoder {
    struct wasm_module *module; /* being filled */
    struct base_arena *arena;
    viv_error *err;
    enum wasm_form form;
    bool has_section[WASM_SECTION_COUNT];
    struct base_read sections[WASM_SECTION_COUNT]; /* the content of each */
    bool has_names;
    struct base_read names;    /* of the first custom section `name` */
    uint8_t *func_declared;    /* module->func_declared, to write */
    struct wasm_table *tables; /* and so on */
    struct wasm_memory *memories;
    struct wasm_global *globals;
};

/* Refuse, with ` at byte N` behind the sentence, and return the code:
 * VIV_EFORMAT; VIV_EUNSUPPORTED, the format being the name of a feature;
 * VIV_EUNSUPPORTED for more of something than a limit of ours allows;
 * VIV_ENOMEM. */
int wasm_decoder_bad(struct wasm_decoder *decoder, uint64_t at,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));
int wasm_decoder_unsupported(struct wasm_decoder *decoder, uint64_t at,
                             const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));
int wasm_decoder_limit(struct wasm_decoder *decoder, uint64_t at,
                       const char *what, uint64_t count, uint64_t limit)
    __attribute__((cold));
int wasm_decoder_memory(struct wasm_decoder *decoder) __attribute__((cold));

/* 0 if all reads from `in` so far went well; what they were to give is then
 * not read yet by anybody. */
int wasm_decoder_done(struct wasm_decoder *decoder, const struct base_read *in);

/* The number of `what` (plural) that follow, each at least `bytes_each` bytes:
 * more than there are bytes left for is refused, and more than `limit`. */
int wasm_decoder_count(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, uint32_t bytes_each, uint32_t limit,
                       uint32_t *ret_count);

/* What a section has announced, without reading it; 0 if it is absent. */
int wasm_decoder_peek(struct wasm_decoder *decoder, enum wasm_section section,
                      const char *what, uint32_t limit, uint32_t *ret_count);

/* An index below `count`, of a `what`. */
int wasm_decoder_index(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, uint32_t count, uint32_t *ret_index);

/* A length and so many bytes, borrowed; a name is also UTF-8. */
int wasm_decoder_bytes(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_bytes *ret_bytes);
int wasm_decoder_name(struct wasm_decoder *decoder, struct base_read *in,
                      struct wasm_bytes *ret_name);

int wasm_decoder_value_type(struct wasm_decoder *decoder, struct base_read *in,
                            uint8_t *ret_type);
int wasm_decoder_ref_type(struct wasm_decoder *decoder, struct base_read *in,
                          uint8_t *ret_type);
int wasm_decoder_table(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_table *ret_table);
int wasm_decoder_memory_type(struct wasm_decoder *decoder, struct base_read *in,
                             struct wasm_memory *ret_memory);
int wasm_decoder_global_type(struct wasm_decoder *decoder, struct base_read *in,
                             struct wasm_global *ret_global);

/* `name` for a sentence: its length cut to what one wants to read. */
#define WASM_NAME_FORMAT "%.*s"
#define WASM_NAME(name)                                                        \
    (int)((name).len < 60 ? (name).len : 60), (const char *)(name).at

/* Make room for all index spaces, as large as imports and sections announce.
 * After types, before imports. */
int wasm_decode_spaces(struct wasm_decoder *decoder);

/* The content of a section, without the count of its bytes.  Each reads from
 * `in` what belongs to it; wasm_decode.c sees that this is all. */
int wasm_decode_types(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_imports(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_funcs(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_tables(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_memories(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_globals(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_exports(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_start(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_elems(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_data_count(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_code(struct wasm_decoder *decoder, struct base_read *in);
int wasm_decode_datas(struct wasm_decoder *decoder, struct base_read *in);

/* Never fails: a broken section is a section that ends early. */
void wasm_decode_names(struct wasm_decoder *decoder, struct base_read *in);

/* A constant expression of type `type`, in wasm_const.c. */
int wasm_const_decode(struct wasm_decoder *decoder, struct base_read *in,
                      uint8_t type, struct wasm_expr *ret_expr);

/* One of a reference type, as the entry of a segment that it amounts to. */
int wasm_const_decode_item(struct wasm_decoder *decoder, struct base_read *in,
                           uint8_t type, struct wasm_elem_item *ret_item);

#endif /* WASM_DECODER_H */
