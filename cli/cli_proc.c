/* cli_proc.c - what the kernel says in files of /proc, a line each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_proc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 512

/* The rest of the first line that begins with `key`. */
static bool find_line(const char *path, const char *key, char line[LINE_BYTES])
{
    FILE *file = fopen(path, "r");
    size_t len = strlen(key);
    bool found = false;

    while (file != NULL && !found && fgets(line, LINE_BYTES, file) != NULL)
        found = strncmp(line, key, len) == 0;
    if (found)
        memmove(line, line + len, strlen(line + len) + 1);
    if (file != NULL)
        fclose(file);
    return found;
}

uint64_t cli_proc_number(const char *path, const char *key)
{
    char line[LINE_BYTES];
    uint64_t number = 0;

    if (find_line(path, key, line))
        (void)sscanf(line, "%" SCNu64, &number);
    return number;
}

void cli_proc_text(const char *path, const char *key, char *to, size_t size)
{
    char line[LINE_BYTES];
    const char *colon = find_line(path, key, line) ? strchr(line, ':') : NULL;

    to[0] = '\0';
    if (colon == NULL)
        return;
    colon += 1 + strspn(colon + 1, " \t");
    snprintf(to, size, "%.*s", (int)strcspn(colon, "\n"), colon);
}
