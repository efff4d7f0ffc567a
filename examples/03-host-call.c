/* 03-host-call.c - the guest asks the host: a function, and guest memory.
 *
 * The guest calls `print(address, len)`; the host looks at the guest's memory
 * and decides what to do with it.  Nothing that the guest says is believed:
 * viv_memory_read() checks the stretch, and the length is ours to limit.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

#define LINE_BYTES 80

/* (i32, i32) -> i32: how many lines there were before, or a trap. */
static int print(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    uint32_t *lines = cookie, len = args[1].i32, i;
    char line[LINE_BYTES + 1];

    if (len > LINE_BYTES)
        return -1;
    if (viv_memory_read(viv_host_call_sandbox(call), args[0].i32, line, len) <
        0)
        return -2;
    line[len] = '\0';
    for (i = 0; i < len; i++)
        if (line[i] < ' ' || line[i] > '~')
            line[i] = '?';
    printf("the guest says: %s\n", line);
    results[0].i32 = (*lines)++;
    return 0;
}

static void call_guest(viv_sandbox *sandbox, const char *name)
{
    viv_outcome outcome;

    if (viv_call(sandbox, name, strlen(name), NULL, 0, NULL, 0, &outcome,
                 NULL) == 0 &&
        outcome.kind == VIV_TRAPPED)
        printf("%s trapped: %s, code %d\n", name, viv_trap_text(outcome.trap),
               (int)outcome.host_code);
}

int main(int argc, char **argv)
{
    static const uint8_t two_i32[] = {VIV_I32, VIV_I32};
    uint32_t lines = 0;
    viv_import import = {"host", "print", VIV_FUNC, {two_i32, two_i32, 2, 1},
                         print,  &lines,  0,        {0},
                         0,      0,       0};
    viv_module *module = NULL;
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};

    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, &import, 1, NULL, &sandbox, &outcome, &err) ==
            0) {
        call_guest(sandbox, "greet");
        call_guest(sandbox, "lie");
        printf("lines: %u\n", lines);
    } else {
        fprintf(stderr, "host-call: %s\n", argc == 2 ? err.text : "one file");
    }
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return lines == 0;
}
