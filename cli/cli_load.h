/* cli_load.h - a module from a file, which is compiled first if it must be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <stdbool.h>

#include "vivarium.h"

enum cli_load_kind {
    CLI_LOAD_WASM,   /* to be compiled */
    CLI_LOAD_MODULE, /* compiled; or whatever shall be called a bad one */
    CLI_LOAD_SOURCE  /* of Python */
};

/* What of these the file is: by its first bytes, and, where they say nothing,
 * by its name. */
enum cli_load_kind cli_load_kind_of(const char *path);

/* How .wasm files are compiled. */
struct cli_load_how {
    const char *target; /* "gs" or "portable" */
    bool no_cache;      /* anew, and nothing is kept */
};

/* Load the module in this file.  What was compiled goes into the cache, so that
 * the second time it starts at once.  Prints what is wrong; returns an exit
 * code. */
int cli_load_module(const char *path, const struct cli_load_how *how,
                    viv_module **ret_module);

#endif /* CLI_LOAD_H */
