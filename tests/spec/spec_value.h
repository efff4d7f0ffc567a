/* spec_value.h - the values of scripts: read, compared, shown.
 *
 * Scripts say what a function is given and what it must answer.  An answer
 * need not be one value: of a NaN they may ask only that it is canonical (all
 * payload bits but the topmost are 0) or arithmetic (the topmost is 1), and of
 * a reference only that it is not null.  A vector is compared lane by lane.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_VALUE_H
#define SPEC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Opaque types. */
struct spec_json;

/* How one lane of an answer is compared. */
enum spec_match {
    SPEC_MATCH_BITS,
    SPEC_MATCH_NAN_CANONICAL,
    SPEC_MATCH_NAN_ARITHMETIC,
    SPEC_MATCH_NOT_NULL /* references */
};

struct spec_value {
    uint8_t type; /* VIV_I32 ... */
    viv_value value;
    uint32_t lane_bytes;       /* the width of what `match` speaks of */
    enum spec_match match[16]; /* one per lane; [0] for all but vectors */
};

/* Longest text that spec_value_show() writes, with its NUL. */
#define SPEC_VALUE_TEXT 80

/* Read {"type": ..., "value": ...}.  Host references N of scripts become N + 1
 * here, 0 being null.  Fails with VIV_EFORMAT for a type or spelling that is
 * not known: the sentence shows it. */
int spec_value_read(const struct spec_json *json, struct spec_value *ret_value,
                    viv_error *err);

/* Is `actual` what the script asks for? */
bool spec_value_matches(const struct spec_value *expected,
                        const viv_value *actual);

/* For messages: what was asked for, and what came. */
void spec_value_show(const struct spec_value *expected,
                     char text[SPEC_VALUE_TEXT]);
void spec_value_show_actual(uint8_t type, const viv_value *actual,
                            char text[SPEC_VALUE_TEXT]);

#endif /* SPEC_VALUE_H */
