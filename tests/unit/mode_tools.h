/* mode_tools.h - what a test must know of the way in which it is run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODE_TOOLS_H
#define MODE_TOOLS_H

#include <stdbool.h>
#include <stdlib.h>

#include "test.h"

/* Is it "plain", "asan", "ubsan", "valgrind"? */
static inline bool mode_is(const char *mode)
{
    const char *now = getenv("VIV_MODE");

    return strcmp(now != NULL ? now : "plain", mode) == 0;
}

/* What holds for mappings, descriptors and page tables of a program does not
 * hold for those that a tool adds. */
static inline void mode_need_own(void)
{
    if (mode_is("asan") || mode_is("valgrind"))
        SKIP("the tool has mappings and descriptors of its own");
}

/* Nor does valgrind know how to open beneath a directory. */
static inline void mode_need_openat2(void)
{
    if (mode_is("valgrind"))
        SKIP("valgrind does not know openat2");
}

#endif /* MODE_TOOLS_H */
