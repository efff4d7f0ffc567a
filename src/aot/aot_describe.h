/* aot_describe.h - named values, as lines for humans or as JSON.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_DESCRIBE_H
#define AOT_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base_buf.h"

struct aot_describe {
    struct base_buf *out;
    bool json;
    unsigned depth; /* 1: the whole; 2: a list; 3: an item of it */
    bool first;     /* nothing was written yet in the innermost of them */
};

void aot_describe_begin(struct aot_describe *to, struct base_buf *out,
                        bool json);
void aot_describe_end(struct aot_describe *to);

/* Text of untrusted origin: escaped, so that nothing of it can look like more
 * than a value. */
void aot_describe_text(struct aot_describe *to, const char *name,
                       const char *text, size_t len);

/* A word of ours. */
void aot_describe_word(struct aot_describe *to, const char *name,
                       const char *word);

void aot_describe_number(struct aot_describe *to, const char *name,
                         uint64_t number);
void aot_describe_bool(struct aot_describe *to, const char *name, bool value);
void aot_describe_digest(struct aot_describe *to, const char *name,
                         const uint8_t digest[32]);

/* A list of items, each with values of its own: one line each. */
void aot_describe_list(struct aot_describe *to, const char *name,
                       uint32_t count);
void aot_describe_item(struct aot_describe *to);
void aot_describe_item_end(struct aot_describe *to);
void aot_describe_list_end(struct aot_describe *to);

#endif /* AOT_DESCRIBE_H */
