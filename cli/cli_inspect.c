/* cli_inspect.c - `viv inspect`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "aot/aot.h"
#include "cli.h"

static bool json;

static const struct cli_option options[] = {
    {"--json", NULL, "as JSON", CLI_FLAG, &json},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_inspect = {
    .name = "inspect",
    .usage = "FILE [--json]",
    .summary = "Show what a .wasm file or a compiled module has and needs",
    .options = options,
    .run = run,
};

static int run(int argc, char **argv)
{
    viv_error err;
    char *text;
    int r = cli_options_parse(&cli_inspect, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    if (argc != 1)
        return cli_usage(&cli_inspect,
                         argc == 0 ? "which file?" : "one file at a time");
    if (aot_inspect_file(argv[0], json, viv_wasi_permission, &text, &err) < 0)
        return cli_fail_file(argv[0], &err);
    fputs(text, stdout);
    aot_text_free(text);
    return CLI_OK;
}
