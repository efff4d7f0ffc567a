/* diff_options.h - how the programs of this suite are told to compile.
 *
 *     -t gs|portable   the flavour; gs if not said
 *     -O LEVEL         0 to 3; 2 if not said
 *     -m CPU           as `viv compile --cpu` has it, or `best`: this one's
 *     -f               metered code
 *     -c CC            the C compiler
 *     -C CACHE         a folder of compiled modules, to take from and add to
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_OPTIONS_H
#define DIFF_OPTIONS_H

#include "aot/aot.h"

struct diff_options {
    struct aot_options aot;
    const char *target_name; /* gs or portable: what files are called */
};

/* What follows the options in `argv` begins at the index returned.  Exits with
 * a message when it cannot.  Borrows from `argv`. */
int diff_options_read(struct diff_options *ret_options, int argc, char **argv);

#endif /* DIFF_OPTIONS_H */
