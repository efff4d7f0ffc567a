/* os_map_limit.c - how many mappings this process may have.
 *
 * Asked when there is no room for another, so nothing here maps or allocates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map_limit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/os_fail.h"

static int open_to_read(const char *path)
{
    return os_fail_now() ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

/* As read(), but a signal does not end it. */
static ssize_t read_some(int fd, char *to, size_t len)
{
    ssize_t got;

    do {
        got = os_fail_now() ? -1 : read(fd, to, len);
    } while (got < 0 && errno == EINTR);
    return got;
}

size_t os_map_limit_used(void)
{
    int fd = open_to_read("/proc/self/maps");
    size_t lines = 0;
    char text[4096];
    ssize_t got;

    if (fd < 0)
        return 0;
    while ((got = read_some(fd, text, sizeof(text))) > 0)
        for (ssize_t i = 0; i < got; i++)
            lines += text[i] == '\n';
    close(fd);
    return got < 0 ? 0 : lines;
}

size_t os_map_limit_max(void)
{
    int fd = open_to_read("/proc/sys/vm/max_map_count");
    char text[32];
    ssize_t got;

    if (fd < 0)
        return 0;
    got = read_some(fd, text, sizeof(text) - 1);
    close(fd);
    if (got < 0)
        return 0;
    text[got] = '\0';
    return strtoull(text, NULL, 10);
}
