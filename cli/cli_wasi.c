/* cli_wasi.c - what `viv run` gives to programs that were made for WASI.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_wasi.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cli_said.h"
#include "cli_streams.h"

const char **cli_wasi_words(const char *first, int argc, char **argv)
{
    const char **words = calloc((size_t)argc + 1, sizeof(*words));

<<<<<<< HEAD
    if (words == NULL)
        return NULL;
    words[0] = first;
=======
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

/* How the mount shall be, by what `host` ends with, which is cut off.  A name
 * with a colon has to say it: else a mistake in it would become a name. */
static int take_how(char *host, struct how *ret_how)
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
    return cli_usage(&cli_run,
                     "--mount: behind the last colon stands ro, rw, pack, "
                     "overlay or memory, not \"%s\"",
                     colon + 1);
}

/* Cuts `word`, which is GUEST=HOST[:HOW], in two. */
static int parse_mount(char *word, viv_mount *ret_mount)
{
    char *host = strchr(word, '=');
    struct how how;
    int r;

    if (host == NULL || host == word)
        return cli_usage(&cli_run, "--mount wants GUEST=HOST, not \"%s\"",
                         word);
    *host++ = '\0';
    r = take_how(host, &how);
    if (r != CLI_OK)
        return r;
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
>>>>>>> bf5e1da (cli, docs: a mistake behind the colon of a mount is one; the documents speak of WASI as it is)
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    return words;
}

int cli_wasi_apply(viv_sandbox *sandbox, const char *path, int argc,
                   char **argv)
{
    const char **words = cli_wasi_words(
        cli_said.arg0 != NULL ? cli_said.arg0 : path, argc, argv);
    viv_wasi wasi;
    viv_error err;
    int r = CLI_OK;

    if (words == NULL)
        return CLI_FAILED;
    viv_wasi_default(&wasi);
    cli_said_permit(&wasi);
    cli_streams_give(&wasi, cli_said.json);
    wasi.args = words;
    wasi.arg_count = (size_t)argc + 1;
    if (viv_wasi_apply(sandbox, &wasi, &err) < 0)
        r = cli_fail(&err);
    free(words);
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

int cli_wasi_finish(viv_sandbox *sandbox, viv_value *results,
                    size_t result_count, viv_outcome *outcome, viv_error *err)
{
    int code = 0;

    while (code == 0 && outcome->kind == VIV_WAITING) {
        cli_streams_wait(sandbox);
        code = viv_call_resume(sandbox, results, result_count, outcome, err);
    }
    return code;
}
