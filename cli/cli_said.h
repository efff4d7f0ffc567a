/* cli_said.h - the options that all commands that run guests have in common:
 * limits, and what is permitted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_SAID_H
#define CLI_SAID_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "vivarium.h"

/* A number that was not given. */
#define CLI_SAID_NOT UINT64_MAX

/* What the command line said.  There is one. */
struct cli_said {
    viv_limits limits; /* CLI_SAID_NOT: the default */
    uint64_t timeout;
    struct cli_list mounts; /* GUEST=HOST[:HOW] */
    struct cli_list env;    /* NAME=VALUE */
    const char *arg0;
    uint64_t seed;
    const char *python; /* the folder of the guest, or NULL */
    bool json;
    viv_mount *parsed; /* the mounts, by cli_said_parse() */
};

extern struct cli_said cli_said;

/* How a limit is written depends on its unit. */
#define CLI_SAID_IS(unit, text)                                                \
    (sizeof(unit) == sizeof(text) && unit[0] == text[0])
#define CLI_SAID_KIND(unit)                                                    \
    (CLI_SAID_IS(unit, "bytes") ? CLI_BYTES                                    \
     : CLI_SAID_IS(unit, "ns")  ? CLI_TIME                                     \
                                : CLI_NUMBER)
#define CLI_SAID_VALUE(unit)                                                   \
    (CLI_SAID_IS(unit, "bytes") ? "BYTES"                                      \
     : CLI_SAID_IS(unit, "ns")  ? "TIME"                                       \
                                : "N")
#define CLI_SAID_LIMIT(id, name, field, unit, value, meaning)                  \
    {"--" name, CLI_SAID_VALUE(unit), "limit: " meaning, CLI_SAID_KIND(unit),  \
     &cli_said.limits.field},

/* Rows of a table of options. */
#define CLI_SAID_PERMISSIONS                                                   \
    {"--mount", "GUEST=HOST[:HOW]",                                            \
     "a directory; HOW is ro (the default), rw, pack, overlay or memory",      \
     CLI_TEXTS, &cli_said.mounts},                                             \
        {"--env", "NAME=VALUE", "a variable of the environment", CLI_TEXTS,    \
         &cli_said.env},                                                       \
        {"--seed", "N", "chance and time the same in each run", CLI_NUMBER,    \
         &cli_said.seed},
#define CLI_SAID_PYTHON                                                        \
    {"--python", "FOLDER", "where the Python guest is; see viv doctor",        \
     CLI_TEXT, &cli_said.python},
#define CLI_SAID_LIMITS                                                        \
    {"--timeout", "TIME", "both --run-time and --wall-time", CLI_TIME,         \
     &cli_said.timeout},                                                       \
        VIV_LIMIT_ROWS(CLI_SAID_LIMIT)

/* Make sense of the words for `command`.  Prints what is wrong, and returns
 * CLI_USAGE. */
int cli_said_parse(const struct cli_command *command);

/* The limits: what was said, else the default. */
void cli_said_limits(viv_limits *ret_limits);

/* Let `wasi` permit what was said.  It borrows from cli_said. */
void cli_said_permit(viv_wasi *wasi);

#endif /* CLI_SAID_H */
