/* spec_run.c - runs one script, and survives its crash.
 *
 *     spec_run --target gs|portable --cache DIR --scratch DIR --tally FILE
 *              [--cc CC] NAME SCRIPT.json
 *
 * Prints `ok NAME`, or `not ok NAME - why` and the first failures, or nothing
 * when all was skipped; appends the numbers to the tally file.  The script
 * runs in a child process, so that a crash is told with its line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spec_script.h"
#include "spec_tally.h"

struct request {
    const char *target;
    const char *cache;
    const char *scratch;
    const char *tally;
    const char *cc;
    const char *name;
    const char *json;
};

static int usage(void)
{
    fprintf(stderr, "usage: spec_run --target gs|portable --cache DIR "
                    "--scratch DIR --tally FILE [--cc CC] NAME JSON\n");
    return 2;
}

/* Where the value of the option `name` goes; NULL if there is no such. */
static const char **option(struct request *request, const char *name)
{
    const struct {
        const char *name;
        const char **to;
    } options[] = {
        {"--target", &request->target},   {"--cache", &request->cache},
        {"--scratch", &request->scratch}, {"--tally", &request->tally},
        {"--cc", &request->cc},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (strcmp(options[i].name, name) == 0)
            return options[i].to;
    return NULL;
}

static int parse(int argc, char **argv, struct request *request)
{
    int at = 1;

    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        const char **to = option(request, argv[at]);

        if (to == NULL)
            return -1;
        *to = argv[at + 1];
    }
    if (argc - at != 2 || request->target == NULL || request->cache == NULL ||
        request->scratch == NULL || request->tally == NULL)
        return -1;
    request->name = argv[at];
    request->json = argv[at + 1];
    return 0;
}

/* In the child: run it, print, write.  Returns the exit code. */
static int run(const struct request *request, char *line_now)
{
    static struct spec_tally tally;
    struct spec_compiler compiler = {.scratch = request->scratch};
    viv_error err;
    FILE *file;

    aot_options_default(&compiler.options);
    compiler.options.target =
        strcmp(request->target, "gs") == 0 ? AOT_GS : AOT_PORTABLE;
    compiler.options.jobs = 1;
    compiler.options.cache = request->cache;
    if (request->cc != NULL)
        compiler.options.cc = request->cc;
    if (spec_script_run(request->json, &compiler, line_now, &tally, &err) !=
        0) {
        printf("not ok %s - %s\n", request->name, err.text);
        return 1;
    }
    file = fopen(request->tally, "a");
    if (file == NULL) {
        printf("not ok %s - cannot write %s\n", request->name, request->tally);
        return 1;
    }
    spec_tally_write(&tally, request->target, request->name, file);
    fclose(file);
    spec_tally_print(&tally, request->name, stdout);
    return tally.failures > 0;
}

int main(int argc, char **argv)
{
    struct request request = {0};
    char *line_now = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t child;

    if (parse(argc, argv, &request) != 0)
        return usage();
    if (line_now == MAP_FAILED)
        return 2;
    child = fork();
    if (child == 0)
        exit(run(&request, line_now));
    if (child < 0 || waitpid(child, &status, 0) != child) {
        printf("not ok %s - cannot fork\n", request.name);
        return 1;
    }
    if (WIFSIGNALED(status))
        printf("not ok %s - died of signal %d at line %s\n", request.name,
               WTERMSIG(status), line_now);
    else if (WEXITSTATUS(status) > 1)
        printf("not ok %s - ended with exit code %d at line %s\n", request.name,
               WEXITSTATUS(status), line_now);
    return status != 0;
}
