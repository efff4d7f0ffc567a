/* data_random.h - any value, for unit tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_RANDOM_H
#define DATA_RANDOM_H

#include "data_tools.h"

static inline void random_int(viv_writer *writer, uint64_t *state)
{
    uint64_t bits = random_u64(state) >> random_below(state, 64);

    data_write_int(writer, random_below(state, 2) ? (int64_t)bits
                                                  : -1 - (int64_t)(bits >> 1));
}

static inline void random_big(viv_writer *writer, uint64_t *state)
{
    uint8_t bytes[60];
    size_t len = random_below(state, sizeof(bytes));

    for (size_t i = 0; i < len; i++)
        bytes[i] = random_below(state, 4) ? (uint8_t)random_u64(state) : 0xff;
    data_write_big(writer, (int)random_below(state, 2), bytes, len);
}

/* Of any exponent, or of few digits, or whole. */
static inline void random_float(viv_writer *writer, uint64_t *state)
{
    uint64_t bits = random_u64(state);
    double value;

    memcpy(&value, &bits, sizeof(value));
    if (random_below(state, 3) == 0)
        value = (double)(int32_t)bits;
    else if (random_below(state, 3) == 0)
        value = (double)(bits % 100000) / 1000;
    data_write_float(writer, value);
}

static inline void random_text(viv_writer *writer, uint64_t *state)
{
    static const char *const parts[] = {
        "a",           "'",        "\"",           "\\",
        "\n",          "\t",       "\r",           "\x1b",
        "\x7f",        "\xc3\xa9", "\xc2\x85",     " ",
        "Z",           "{}",       "\xe2\x80\xae", "\xf0\x9f\x90\x8d",
        "\xee\x80\x80"};
    char text[200];
    size_t len = 0;

    for (size_t i = random_below(state, 30); i > 0; i--) {
        const char *part = parts[random_below(state, COUNT(parts))];
        memcpy(text + len, part, strlen(part));
        len += strlen(part);
    }
    data_write_text(writer, text, len);
}

static inline void random_bytes(viv_writer *writer, uint64_t *state)
{
    uint8_t bytes[300];
    size_t len = random_below(state, 8) ? random_below(state, 12)
                                        : random_below(state, sizeof(bytes));

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)random_u64(state);
    data_write_bytes(writer, bytes, len);
}

/* "10:00:00", and perhaps a fraction, and perhaps an offset. */
static inline size_t random_clock(char *to, size_t size, uint64_t *state)
{
    size_t len =
        (size_t)snprintf(to, size, "%02u:%02u:%02u", random_below(state, 24),
                         random_below(state, 60), random_below(state, 3) * 25);

    if (random_below(state, 2))
        len += (size_t)snprintf(to + len, size - len, ".%06u",
                                random_below(state, 1000000));
    if (random_below(state, 2))
        len += (size_t)snprintf(to + len, size - len, "%c%02u:%02u",
                                random_below(state, 2) ? '+' : '-',
                                random_below(state, 24),
                                random_below(state, 2) * 30);
    if (to[len - 6] != '+' && to[len - 6] != '-')
        return len;
    if (random_below(state, 3) == 0)
        len += (size_t)snprintf(to + len, size - len, ":%02u",
                                1 + random_below(state, 59));
    return len;
}

static inline void random_time(viv_writer *writer, uint64_t *state)
{
    char text[100];
    size_t len = (size_t)snprintf(
        text, sizeof(text), "%04u-%02u-%02uT", 1 + random_below(state, 9999),
        1 + random_below(state, 12), 1 + random_below(state, 28));
    size_t all = len + random_clock(text + len, sizeof(text) - len, state);

    switch (random_below(state, 4)) {
    case 0:
        data_write_datetime(writer, text, all);
        break;
    case 1:
        data_write_date(writer, text, len - 1);
        break;
    case 2:
        data_write_time(writer, text + len, all - len);
        break;
    default:
        data_write_timedelta(
            writer, (int64_t)random_below(state, 2000) - 1000,
            random_below(state, 2) * (int64_t)random_below(state, 86400),
            random_below(state, 2) * (int64_t)random_below(state, 1000000));
    }
}

static inline void random_plain(viv_writer *writer, uint64_t *state)
{
    switch (random_below(state, 9)) {
    case 0:
        data_write_none(writer);
        break;
    case 1:
        data_write_bool(writer, (int)random_below(state, 2));
        break;
    case 2:
        random_big(writer, state);
        break;
    case 3:
        random_float(writer, state);
        break;
    case 4:
        random_text(writer, state);
        break;
    case 5:
        random_bytes(writer, state);
        break;
    case 6:
        random_time(writer, state);
        break;
    default:
        random_int(writer, state);
    }
}

/* Sets and keys are small numbers, each once: a set is the same in any order,
 * but not if it has a NaN. */
static inline void random_set(viv_writer *writer, uint64_t *state, size_t count)
{
    if (random_below(state, 2))
        data_write_set(writer, count);
    else
        data_write_frozenset(writer, count);
    for (size_t i = 0; i < count; i++)
        data_write_int(writer, (int64_t)(i * 7));
}

static inline void random_value(viv_writer *writer, uint64_t *state,
                                unsigned depth)
{
    size_t count = random_below(state, 5);
    unsigned kind = depth == 0 ? 9 : random_below(state, 9);

    if (kind == 0)
        data_write_list(writer, count);
    else if (kind == 1)
        data_write_tuple(writer, count);
    else if (kind == 2)
        data_write_dict(writer, count);
    else if (kind == 3)
        random_set(writer, state, count);
    else
        random_plain(writer, state);
    for (size_t i = 0; kind <= 2 && i < count; i++) {
        if (kind == 2)
            data_write_int(writer, (int64_t)i);
        random_value(writer, state, depth - 1);
    }
}

#endif /* DATA_RANDOM_H */
