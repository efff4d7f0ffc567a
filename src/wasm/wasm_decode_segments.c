/* wasm_decode_segments.c - code, and the element and data segments.
 *
 * SECURITY.  See wasm_decoder.c.  Whether an active segment fits its table or
 * memory is not known before a sandbox is made, and not checked here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_arena.h"
#include "wasm/wasm_decoder.h"
#include "wasm/wasm_type.h"

/* The bits of an element segment's flags. */
#define ELEM_NOT_ACTIVE 1u
#define ELEM_EXPLICIT   2u /* active: names its table; else: declarative */
#define ELEM_EXPRS      4u /* entries are expressions, not function indices */

static int decode_elem_active(struct wasm_decoder *decoder,
                              struct base_read *in, uint32_t flags,
                              struct wasm_elem *elem)
{
    uint32_t count = decoder->module->table_count;
    int code = 0;

    if (flags & ELEM_EXPLICIT)
        code = wasm_decoder_index(decoder, in, "table", count, &elem->table);
    else if (count == 0)
        code = wasm_decoder_bad(decoder, base_read_offset(in),
                                "unknown table 0: there are 0");
    if (code != 0)
        return code;
    return wasm_const_decode(decoder, in, WASM_I32, &elem->offset);
}

/* What the entries are: left out in the two forms of WebAssembly 1.0. */
static int decode_elem_type(struct wasm_decoder *decoder, struct base_read *in,
                            uint32_t flags, struct wasm_elem *elem)
{
    uint64_t at = base_read_offset(in);

    elem->type = WASM_FUNCREF;
    if ((flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT)) == 0)
        return 0;
    if (flags & ELEM_EXPRS)
        return wasm_decoder_ref_type(decoder, in, &elem->type);
    if (base_read_u8(in) != 0)
        return wasm_decoder_bad(decoder, at, "malformed element kind");
    return wasm_decoder_done(decoder, in);
}

static int decode_func_item(struct wasm_decoder *decoder, struct base_read *in,
                            struct wasm_elem_item *item)
{
    int code = wasm_decoder_index(decoder, in, "function",
                                  decoder->module->func_count, &item->index);

    if (code != 0)
        return code;
    item->kind = WASM_ELEM_FUNC;
    decoder->func_declared[item->index] = 1;
    return 0;
}

static int decode_items(struct wasm_decoder *decoder, struct base_read *in,
                        uint32_t flags, struct wasm_elem *elem)
{
    struct wasm_elem_item *items;
    int code = wasm_decoder_count(decoder, in, "element entries", 1,
                                  WASM_ENTRIES_MAX, &elem->count);

    if (code != 0)
        return code;
    items = base_arena_alloc(decoder->arena, elem->count, sizeof(*items));
    if (items == NULL)
        return wasm_decoder_memory(decoder);
    for (uint32_t i = 0; code == 0 && i < elem->count; i++) {
        if (flags & ELEM_EXPRS)
            code = wasm_const_decode_item(decoder, in, elem->type, &items[i]);
        else
            code = decode_func_item(decoder, in, &items[i]);
    }
    elem->items = items;
    return code;
}

static int decode_elem(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_elem *elem)
{
    struct wasm_module *module = decoder->module;
    uint64_t at = base_read_offset(in);
    uint32_t flags = base_read_leb_u32(in);
    int code = wasm_decoder_done(decoder, in);

    if (code == 0 && flags > 7)
        code = wasm_decoder_bad(decoder, at,
                                "malformed element segment kind "
                                "%u",
                                flags);
    if (code != 0)
        return code;
    if (flags & ELEM_NOT_ACTIVE) {
        elem->mode = flags & ELEM_EXPLICIT ? WASM_DECLARATIVE : WASM_PASSIVE;
    } else {
        elem->mode = WASM_ACTIVE;
        code = decode_elem_active(decoder, in, flags, elem);
    }
    if (flags != 0)
        module->features |= flags & ELEM_NOT_ACTIVE
                                ? WASM_FEATURE_BULK_MEMORY
                                : WASM_FEATURE_REFERENCE_TYPES;

    if (code == 0)
        code = decode_elem_type(decoder, in, flags, elem);
    if (code == 0)
        code = decode_items(decoder, in, flags, elem);
    if (code == 0 && elem->mode == WASM_ACTIVE &&
        module->tables[elem->table].type != elem->type)
        code = wasm_decoder_bad(
            decoder, at, "type mismatch: table %u is of %s, segment of %s",
            elem->table, wasm_type_text(module->tables[elem->table].type),
            wasm_type_text(elem->type));
    return code;
}

