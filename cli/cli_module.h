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

/* The steps of that, for who calls in a way of his own.  A sandbox of the
 * module, linked with WASI, and nothing permitted. */
int cli_module_sandbox(viv_module *module, viv_sandbox **ret_sandbox);

/* The type of the function `name`, or a list of those that there are. */
int cli_module_function(const viv_module *module, const char *name,
                        viv_func_type *ret_type);

/* The words as values, of which there must be as many as parameters. */
int cli_module_args(const char *name, const viv_func_type *type, int argc,
                    char **argv, viv_value *args);

#endif /* CLI_MODULE_H */
