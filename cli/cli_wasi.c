/* cli_wasi.c - what `viv run` gives to programs that were made for WASI.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* ppoll */
#include "cli_wasi.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------
 * Standard streams.
 */

/* The guest wants to read, and there is nothing yet. */
static bool wants_input;

static int64_t read_stdin(void *cookie, void *to, size_t len)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t done;

    (void)cookie;
    if (poll(&input, 1, 0) == 0) {
        wants_input = true;
        return VIV_ETIME;
    }
    do
        done = read(STDIN_FILENO, to, len);
    while (done < 0 && errno == EINTR);
    return done < 0 ? VIV_EIO : done;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno != EINTR)
            return VIV_EIO;
        if (done > 0) {
            bytes += done;
            len -= (size_t)done;
        }
    }
    return 0;
}

static int write_stdout(void *cookie, const void *bytes, size_t len)
{
    (void)cookie;
    return write_all(STDOUT_FILENO, bytes, len);
}

static int write_stderr(void *cookie, const void *bytes, size_t len)
{
    (void)cookie;
    return write_all(STDERR_FILENO, bytes, len);
}

/* A reader that goes away is the guest's error, not our end. */
static void give_streams(viv_wasi *wasi)
{
    signal(SIGPIPE, SIG_IGN);
    wasi->stdin_func = read_stdin;
    wasi->stdout_func = write_stdout;
    wasi->stderr_func = write_stderr;
    for (int fd = 0; fd <= 2; fd++)
        if (isatty(fd))
            wasi->terminals |= 1u << fd;
}

/* ------------------------------------------------------------------------
 * Mounts.
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

/* How the mount shall be, by what `host` ends with, which is cut off. */
static struct how take_how(char *host)
{
    size_t len = strlen(host);

    for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
        size_t tail = strlen(hows[i].suffix);

        if (len >= tail && strcmp(host + len - tail, hows[i].suffix) == 0) {
            host[len - tail] = '\0';
            return hows[i];
        }
    }
    return hows[0];
}

/* Cuts `word`, which is GUEST=HOST[:HOW], in two. */
static int parse_mount(char *word, viv_mount *ret_mount)
{
    char *host = strchr(word, '=');
    struct how how;

    if (host == NULL || host == word)
        return cli_usage(&cli_run, "--mount wants GUEST=HOST, not \"%s\"",
                         word);
    *host++ = '\0';
    how = take_how(host);
    if ((host[0] == '\0') != (how.kind == VIV_MOUNT_MEMORY))
        return cli_usage(&cli_run,
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

static int check_env(const struct cli_list *env)
{
    for (size_t i = 0; i < env->count; i++)
        if (strchr(env->at[i], '=') == NULL || env->at[i][0] == '=')
            return cli_usage(&cli_run, "--env wants NAME=VALUE, not \"%s\"",
                             env->at[i]);
    return CLI_OK;
}

int cli_wasi_parse(struct cli_wasi *said)
{
    int r = check_env(&said->env);

    said->parsed = calloc(said->mounts.count + 1, sizeof(*said->parsed));
    if (said->parsed == NULL)
        return CLI_FAILED;
    for (size_t i = 0; i < said->mounts.count && r == CLI_OK; i++)
        r = parse_mount((char *)said->mounts.at[i], &said->parsed[i]);
    return r;
}

/* ------------------------------------------------------------------------
 * All of it.
 */

static int give_args(viv_wasi *wasi, const char *arg0, int argc, char **argv)
{
    const char **args = calloc((size_t)argc + 1, sizeof(*args));

    if (args == NULL)
        return CLI_FAILED;
    args[0] = arg0;
    for (int i = 0; i < argc; i++)
        args[i + 1] = argv[i];
    wasi->args = args;
    wasi->arg_count = (size_t)argc + 1;
    return CLI_OK;
}

static int give(viv_wasi *wasi, const struct cli_wasi *said, const char *path,
                int argc, char **argv)
{
    wasi->mounts = said->parsed;
    wasi->mount_count = said->mounts.count;
    wasi->env = said->env.at;
    wasi->env_count = said->env.count;
    if (said->is_seeded) {
        wasi->random = VIV_RANDOM_SEED;
        wasi->random_seed = said->seed;
        wasi->clock = VIV_CLOCK_STEPS;
    }
    give_streams(wasi);
    return give_args(wasi, said->arg0 != NULL ? said->arg0 : path, argc, argv);
}

int cli_wasi_apply(viv_sandbox *sandbox, const struct cli_wasi *said,
                   const char *path, int argc, char **argv)
{
    viv_wasi wasi;
    viv_error err;
    int r;

    viv_wasi_default(&wasi);
    r = give(&wasi, said, path, argc, argv);
    if (r == CLI_OK && viv_wasi_apply(sandbox, &wasi, &err) < 0)
        r = cli_fail(&err);
    free((void *)wasi.args);
    return r;
}

bool cli_wasi_is_program(const viv_module *module)
{
    viv_func_type type;
    viv_extern import;
    size_t count;
    const char *name = viv_wasi_imports(&count)->module;

    if (viv_func_type_of(module, "_start", 6, &type) < 0 ||
        type.param_count > 0 || type.result_count > 0)
        return false;
    for (uint32_t i = 0; i < viv_module_import_count(module); i++)
        if (viv_module_import(module, i, &import) == 0 &&
            strcmp(import.module, name) == 0)
            return true;
    return false;
}

/* Until the call that waits can be gone on with. */
static void wait_for(viv_sandbox *sandbox)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    uint64_t ns = viv_call_due(sandbox);
    struct timespec due = {.tv_sec = (time_t)(ns / VIV_NS_PER_S),
                           .tv_nsec = (long)(ns % VIV_NS_PER_S)};

    ppoll(&input, wants_input ? 1 : 0, ns == UINT64_MAX ? NULL : &due, NULL);
    wants_input = false;
}

int cli_wasi_finish(viv_sandbox *sandbox, viv_value *results,
                    size_t result_count, viv_outcome *outcome, viv_error *err)
{
    int code = 0;

    while (code == 0 && outcome->kind == VIV_WAITING) {
        wait_for(sandbox);
        code = viv_call_resume(sandbox, results, result_count, outcome, err);
    }
    return code;
}
