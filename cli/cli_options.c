/* cli_options.c - options as tables.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_fail(const viv_error *err)
{
    fprintf(stderr, "viv: %s\n", err->text);
    return CLI_FAILED;
}

int cli_fail_file(const char *path, const viv_error *err)
{
    if (strstr(err->text, path) != NULL)
        return cli_fail(err);
    fprintf(stderr, "viv: %s: %s\n", path, err->text);
    return CLI_FAILED;
}

int cli_usage(const struct cli_command *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "viv %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (try: viv help %s)\n", command->name);
    return CLI_USAGE;
}

void cli_help(const struct cli_command *command)
{
    char left[64];

    printf("usage: viv %s %s\n\n%s.\n", command->name, command->usage,
           command->summary);
    if (command->options[0].name != NULL)
        printf("\noptions:\n");
    for (const struct cli_option *option = command->options;
         option->name != NULL; option++) {
        snprintf(left, sizeof(left), "%s%s%s", option->name,
                 option->kind == CLI_LEVEL || option->value == NULL ? "" : " ",
                 option->value != NULL ? option->value : "");
        printf("  %-22s %s\n", left, option->help);
    }
}

/* How long the option's name is in `word`, if it is this option; else 0. */
static size_t match(const struct cli_option *option, const char *word)
{
    size_t len = strlen(option->name);

    if (strncmp(option->name, word, len) != 0)
        return 0;
    if (option->kind == CLI_LEVEL)
        return word[len] >= '0' && word[len] <= '9' && word[len + 1] == '\0'
                   ? len
                   : 0;
    if (word[len] == '\0')
        return len;
    return word[len] == '=' && option->kind != CLI_FLAG ? len : 0;
}

/* What may follow a number, and what it multiplies by. */
struct suffix {
    enum cli_kind kind;
    const char *text;
    uint64_t factor;
};

static const struct suffix suffixes[] = {
    {CLI_NUMBER, "", 1},
    {CLI_BYTES, "", 1},
    {CLI_BYTES, "K", UINT64_C(1) << 10},
    {CLI_BYTES, "M", UINT64_C(1) << 20},
    {CLI_BYTES, "G", UINT64_C(1) << 30},
    {CLI_TIME, "ns", 1},
    {CLI_TIME, "us", 1000},
    {CLI_TIME, "ms", 1000000},
    {CLI_TIME, "s", VIV_NS_PER_S},
    {CLI_TIME, "m", 60 * VIV_NS_PER_S},
};

static uint64_t factor_of(enum cli_kind kind, const char *text)
{
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (suffixes[i].kind == kind && strcmp(suffixes[i].text, text) == 0)
            return suffixes[i].factor;
    return 0;
}

static int store_number(const struct cli_command *command,
                        const struct cli_option *option, const char *value)
{
    const char *wanted = option->kind == CLI_BYTES ? "bytes, such as 64M"
                         : option->kind == CLI_TIME
                             ? "a time, such as 300ms or 2s"
                             : "a number";
    unsigned long long number;
    uint64_t factor, product;
    char *end;

    errno = 0;
    number = strtoull(value, &end, 10);
    factor = factor_of(option->kind, end);
    if (errno != 0 || end == value || value[0] == '-' || factor == 0 ||
        __builtin_mul_overflow((uint64_t)number, factor, &product))
        return cli_usage(command, "%s wants %s, not \"%s\"", option->name,
                         wanted, value);
    *(uint64_t *)option->to = product;
    return CLI_OK;
}

static int store_one_more(struct cli_list *list, const char *word)
{
    const char **at =
        realloc(list->at, (list->count + 1) * sizeof(list->at[0]));

    if (at == NULL)
        return CLI_FAILED;
    at[list->count++] = word;
    list->at = at;
    return CLI_OK;
}

/* Store what `argv[*at]` says, which is `option`; `*at` moves on to the last
 * word that it used. */
static int store(const struct cli_command *command,
                 const struct cli_option *option, char **argv, int argc,
                 int *at)
{
    const char *word = argv[*at] + strlen(option->name);

    if (option->kind == CLI_FLAG) {
        *(bool *)option->to = true;
        return CLI_OK;
    }
    if (option->kind == CLI_LEVEL) {
        *(int *)option->to = word[0] - '0';
        return CLI_OK;
    }
    if (*word == '=') {
        word++;
    } else if (*at + 1 < argc) {
        word = argv[++*at];
    } else {
        return cli_usage(command, "%s wants a value: %s", option->name,
                         option->value);
    }
    if (option->kind == CLI_TEXTS)
        return store_one_more(option->to, word);
    if (option->kind != CLI_TEXT && option->kind != CLI_LAST)
        return store_number(command, option, word);
    *(const char **)option->to = word;
    return CLI_OK;
}

static const struct cli_option *find(const struct cli_command *command,
                                     const char *word)
{
    const struct cli_option *option = command->options;

    while (option->name != NULL && match(option, word) == 0)
        option++;
    return option->name != NULL ? option : NULL;
}

int cli_options_parse(const struct cli_command *command, int *argc, char **argv,
                      bool stop_at_first)
{
    bool ended = false;
    int left = 0;

    for (int i = 0; i < *argc; i++) {
        const struct cli_option *option;
        int r;

        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[left++] = argv[i];
            ended = ended || stop_at_first;
            continue;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            cli_help(command);
            exit(CLI_OK);
        }
        option = find(command, argv[i]);
        if (option == NULL)
            return cli_usage(command, "there is no option %s", argv[i]);
        r = store(command, option, argv, *argc, &i);
        if (r != CLI_OK)
            return r;
        ended = option->kind == CLI_LAST;
    }
    *argc = left;
    return CLI_OK;
}
