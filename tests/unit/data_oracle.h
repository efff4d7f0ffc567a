/* data_oracle.h - ask Python what a value looks like.
 *
 *     oracle_begin();
 *     oracle_ask(bytes, len);    as often as one likes
 *     oracle_end();
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_ORACLE_H
#define DATA_ORACLE_H

#include "data_tools.h"

static FILE *oracle;
static unsigned oracle_asked;

static inline void oracle_begin(void)
{
    const char *root = getenv("VIV_ROOT");
    char command[4200];

    snprintf(command, sizeof(command),
             "python3 '%s/tests/unit/data_oracle.py' >/dev/null",
             root != NULL ? root : ".");
    oracle = popen(command, "w");
    EXPECT(oracle != NULL);
}

static inline void oracle_ask(const void *bytes, size_t len)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < len; i++)
        fprintf(oracle, "%02x", byte[i]);
    fprintf(oracle, "\t%s\n", text_of(bytes, len));
    oracle_asked++;
}

/* Python agreed with all of it. */
static inline void oracle_end(void)
{
    EXPECT(oracle_asked > 0);
    EXPECT_EQ_INT(pclose(oracle), 0);
}

/* What has been written, and begin anew. */
static inline void oracle_ask_writer(viv_writer *writer)
{
    const void *bytes;
    size_t len;

    EXPECT_EQ_INT(data_write_end(writer, &bytes, &len, NULL), 0);
    oracle_ask(bytes, len);
    data_write_clear(writer);
}

#endif /* DATA_ORACLE_H */
