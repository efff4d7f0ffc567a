/* cli_doctor.c - `viv doctor`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "cli_said.h"

static const struct cli_option options[] = {
    {"--json", NULL, "as JSON", CLI_FLAG, &cli_said.json},
    CLI_SAID_PYTHON{NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_doctor = {
    .name = "doctor",
    .usage = "[--json] [--python FOLDER]",
    .summary = "Say what this machine can do, and what works in Python",
    .options = options,
    .run = run,
};

static const struct {
    const char *word, *colour;
} marks[] = {
    [CLI_DOCTOR_OK] = {"ok", "\033[32m"},
    [CLI_DOCTOR_PART] = {"part", "\033[33m"},
    [CLI_DOCTOR_NO] = {"no", "\033[31m"},
};

void cli_doctor_find(struct cli_doctor *doctor, enum cli_doctor_mark mark,
                     const char *what, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (doctor->json != NULL) {
        cli_json_open(doctor->json, NULL, '{');
        cli_json_text(doctor->json, "what", what);
        cli_json_text(doctor->json, "is", marks[mark].word);
        cli_json_text(doctor->json, "text", text);
        cli_json_close(doctor->json, '}');
        return;
    }
    printf("%s%-4s%s  %-16s %s\n",
           doctor->has_colours ? marks[mark].colour : "", marks[mark].word,
           doctor->has_colours ? "\033[0m" : "", what, text);
    fflush(stdout);
}

static bool may_colour(void)
{
    const char *no = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0');
}

/* One list of findings, under its name. */
static void list(struct cli_doctor *doctor, const char *name,
                 void (*find)(struct cli_doctor *doctor))
{
    if (doctor->json != NULL)
        cli_json_open(doctor->json, name, '[');
    find(doctor);
    if (doctor->json != NULL)
        cli_json_close(doctor->json, ']');
}

static int run(int argc, char **argv)
{
    struct cli_json json = {.to = stdout};
    struct cli_doctor doctor = {.has_colours = may_colour()};
    int r = cli_options_parse(&cli_doctor, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    if (argc > 0)
        return cli_usage(&cli_doctor, "what is \"%s\"?", argv[0]);
    if (cli_said.json) {
        doctor.json = &json;
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "version", viv_version());
    }
    list(&doctor, "machine", cli_doctor_machine);
    list(&doctor, "python", cli_doctor_python);
    if (cli_said.json) {
        cli_json_close(&json, '}');
        putchar('\n');
    }
    return doctor.is_ill ? CLI_FAILED : CLI_OK;
}
