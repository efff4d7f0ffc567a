/* cli_eval.c - `viv eval`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cli.h"
#include "cli_python.h"
#include "cli_said.h"

static const struct cli_option options[] = {
    {"--json", NULL, "one object on stdout that says how it ended, and all",
     CLI_FLAG, &cli_said.json},
    CLI_SAID_PERMISSIONS CLI_SAID_PYTHON CLI_SAID_LIMITS{NULL, NULL, NULL,
                                                         CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_eval = {
    .name = "eval",
    .usage = "[OPTIONS] EXPRESSION [ARGUMENTS]",
    .summary = "Run a line of Python and print what its last expression gives",
    .options = options,
    .run = run,
    .runs_guests = true,
};

static int run(int argc, char **argv)
{
    struct cli_python_source source = {.name = "<eval>"};
    int r = cli_options_parse(&cli_eval, &argc, argv, true);

    if (r == CLI_OK)
        r = cli_said_parse(&cli_eval);
    if (r != CLI_OK)
        return r;
    if (argc < 1)
        return cli_usage(&cli_eval, "which expression?");
    source.text = argv[0];
    source.len = strlen(argv[0]);
    return cli_python_main(&source, true, "-c", argc - 1, argv + 1);
}
