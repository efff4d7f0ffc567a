/* data_text_number.c - numbers as Python prints them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <float.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/data_text_parts.h"

/* A double is told from all others by 17 digits. */
#define DIGITS_MAX 17

/* Every text of up to 15 digits comes back as it was, from a double that is
 * normal: so if 15 suffice for one, these without the zeros at the end are the
 * shortest. */
#define DIGITS_SURE 15

/* value = 0.DIGITS * 10^point, without a sign. */
struct decimal {
    char digits[DIGITS_MAX + 1];
    int count;
    int point;
};

/* Do the digits read back as the value?  Spelled as a whole number, because the
 * sign between whole and fraction depends on the locale. */
static bool is_same(const struct decimal *decimal, double value)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*se%d", decimal->count, decimal->digits,
             decimal->point - decimal->count);
    return strtod(text, NULL) == value;
}

/* The `count` digits that are nearest. */
static void round_to(double value, int count, struct decimal *ret_decimal)
{
    char text[64];
    const char *at = text;

    snprintf(text, sizeof(text), "%.*e", count - 1, value);
    for (ret_decimal->count = 0; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9')
            ret_decimal->digits[ret_decimal->count++] = *at;
    }
    ret_decimal->point = (int)strtol(at + 1, NULL, 10) + 1;
}

/* The next number of so many digits. */
static void step_up(struct decimal *decimal)
{
    int i = decimal->count - 1;

    while (i >= 0 && decimal->digits[i] == '9')
        decimal->digits[i--] = '0';
    if (i >= 0) {
        decimal->digits[i]++;
    } else {
        decimal->digits[0] = '1';
        decimal->point++;
    }
}

/* Doubles lie twice as far apart above a power of two as below it: there what
 * is nearest may be too low, and the next one reads back. */
static bool try_digits(double value, int count, struct decimal *ret_decimal)
{
    round_to(value, count, ret_decimal);
    if (is_same(ret_decimal, value))
        return true;
    step_up(ret_decimal);
    return is_same(ret_decimal, value);
}

static void shortest(double value, struct decimal *ret_decimal)
{
    int count = value < DBL_MIN ? 1 : DIGITS_SURE;

    while (!try_digits(value, count, ret_decimal))
        count++;
    while (ret_decimal->count > 1 &&
           ret_decimal->digits[ret_decimal->count - 1] == '0')
        ret_decimal->count--;
}

static void zeros(struct base_text *out, int count)
{
    for (; count > 0; count--)
        base_text_char(out, '0');
}

static void scientific(struct base_text *out, const struct decimal *decimal)
{
    char exponent[16];

    base_text_bytes(out, decimal->digits, 1);
    if (decimal->count > 1) {
        base_text_char(out, '.');
        base_text_bytes(out, decimal->digits + 1, (size_t)decimal->count - 1);
    }
    snprintf(exponent, sizeof(exponent), "e%+03d", decimal->point - 1);
    base_text_string(out, exponent);
}

static void positional(struct base_text *out, const struct decimal *decimal)
{
    int whole = decimal->point < 0                ? 0
                : decimal->point > decimal->count ? decimal->count
                                                  : decimal->point;

    base_text_bytes(out, decimal->digits, (size_t)whole);
    zeros(out, whole == 0 ? 1 : decimal->point - whole);
    base_text_char(out, '.');
    zeros(out, -decimal->point);
    base_text_bytes(out, decimal->digits + whole,
                    (size_t)(decimal->count - whole));
    zeros(out, whole == decimal->count);
}

void data_text_float(struct base_text *out, double value)
{
    struct decimal decimal;

    if (value != value) {
        base_text_string(out, "nan");
        return;
    }
    if (__builtin_signbit(value)) {
        base_text_char(out, '-');
        value = -value;
    }
    if (value > DBL_MAX) {
        base_text_string(out, "inf");
        return;
    }
    shortest(value, &decimal);
    if (value > 0 && (decimal.point > 16 || decimal.point < -3))
        scientific(out, &decimal);
    else
        positional(out, &decimal);
}

void data_text_int(struct base_text *out, int64_t value)
{
    char text[32];

    snprintf(text, sizeof(text), "%lld", (long long)value);
    base_text_string(out, text);
}

/* Nine digits to a word, the lowest first. */
#define WORD 1000000000u

enum {
    /* One word more: the magnitude may be one byte longer, by a carry. */
    WORDS_MAX = DATA_TEXT_DECIMAL_BYTES_MAX * 8 / 29 + 2
};

/* words = words * 256 + byte.  Returns how many there are then. */
static size_t shift_in(uint32_t *words, size_t count, uint8_t byte)
{
    uint64_t carry = byte;

    for (size_t i = 0; i < count; i++) {
        carry += (uint64_t)words[i] << 8;
        words[i] = (uint32_t)(carry % WORD);
        carry /= WORD;
    }
    if (carry > 0)
        words[count++] = (uint32_t)carry;
    return count;
}

/* A negative number is -1 - magnitude, so one is added. */
static size_t to_words(uint32_t *words, int negative, const char *bytes,
                       size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count = shift_in(words, count, (uint8_t)bytes[i]);
    for (size_t i = 0; negative && i < WORDS_MAX; i++) {
        if (i == count)
            words[count++] = 0;
        if (++words[i] < WORD)
            break;
        words[i] = 0;
    }
    return count;
}

/* Of a number that is to have one added: the bytes at the end that are 0xff
 * become 0, the one before them is one more. */
static void hexadecimal(struct base_text *out, int negative, const char *bytes,
                        size_t len)
{
    static const char digits[] = "0123456789abcdef";
    size_t ones = 0;
    bool is_first = true;

    while (negative && ones < len && (uint8_t)bytes[len - 1 - ones] == 0xff)
        ones++;
    base_text_string(out, "0x");
    if (negative && ones == len) {
        base_text_char(out, '1');
        is_first = false;
    }
    for (size_t i = 0; i < len; i++) {
        size_t after = len - 1 - i;
        uint8_t byte = (uint8_t)(bytes[i] + (negative && after <= ones));
        if (!is_first || byte > 0xf)
            base_text_char(out, digits[byte >> 4]);
        base_text_char(out, digits[byte & 0xf]);
        is_first = false;
    }
}

void data_text_big(struct base_text *out, int negative, const char *bytes,
                   size_t len)
{
    uint32_t words[WORDS_MAX];
    char text[16];
    size_t count;

    if (negative)
        base_text_char(out, '-');
    if (len > DATA_TEXT_DECIMAL_BYTES_MAX) {
        hexadecimal(out, negative, bytes, len);
        return;
    }
    count = to_words(words, negative, bytes, len);
    for (size_t i = count; i-- > 0;) {
        snprintf(text, sizeof(text), i + 1 == count ? "%u" : "%09u",
                 (unsigned)words[i]);
        base_text_string(out, text);
    }
}
