/* cli_pack.c - `viv pack`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>

#include "cli.h"

/* What the command line said. */
static struct {
    const char *out;
    uint64_t time;
} said = {.time = UINT64_MAX};

static const struct cli_option options[] = {
    {"-o", "OUT.pack", "the pack to write", CLI_TEXT, &said.out},
    {"--time", "SECONDS",
     "the time of all files, since 1970; default their own", CLI_NUMBER,
     &said.time},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_pack = {
    .name = "pack",
    .usage = "FOLDER -o OUT.pack [--time SECONDS]",
    .summary = "Put a folder into one file, for guests to read",
    .options = options,
    .run = run,
};

static int run(int argc, char **argv)
{
    uint64_t ns = UINT64_MAX;
    viv_error err;
    int r = cli_options_parse(&cli_pack, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    if (argc != 1)
        return cli_usage(&cli_pack,
                         argc == 0 ? "which folder?" : "one folder at a time");
    if (said.out == NULL)
        return cli_usage(&cli_pack, "where to? -o OUT.pack is missing");
    if (said.time != UINT64_MAX &&
        __builtin_mul_overflow(said.time, VIV_NS_PER_S, &ns))
        return cli_usage(&cli_pack, "there is no such time");
    if (viv_pack_write(argv[0], said.out, ns, &err) < 0)
        return cli_fail_file(argv[0], &err);
    return CLI_OK;
}
