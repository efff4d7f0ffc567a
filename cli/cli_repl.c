/* cli_repl.c - `viv repl`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "cli_interrupt.h"
#include "cli_python.h"
#include "cli_said.h"
#include "cli_session.h"
#include "cli_streams.h"

static const struct cli_option options[] = {
    CLI_SAID_PERMISSIONS CLI_SAID_PYTHON CLI_SAID_LIMITS{NULL, NULL, NULL,
                                                         CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_repl = {
    .name = "repl",
    .usage = "[OPTIONS]",
    .summary = "Talk to Python in a sandbox; limits are those of each cell",
    .options = options,
    .run = run,
    .runs_guests = true,
};

/* What was typed: the cell that is not whole yet, and all before it. */
static struct {
    char *cell;
    size_t len;
    FILE *history;
    char *history_bytes;
    size_t history_len;
    bool is_over;
    int exit_code;
} typed;

static bool is_terminal(void)
{
    return isatty(STDIN_FILENO) != 0;
}

static void prompt(const char *text)
{
    if (is_terminal())
        fputs(text, stdout);
    fflush(stdout);
}

/* ------------------------------------------------------------------------
 * Lines that are for the command and not for Python.
 */

static int print_meters(struct cli_session *session, const char *argument)
{
    viv_meters last, sum;

    (void)argument;
    viv_sandbox_meters(session->sandbox, &last, &sum);
#define PRINT_METER(field, unit, meaning)                                      \
    printf("%-14s %14llu %-13s %s\n", #field, (unsigned long long)sum.field,   \
           unit, meaning);
    VIV_METER_ROWS(PRINT_METER)
    return CLI_OK;
}

static int print_history(struct cli_session *session, const char *argument)
{
    (void)session;
    (void)argument;
    if (typed.history != NULL && fflush(typed.history) == 0)
        fwrite(typed.history_bytes, 1, typed.history_len, stdout);
    return CLI_OK;
}

static int reset(struct cli_session *session, const char *argument)
{
    (void)argument;
    return cli_session_reset(session);
}

/* A file that is not there does not end a session. */
static int save(struct cli_session *session, const char *path)
{
    cli_session_save(session, path);
    return CLI_OK;
}

static int load(struct cli_session *session, const char *path)
{
    cli_session_load(session, path);
    return session->sandbox != NULL ? CLI_OK : CLI_FAILED;
}

static int help(struct cli_session *session, const char *argument);

static const struct {
    const char *name;
    const char *argument; /* NULL: none */
    const char *meaning;
    int (*run)(struct cli_session *session, const char *argument);
} words[] = {
    {":help", NULL, "this", help},
    {":history", NULL, "what was typed so far", print_history},
    {":load", "FILE", "go on with a session that was saved", load},
    {":meters", NULL, "what the session has used", print_meters},
    {":reset", NULL, "begin anew", reset},
    {":save", "FILE", "keep the session as it is now", save},
};

#define WORD_COUNT (sizeof(words) / sizeof(words[0]))

static int help(struct cli_session *session, const char *argument)
{
    (void)session;
    (void)argument;
    for (size_t i = 0; i < WORD_COUNT; i++)
        printf("%-9s %-5s %s\n", words[i].name,
               words[i].argument != NULL ? words[i].argument : "",
               words[i].meaning);
    printf("%-15s %s\n", "Ctrl-C", "stop what runs; the session stays");
    printf("%-15s %s\n", "Ctrl-D, exit()", "leave");
    return CLI_OK;
}

/* Cuts `line` in two. */
static int do_word(struct cli_session *session, char *line)
{
    char *argument = line + strcspn(line, " \t\n");

    if (*argument != '\0')
        *argument++ = '\0';
    argument += strspn(argument, " \t");
    argument[strcspn(argument, "\n")] = '\0';
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (strcmp(words[i].name, line) == 0 &&
            (words[i].argument != NULL) == (argument[0] != '\0'))
            return words[i].run(session, argument);
    fprintf(stderr, "viv: there is no %s like that (try :help)\n", line);
    return CLI_OK;
}

/* ------------------------------------------------------------------------
 * Cells.
 */

static void forget_cell(void)
{
    free(typed.cell);
    typed.cell = NULL;
    typed.len = 0;
}

static int append(const char *line, size_t len)
{
    char *more = realloc(typed.cell, typed.len + len + 1);

    if (more == NULL)
        return CLI_FAILED;
    memcpy(more + typed.len, line, len);
    more[typed.len + len] = '\0';
    typed.cell = more;
    typed.len += len;
    return CLI_OK;
}

static int run_cell(struct cli_session *session)
{
    viv_outcome outcome;
    int r;

    if (typed.history != NULL)
        fwrite(typed.cell, 1, typed.len, typed.history);
    r = cli_session_run(session, typed.cell, typed.len, &outcome);
    if (r == CLI_OK && outcome.kind == VIV_EXITED && !session->went_back) {
        typed.is_over = true;
        typed.exit_code = outcome.exit_code & 0xff;
    }
    return r;
}

/* Run what was typed if it is whole, or at the end of input. */
static int try_cell(struct cli_session *session, bool is_end)
{
    size_t len = typed.len;
    bool is_whole = is_end;
    int r = CLI_OK;

    if (strspn(typed.cell, " \t\r\n\f") == typed.len) {
        forget_cell();
        return CLI_OK;
    }
    if (len > 0 && typed.cell[len - 1] == '\n')
        len--;
    if (!is_whole)
        r = cli_session_is_whole(session, typed.cell, len, &is_whole);
    if (r == CLI_OK && is_whole) {
        r = run_cell(session);
        forget_cell();
    }
    fflush(stdout);
    return r;
}

static int take_line(struct cli_session *session, const char *line, size_t len)
{
    int r = append(line, len);

    if (r != CLI_OK)
        return r;
    if (typed.len == len && typed.cell[0] == ':') {
        r = do_word(session, typed.cell);
        forget_cell();
        return r;
    }
    return try_cell(session, false);
}

static int talk(struct cli_session *session)
{
    int r = CLI_OK;

    while (r == CLI_OK && !typed.is_over) {
        bool is_stopped;
        size_t len;
        const char *line;

        prompt(typed.len > 0 ? "... " : ">>> ");
        line = cli_streams_line(&len, &is_stopped);
        if (line != NULL) {
            r = take_line(session, line, len);
        } else if (is_stopped) {
            prompt("\n");
            forget_cell();
        } else {
            prompt("\n");
            if (typed.len > 0)
                r = try_cell(session, true);
            break;
        }
    }
    return r != CLI_OK ? r : typed.exit_code;
}

static int run(int argc, char **argv)
{
    struct cli_session session = {0};
    viv_image *image = NULL;
    int r = cli_options_parse(&cli_repl, &argc, argv, true);

    if (r == CLI_OK && argc > 0)
        r = cli_usage(&cli_repl, "what is \"%s\"?", argv[0]);
    if (r == CLI_OK)
        r = cli_said_parse(&cli_repl);
    if (r != CLI_OK)
        return r;
    cli_interrupt_begin();
    typed.history = open_memstream(&typed.history_bytes, &typed.history_len);
    r = cli_python_load(&image);
    if (r == CLI_OK)
        r = cli_session_init(&session, image);
    if (is_terminal() && r == CLI_OK)
        printf("Python 3.13 in a sandbox of vivarium %s; :help helps\n",
               viv_version());
    if (r == CLI_OK)
        r = talk(&session);
    cli_session_fini(&session);
    viv_image_unref(image);
    return r;
}