int wasm_decode_elems(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_elem *elems;
    uint32_t count;
    int code = wasm_decoder_count(decoder, in, "element segments", 2,
                                  WASM_ELEMS_MAX, &count);

    if (code != 0)
        return code;
    elems = base_arena_alloc(decoder->arena, count, sizeof(*elems));
    if (elems == NULL)
        return wasm_decoder_memory(decoder);
    decoder->module->elems = elems;
    decoder->module->elem_count = count;
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_elem(decoder, in, &elems[i]);
    return code;
}

int wasm_decode_data_count(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint64_t at = base_read_offset(in);
    uint32_t found;
    int code;

    module->data_count = base_read_leb_u32(in);
    code = wasm_decoder_done(decoder, in);
    if (code == 0)
        code = wasm_decoder_peek(decoder, WASM_SECTION_DATA, "data segments",
                                 WASM_DATAS_MAX, &found);
    if (code != 0)
        return code;
    if (module->data_count != found)
        return wasm_decoder_bad(
            decoder, at, "%u data segments announced, %u in the data section",
            module->data_count, found);
    module->has_data_count = true;
    module->features |= WASM_FEATURE_BULK_MEMORY;
    return 0;
}

int wasm_decode_code(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint32_t declared = module->func_count - module->func_import_count;
    uint64_t at = base_read_offset(in);
    uint32_t count;
    int code = wasm_decoder_count(decoder, in, "function bodies", 1,
                                  WASM_FUNCS_MAX, &count);

    if (code == 0 && count != declared)
        return wasm_decoder_bad(decoder, at, "%u functions declared, %u bodies",
                                declared, count);
    for (uint32_t i = 0; code == 0 && i < count; i++) {
        struct wasm_func *func = &module->funcs[module->func_import_count + i];
        code = wasm_decoder_bytes(decoder, in, &func->body);
        func->body_at = (uint32_t)base_read_offset(in) - func->body.len;
    }
    return code;
}

static int decode_data_active(struct wasm_decoder *decoder,
                              struct base_read *in, uint32_t flags,
                              struct wasm_data *data)
{
    uint64_t at = base_read_offset(in);
    uint32_t memory = flags == 2 ? base_read_leb_u32(in) : 0;
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return code;
    if (decoder->module->memory_count == 0)
        return wasm_decoder_bad(decoder, at, "unknown memory %u: there are 0",
                                memory);
    if (memory != 0)
        return wasm_decoder_unsupported(decoder, at, "multi-memory (memory %u)",
                                        memory);
    return wasm_const_decode(decoder, in, WASM_I32, &data->offset);
}

static int decode_data(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_data *data)
{
    uint64_t at = base_read_offset(in);
    uint32_t flags = base_read_leb_u32(in);
    int code = wasm_decoder_done(decoder, in);

    if (code == 0 && flags > 2)
        code = wasm_decoder_bad(decoder, at, "malformed data segment kind %u",
                                flags);
    if (code != 0)
        return code;
    data->mode = flags == 1 ? WASM_PASSIVE : WASM_ACTIVE;
    if (flags != 0)
        decoder->module->features |= WASM_FEATURE_BULK_MEMORY;
    if (data->mode == WASM_ACTIVE)
        code = decode_data_active(decoder, in, flags, data);
    return code != 0 ? code : wasm_decoder_bytes(decoder, in, &data->bytes);
}

int wasm_decode_datas(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    struct wasm_data *datas;
    uint32_t count;
    int code = wasm_decoder_count(decoder, in, "data segments", 2,
                                  WASM_DATAS_MAX, &count);

    if (code != 0)
        return code;
    datas = base_arena_alloc(decoder->arena, count, sizeof(*datas));
    if (datas == NULL)
        return wasm_decoder_memory(decoder);
    module->datas = datas;
    module->data_count = count;
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_data(decoder, in, &datas[i]);
    return code;
}
