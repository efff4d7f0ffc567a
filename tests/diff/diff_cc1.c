/* diff_cc1.c - many files by one start of the C compiler.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */

#include "diff_cc1.h"

#include <stdbool.h>
#include <string.h>

#include "base/base_alloc.h"
#include "os/os_file.h"
#include "os/os_process.h"

#define LOG_BYTES_MAX ((uint64_t)1 << 16)
#define ARGS_MAX      128

/* What the driver would start, in words, without sources. */
struct command {
    uint8_t *text; /* owned */
    const char *args[ARGS_MAX];
    size_t arg_count;
};

static bool run(const struct os_scratch *folder, const char *const *args,
                const char *log_name)
{
    char log[OS_SCRATCH_PATH_MAX];
    struct os_process process;
    struct os_exit how;

    os_scratch_path(folder, log_name, log, sizeof(log));
    return os_process_start(args, folder->path, log, &process, NULL) == 0 &&
           os_process_wait(&process, &how, NULL) == 0 && how.code == 0;
}

/* Cut the next of ` "a" "b\"c"` in place; NULL if there is none. */
static char *cut_word(char **at)
{
    char *from = *at, *word, *to;

    if (from[0] != ' ' || from[1] != '"')
        return NULL;
    word = to = from += 2;
    while (*from != '"' && *from != '\0') {
        from += *from == '\\' && from[1] != '\0';
        *to++ = *from++;
    }
    *at = from + (*from == '"');
    *to = '\0';
    return word;
}

/* All words but the object's name, and the source's, which comes last. */
static bool cut_command(struct command *command, char *line)
{
    bool is_cc1 = false;
    char *word;

    while ((word = cut_word(&line)) != NULL) {
        if (strcmp(word, "-o") == 0) {
            cut_word(&line);
            continue;
        }
        if (command->arg_count == ARGS_MAX)
            return false;
        is_cc1 |= strcmp(word, "-cc1") == 0;
        command->args[command->arg_count++] = word;
    }
    if (is_cc1)
        command->arg_count--;
    return is_cc1;
}

/* Ask the driver how it would compile `source`. */
static bool ask(const struct aot_cc *cc, const struct os_scratch *folder,
                const char *source, struct command *ret_command)
{
    const char *args[AOT_CC_ARGS_MAX + 3];
    char path[OS_SCRATCH_PATH_MAX], *line;
    size_t n = cc->arg_count, len;

    memcpy(args, cc->args, n * sizeof(args[0]));
    args[n++] = "-###";
    args[n++] = source;
    args[n] = NULL;
    memset(ret_command, 0, sizeof(*ret_command));
    os_scratch_path(folder, "driver.l", path, sizeof(path));
    if (!run(folder, args, "driver.l") ||
        os_file_read_all(path, LOG_BYTES_MAX, &ret_command->text, &len, NULL) <
            0 ||
        len == 0)
        return false;
    ret_command->text[len - 1] = '\0';
    line = memmem(ret_command->text, len, "\n \"", 3);
    return line != NULL && cut_command(ret_command, line + 1);
}

void diff_cc1_compile(const struct aot_cc *cc, const struct os_scratch *folder,
                      const char *const *sources, size_t count)
{
    const char **args = base_alloc_zero(ARGS_MAX + count + 1, sizeof(*args));
    struct command command = {0};
    size_t n = 0;

    if (args != NULL && ask(cc, folder, sources[0], &command)) {
        for (; n < command.arg_count; n++)
            args[n] = command.args[n];
        memcpy(args + n, sources, count * sizeof(*args));
        (void)run(folder, args, "cc1.l");
    }
    base_free(command.text);
    base_free(args);
}
