/* spec_tally.h - what became of a script's commands, counted.
 *
 * Every command ends in exactly one of three ways: passed, failed, or skipped
 * for a reason.  The first failures are kept in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_TALLY_H
#define SPEC_TALLY_H

#include <stdint.h>
#include <stdio.h>

/* The kinds of command that are counted, as scripts name them. */
enum spec_kind {
    SPEC_MODULE,
    SPEC_ACTION,
    SPEC_REGISTER,
    SPEC_RETURN,
    SPEC_TRAP,
    SPEC_EXHAUSTION,
    SPEC_INVALID,
    SPEC_MALFORMED,
    SPEC_UNLINKABLE,
    SPEC_UNINSTANTIABLE,
    SPEC_KINDS
};

/* How many failures are told in words, and how many reasons there can be. */
#define SPEC_FAILURES_TOLD 12
#define SPEC_REASONS_MAX   64
#define SPEC_TEXT_MAX      512

struct spec_reason {
    char text[SPEC_TEXT_MAX];
    uint32_t count[SPEC_KINDS];
};

struct spec_tally {
    uint32_t passed[SPEC_KINDS];
    uint32_t failed[SPEC_KINDS];
    uint32_t skipped[SPEC_KINDS];
    uint32_t failures;
    uint32_t reason_count;
    char told[SPEC_FAILURES_TOLD][SPEC_TEXT_MAX];
    struct spec_reason reasons[SPEC_REASONS_MAX];
};

/* The kind of that name, or SPEC_KINDS if there is none. */
enum spec_kind spec_kind_of(const char *name);

/* Count one command of line `line`.  Texts are copied, and cut if too long. */
void spec_tally_pass(struct spec_tally *tally, enum spec_kind kind);
void spec_tally_skip(struct spec_tally *tally, enum spec_kind kind,
                     const char *reason);
void spec_tally_fail(struct spec_tally *tally, enum spec_kind kind,
                     const char *line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For humans: `ok NAME`, or `not ok NAME - why` and the failures; nothing for
 * a script of which nothing ran. */
void spec_tally_print(const struct spec_tally *tally, const char *name,
                      FILE *out);

/* For the table at the end, a line per number that is not 0:
 *     passed|failed|skipped TARGET NAME KIND COUNT
 *     reason TARGET NAME KIND COUNT REASON... */
void spec_tally_write(const struct spec_tally *tally, const char *target,
                      const char *name, FILE *out);

#endif /* SPEC_TALLY_H */
