/* cli_streams.c - the guest's standard streams are the command's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* ppoll */
#include "cli_streams.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli_interrupt.h"

/* The guest wants to read, and there is nothing yet. */
static bool wants_input;

/* Standard input is also read by us. */
static bool is_shared;

/* What was written to a descriptor, if it is kept. */
static struct kept {
    FILE *to;
    char *bytes;
    size_t len;
} kept[3];

/* ------------------------------------------------------------------------
 * Input.
 */

/* Not more than a line, when others want the next: a terminal does that by
 * itself. */
static ssize_t read_line(char *to, size_t len)
{
    size_t done = 0;

    while (done < len && read(STDIN_FILENO, to + done, 1) == 1)
        if (to[done++] == '\n')
            break;
    return (ssize_t)done;
}

static int64_t read_stdin(void *cookie, void *to, size_t len)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t done;

    (void)cookie;
    if (poll(&input, 1, 0) == 0) {
        wants_input = true;
        return VIV_ETIME;
    }
    do
        done = is_shared ? read_line(to, len) : read(STDIN_FILENO, to, len);
    while (done < 0 && errno == EINTR);
    return done < 0 ? VIV_EIO : done;
}

/* Wait for standard input, if that is wanted, and Ctrl-C.  Is there input? */
static bool wait_for(bool input, const struct timespec *due)
{
    struct pollfd fds[2] = {
        {.fd = cli_interrupt_fd(), .events = POLLIN},
        {.fd = input ? STDIN_FILENO : -1, .events = POLLIN},
    };

    return ppoll(fds, 2, due, NULL) > 0 && fds[1].revents != 0;
}

void cli_streams_wait(viv_sandbox *sandbox)
{
    uint64_t ns = viv_call_due(sandbox);
    struct timespec due = {.tv_sec = (time_t)(ns / VIV_NS_PER_S),
                           .tv_nsec = (long)(ns % VIV_NS_PER_S)};

    wait_for(wants_input, ns == UINT64_MAX ? NULL : &due);
    wants_input = false;
}

const char *cli_streams_line(size_t *ret_len, bool *ret_is_stopped)
{
    static char *line;
    static size_t room;
    size_t len = 0;
    char c = '\0';

    *ret_is_stopped = false;
    is_shared = true;
    while (c != '\n') {
        if (len == room) {
            char *more = realloc(line, 2 * room + 200);

            if (more == NULL)
                return NULL;
            line = more;
            room = 2 * room + 200;
        }
        while (!wait_for(true, NULL))
            if (cli_interrupt_take()) {
                *ret_is_stopped = true;
                return NULL;
            }
        if (read(STDIN_FILENO, &c, 1) != 1)
            break;
        line[len++] = c;
    }
    *ret_len = len;
    return len > 0 ? line : NULL;
}

/* ------------------------------------------------------------------------
 * Output.
 */

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno != EINTR)
            return VIV_EIO;
        if (done > 0) {
            bytes += done;
            len -= (size_t)done;
        }
    }
    return 0;
}

static int write_to(int fd, const void *bytes, size_t len)
{
    if (kept[fd].to == NULL)
        return write_all(fd, bytes, len);
    return fwrite(bytes, 1, len, kept[fd].to) == len ? 0 : VIV_EIO;
}

static int write_stdout(void *cookie, const void *bytes, size_t len)
{
    (void)cookie;
    return write_to(STDOUT_FILENO, bytes, len);
}

static int write_stderr(void *cookie, const void *bytes, size_t len)
{
    (void)cookie;
    return write_to(STDERR_FILENO, bytes, len);
}

const char *cli_streams_kept(int descriptor, size_t *ret_len)
{
    struct kept *stream = &kept[descriptor];

    if (stream->to != NULL)
        fflush(stream->to);
    *ret_len = stream->len;
    return stream->bytes != NULL ? stream->bytes : "";
}

/* A reader that goes away is the guest's error, not our end. */
void cli_streams_give(viv_wasi *wasi, bool is_kept)
{
    signal(SIGPIPE, SIG_IGN);
    wasi->stdin_func = read_stdin;
    wasi->stdout_func = write_stdout;
    wasi->stderr_func = write_stderr;
    for (int fd = 0; fd <= 2; fd++)
        if (isatty(fd) && (fd == 0 || !is_kept))
            wasi->terminals |= 1u << fd;
    for (int fd = 1; fd <= 2 && is_kept && kept[fd].to == NULL; fd++)
        kept[fd].to = open_memstream(&kept[fd].bytes, &kept[fd].len);
}
