/* cli_main.c - the command `viv`: the table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct cli_command *const commands[] = {
    &cli_run,  &cli_eval,  &cli_repl,   &cli_compile, &cli_inspect,
    &cli_pack, &cli_image, &cli_doctor, &cli_bench,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct cli_command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static void list_commands(FILE *to)
{
    fprintf(to,
            "viv %s - run code you do not trust\n\n"
            "usage: viv COMMAND ...\n\n",
            viv_version());
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(to, "  %-9s %s\n", "help", "Explain a command: viv help COMMAND");
    fprintf(to, "  %-9s %s\n", "version", "Print the version");
}

static int help(int argc, char **argv)
{
    const struct cli_command *command;

    if (argc == 0) {
        list_commands(stdout);
        return CLI_OK;
    }
    command = find(argv[0]);
    if (command == NULL) {
        fprintf(stderr, "viv help: there is no command \"%s\"\n", argv[0]);
        return CLI_USAGE;
    }
    cli_help(command);
    return CLI_OK;
}

/* Is this one of the ways to ask for it? */
static bool is_any(const char *word, const char *a, const char *b,
                   const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    int r = command->run(argc, argv);

    if (r != CLI_FAILED)
        return r;
    return command->runs_guests ? CLI_BROKEN : 1;
}

int main(int argc, char **argv)
{
    const struct cli_command *command;
    int code = viv_worker_main(argc, argv);

    if (code >= 0)
        return code;
    if (argc < 2) {
        list_commands(stderr);
        return CLI_USAGE;
    }
    if (is_any(argv[1], "help", "--help", "-h"))
        return help(argc - 2, argv + 2);
    if (is_any(argv[1], "version", "--version", "-V")) {
        printf("viv %s\n", viv_version());
        return CLI_OK;
    }
    command = find(argv[1]);
    if (command == NULL) {
        fprintf(stderr, "viv: there is no command \"%s\" (try: viv help)\n",
                argv[1]);
        return CLI_USAGE;
    }
    return run(command, argc - 2, argv + 2);
}
