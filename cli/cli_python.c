/* cli_python.c - Python in a sandbox, as the command runs it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_python.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "cli_interrupt.h"
#include "cli_json.h"
#include "cli_outcome.h"
#include "cli_said.h"
#include "cli_streams.h"
#include "cli_wasi.h"

/* Where programs of their own find their modules, as Python has it; an
 * expression, so that it leaves no name behind. */
static const char find_modules[] =
    "__import__('sys').path[:0] = "
    "[__import__('os').path.dirname(__import__('sys').argv[0])] + "
    "[_ for _ in __import__('os').environ.get('PYTHONPATH', '').split(':') "
    "if _]";

/* ------------------------------------------------------------------------
 * The guest.
 */

static bool has_guest(const char *folder)
{
    char path[PATH_MAX + 20];

    snprintf(path, sizeof(path), "%s/python.image", folder);
    return access(path, F_OK) == 0;
}

/* Below the folder of the command's own file. */
static bool find_beside(const char *below, char folder[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    char *slash;

    if (len <= 0)
        return false;
    folder[len] = '\0';
    slash = strrchr(folder, '/');
    if (slash == NULL || slash + strlen(below) + 2 > folder + PATH_MAX)
        return false;
    memcpy(slash + 1, below, strlen(below) + 1);
    return has_guest(folder);
}

const char *cli_python_folder(void)
{
    static char folder[PATH_MAX];
    const char *said = getenv(VIV_PYTHON_FOLDER);

    if (cli_said.python != NULL)
        return cli_said.python;
    if (said != NULL && said[0] != '\0')
        return said;
    return find_beside("python", folder) ||
                   find_beside("../lib/vivarium/python", folder)
               ? folder
               : NULL;
}

int cli_python_load(viv_image **ret_image)
{
    return cli_python_load_with(NULL, 0, ret_image);
}

int cli_python_load_with(const viv_python_function *functions, size_t count,
                         viv_image **ret_image)
{
    const char *folder = cli_python_folder();
    viv_error err;

    if (viv_python_load(folder, functions, count, ret_image, &err) == 0)
        return CLI_OK;
    cli_fail(&err);
    if (folder == NULL)
        fprintf(stderr, "    there is no Python guest yet: guests/python/build "
                        "makes one, and ./run FILE.py does that by itself; "
                        "--python and VIV_PYTHON say where one is\n");
    return CLI_FAILED;
}

/* ------------------------------------------------------------------------
 * Permissions.
 */

static bool has_mount(const char *guest)
{
    for (size_t i = 0; i < cli_said.mounts.count; i++)
        if (strcmp(cli_said.parsed[i].guest, guest) == 0)
            return true;
    return false;
}

/* What was said, and a place for scratch. */
static viv_mount *make_mounts(size_t *ret_count)
{
    size_t count = cli_said.mounts.count;
    viv_mount *mounts = calloc(count + 1, sizeof(*mounts));

    if (mounts == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        mounts[i] = cli_said.parsed[i];
    if (!has_mount("/tmp"))
        mounts[count++] = (viv_mount){.guest = "/tmp",
                                      .host = "",
                                      .kind = VIV_MOUNT_MEMORY,
                                      .bytes_max = VIV_ENDLESS,
                                      .files_max = VIV_ENDLESS};
    *ret_count = count;
    return mounts;
}

int cli_python_permit(viv_sandbox *sandbox, const char *first, int argc,
                      char **argv)
{
    const char **words = cli_wasi_words(first, argc, argv);
    viv_mount *mounts = NULL;
    viv_wasi wasi;
    viv_error err;
    int r = CLI_FAILED;

    viv_wasi_default(&wasi);
    cli_said_permit(&wasi);
    cli_streams_give(&wasi, cli_said.json);
    mounts = make_mounts(&wasi.mount_count);
    if (words != NULL && mounts != NULL) {
        wasi.mounts = mounts;
        wasi.args = words;
        wasi.arg_count = (size_t)argc + 1;
        r = viv_python_apply(sandbox, &wasi, &err) < 0 ? cli_fail(&err)
                                                       : CLI_OK;
    }
    free(words);
    free(mounts);
    return r;
}

/* ------------------------------------------------------------------------
 * Running.
 */

static int finish(viv_sandbox *sandbox, int code, viv_python_result *result,
                  viv_error *err)
{
    while (code == 0 && result->outcome.kind == VIV_WAITING) {
        cli_streams_wait(sandbox);
        code = viv_python_resume(sandbox, result, err);
    }
    cli_interrupt_watch(NULL);
    cli_interrupt_take();
    return code < 0 ? cli_fail(err) : CLI_OK;
}

int cli_python_run(viv_sandbox *sandbox, const struct cli_python_source *source,
                   uint32_t flags, viv_python_result *ret_result)
{
    viv_error err;
    int code;

    cli_interrupt_watch(sandbox);
    code = viv_python_run(sandbox, source->text, source->len, source->name,
                          flags, ret_result, &err);
    return finish(sandbox, code, ret_result, &err);
}

int cli_python_call(viv_sandbox *sandbox, const char *module,
                    const char *function, viv_writer *args,
                    viv_python_result *ret_result)
{
    const void *bytes;
    size_t len;
    viv_error err;
    int code = viv_writer_end(args, &bytes, &len, &err);

    if (code < 0)
        return cli_fail(&err);
    cli_interrupt_watch(sandbox);
    code = viv_python_call(sandbox, module, function, bytes, len, NULL, 0, 0,
                           ret_result, &err);
    return finish(sandbox, code, ret_result, &err);
}

int cli_python_find_modules(viv_sandbox *sandbox)
{
    static const struct cli_python_source source = {"<modules>", find_modules,
                                                    sizeof(find_modules) - 1};
    viv_python_result result;

    if (cli_said.mounts.count == 0)
        return CLI_OK;
    return cli_python_run(sandbox, &source, 0, &result);
}

int cli_python_start(viv_image *image, const char *first, int argc, char **argv,
                     viv_sandbox **ret_sandbox)
{
    viv_limits limits;
    viv_error err;
    int r;

    cli_said_limits(&limits);
    if (viv_sandbox_from(image, &limits, ret_sandbox, &err) < 0)
        return cli_fail(&err);
    r = cli_python_permit(*ret_sandbox, first, argc, argv);
    if (r == CLI_OK)
        r = cli_python_find_modules(*ret_sandbox);
    return r;
}

/* ------------------------------------------------------------------------
 * All of it.
 */

static void report(const viv_python_result *result)
{
    struct cli_json json = {.to = stdout};

    cli_json_open(&json, NULL, '{');
    cli_outcome_json(&json, &result->outcome, result);
    cli_json_close(&json, '}');
    putchar('\n');
}

static int run(viv_image *image, const struct cli_python_source *source,
               uint32_t flags, const char *first, int argc, char **argv)
{
    viv_sandbox *sandbox = NULL;
    viv_python_result result;
    int r = cli_python_start(image, first, argc, argv, &sandbox);

    if (r == CLI_OK)
        r = cli_python_run(sandbox, source, flags, &result);
    if (r == CLI_OK) {
        r = cli_outcome_code(&result.outcome);
        cli_outcome_say(source->name, &result.outcome, NULL);
        if (cli_said.json)
            report(&result);
        else if (result.outcome.kind == VIV_RAISED)
            fputs(result.traceback, stderr);
        else if (result.text != NULL)
            printf("%s\n", result.text);
    }
    viv_sandbox_free(sandbox);
    return r;
}

int cli_python_main(const struct cli_python_source *source, bool wants_value,
                    const char *first, int argc, char **argv)
{
    uint32_t flags = VIV_PYTHON_PROGRAM |
                     (wants_value ? VIV_PYTHON_VALUE | VIV_PYTHON_TEXT : 0);
    viv_image *image = NULL;
    int r;

    cli_interrupt_begin();
    r = cli_python_load(&image);
    if (r == CLI_OK)
        r = run(image, source, flags, first, argc, argv);
    viv_image_unref(image);
    return r;
}
