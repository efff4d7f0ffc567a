/* cli_image.c - `viv image`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct cli_option options[] = {
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_image = {
    .name = "image",
    .usage = "build FOLDER",
    .summary = "Start the Python in a folder once, and keep it as it is then",
    .options = options,
    .run = run,
};

static int build(const char *folder)
{
    viv_error err;

    return viv_python_build(folder, &err) < 0 ? cli_fail(&err) : CLI_OK;
}

static int run(int argc, char **argv)
{
    int r = cli_options_parse(&cli_image, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    if (argc == 2 && strcmp(argv[0], "build") == 0)
        return build(argv[1]);
    return cli_usage(&cli_image, "what with which folder?");
}
