/* cli_bench_guest.h - who is measured: Python, or a function of a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BENCH_GUEST_H
#define CLI_BENCH_GUEST_H

#include "vivarium.h"

/* How often a host call is made at a time. */
#define CLI_BENCH_ASKS 1000

/* What it can do: tasks, of which only the functions and the cookie are filled
 * in.  They can be used by many at once.  One without start: it cannot. */
struct cli_bench_guest {
    const char *name; /* of what runs */
    viv_image *image;
    viv_task run;
    viv_task call;
    viv_task ask;     /* so many host calls */
    viv_task endless; /* that does not return */
};

/* The image of Python, and in it a function, and functions of the host.  Prints
 * what is wrong; returns an exit code. */
int cli_bench_guest_python(struct cli_bench_guest *guest);

/* The function `name` of the module in the file `path`, with the words of
 * `argv`. */
int cli_bench_guest_module(struct cli_bench_guest *guest, const char *path,
                           const char *name, int argc, char **argv);

/* Do it once, to its end, on this thread. */
int cli_bench_guest_do(const viv_task *task, viv_sandbox *sandbox,
                       viv_outcome *ret_outcome, viv_error *err);

void cli_bench_guest_end(struct cli_bench_guest *guest);

#endif /* CLI_BENCH_GUEST_H */
