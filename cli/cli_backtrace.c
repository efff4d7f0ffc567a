/* cli_backtrace.c - where a guest was, for people.
 *
 *     viv: go trapped: integer divide by zero
 *         at 0x1038 innermost
 *         at 0x1063 function 7
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_backtrace.h"

#include <stdio.h>

/* As many as fit a screen; and of a name not more than this. */
#define FRAMES     32
#define NAME_BYTES 200

/* Names are the guest's: what could speak to a terminal is not printed. */
static void print_name(const viv_frame *frame)
{
    size_t len = frame->name_len < NAME_BYTES ? frame->name_len : NAME_BYTES;

    if (len == 0)
        fprintf(stderr, "function %u", frame->func);
    for (size_t i = 0; i < len; i++) {
        char c = frame->name[i];

        fputc(c >= 0x20 && c < 0x7f ? c : '?', stderr);
    }
}

void cli_backtrace(const viv_sandbox *sandbox)
{
    viv_frame frames[FRAMES];
    size_t count;
    uint32_t more;

    if (viv_backtrace(sandbox, frames, FRAMES, &count, &more) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "    at 0x%llx ", (unsigned long long)frames[i].offset);
        print_name(&frames[i]);
        fputc('\n', stderr);
    }
    if (more)
        fprintf(stderr, "    and so on\n");
}
