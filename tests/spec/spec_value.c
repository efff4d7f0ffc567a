/* spec_value.c - the values of scripts: read, compared, shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_error.h"
#include "spec_json.h"

static const struct {
    const char *name;
    uint8_t type;
    uint32_t bytes;
} types[] = {
    {"i32", VIV_I32, 4},
    {"i64", VIV_I64, 8},
    {"f32", VIV_F32, 4},
    {"f64", VIV_F64, 8},
    {"v128", VIV_V128, 16},
    {"funcref", VIV_FUNCREF, 8},
    {"externref", VIV_EXTERNREF, 8},
};

static const struct {
    const char *name;
    uint32_t bytes;
} lanes[] = {{"i8", 1},  {"i16", 2}, {"i32", 4},
             {"i64", 8}, {"f32", 4}, {"f64", 8}};

/* `bits`, which must fit `bytes` bytes, from decimal text. */
static int read_bits(const char *text, uint32_t bytes, uint64_t *ret_bits,
                     viv_error *err)
{
    char *end;
    uint64_t bits;

    errno = 0;
    bits = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
        (bytes < 8 && bits >> (8 * bytes) != 0))
        return base_error(err, VIV_EFORMAT, "value %s for %u bytes", text,
                          bytes);
    *ret_bits = bits;
    return 0;
}

/* One number, or one lane of a vector, to lane `index` of `value`. */
static int read_lane(const char *text, uint32_t index, struct spec_value *value,
                     viv_error *err)
{
    uint64_t bits = 0;
    int code = 0;

    if (strcmp(text, "nan:canonical") == 0)
        value->match[index] = SPEC_MATCH_NAN_CANONICAL;
    else if (strcmp(text, "nan:arithmetic") == 0)
        value->match[index] = SPEC_MATCH_NAN_ARITHMETIC;
    else
        code = read_bits(text, value->lane_bytes, &bits, err);
    memcpy(value->value.v128 + index * value->lane_bytes, &bits,
           value->lane_bytes);
    return code;
}

static int read_vector(const struct spec_json *json, struct spec_value *value,
                       viv_error *err)
{
    const char *lane = spec_json_text(json, "lane_type", "?");
    const struct spec_json *list = spec_json_get(json, "value");
    uint32_t index = 0;
    int code = 0;

    value->lane_bytes = 0;
    for (size_t i = 0; i < sizeof(lanes) / sizeof(*lanes); i++)
        if (strcmp(lanes[i].name, lane) == 0)
            value->lane_bytes = lanes[i].bytes;
    if (value->lane_bytes == 0 ||
        spec_json_count(list) != 16 / value->lane_bytes)
        return base_error(err, VIV_EFORMAT, "vector of %zu lanes of %s",
                          spec_json_count(list), lane);
    for (list = list->first; list != NULL && code == 0; list = list->next)
        code = read_lane(list->text ? list->text : "?", index++, value, err);
    return code;
}

static int read_reference(const char *text, struct spec_value *value,
                          viv_error *err)
{
    int code = 0;

    if (text == NULL)
        value->match[0] = SPEC_MATCH_NOT_NULL;
    else if (strcmp(text, "null") != 0) {
        code = read_bits(text, 4, &value->value.ref, err);
        value->value.ref += 1;
    }
    return code;
}

int spec_value_read(const struct spec_json *json, struct spec_value *ret_value,
                    viv_error *err)
{
    const char *name = spec_json_text(json, "type", "?");
    const char *text = spec_json_text(json, "value", NULL);

    memset(ret_value, 0, sizeof(*ret_value));
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (strcmp(types[i].name, name) == 0) {
            ret_value->type = types[i].type;
            ret_value->lane_bytes = types[i].bytes;
        }
    }
    switch (ret_value->type) {
    case 0:
        return base_error(err, VIV_EFORMAT, "value of type %s", name);
    case VIV_V128:
        return read_vector(json, ret_value, err);
    case VIV_FUNCREF:
    case VIV_EXTERNREF:
        return read_reference(text, ret_value, err);
    default:
        return read_lane(text ? text : "?", 0, ret_value, err);
    }
}

/* Is this a NaN of the class that `match` asks for? */
static bool is_nan_of(enum spec_match match, const uint8_t *lane,
                      uint32_t bytes)
{
    const bool narrow = bytes == 4;
    const uint64_t sign = narrow ? 1ull << 31 : 1ull << 63;
    const uint64_t quiet = narrow ? 0x7fc00000 : 0x7ff8000000000000;
    uint64_t bits = 0;

    memcpy(&bits, lane, bytes);
    bits &= ~sign;
    return match == SPEC_MATCH_NAN_CANONICAL ? bits == quiet
                                             : (bits & quiet) == quiet;
}

bool spec_value_matches(const struct spec_value *expected,
                        const viv_value *actual)
{
    uint32_t bytes = expected->lane_bytes;
    uint32_t count = expected->type == VIV_V128 ? 16 / bytes : 1;

    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *lane = actual->v128 + i * bytes;

        switch (expected->match[i]) {
        case SPEC_MATCH_BITS:
            if (memcmp(lane, expected->value.v128 + i * bytes, bytes) != 0)
                return false;
            break;
        case SPEC_MATCH_NOT_NULL:
            if (actual->ref == 0)
                return false;
            break;
        default:
            if (!is_nan_of(expected->match[i], lane, bytes))
                return false;
        }
    }
    return true;
}

/* The lanes of a value in hexadecimal, the highest address last. */
static void show_lanes(const viv_value *value, uint32_t bytes, uint32_t count,
                       const enum spec_match *match, char *text)
{
    static const char *const words[] = {"", "nan:canonical", "nan:arithmetic",
                                        "not null"};
    size_t at = strlen(text);

    for (uint32_t i = 0; i < count && at < SPEC_VALUE_TEXT; i++) {
        uint64_t bits = 0;

        memcpy(&bits, value->v128 + i * bytes, bytes);
        if (match != NULL && match[i] != SPEC_MATCH_BITS)
            at += (size_t)snprintf(text + at, SPEC_VALUE_TEXT - at, " %s",
                                   words[match[i]]);
        else
            at += (size_t)snprintf(text + at, SPEC_VALUE_TEXT - at,
                                   " %0*" PRIx64, (int)(2 * bytes), bits);
    }
}

static uint32_t show_type(uint8_t type, char *text)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (types[i].type == type) {
            snprintf(text, SPEC_VALUE_TEXT, "%s", types[i].name);
            return types[i].bytes;
        }
    }
    snprintf(text, SPEC_VALUE_TEXT, "type 0x%02x", type);
    return 8;
}

void spec_value_show(const struct spec_value *expected,
                     char text[SPEC_VALUE_TEXT])
{
    uint32_t count = expected->type == VIV_V128 ? 16 / expected->lane_bytes : 1;

    show_type(expected->type, text);
    show_lanes(&expected->value, expected->lane_bytes, count, expected->match,
               text);
}

void spec_value_show_actual(uint8_t type, const viv_value *actual,
                            char text[SPEC_VALUE_TEXT])
{
    uint32_t bytes = show_type(type, text);

    if (type == VIV_V128)
        show_lanes(actual, 4, 4, NULL, text);
    else
        show_lanes(actual, bytes, 1, NULL, text);
}
