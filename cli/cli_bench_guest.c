/* cli_bench_guest.c - who is measured: Python, or a function of a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_bench_guest.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cli_load.h"
#include "cli_module.h"
#include "cli_outcome.h"
#include "cli_python.h"

#define VALUES_MAX 16

/* Past what a run waits for. */
int cli_bench_guest_do(const viv_task *task, viv_sandbox *sandbox,
                       viv_outcome *ret_outcome, viv_error *err)
{
    int code = task->start(sandbox, task->cookie, ret_outcome, err);

    while (code == 0 && ret_outcome->kind == VIV_WAITING) {
        code = viv_call_wait(sandbox, VIV_ENDLESS, err);
        if (code == 0)
            code = task->resume(sandbox, task->cookie, ret_outcome, err);
    }
    return code;
}

void cli_bench_guest_end(struct cli_bench_guest *guest)
{
    viv_image_unref(guest->image);
    guest->image = NULL;
}

/* ------------------------------------------------------------------------
 * Python.
 */

static const char RUN[] = "x = 1 + 1";
static const char ENDLESS[] = "while True: pass";

/* What is in the image, and has been used once. */
static const char FUNCTIONS[] = "from host import add\n"
                                "def double(n):\n"
                                "    return 2 * n\n"
                                "def ask(n):\n"
                                "    for i in range(n):\n"
                                "        add(i, 2)\n"
                                "    return n\n"
                                "double(1) + ask(1)\n";

static int add(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    viv_item a, b;

    (void)question, (void)count, (void)cookie;
    if (viv_read(args, &a, NULL) < 0 || viv_read(args, &b, NULL) < 0)
        return VIV_EFORMAT;
    viv_write_int(answer, a.integer + b.integer);
    return 0;
}

static const viv_python_function HOST[] = {
    {"host", "add", "(a: int, b: int) -> int", NULL, 0, add, NULL},
};

/* A function of the image, which is called with one integer. */
struct function {
    const char *name;
    uint8_t args[4]; /* a list of one integer of two bytes */
};

static int start_function(viv_sandbox *sandbox, void *cookie,
                          viv_outcome *ret_outcome, viv_error *err)
{
    const struct function *function = cookie;
    viv_python_result result;
    int code =
        viv_python_call(sandbox, "__main__", function->name, function->args,
                        sizeof(function->args), NULL, 0, 0, &result, err);

    if (code == 0)
        *ret_outcome = result.outcome;
    return code;
}

static viv_task task_of_function(struct function *function,
                                 viv_task_func *resume)
{
    return (viv_task){
        .start = start_function, .resume = resume, .cookie = function};
}

static int image_with_functions(viv_image *base, viv_image **ret_image)
{
    static const struct cli_python_source source = {"<bench>", FUNCTIONS,
                                                    sizeof(FUNCTIONS) - 1};
    viv_python_result result;
    viv_sandbox *sandbox = NULL;
    viv_error err;
    int r;

    if (viv_sandbox_from(base, NULL, &sandbox, &err) < 0)
        return cli_fail(&err);
    r = cli_python_run(sandbox, &source, 0, &result);
    if (r == CLI_OK && result.outcome.kind == VIV_RAISED)
        fputs(result.traceback, stderr);
    if (r == CLI_OK && viv_image_new(sandbox, ret_image, &err) < 0)
        r = cli_fail(&err);
    viv_sandbox_free(sandbox);
    return r;
}

int cli_bench_guest_python(struct cli_bench_guest *guest)
{
    static struct function twice = {"double", {0x81, 0x19, 0, 21}};
    static struct function ask = {
        "ask", {0x81, 0x19, CLI_BENCH_ASKS >> 8, CLI_BENCH_ASKS & 0xff}};
    static viv_python_task run = {.source = RUN, .len = sizeof(RUN) - 1};
    static viv_python_task endless = {.source = ENDLESS,
                                      .len = sizeof(ENDLESS) - 1};
    viv_image *base = NULL;
    int r = cli_python_load_with(HOST, 1, &base);

    if (r != CLI_OK)
        return r;
    guest->name = RUN;
    viv_task_of_python(&run, &guest->run);
    viv_task_of_python(&endless, &guest->endless);
    guest->call = task_of_function(&twice, guest->run.resume);
    guest->ask = task_of_function(&ask, guest->run.resume);
    r = image_with_functions(base, &guest->image);
    viv_image_unref(base);
    return r;
}

/* ------------------------------------------------------------------------
 * A function of a module.
 */

static struct {
    const char *name;
    viv_func_type type;
    viv_value args[VALUES_MAX];
} chosen;

static int start_chosen(viv_sandbox *sandbox, void *cookie,
                        viv_outcome *ret_outcome, viv_error *err)
{
    viv_value results[VALUES_MAX];

    (void)cookie;
    return viv_call(sandbox, chosen.name, strlen(chosen.name), chosen.args,
                    chosen.type.param_count, results, chosen.type.result_count,
                    ret_outcome, err);
}

static int resume_chosen(viv_sandbox *sandbox, void *cookie,
                         viv_outcome *ret_outcome, viv_error *err)
{
    viv_value results[VALUES_MAX];

    (void)cookie;
    return viv_call_resume(sandbox, results, chosen.type.result_count,
                           ret_outcome, err);
}

static int choose(const viv_module *module, const char *name, int argc,
                  char **argv)
{
    const viv_func_type *type = &chosen.type;
    int r = cli_module_function(module, name, &chosen.type);

    chosen.name = name;
    if (r != CLI_OK)
        return r;
    if (type->param_count > VALUES_MAX || type->result_count > VALUES_MAX) {
        fprintf(stderr, "viv: %s has more than %d parameters or results\n",
                name, VALUES_MAX);
        return CLI_FAILED;
    }
    return cli_module_args(name, type, argc, argv, chosen.args);
}

/* What a library for WASI wants to be called first. */
static int initialise(const viv_module *module, viv_sandbox *sandbox)
{
    static const char name[] = "_initialize";
    viv_func_type type;
    viv_outcome outcome;
    viv_error err;

    if (viv_func_type_of(module, name, strlen(name), &type) < 0)
        return CLI_OK;
    if (viv_call(sandbox, name, strlen(name), NULL, 0, NULL, 0, &outcome,
                 &err) < 0)
        return cli_fail(&err);
    cli_outcome_say(name, &outcome, sandbox);
    return outcome.kind == VIV_RETURNED ? CLI_OK : CLI_FAILED;
}

static int image_of(viv_module *module, viv_image **ret_image)
{
    viv_sandbox *sandbox = NULL;
    viv_error err;
    int r = cli_module_sandbox(module, &sandbox);

    if (r == CLI_OK)
        r = initialise(module, sandbox);
    if (r == CLI_OK && viv_image_new(sandbox, ret_image, &err) < 0)
        r = cli_fail(&err);
    viv_sandbox_free(sandbox);
    return r;
}

int cli_bench_guest_module(struct cli_bench_guest *guest, const char *path,
                           const char *name, int argc, char **argv)
{
    static const struct cli_load_how how = {.target = "gs"};
    viv_module *module = NULL;
    int r = cli_load_module(path, &how, &module);

    if (r == CLI_OK)
        r = choose(module, name, argc, argv);
    if (r == CLI_OK)
        r = image_of(module, &guest->image);
    guest->name = name;
    guest->run.start = start_chosen;
    guest->run.resume = resume_chosen;
    viv_module_unref(module);
    return r;
}
