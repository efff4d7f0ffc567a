/* cli_run.c - `viv run`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cli_load.h"
#include "cli_module.h"
#include "cli_python.h"
#include "cli_said.h"

static struct {
    const char *invoke;
    const char *code;
    const char *module;
    struct cli_load_how how;
} said = {.how = {.target = "gs"}};

static const struct cli_option options[] = {
    {"-c", "CODE", "run this Python; what follows is its arguments", CLI_LAST,
     &said.code},
    {"-m", "MODULE", "run a module of Python's library, or of a mount",
     CLI_LAST, &said.module},
    {"--json", NULL, "one object on stdout that says how it ended, and all",
     CLI_FLAG, &cli_said.json},
    CLI_SAID_PERMISSIONS{"--arg0", "NAME",
                         "WASI: the program's name; default "
                         "FILE",
                         CLI_TEXT, &cli_said.arg0},
    {"--invoke", "NAME", "of a module: the exported function to call", CLI_TEXT,
     &said.invoke},
    CLI_SAID_PYTHON CLI_SAID_LIMITS{
        "--target", "TARGET", "how to compile: gs (the default) or portable",
        CLI_TEXT, &said.how.target},
    {"--no-cache", NULL, "compile anew", CLI_FLAG, &said.how.no_cache},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_run = {
    .name = "run",
    .usage = "[OPTIONS] FILE | - | -c CODE | -m MODULE [ARGUMENTS]",
    .summary = "Run Python, a .wasm file or a compiled module",
    .options = options,
    .run = run,
    .runs_guests = true,
};

/* ------------------------------------------------------------------------
 * Python.
 */

/* All of it, in memory; NULL with errno. */
static char *read_all(FILE *file, size_t *ret_len)
{
    char *bytes = NULL, part[1 << 16];
    FILE *to = open_memstream(&bytes, ret_len);
    size_t len;

    if (to == NULL)
        return NULL;
    while ((len = fread(part, 1, sizeof(part), file)) > 0)
        fwrite(part, 1, len, to);
    if (fclose(to) != 0 || ferror(file)) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* A mark at the beginning that says that it is UTF-8 is no source. */
static void skip_mark(struct cli_python_source *source)
{
    if (source->len >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0) {
        source->text += 3;
        source->len -= 3;
    }
}

static int run_file(const char *path, int argc, char **argv)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    struct cli_python_source source = {.name = is_stdin ? "<stdin>" : path};
    char *text = file != NULL ? read_all(file, &source.len) : NULL;
    int r;

    if (text == NULL) {
        fprintf(stderr, "viv: ");
        perror(path);
        return CLI_FAILED;
    }
    if (!is_stdin)
        fclose(file);
    source.text = text;
    skip_mark(&source);
    r = cli_python_main(&source, false, path, argc, argv);
    free(text);
    return r;
}

static int run_code(int argc, char **argv)
{
    struct cli_python_source source = {"<string>", said.code,
                                       strlen(said.code)};

    return cli_python_main(&source, cli_said.json, "-c", argc, argv);
}

/* As Python itself does it. */
static int run_library(int argc, char **argv)
{
    static const char format[] = "import runpy\n"
                                 "runpy._run_module_as_main('%s')\n";
    struct cli_python_source source = {.name = "<module>"};
    char text[300];
    size_t len = strlen(said.module);

    if (strspn(said.module, "abcdefghijklmnopqrstuvwxyz_.0123456789"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != len ||
        len > sizeof(text) - sizeof(format))
        return cli_usage(&cli_run, "\"%s\" is no name of a module",
                         said.module);
    source.text = text;
    source.len = (size_t)snprintf(text, sizeof(text), format, said.module);
    return cli_python_main(&source, false, "-m", argc, argv);
}

/* ------------------------------------------------------------------------
 * Modules, and which of all this.
 */

static int run_module(const char *path, int argc, char **argv)
{
    viv_module *module = NULL;
    int r = cli_load_module(path, &said.how, &module);

    if (r == CLI_OK)
        r = cli_module_run(module, said.invoke, path, argc, argv);
    viv_module_unref(module);
    return r;
}

static bool is_python(const char *path)
{
    return strcmp(path, "-") == 0 || cli_load_kind_of(path) == CLI_LOAD_SOURCE;
}

static int run(int argc, char **argv)
{
    int r = cli_options_parse(&cli_run, &argc, argv, true);

    if (r == CLI_OK)
        r = cli_said_parse(&cli_run);
    if (r != CLI_OK)
        return r;
    if (said.code != NULL)
        return run_code(argc, argv);
    if (said.module != NULL)
        return run_library(argc, argv);
    if (argc < 1)
        return cli_usage(&cli_run, "which file?");
    return is_python(argv[0]) ? run_file(argv[0], argc - 1, argv + 1)
                              : run_module(argv[0], argc - 1, argv + 1);
}
