/* readlibc.c - an ordinary program reads what it may only read.
 *
 * mounts: readonly pack given
 * stdout: given
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>

#include "check.h"

int main(void)
{
    char line[16];
    FILE *file = fopen("/m/f", "r");

    EXPECT(file != NULL);
    EXPECT(fgets(line, sizeof(line), file) != NULL);
    EXPECT_EQ(fclose(file), 0);
    fputs(line, stdout);
    return 0;
}
