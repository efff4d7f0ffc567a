/* cli.h - the command `viv`: a table of commands, and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"

/* Exit codes.  A command that runs guests ends with the guest's own, and so has
 * others for what is not the guest's to say. */
enum {
    CLI_FAILED = -1, /* what was asked for could not be done: 1, or, of a */
                     /* command that runs guests, 125 */
    CLI_OK = 0,
    CLI_RAISED = 1, /* Python: an exception that nobody caught */
    CLI_USAGE = 2,  /* the command line makes no sense */
    CLI_SPENT = 124,
    CLI_BROKEN = 125,
    CLI_TRAPPED = 126,
    CLI_INTERRUPTED = 130 /* by Ctrl-C */
};

struct cli_command {
    const char *name;
    const char *usage;   /* what follows `viv NAME` */
    const char *summary; /* one line for the list of commands */
    const struct cli_option *options;
    int (*run)(int argc, char **argv); /* what follows the name */
    bool runs_guests;
};

enum cli_kind {
    CLI_FLAG,   /* bool: present or not */
    CLI_TEXT,   /* const char *: the next argument, or after `=` */
    CLI_LAST,   /* the same, and what follows is no option any more */
    CLI_TEXTS,  /* struct cli_list: the same, as often as it is given */
    CLI_NUMBER, /* uint64_t */
    CLI_BYTES,  /* uint64_t: a number, or with K, M, G */
    CLI_TIME,   /* uint64_t, ns: a number with ns, us, ms, s or m */
    CLI_LEVEL   /* int: a digit in the same word, as in -O2 */
};

/* What an option was given, each time. */
struct cli_list {
    const char **at; /* for good */
    size_t count;
};

/* One option of a command.  A table ends with a row whose name is NULL. */
struct cli_option {
    const char *name;  /* "--jobs", "-o" */
    const char *value; /* what the help calls its value; NULL for flags */
    const char *help;
    enum cli_kind kind;
    void *to; /* where it is stored */
};

extern const struct cli_command cli_bench;
extern const struct cli_command cli_compile;
extern const struct cli_command cli_doctor;
extern const struct cli_command cli_eval;
extern const struct cli_command cli_image;
extern const struct cli_command cli_inspect;
extern const struct cli_command cli_pack;
extern const struct cli_command cli_repl;
extern const struct cli_command cli_run;

/* Take the options out of `argv`: what is left, `*argc` of them, are the
 * others.  `--` ends the options; with `stop_at_first`, so does the first
 * argument that is none.  Prints what is wrong and returns CLI_USAGE. */
int cli_options_parse(const struct cli_command *command, int *argc, char **argv,
                      bool stop_at_first);

/* Print the help of a command. */
void cli_help(const struct cli_command *command);

/* `viv: text` on stderr; returns CLI_FAILED. */
int cli_fail(const viv_error *err);

/* The same about a file: `viv: PATH: text`, unless the text names it. */
int cli_fail_file(const char *path, const viv_error *err);

/* `viv NAME: text` and where to find help; returns CLI_USAGE. */
int cli_usage(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* CLI_H */
