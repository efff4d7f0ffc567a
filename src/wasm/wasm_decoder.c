/* wasm_decoder.c - the small readings that all sections are made of.
 *
 * SECURITY.  Everything here is read from a file that nobody trusts.  Counts
 * are compared with the bytes that are left and with a limit before anything
 * is allocated for them, indices with the size of their index space, names
 * with UTF-8; types and flags are one of those we know, or the file is
 * refused.  What these functions return needs no further check.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_decoder.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/base_error.h"
#include "base/base_utf8.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

int wasm_decoder_bad(struct wasm_decoder *decoder, uint64_t at,
                     const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return wasm_error(decoder->err, VIV_EFORMAT, at, "%s", text);
}

int wasm_decoder_unsupported(struct wasm_decoder *decoder, uint64_t at,
                             const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return wasm_error(decoder->err, VIV_EUNSUPPORTED, at,
                      "unsupported feature: %s", text);
}

int wasm_decoder_limit(struct wasm_decoder *decoder, uint64_t at,
                       const char *what, uint64_t count, uint64_t limit)
{
    return wasm_error(decoder->err, VIV_EUNSUPPORTED, at,
                      "%llu %s: the limit is %llu", (unsigned long long)count,
                      what, (unsigned long long)limit);
}

int wasm_decoder_memory(struct wasm_decoder *decoder)
{
    return base_error_memory(decoder->err);
}

int wasm_decoder_done(struct wasm_decoder *decoder, const struct base_read *in)
{
    if (__builtin_expect(in->status != BASE_READ_OK, 0))
        return wasm_error_read(decoder->err, in);
    return 0;
}

int wasm_decoder_count(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, uint32_t bytes_each, uint32_t limit,
                       uint32_t *ret_count)
{
    uint64_t at = base_read_offset(in);
    uint32_t count = base_read_leb_u32(in);
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return code;
    if (count > base_read_left(in) / bytes_each)
        return wasm_decoder_bad(
            decoder, at, "unexpected end: %u %s announced, %zu bytes left",
            count, what, base_read_left(in));
    if (count > limit)
        return wasm_decoder_limit(decoder, at, what, count, limit);
    *ret_count = count;
    return 0;
}

int wasm_decoder_peek(struct wasm_decoder *decoder, enum wasm_section section,
                      const char *what, uint32_t limit, uint32_t *ret_count)
{
    struct base_read in = decoder->sections[section];

    *ret_count = 0;
    if (!decoder->has_section[section])
        return 0;
    return wasm_decoder_count(decoder, &in, what, 1, limit, ret_count);
}

int wasm_decoder_index(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, uint32_t count, uint32_t *ret_index)
{
    uint64_t at = base_read_offset(in);
    uint32_t index = base_read_leb_u32(in);
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return code;
    if (index >= count)
        return wasm_decoder_bad(decoder, at, "unknown %s %u: there are %u",
                                what, index, count);
    *ret_index = index;
    return 0;
}

int wasm_decoder_bytes(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_bytes *ret_bytes)
{
    uint32_t len = base_read_leb_u32(in);
    const uint8_t *bytes = base_read_bytes(in, len);

    if (bytes == NULL)
        return wasm_error_read(decoder->err, in);
    *ret_bytes = (struct wasm_bytes){bytes, len};
    return 0;
}

int wasm_decoder_name(struct wasm_decoder *decoder, struct base_read *in,
                      struct wasm_bytes *ret_name)
{
    uint64_t at = base_read_offset(in);
    int code = wasm_decoder_bytes(decoder, in, ret_name);

    if (code != 0)
        return code;
    if (!base_utf8_is_valid(ret_name->at, ret_name->len))
        return wasm_decoder_bad(decoder, at, "malformed UTF-8 in a name");
    return 0;
}

int wasm_decoder_value_type(struct wasm_decoder *decoder, struct base_read *in,
                            uint8_t *ret_type)
{
    uint64_t at = base_read_offset(in);
    uint8_t type = base_read_u8(in);
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return code;
    if (!wasm_type_is_value(type))
        return wasm_type_refuse(decoder->err, type, at);
    decoder->module->features |= wasm_type_feature(type);
    *ret_type = type;
    return 0;
}

int wasm_decoder_ref_type(struct wasm_decoder *decoder, struct base_read *in,
                          uint8_t *ret_type)
{
    uint64_t at = base_read_offset(in);
    uint8_t type = base_read_u8(in);
    int code = wasm_decoder_done(decoder, in);

    if (code != 0)
        return code;
    if (wasm_type_is_value(type) && !wasm_type_is_ref(type))
        return wasm_decoder_bad(decoder, at, "%s is not a reference type",
                                wasm_type_text(type));
    if (!wasm_type_is_ref(type))
        return wasm_type_refuse(decoder->err, type, at);
    *ret_type = type;
    return 0;
}

/* Bit 0 says that there is a maximum; the others are proposals. */
static int check_flags(struct wasm_decoder *decoder, uint64_t at, uint8_t flags)
{
    if (flags >= 0x10)
        return wasm_decoder_bad(decoder, at, "malformed limits flags 0x%02x",
                                flags);
    if (flags & 8)
        return wasm_decoder_unsupported(
            decoder, at, "custom page sizes (limits flags 0x%02x)", flags);
    if (flags & 4)
        return wasm_decoder_unsupported(
            decoder, at, "memory64 (limits flags 0x%02x)", flags);
    if (flags & 2)
        return wasm_decoder_unsupported(
            decoder, at, "threads, shared memory (limits flags 0x%02x)", flags);
    return 0;
}

