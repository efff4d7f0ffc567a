/* data_tools.h - values in bytes, for unit tests.
 *
 *     struct hex a = hex("83 01 02 03");
 *     EXPECT_EQ_STR(text_of(a.bytes, a.len), "[1, 2, 3]");
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_TOOLS_H
#define DATA_TOOLS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/data_text.h"
#include "data/data_write.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct hex {
    uint8_t bytes[600];
    size_t len;
};

/* The bytes that are spelled; blanks may be anywhere between them. */
static inline struct hex hex(const char *text)
{
    struct hex hex = {.len = 0};
    unsigned byte;
    int used;

    while (sscanf(text, " %2x%n", &byte, &used) == 1) {
        EXPECT(hex.len < sizeof(hex.bytes));
        hex.bytes[hex.len++] = (uint8_t)byte;
        text += used;
    }
    EXPECT_EQ_STR(text, "");
    return hex;
}

/* The whole text, until the next call. */
static inline const char *text_of(const void *bytes, size_t len)
{
    static char *text;
    size_t size = data_text(bytes, len, NULL, 0) + 1;

    free(text);
    text = malloc(size);
    EXPECT(text != NULL);
    EXPECT_EQ_INT(data_text(bytes, len, text, size), size - 1);
    return text;
}

/* What was written is what is spelled. */
static inline void expect_written(viv_writer *writer, const char *spelled)
{
    struct hex wanted = hex(spelled);
    const void *bytes;
    viv_error err = {0};
    size_t len;

    if (data_write_end(writer, &bytes, &len, &err) < 0)
        test_fail(TEST_AT, "%s: %s", spelled, err.text);
    EXPECT_EQ_INT(len, wanted.len);
    EXPECT_EQ_MEM(bytes, wanted.bytes, len);
}

/* Writing failed so. */
static inline void expect_fault(viv_writer *writer, int code,
                                const char *sentence)
{
    const void *bytes = NULL;
    viv_error err = {0};
    size_t len = 77;

    EXPECT_EQ_INT(data_write_end(writer, &bytes, &len, &err), code);
    EXPECT_EQ_STR(err.text, sentence);
    EXPECT_EQ_INT(err.code, code);
    EXPECT(bytes == NULL && len == 77);
}

/* The same numbers on every machine. */
static inline uint64_t random_u64(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1dull;
}

static inline uint32_t random_below(uint64_t *state, uint32_t end)
{
    return (uint32_t)((random_u64(state) >> 32) % end);
}

#endif /* DATA_TOOLS_H */
