/* cli_module.c - run an exported function, or a program, of a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_module.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cli_interrupt.h"
#include "cli_json.h"
#include "cli_outcome.h"
#include "cli_said.h"
#include "cli_values.h"
#include "cli_wasi.h"

int cli_module_sandbox(viv_module *module, viv_sandbox **ret_sandbox)
{
    viv_limits limits;
    viv_outcome outcome;
    viv_error err;
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    cli_said_limits(&limits);
    if (viv_sandbox_new(module, imports, count, &limits, ret_sandbox, &outcome,
                        &err) < 0)
        return cli_fail(&err);
    cli_outcome_say("the module's initialisation", &outcome, NULL);
    return cli_outcome_code(&outcome);
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
static const char *choose(const viv_module *module, const char *wanted)
{
    static const char *const usual[] = {"_start", "main", "run"};
    viv_func_type type;

    if (wanted != NULL)
        return wanted;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (viv_func_type_of(module, usual[i], strlen(usual[i]), &type) == 0)
            return usual[i];
    return NULL;
}

int cli_module_args(const char *name, const viv_func_type *type, int argc,
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

/* Run it to its end. */
static int call_through(viv_sandbox *sandbox, const char *name,
                        const viv_func_type *type, const viv_value *args,
                        viv_value *results, viv_outcome *ret_outcome)
{
    viv_error err;
    int code;

    cli_interrupt_watch(sandbox);
    code = viv_call(sandbox, name, strlen(name), args, type->param_count,
                    results, type->result_count, ret_outcome, &err);
    if (code == 0)
        code = cli_wasi_finish(sandbox, results, type->result_count,
                               ret_outcome, &err);
    cli_interrupt_watch(NULL);
    return code < 0 ? cli_fail(&err) : CLI_OK;
}

static void print_results(const viv_func_type *type, const viv_value *results)
{
    for (uint32_t i = 0; i < type->result_count; i++)
        cli_value_print(stdout, &results[i], type->results[i]);
}

/* The same for programs, with the results as people would see them. */
static void report(const viv_outcome *outcome, const viv_func_type *type,
                   const viv_value *results)
{
    struct cli_json json = {.to = stdout};

    cli_json_open(&json, NULL, '{');
    cli_outcome_json(&json, outcome, NULL);
    cli_json_open(&json, "results", '[');
    for (uint32_t i = 0;
         outcome->kind == VIV_RETURNED && i < type->result_count; i++) {
        char text[64] = "";
        FILE *to = fmemopen(text, sizeof(text), "w");

        if (to != NULL) {
            cli_value_print(to, &results[i], type->results[i]);
            fclose(to);
        }
        cli_json_bytes(&json, NULL, text, strcspn(text, "\n"));
    }
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
    putchar('\n');
}

static int call(viv_sandbox *sandbox, const char *name,
                const viv_func_type *type, int argc, char **argv)
{
    viv_value *args = calloc(type->param_count + 1u, sizeof(*args));
    viv_value *results = calloc(type->result_count + 1u, sizeof(*results));
    viv_outcome outcome;
    int r = CLI_FAILED;

    if (args != NULL && results != NULL)
        r = cli_module_args(name, type, argc, argv, args);
    if (r == CLI_OK)
        r = call_through(sandbox, name, type, args, results, &outcome);
    if (r == CLI_OK) {
        r = cli_outcome_code(&outcome);
        cli_outcome_say(name, &outcome, sandbox);
        if (cli_said.json)
            report(&outcome, type, results);
        else if (outcome.kind == VIV_RETURNED)
            print_results(type, results);
    }
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

int cli_module_function(const viv_module *module, const char *name,
                        viv_func_type *ret_type)
{
    if (name != NULL &&
        viv_func_type_of(module, name, strlen(name), ret_type) == 0)
        return CLI_OK;
    return no_function(module, name);
}

/* What a library for WASI wants to be called first. */
static int initialise(viv_module *module, viv_sandbox *sandbox,
                      const char *wanted)
{
    static const char name[] = "_initialize";
    viv_func_type type;

    if (wanted == NULL || strcmp(wanted, name) == 0 ||
        viv_func_type_of(module, name, strlen(name), &type) < 0)
        return CLI_OK;
    return call(sandbox, name, &type, 0, NULL);
}

static int invoke(viv_module *module, viv_sandbox *sandbox, const char *wanted,
                  int argc, char **argv)
{
    const char *name = choose(module, wanted);
    viv_func_type type;
    int r;

    if (name == NULL)
        return argc > 0 ? no_function(module, name) : CLI_OK;
    r = cli_module_function(module, name, &type);
    if (r != CLI_OK)
        return r;
    r = initialise(module, sandbox, wanted);
    return r != CLI_OK ? r : call(sandbox, name, &type, argc, argv);
}

int cli_module_run(viv_module *module, const char *wanted, const char *path,
                   int argc, char **argv)
{
    bool is_program = wanted == NULL && cli_wasi_is_program(module);
    viv_sandbox *sandbox = NULL;
    int r;

    cli_interrupt_begin();
    r = cli_module_sandbox(module, &sandbox);
    if (r == CLI_OK)
        r = cli_wasi_apply(sandbox, path, is_program ? argc : 0, argv);
    if (r == CLI_OK)
        r = invoke(module, sandbox, wanted, is_program ? 0 : argc, argv);
    viv_sandbox_free(sandbox);
    return r;
}
