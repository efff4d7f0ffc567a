/* os_random.c - bytes that nobody can guess.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_random.h"

#include <errno.h>
#include <sys/random.h>

#include "os/os_fail.h"

/* A signal may end it early. */
int os_random_fill(void *to, size_t len)
{
    char *at = to;

    while (len > 0) {
        ssize_t done = os_fail_now() ? -1 : getrandom(at, len, 0);

        if (done < 0 && errno != EINTR)
            return -errno;
        if (done > 0) {
            at += done;
            len -= (size_t)done;
        }
    }
    return 0;
}
