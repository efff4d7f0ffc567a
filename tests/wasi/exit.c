/* exit.c - a program ends with the code that it says, and nothing after.
 *
 * exit: 42
 * stdout: before
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void at_exit(void)
{
    printf("before\n");
}

int main(void)
{
    atexit(at_exit);
    exit(42);
    printf("after\n");
}
