/* cli_run.c - `viv run`.
 *
 * A .wasm file is compiled first, into the cache, so that the second run of
 * the same file starts at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aot/aot.h"
#include "cli.h"
#include "cli_backtrace.h"
#include "cli_progress.h"
#include "cli_values.h"
#include "cli_wasi.h"

#define PATH_BYTES 4096

/* A limit that was not given keeps its default. */
#define NOT_SAID                                           UINT64_MAX
#define SAY_NOTHING(id, name, field, unit, value, meaning) .field = NOT_SAID,

static struct {
    const char *invoke;
    const char *target;
    viv_limits limits;
    struct cli_wasi wasi;
    bool no_cache;
} said = {.target = "gs",
          .limits = {VIV_LIMIT_ROWS(SAY_NOTHING)},
          .wasi = {.seed = NOT_SAID}};

/* How a limit is written depends on its unit. */
#define IS_UNIT(unit, text) (sizeof(unit) == sizeof(text) && unit[0] == text[0])
#define KIND(unit)                                                             \
    (IS_UNIT(unit, "bytes") ? CLI_BYTES                                        \
     : IS_UNIT(unit, "ns")  ? CLI_TIME                                         \
                            : CLI_NUMBER)
#define VALUE(unit)                                                            \
    (IS_UNIT(unit, "bytes") ? "BYTES" : IS_UNIT(unit, "ns") ? "TIME" : "N")
#define LIMIT_OPTION(id, name, field, unit, value, meaning)                    \
    {"--" name, VALUE(unit), "limit: " meaning, KIND(unit), &said.limits.field},

