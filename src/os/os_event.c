/* os_event.c - a descriptor that others can wait for with poll().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_event.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"

int os_event_new(int *ret_fd, viv_error *err)
{
    int fd = os_fail_now() ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0)
        return base_error(err, VIV_EIO, "no descriptor for events: %s",
                          strerror(errno));
    *ret_fd = fd;
    return 0;
}

/* Neither blocks; what fails has been done before. */
void os_event_set(int fd)
{
    uint64_t one = 1;

    (void)!write(fd, &one, sizeof(one));
}

void os_event_clear(int fd)
{
    uint64_t count;

    (void)!read(fd, &count, sizeof(count));
}
