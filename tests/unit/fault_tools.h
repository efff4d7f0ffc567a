/* fault_tools.h - faults on purpose, for tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAULT_TOOLS_H
#define FAULT_TOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/os_map.h"
#include "os/os_signal.h"
#include "test.h"

static char *forbidden; /* a page that cannot be accessed */
static struct os_fault seen;
static volatile int seen_count;

/* int touch(char *at): read a byte.  take() lets it go on at touch_landing,
 * which returns the sum of what the hook hands over: 77. */
__asm__(".text\n"
        "touch:\n"
        "    movzbl (%rdi), %eax\n"
        "    ret\n"
        "touch_landing:\n"
        "    lea (%rdi,%rsi), %eax\n"
        "    ret\n");

int touch(char *at);
extern char touch_landing[];

/* A hook that takes all faults. */
static inline bool take(struct os_fault *fault)
{
    seen = *fault;
    seen_count++;
    if (fault->kind != OS_FAULT_NUDGE)
        os_fault_land(fault, (uintptr_t)touch_landing, 70, 7);
    return true;
}

static inline void install_hook(os_fault_hook *hook)
{
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    EXPECT(forbidden != NULL);
    EXPECT_EQ_INT(os_signal_install(hook, NULL), 0);
}

#endif /* FAULT_TOOLS_H */