static const struct cli_option options[] = {
    {"--invoke", "NAME", "the exported function to call", CLI_TEXT,
     &said.invoke},
    {"--mount", "GUEST=HOST[:HOW]",
     "WASI: a directory; HOW is ro (the default), rw, pack, overlay or memory",
     CLI_TEXTS, &said.wasi.mounts},
    {"--env", "NAME=VALUE", "WASI: a variable of the environment", CLI_TEXTS,
     &said.wasi.env},
    {"--arg0", "NAME", "WASI: the program's name; default FILE", CLI_TEXT,
     &said.wasi.arg0},
    {"--seed", "N", "WASI: chance and time the same in each run", CLI_NUMBER,
     &said.wasi.seed},
    VIV_LIMIT_ROWS(LIMIT_OPTION){"--target", "TARGET",
                                 "how to compile: gs (the default) or portable",
                                 CLI_TEXT, &said.target},
    {"--no-cache", NULL, "compile anew", CLI_FLAG, &said.no_cache},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_run = {
    .name = "run",
    .usage = "[OPTIONS] FILE [ARGUMENTS]",
    .summary = "Run an exported function of a .wasm file or compiled module",
    .options = options,
    .run = run,
};

/* Does the file begin as WebAssembly does?  What is no plain file is not
 * opened: a pipe would have us wait for its writer. */
static bool is_wasm(const char *path)
{
    struct stat info;
    FILE *file = stat(path, &info) == 0 && S_ISREG(info.st_mode)
                     ? fopen(path, "rb")
                     : NULL;
    char magic[4] = {0};
    bool yes = file != NULL && fread(magic, 1, 4, file) == 4 &&
               memcmp(magic, "\0asm", 4) == 0;

    if (file != NULL)
        fclose(file);
    return yes;
}

/* Where compiled modules are kept between runs; false if there is no place. */
static bool cache_folder(char *ret_path, size_t size)
{
    const char *cache = getenv("VIV_CACHE");
    const char *tail = "/modules";
    int len;

    if (cache == NULL) {
        cache = getenv("XDG_CACHE_HOME");
        tail = "/vivarium/modules";
    }
    if (cache == NULL) {
        cache = getenv("HOME");
        tail = "/.cache/vivarium/modules";
    }
    if (cache == NULL || said.no_cache)
        return false;
    len = snprintf(ret_path, size, "%s%s", cache, tail);
    return len > 0 && (size_t)len < size;
}

static int make_options(struct aot_options *ret_options)
{
    aot_options_default(ret_options);
    if (strcmp(said.target, "portable") == 0)
        ret_options->target = AOT_PORTABLE;
    else if (strcmp(said.target, "gs") != 0)
        return cli_usage(&cli_run,
                         "unknown target \"%s\": there are gs and portable",
                         said.target);
    ret_options->fuel = said.limits.fuel != NOT_SAID;
    cli_progress_watch(ret_options);
    return CLI_OK;
}

/* Compile into a file that has no name any more once it is loaded. */
static int compile_and_load(const char *path, viv_module **ret_module)
{
    const char *folder = getenv("TMPDIR");
    char out[PATH_BYTES], cache[PATH_BYTES];
    struct aot_options aot;
    viv_error err;
    int r, fd;

    if (make_options(&aot) != CLI_OK)
        return CLI_USAGE;
    if (cache_folder(cache, sizeof(cache)))
        aot.cache = cache;
    snprintf(out, sizeof(out), "%s/viv-run-XXXXXX",
             folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    fd = mkstemp(out);
    if (fd < 0) {
        perror("viv: cannot make a temporary file");
        return CLI_FAILED;
    }
    close(fd);
    unlink(out); /* only the name was wanted: a killed compile leaves nothing */
    r = aot_compile_file(path, out, &aot, NULL, &err);
    cli_progress_end();
    if (r == 0)
        r = viv_module_load(out, ret_module, &err);
    unlink(out);
    return r < 0 ? cli_fail_file(path, &err) : CLI_OK;
}

static int load(const char *path, viv_module **ret_module)
{
    viv_error err;

    if (is_wasm(path))
        return compile_and_load(path, ret_module);
    if (viv_module_load(path, ret_module, &err) < 0)
        return cli_fail_file(path, &err);
    return CLI_OK;
}

/* What the outcome of guest code means for the exit code. */
static int explain(const char *what, const viv_outcome *outcome)
{
    if (outcome->kind == VIV_RETURNED)
        return CLI_OK;
    if (outcome->kind == VIV_EXITED)
        return outcome->exit_code & 0xff;
    if (outcome->kind == VIV_SPENT) {
        fprintf(stderr, "viv: %s was stopped: its limit of %s is spent\n", what,
                viv_limit_name(outcome->limit));
        return CLI_SPENT;
    }
    fprintf(stderr, "viv: %s trapped: %s", what, viv_trap_text(outcome->trap));
    if (outcome->has_address)
        fprintf(stderr, ": 0x%llx", (unsigned long long)outcome->address);
    fprintf(stderr, "\n");
    return CLI_TRAPPED;
}

#define TAKE_LIMIT(id, name, field, unit, value, meaning)                      \
    if (said.limits.field != NOT_SAID)                                         \
        limits.field = said.limits.field;

static int make_sandbox(viv_module *module, viv_sandbox **ret_sandbox)
{
    viv_limits limits;
    viv_outcome outcome;
    viv_error err;
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    viv_limits_default(&limits);
    VIV_LIMIT_ROWS(TAKE_LIMIT)
    if (viv_sandbox_new(module, imports, count, &limits, ret_sandbox, &outcome,
                        &err) < 0)
        return cli_fail(&err);
    return explain("the module's initialisation", &outcome);
}

static void list_functions(const viv_module *module)
{
    viv_extern export;

    for (uint32_t i = 0; i < viv_module_export_count(module); i++)
        if (viv_module_export(module, i, &export) == 0 &&
            export.kind == VIV_FUNC)
            fprintf(stderr, "  %s\n", export.name);
}

/* The function to run: what was asked for, else one of the usual names. */
static const char *choose(const viv_module *module)
{
    static const char *const usual[] = {"_start", "main", "run"};
    viv_func_type type;

    if (said.invoke != NULL)
        return said.invoke;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (viv_func_type_of(module, usual[i], strlen(usual[i]), &type) == 0)
            return usual[i];
    return NULL;
}

static int parse_args(const char *name, const viv_func_type *type, int argc,
                      char **argv, viv_value *args)
{
    if ((uint32_t)argc != type->param_count) {
        fprintf(stderr, "viv: %s takes %u arguments, not %d\n", name,
                type->param_count, argc);
        return CLI_FAILED;
    }
    for (int i = 0; i < argc; i++)
        if (!cli_value_parse(argv[i], type->params[i], &args[i])) {
            fprintf(stderr, "viv: \"%s\" is not an %s\n", argv[i],
                    cli_type_name(type->params[i]));
            return CLI_FAILED;
        }
    return CLI_OK;
}

static int call(viv_sandbox *sandbox, const char *name,
                const viv_func_type *type, int argc, char **argv)
{
    viv_value *args = calloc(type->param_count + 1u, sizeof(*args));
    viv_value *results = calloc(type->result_count + 1u, sizeof(*results));
    viv_outcome outcome;
    viv_error err;
    int r = CLI_FAILED;

    if (args != NULL && results != NULL)
        r = parse_args(name, type, argc, argv, args);
    if (r == CLI_OK) {
        if (viv_call(sandbox, name, strlen(name), args, type->param_count,
                     results, type->result_count, &outcome, &err) < 0 ||
            cli_wasi_finish(sandbox, results, type->result_count, &outcome,
                            &err) < 0)
            r = cli_fail(&err);
        else
            r = explain(name, &outcome);
        if (r == CLI_TRAPPED || r == CLI_SPENT)
            cli_backtrace(sandbox);
    }
    for (uint32_t i = 0; r == CLI_OK && i < type->result_count; i++)
        cli_value_print(&results[i], type->results[i]);
    free(args);
    free(results);
    return r;
}

/* Say that there is no such function, and which there are. */
static int no_function(const viv_module *module, const char *name)
{
    if (name == NULL)
        fprintf(stderr, "viv: which function gets the arguments? say --invoke "
                        "NAME before the file:\n");
    else
        fprintf(stderr,
                "viv: there is no exported function \"%s\"; there are:\n",
                name);
    list_functions(module);
    return CLI_FAILED;
}

/* What a library for WASI wants to be called first. */
static int initialise(viv_module *module, viv_sandbox *sandbox)
{
    static const char name[] = "_initialize";
    viv_func_type type;

    if (said.invoke == NULL || strcmp(said.invoke, name) == 0 ||
        viv_func_type_of(module, name, strlen(name), &type) < 0)
        return CLI_OK;
    return call(sandbox, name, &type, 0, NULL);
}

static int invoke(viv_module *module, viv_sandbox *sandbox, int argc,
                  char **argv)
{
    const char *name = choose(module);
    viv_func_type type;
    int r;

    if (name == NULL)
        return argc > 0 ? no_function(module, name) : CLI_OK;
    if (viv_func_type_of(module, name, strlen(name), &type) < 0)
        return no_function(module, name);
    r = initialise(module, sandbox);
    return r != CLI_OK ? r : call(sandbox, name, &type, argc, argv);
}

/* Words behind the file are for a program as they are, else values for the
 * function. */
static int run_module(viv_module *module, const char *path, int argc,
                      char **argv)
{
    bool is_program = said.invoke == NULL && cli_wasi_is_program(module);
    viv_sandbox *sandbox = NULL;
    int r = make_sandbox(module, &sandbox);

    if (r == CLI_OK)
        r = cli_wasi_apply(sandbox, &said.wasi, path, is_program ? argc : 0,
                           argv);
    if (r == CLI_OK)
        r = invoke(module, sandbox, is_program ? 0 : argc, argv);
    viv_sandbox_free(sandbox);
    return r;
}

static int run(int argc, char **argv)
{
    viv_module *module = NULL;
    int r = cli_options_parse(&cli_run, &argc, argv, true);

    if (r != CLI_OK)
        return r;
    if (argc < 1)
        return cli_usage(&cli_run, "which file?");
    said.wasi.is_seeded = said.wasi.seed != NOT_SAID;
    r = cli_wasi_parse(&said.wasi);
    if (r == CLI_OK)
        r = load(argv[0], &module);
    if (r == CLI_OK)
        r = run_module(module, argv[0], argc - 1, argv + 1);
    viv_module_unref(module);
    return r;
}
