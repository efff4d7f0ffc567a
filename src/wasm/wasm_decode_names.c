/* wasm_decode_names.c - the custom section `name`: what functions are called.
 *
 * SECURITY.  Names are for humans, and tools get this section wrong, so
 * nothing in it makes a module invalid.  But it is as untrusted as the rest:
 * an index is compared before it is used, a name that is not UTF-8 is not
 * taken, and what does not fit its subsection ends the reading.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_utf8.h"
#include "wasm/wasm_decoder.h"

enum { NAMES_MODULE = 0, NAMES_FUNCS = 1 };

/* False at the end of what makes sense. */
static bool read_bytes(struct base_read *in, struct wasm_bytes *ret_bytes)
{
    uint32_t len = base_read_leb_u32(in);

    ret_bytes->at = base_read_bytes(in, len);
    ret_bytes->len = len;
    return ret_bytes->at != NULL;
}

/* The first name that something is given stays. */
static void take_name(struct wasm_bytes *to, const struct wasm_bytes *name)
{
    if (to->len == 0 && base_utf8_is_valid(name->at, name->len))
        *to = *name;
}

static void decode_funcs(struct wasm_module *module, struct base_read *in)
{
    uint32_t count = base_read_leb_u32(in);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = base_read_leb_u32(in);
        struct wasm_bytes name;

        if (!read_bytes(in, &name))
            return;
        if (index < module->func_count)
            take_name(&module->funcs[index].name, &name);
    }
}

void wasm_decode_names(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;

    while (base_read_left(in) > 0) {
        uint8_t id = base_read_u8(in);
        struct wasm_bytes content, name;
        struct base_read part;

        if (!read_bytes(in, &content))
            return;
        base_read_init(&part, content.at, content.len, 0);
        if (id == NAMES_MODULE && read_bytes(&part, &name))
            take_name(&module->name, &name);
        else if (id == NAMES_FUNCS)
            decode_funcs(module, &part);
    }
}
