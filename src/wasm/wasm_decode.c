/* wasm_decode.c - bytes that nobody trusts become a struct wasm_module.
 *
 * First all sections are found and put in order, then each is decoded by the
 * part that knows it.
 *
 * SECURITY.  The bytes come from whoever wrote the file, and this is the
 * first code that sees them.  A section's size is compared with what is left
 * before it is believed; a section is read through a cursor that ends where it
 * ends; no section comes twice, so what one has filled no other fills again.
 * Nothing is written to the caller's module before everything is valid.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_decode.h"

#include <string.h>

#include "wasm/wasm_decoder.h"

#define MAGIC             0x6d736100u /* "\0asm" */
#define VERSION           1u
#define VERSION_COMPONENT 0x1000du

/* All sections but custom ones, in the order they must have. */
static const struct part {
    enum wasm_section section;
    const char *name;
    int (*decode)(struct wasm_decoder *decoder, struct base_read *in);
} parts[] = {
    {WASM_SECTION_TYPE, "type", wasm_decode_types},
    {WASM_SECTION_IMPORT, "import", wasm_decode_imports},
    {WASM_SECTION_FUNC, "function", wasm_decode_funcs},
    {WASM_SECTION_TABLE, "table", wasm_decode_tables},
    {WASM_SECTION_MEMORY, "memory", wasm_decode_memories},
    {WASM_SECTION_GLOBAL, "global", wasm_decode_globals},
    {WASM_SECTION_EXPORT, "export", wasm_decode_exports},
    {WASM_SECTION_START, "start", wasm_decode_start},
    {WASM_SECTION_ELEM, "element", wasm_decode_elems},
    {WASM_SECTION_DATA_COUNT, "data count", wasm_decode_data_count},
    {WASM_SECTION_CODE, "code", wasm_decode_code},
    {WASM_SECTION_DATA, "data", wasm_decode_datas},
};

#define PART_COUNT (sizeof(parts) / sizeof(*parts))

static int check_header(struct wasm_decoder *decoder, struct base_read *in)
{
    const uint8_t *b = in->at;
    uint32_t magic = base_read_u32le(in);
    uint32_t version;
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return wasm_decoder_bad(decoder, base_read_offset(in),
                                "unexpected end: not a WebAssembly module");
    if (magic != MAGIC)
        return wasm_decoder_bad(decoder, 0,
                                "not a WebAssembly module: it begins with "
                                "%02x %02x %02x %02x",
                                b[0], b[1], b[2], b[3]);
    version = base_read_u32le(in);
    code = wasm_decoder_done(decoder, in);
    if (code != 0 || version == VERSION)
        return code;
    if (version == VERSION_COMPONENT)
        return wasm_decoder_unsupported(
            decoder, 4, "this is a component, not a core module");
    return wasm_decoder_bad(decoder, 4, "unknown version %u", version);
}

/* Only the name is of interest, and only whether it is `name`. */
static int find_custom(struct wasm_decoder *decoder, struct base_read *content)
{
    struct wasm_bytes name;
    int code = wasm_decoder_name(decoder, content, &name);

    if (code != 0)
        return code;
    if (!decoder->has_names && name.len == 4 &&
        memcmp(name.at, "name", 4) == 0) {
        decoder->has_names = true;
        decoder->names = *content;
    }
    return 0;
}

/* Place `content` with its section, which must come after all that were found
 * before: those below parts[*next]. */
static int find_part(struct wasm_decoder *decoder, uint64_t at, uint8_t id,
                     const struct base_read *content, size_t *next)
{
    size_t i = 0;

    if (id == WASM_SECTION_TAG)
        return wasm_decoder_unsupported(decoder, at,
                                        "exceptions (a tag section)");
    while (i < PART_COUNT && parts[i].section != id)
        i++;
    if (i == PART_COUNT)
        return wasm_decoder_bad(decoder, at, "malformed section id %u", id);
    if (i < *next)
        return wasm_decoder_bad(
            decoder, at, "the %s section is %s", parts[i].name,
            decoder->has_section[id] ? "there twice" : "out of order");
    decoder->has_section[id] = true;
    decoder->sections[id] = *content;
    *next = i + 1;
    return 0;
}

static int find_sections(struct wasm_decoder *decoder, struct base_read *in)
{
    size_t next = 0;
    int code = 0;

    while (code == 0 && base_read_left(in) > 0) {
        uint64_t at = base_read_offset(in);
        uint8_t id = base_read_u8(in);
        struct wasm_bytes bytes;
        struct base_read content;

        code = wasm_decoder_bytes(decoder, in, &bytes);
        if (code != 0)
            return code;
        base_read_init(&content, bytes.at, bytes.len,
                       base_read_offset(in) - bytes.len);
        if (id == WASM_SECTION_CUSTOM)
            code = find_custom(decoder, &content);
        else
            code = find_part(decoder, at, id, &content, &next);
    }
    return code;
}

static int decode_part(struct wasm_decoder *decoder, const struct part *part)
{
    struct base_read *in = &decoder->sections[part->section];
    int code;

    if (!decoder->has_section[part->section])
        return 0;
    code = part->decode(decoder, in);
    if (code == 0 && base_read_left(in) > 0)
        code = wasm_decoder_bad(decoder, base_read_offset(in),
                                "%zu bytes too many in the %s section",
                                base_read_left(in), part->name);
    return code;
}

/* Functions are declared in one section and defined in another, which a
 * skeleton leaves out. */
static int check_code(struct wasm_decoder *decoder)
{
    const struct wasm_module *module = decoder->module;
    bool has_code = decoder->has_section[WASM_SECTION_CODE];
    uint32_t declared = module->func_count - module->func_import_count;

    if (decoder->form == WASM_SKELETON && has_code)
        return wasm_decoder_bad(
            decoder, base_read_offset(&decoder->sections[WASM_SECTION_CODE]),
            "a skeleton has a code section");
    if (decoder->form == WASM_WHOLE && !has_code && declared > 0)
        return wasm_decoder_bad(decoder, module->bytes_len,
                                "%u functions declared, 0 bodies", declared);
    return 0;
}

static int decode_parts(struct wasm_decoder *decoder)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < PART_COUNT; i++) {
        if (parts[i].section == WASM_SECTION_IMPORT)
            code = wasm_decode_spaces(decoder);
        if (code == 0)
            code = decode_part(decoder, &parts[i]);
    }
    if (code == 0)
        code = check_code(decoder);
    if (code == 0 && decoder->has_names)
        wasm_decode_names(decoder, &decoder->names);
    return code;
}

int wasm_decode(const uint8_t *bytes, size_t len, enum wasm_form form,
                struct base_arena *arena, struct wasm_module *ret_module,
                viv_error *err)
{
    struct wasm_module module = {.bytes = bytes, .bytes_len = (uint32_t)len};
    struct wasm_decoder decoder = {
        .module = &module, .arena = arena, .err = err, .form = form};
    struct base_read in;
    int code;

    if (len > WASM_BYTES_MAX)
        return wasm_decoder_limit(&decoder, WASM_BYTES_MAX, "bytes", len,
                                  WASM_BYTES_MAX);
    base_read_init(&in, bytes, len, 0);
    code = check_header(&decoder, &in);
    if (code == 0)
        code = find_sections(&decoder, &in);
    if (code == 0)
        code = decode_parts(&decoder);
    if (code == 0)
        *ret_module = module;
    return code;
}
