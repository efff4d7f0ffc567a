/* base_check.c - our own mistakes end the program, with words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_check.h"

#include <stdio.h>
#include <stdlib.h>

void base_check_fail(const char *file, int line, const char *text)
{
    fprintf(stderr, "vivarium: %s:%d: %s\n", file, line, text);
    abort();
}
