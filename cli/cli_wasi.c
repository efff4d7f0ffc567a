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

    if (words == NULL)
        return NULL;
    words[0] = first;
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
