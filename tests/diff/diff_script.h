/* diff_script.h - values and lines of a script, as Vivarium has them.
 *
 * diff_calls.c says what the lines are; types are letters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_SCRIPT_H
#define DIFF_SCRIPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vivarium.h"

#define DIFF_SCRIPT_WORDS 80

/* One line, cut into words; the file is read to the end. */
struct diff_line {
    char *word[DIFF_SCRIPT_WORDS];
    uint32_t count;
};

struct diff_script {
    char *text; /* owned */
    struct diff_line *lines;
    size_t count;
};

/* Exits with a message when it cannot. */
void diff_script_read(struct diff_script *script, const char *path);
void diff_script_free(struct diff_script *script);

/* Letters to the bytes of the format, in place of a NUL-terminated list; how
 * many. */
uint32_t diff_script_types(const char *letters, size_t count,
                           uint8_t *ret_types);

viv_value diff_script_value(char type, const char *bits);
void diff_script_print(FILE *out, char type, viv_value value);

#endif /* DIFF_SCRIPT_H */
