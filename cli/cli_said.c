/* cli_said.c - the options that all commands that run guests have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_said.h"

#include <stdlib.h>
#include <string.h>

#define SAY_NOTHING(id, name, field, unit, value, meaning)                     \
    .field = CLI_SAID_NOT,

struct cli_said cli_said = {.limits = {VIV_LIMIT_ROWS(SAY_NOTHING)},
                            .timeout = CLI_SAID_NOT,
                            .seed = CLI_SAID_NOT};

/* ------------------------------------------------------------------------
 * Limits.
 */

#define TAKE_LIMIT(id, name, field, unit, value, meaning)                      \
    if (cli_said.limits.field != CLI_SAID_NOT)                                 \
        ret_limits->field = cli_said.limits.field;

void cli_said_limits(viv_limits *ret_limits)
{
    viv_limits_default(ret_limits);
    if (cli_said.timeout != CLI_SAID_NOT) {
        ret_limits->run_ns = cli_said.timeout;
        ret_limits->wall_ns = cli_said.timeout;
    }
    VIV_LIMIT_ROWS(TAKE_LIMIT)
}

/* ------------------------------------------------------------------------
 * Permissions.
 */

struct how {
    const char *suffix;
    uint32_t kind;
    uint32_t writable;
};

static const struct how hows[] = {
    {":ro", VIV_MOUNT_HOST, 0},       {":rw", VIV_MOUNT_HOST, 1},
    {":pack", VIV_MOUNT_PACK, 0},     {":overlay", VIV_MOUNT_OVERLAY, 1},
    {":memory", VIV_MOUNT_MEMORY, 1},
};

/* How the mount shall be, by what `host` ends with, which is cut off.  A name
 * with a colon has to say it: else a mistake in it would become a name. */
static int take_how(const struct cli_command *command, char *host,
                    struct how *ret_how)
{
    char *colon = strrchr(host, ':');

    *ret_how = hows[0];
    if (colon == NULL || strchr(colon, '/') != NULL)
        return CLI_OK;
    for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
        if (strcmp(colon, hows[i].suffix) == 0) {
            *colon = '\0';
            *ret_how = hows[i];
            return CLI_OK;
        }
    }
    return cli_usage(command,
                     "--mount: behind the last colon stands ro, rw, pack, "
                     "overlay or memory, not \"%s\"",
                     colon + 1);
}

/* Cuts `word`, which is GUEST=HOST[:HOW], in two. */
static int parse_mount(const struct cli_command *command, char *word,
                       viv_mount *ret_mount)
{
    char *host = strchr(word, '=');
    struct how how;
    int r;

    if (host == NULL || host == word)
        return cli_usage(command, "--mount wants GUEST=HOST, not \"%s\"", word);
    *host++ = '\0';
    r = take_how(command, host, &how);
    if (r != CLI_OK)
        return r;
    if ((host[0] == '\0') != (how.kind == VIV_MOUNT_MEMORY))
        return cli_usage(command,
                         how.kind == VIV_MOUNT_MEMORY
                             ? "the mount %s is in memory, not at \"%s\""
                             : "the mount %s has no place on the host%s",
                         word, host);
    *ret_mount = (viv_mount){
        .guest = word,
        .host = host,
        .kind = how.kind,
        .writable = how.writable,
        .bytes_max = VIV_ENDLESS,
        .files_max = VIV_ENDLESS,
    };
    return CLI_OK;
}

static int check_env(const struct cli_command *command,
                     const struct cli_list *env)
{
    for (size_t i = 0; i < env->count; i++)
        if (strchr(env->at[i], '=') == NULL || env->at[i][0] == '=')
            return cli_usage(command, "--env wants NAME=VALUE, not \"%s\"",
                             env->at[i]);
    return CLI_OK;
}

int cli_said_parse(const struct cli_command *command)
{
    int r = check_env(command, &cli_said.env);

    cli_said.parsed =
        calloc(cli_said.mounts.count + 1, sizeof(*cli_said.parsed));
    if (cli_said.parsed == NULL)
        return CLI_FAILED;
    for (size_t i = 0; i < cli_said.mounts.count && r == CLI_OK; i++)
        r = parse_mount(command, (char *)cli_said.mounts.at[i],
                        &cli_said.parsed[i]);
    return r;
}

void cli_said_permit(viv_wasi *wasi)
{
    wasi->mounts = cli_said.parsed;
    wasi->mount_count = cli_said.mounts.count;
    wasi->env = cli_said.env.at;
    wasi->env_count = cli_said.env.count;
    if (cli_said.seed != CLI_SAID_NOT) {
        wasi->random = VIV_RANDOM_SEED;
        wasi->random_seed = cli_said.seed;
        wasi->clock = VIV_CLOCK_STEPS;
    }
}
