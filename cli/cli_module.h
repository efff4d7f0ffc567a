/* cli_module.h - run an exported function, or a program, of a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_MODULE_H
#define CLI_MODULE_H

#include "vivarium.h"

/* Run the function `wanted`, or, if that is NULL, the one that is usually
 * meant.  The words of `argv` are for a program as they are, else values for
 * the function; `path` is what a program is called.  Prints what it returns and
 * what is wrong; returns an exit code. */
int cli_module_run(viv_module *module, const char *wanted, const char *path,
                   int argc, char **argv);

#endif /* CLI_MODULE_H */
