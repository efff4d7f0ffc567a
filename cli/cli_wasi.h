/* cli_wasi.h - what `viv run` gives to programs that were made for WASI.
 *
 * Nothing but its own standard streams and arguments, unless it is told.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_WASI_H
#define CLI_WASI_H

#include <stdbool.h>

#include "cli.h"
#include "vivarium.h"

/* What the command line said. */
struct cli_wasi {
    struct cli_list mounts; /* GUEST=HOST[:HOW] */
    struct cli_list env;    /* NAME=VALUE */
    const char *arg0;
    uint64_t seed;
    bool is_seeded;
    viv_mount *parsed; /* the mounts, by cli_wasi_parse() */
};

/* Make sense of the words.  Prints what is wrong, and returns CLI_USAGE. */
int cli_wasi_parse(struct cli_wasi *said);

/* Is the module a program: something of WASI with a function _start? */
bool cli_wasi_is_program(const viv_module *module);

/* Permit `sandbox` what was said, with these arguments behind the program's
 * name.  Prints what is wrong; returns an exit code. */
int cli_wasi_apply(viv_sandbox *sandbox, const struct cli_wasi *said,
                   const char *path, int argc, char **argv);

/* A call has come back with `*outcome`: go on with it as long as it waits, for
 * time or for standard input. */
int cli_wasi_finish(viv_sandbox *sandbox, viv_value *results,
                    size_t result_count, viv_outcome *outcome, viv_error *err);

#endif /* CLI_WASI_H */
