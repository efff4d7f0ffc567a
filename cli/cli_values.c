/* cli_values.c - values as words of a command line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cli_type_name(uint8_t type)
{
    switch (type) {
    case VIV_I32:
        return "i32";
    case VIV_I64:
        return "i64";
    case VIV_F32:
        return "f32";
    case VIV_F64:
        return "f64";
    case VIV_V128:
        return "v128";
    case VIV_FUNCREF:
        return "funcref";
    case VIV_EXTERNREF:
        return "externref";
    default:
        return "?";
    }
}

/* A whole number that fits `bits`, as signed or as unsigned. */
static bool parse_integer(const char *text, int bits, uint64_t *ret_value)
{
    char *end;
    uint64_t value;

    errno = 0;
    value = text[0] == '-' ? (uint64_t)strtoll(text, &end, 0)
                           : strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0')
        return false;
    if (bits == 32 && text[0] == '-' && (int64_t)value < INT32_MIN)
        return false;
    if (bits == 32 && text[0] != '-' && value > UINT32_MAX)
        return false;
    *ret_value = value;
    return true;
}

static bool parse_float(const char *text, uint8_t type, viv_value *ret_value)
{
    char *end;

    if (type == VIV_F32)
        ret_value->f32 = strtof(text, &end);
    else
        ret_value->f64 = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool parse_bytes(const char *text, uint8_t bytes[16])
{
    if (strlen(text) != 32 || strspn(text, "0123456789abcdefABCDEF") != 32)
        return false;
    for (int i = 0; i < 16; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};

        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

bool cli_value_parse(const char *text, uint8_t type, viv_value *ret_value)
{
    uint64_t bits = 0;
    bool ok = false;

    memset(ret_value, 0, sizeof(*ret_value));
    switch (type) {
    case VIV_I32:
        ok = parse_integer(text, 32, &bits);
        ret_value->i32 = (uint32_t)bits;
        break;
    case VIV_I64:
        ok = parse_integer(text, 64, &bits);
        ret_value->i64 = bits;
        break;
    case VIV_F32:
    case VIV_F64:
        ok = parse_float(text, type, ret_value);
        break;
    case VIV_V128:
        ok = parse_bytes(text, ret_value->v128);
        break;
    case VIV_EXTERNREF:
        ok = strcmp(text, "null") == 0 || parse_integer(text, 64, &bits);
        ret_value->ref = bits;
        break;
    default: /* functions have no name that a shell could give */
        ok = strcmp(text, "null") == 0;
        break;
    }
    return ok;
}

static void print_ref(FILE *to, uint64_t ref)
{
    if (ref == 0)
        fprintf(to, "null\n");
    else
        fprintf(to, "%llu\n", (unsigned long long)ref);
}

void cli_value_print(FILE *to, const viv_value *value, uint8_t type)
{
    switch (type) {
    case VIV_I32:
        fprintf(to, "%d\n", (int32_t)value->i32);
        break;
    case VIV_I64:
        fprintf(to, "%lld\n", (long long)value->i64);
        break;
    case VIV_F32:
        fprintf(to, "%.9g\n", (double)value->f32);
        break;
    case VIV_F64:
        fprintf(to, "%.17g\n", value->f64);
        break;
    case VIV_V128:
        for (int i = 0; i < 16; i++)
            fprintf(to, "%02x", value->v128[i]);
        fprintf(to, "\n");
        break;
    default:
        print_ref(to, value->ref);
        break;
    }
}
