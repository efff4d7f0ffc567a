/* wasm_decode_types.c - the type section.
 *
 * SECURITY.  See wasm_decoder.c.  The types of parameters and results are
 * bytes of the file, checked once and then borrowed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_sort.h"
#include "wasm/wasm_decoder.h"

/* A list of value types, each one byte, so that the list can stay where it
 * is. */
static int decode_list(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, const uint8_t **ret_types,
                       uint32_t *ret_count)
{
    int code =
        wasm_decoder_count(decoder, in, what, 1, WASM_PARAMS_MAX, ret_count);
    uint8_t type;

    *ret_types = in->at;
    for (uint32_t i = 0; code == 0 && i < *ret_count; i++)
        code = wasm_decoder_value_type(decoder, in, &type);
    return code;
}

static int check_form(struct wasm_decoder *decoder, struct base_read *in)
{
    uint64_t at = base_read_offset(in);
    uint8_t form = base_read_u8(in);
    int code = wasm_decoder_done(decoder, in);

    if (code != 0 || form == 0x60)
        return code;
    /* cont; rec, sub final, sub; array, struct */
    if (form == 0x5d)
        return wasm_decoder_unsupported(decoder, at,
                                        "stack switching (type form 0x5d)");
    if ((form >= 0x4e && form <= 0x50) || form == 0x5e || form == 0x5f)
        return wasm_decoder_unsupported(
            decoder, at, "garbage collection (type form 0x%02x)", form);
    return wasm_decoder_bad(decoder, at, "unknown type form 0x%02x", form);
}

static int decode_type(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_func_type *type)
{
    int code = check_form(decoder, in);

    if (code == 0)
        code = decode_list(decoder, in, "parameters", &type->params,
                           &type->param_count);
    if (code == 0)
        code = decode_list(decoder, in, "results", &type->results,
                           &type->result_count);
    if (code == 0 && type->result_count > 1)
        decoder->module->features |= WASM_FEATURE_MULTI_VALUE;
    return code;
}

static int order_of_lists(const uint8_t *a, uint32_t a_count, const uint8_t *b,
                          uint32_t b_count)
{
    if (a_count != b_count)
        return a_count < b_count ? -1 : 1;
    return a_count > 0 ? memcmp(a, b, a_count) : 0;
}

static int order_of_types(const void *context, uint32_t a_index,
                          uint32_t b_index)
{
    const struct wasm_func_type *types = context;
    const struct wasm_func_type *a = &types[a_index];
    const struct wasm_func_type *b = &types[b_index];
    int order;

    order =
        order_of_lists(a->params, a->param_count, b->params, b->param_count);
    if (order != 0)
        return order;
    return order_of_lists(a->results, a->result_count, b->results,
                          b->result_count);
}

/* Sorted, equal types are neighbours, and the sort being stable the first of
 * them is the one with the smallest index. */
static int find_canons(struct wasm_decoder *decoder,
                       struct wasm_func_type *types, uint32_t count)
{
    uint32_t *sorted = base_alloc_array(NULL, count, sizeof(*sorted));
    uint32_t canon = 0;

    if (sorted == NULL)
        return wasm_decoder_memory(decoder);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = i;
    if (base_sort(sorted, count, order_of_types, types) != 0) {
        base_free(sorted);
        return wasm_decoder_memory(decoder);
    }

    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || order_of_types(types, canon, sorted[i]) != 0)
            canon = sorted[i];
        types[sorted[i]].canon = canon;
    }
    base_free(sorted);
    return 0;
}

int wasm_decode_types(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_func_type *types;
    uint32_t count;
    int code =
        wasm_decoder_count(decoder, in, "types", 3, WASM_TYPES_MAX, &count);

    if (code != 0)
        return code;
    types = base_arena_alloc(decoder->arena, count, sizeof(*types));
    if (types == NULL)
        return wasm_decoder_memory(decoder);
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_type(decoder, in, &types[i]);
    if (code == 0)
        code = find_canons(decoder, types, count);
    decoder->module->types = types;
    decoder->module->type_count = count;
    return code;
}
