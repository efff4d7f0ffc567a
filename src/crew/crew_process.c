/* crew_process.c - a worker process, and the line to it.
 *
 * SECURITY.  The process may be hostile.  See crew_process.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/base_error.h"
#include "os/os_fd.h"
#include "os/os_socket.h"
#include "os/os_spawn.h"

/* As much is taken in at a time; a buffer that has become larger than this is
 * given back when it is empty. */
#define PIECE_BYTES ((size_t)64 << 10)

#define IN_MAX  (CREW_HEAD_BYTES + (size_t)CREW_BODY_MAX + PIECE_BYTES)
#define OUT_MAX SIZE_MAX

void crew_process_init(struct crew_process *process)
{
    *process = (struct crew_process){.fd = -1};
    base_buf_init(&process->out, OUT_MAX);
    base_buf_init(&process->in, IN_MAX);
}

/* ------------------------------------------------------------------------
 * Birth and death.
 */

static int spawn(struct crew_process *process, const char *program,
                 viv_error *err)
{
    const char *const argv[] = {program, CREW_PROCESS_WORD, CREW_PROCESS_MARK,
                                NULL};
    int fds[2];
    int code = os_socket_pair(fds, err);

    if (code < 0)
        return code;
    code = os_spawn(program, argv, fds[1], &process->process, err);
    os_fd_close(fds[1]);
    if (code < 0)
        os_fd_close(fds[0]);
    else
        process->fd = fds[0];
    return code;
}

/* The head goes at once, with the descriptors: nothing else is on the line, so
 * there is room.  The rest goes as it can.  If it has died already that is
 * found soon, and of what. */
static int send_charter(struct crew_process *process,
                        const struct crew_charter *charter, viv_error *err)
{
    const struct base_buf *message = &charter->message;
    int code = os_socket_send_fds(process->fd, message->at, CREW_HEAD_BYTES,
                                  charter->fds, CREW_FDS);

    if (code < 0 && code != -EPIPE)
        return base_error(err, VIV_EIO, "cannot send to a worker process: %s",
                          strerror(-code));
    base_buf_bytes(&process->out, message->at + CREW_HEAD_BYTES,
                   message->len - CREW_HEAD_BYTES);
    return process->out.failed ? base_error_memory(err) : 0;
}

int crew_process_start(struct crew_process *process, const char *program,
                       const struct crew_charter *charter, viv_error *err)
{
    int code = spawn(process, program, err);

    if (code == 0)
        code = send_charter(process, charter, err);
    if (code < 0)
        crew_process_end(process, NULL, 0);
    return code;
}

/* Its parent, this process, has waited for it elsewhere. */
#define UNKNOWN (-1)

static void say_why(const struct os_exit *end, char *why, size_t size)
{
    if (end->signal == 0 && end->code == UNKNOWN)
        snprintf(why, size, "has ended; of what, somebody else was told");
    else if (end->signal == SIGSYS)
        snprintf(why, size,
                 "was killed because of a system call that it has no right to");
    else if (end->signal != 0)
        snprintf(why, size, "was killed by signal %d", end->signal);
    else
        snprintf(why, size, "ended with code %d", end->code);
}

void crew_process_end(struct crew_process *process, char *why, size_t size)
{
    struct os_exit end = {0};

    os_fd_close(process->fd);
    if (process->process.pid > 0) {
        os_process_signal(&process->process, SIGKILL);
        if (os_process_wait(&process->process, &end, NULL) < 0)
            end.code = UNKNOWN;
        if (why != NULL)
            say_why(&end, why, size);
    }
    base_buf_fini(&process->out);
    base_buf_fini(&process->in);
    crew_process_init(process);
}

/* ------------------------------------------------------------------------
 * Bytes.
 */

static void shrink(struct base_buf *buf)
{
    if (buf->capacity > 2 * PIECE_BYTES)
        base_buf_fini(buf);
    else
        base_buf_clear(buf);
}

/* The first `*count` bytes make room for others. */
static void drop(struct base_buf *buf, size_t *count)
{
    if (*count == buf->len) {
        shrink(buf);
    } else if (*count > 0) {
        memmove(buf->at, buf->at + *count, buf->len - *count);
        buf->len -= *count;
    }
    *count = 0;
}

/* Also where there is always something left to send what was sent is dropped,
 * when it is so much that this is no more work than it was to send it. */
bool crew_process_send(struct crew_process *process)
{
    struct base_buf *out = &process->out;
    int64_t put = 0;

    while (put >= 0 && process->sent < out->len) {
        put = os_socket_send(process->fd, out->at + process->sent,
                             out->len - process->sent);
        if (put >= 0) {
            process->sent += (size_t)put;
            process->gone += (uint64_t)put;
        }
    }
    if (process->sent >= out->len - process->sent)
        drop(out, &process->sent);
    return put >= 0 || put == -EAGAIN;
}

int crew_process_receive(struct crew_process *process)
{
    char *to;
    int64_t got;

    drop(&process->in, &process->taken);
    to = base_buf_room(&process->in, PIECE_BYTES);
    if (to == NULL)
        return VIV_ENOMEM;
    got = os_socket_receive(process->fd, to, PIECE_BYTES);
    if (got == -EAGAIN)
        return 0;
    if (got <= 0)
        return VIV_EIO;
    process->in.len += (size_t)got;
    return 1;
}

bool crew_process_head(const struct crew_process *process,
                       struct crew_head *ret_head)
{
    if (process->in.len - process->taken < CREW_HEAD_BYTES)
        return false;
    *ret_head = crew_message_head(process->in.at + process->taken);
    return true;
}

bool crew_process_take(struct crew_process *process, const uint8_t **ret_body)
{
    struct crew_head head;

    if (!crew_process_head(process, &head) ||
        process->in.len - process->taken - CREW_HEAD_BYTES < head.len)
        return false;
    *ret_body =
        (const uint8_t *)process->in.at + process->taken + CREW_HEAD_BYTES;
    process->taken += CREW_HEAD_BYTES + head.len;
    return true;
}
