/* cli_wasi.h - what `viv run` gives to programs that were made for WASI.
 *
 * Nothing but its own standard streams and arguments, unless it is told.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_WASI_H
#define CLI_WASI_H

#include <stdbool.h>

#include "vivarium.h"

/* Is the module a program: something of WASI with a function _start? */
bool cli_wasi_is_program(const viv_module *module);

/* The words of `argv` behind `first`: an array to be freed, of borrowed texts.
 * NULL: no memory. */
const char **cli_wasi_words(const char *first, int argc, char **argv);

/* Permit `sandbox` what was said, with these arguments behind the program's
 * name.  Prints what is wrong; returns an exit code. */
int cli_wasi_apply(viv_sandbox *sandbox, const char *path, int argc,
                   char **argv);

/* A call has come back with `*outcome`: go on with it as long as it waits, for
 * time or for standard input. */
int cli_wasi_finish(viv_sandbox *sandbox, viv_value *results,
                    size_t result_count, viv_outcome *outcome, viv_error *err);

#endif /* CLI_WASI_H */
