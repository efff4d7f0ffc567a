/* echo.c - what comes in goes out.
 *
 * stdin: one line, and an end without one
 * stdout: one line, and an end without one
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "check.h"

int main(void)
{
    char bytes[7];
    ssize_t count;

    while ((count = read(0, bytes, sizeof(bytes))) > 0)
        EXPECT_EQ(write(1, bytes, (size_t)count), count);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(read(0, bytes, sizeof(bytes)), 0);
    return 0;
}