static int read_limits(struct wasm_decoder *decoder, struct base_read *in,
                       const char *what, uint32_t most,
                       struct wasm_limits *ret_limits)
{
    uint64_t at = base_read_offset(in);
    uint8_t flags = base_read_u8(in);
    struct wasm_limits limits = {0};
    int code = wasm_decoder_done(decoder, in);

    if (code == 0)
        code = check_flags(decoder, at, flags);
    if (code != 0)
        return code;
    limits.has_max = flags & 1;
    limits.min = base_read_leb_u32(in);
    if (limits.has_max)
        limits.max = base_read_leb_u32(in);
    code = wasm_decoder_done(decoder, in);
    if (code != 0)
        return code;

    if (limits.min > most || limits.max > most)
        return wasm_decoder_bad(
            decoder, at, "%s of %llu: at most %u", what,
            (unsigned long long)(limits.min > most ? limits.min : limits.max),
            most);
    if (limits.has_max && limits.min > limits.max)
        return wasm_decoder_bad(
            decoder, at, "%s of at least %llu and at most %llu", what,
            (unsigned long long)limits.min, (unsigned long long)limits.max);
    *ret_limits = limits;
    return 0;
}

int wasm_decoder_table(struct wasm_decoder *decoder, struct base_read *in,
                       struct wasm_table *ret_table)
{
    int code = wasm_decoder_ref_type(decoder, in, &ret_table->type);

    if (code != 0)
        return code;
    if (ret_table->type == WASM_EXTERNREF)
        decoder->module->features |= WASM_FEATURE_REFERENCE_TYPES;
    return read_limits(decoder, in, "table entries", UINT32_MAX,
                       &ret_table->limits);
}

int wasm_decoder_memory_type(struct wasm_decoder *decoder, struct base_read *in,
                             struct wasm_memory *ret_memory)
{
    return read_limits(decoder, in, "memory pages", 65536, &ret_memory->limits);
}

int wasm_decoder_global_type(struct wasm_decoder *decoder, struct base_read *in,
                             struct wasm_global *ret_global)
{
    int code = wasm_decoder_value_type(decoder, in, &ret_global->type);
    uint64_t at = base_read_offset(in);
    uint8_t flag;

    if (code != 0)
        return code;
    flag = base_read_u8(in);
    if (flag > 1)
        return wasm_decoder_bad(decoder, at, "malformed mutability 0x%02x",
                                flag);
    ret_global->is_mutable = flag != 0;
    return wasm_decoder_done(decoder, in);
}
