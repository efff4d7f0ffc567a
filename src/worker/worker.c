/* worker.c - the process that has the guests of one pool, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "worker/worker.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "crew/crew_message.h"
#include "crew/crew_process.h"
#include "os/os_socket.h"
#include "os/os_spawn.h"

/* Arguments, environment and input are 16 MiB at most each. */
#define CHARTER_MAX ((uint32_t)64 << 20)

static void send_message(int fd, struct base_buf *buf, size_t at)
{
    if (crew_message_end(buf, at))
        (void)os_socket_send_all(fd, buf->at, buf->len);
    base_buf_fini(buf);
}

static void greet(int fd)
{
    struct base_buf buf;
    size_t at;

    base_buf_init(&buf, SIZE_MAX);
    at = crew_message_begin(&buf, CREW_HELLO, 0);
    crew_message_u32(&buf, CREW_MESSAGE_VERSION);
    send_message(fd, &buf, at);
}

static void say_ready(int fd)
{
    struct base_buf buf;

    base_buf_init(&buf, SIZE_MAX);
    send_message(fd, &buf, crew_message_begin(&buf, CREW_READY, 0));
}

static int say_failed(int fd, const viv_error *err)
{
    struct base_buf buf;
    size_t at;

    base_buf_init(&buf, SIZE_MAX);
    at = crew_message_begin(&buf, CREW_FAILED, 0);
    crew_message_text(&buf, err->text);
    send_message(fd, &buf, at);
    return 1;
}

/* The charter, which the caller owns for good. */
static int hear_charter(int fd, uint8_t **ret_body, size_t *ret_len, int *fds)
{
    uint8_t bytes[CREW_HEAD_BYTES];
    struct crew_head head;
    size_t count;

    if (os_socket_receive_fds(fd, bytes, sizeof(bytes), fds, &count) < 0)
        return VIV_EIO;
    head = crew_message_head(bytes);
    if (head.kind != CREW_CHARTER || count != CREW_FDS ||
        head.len > CHARTER_MAX)
        return VIV_EFORMAT;
    *ret_body = base_alloc(head.len + (size_t)1);
    *ret_len = head.len;
    return *ret_body != NULL ? os_socket_receive_all(fd, *ret_body, head.len)
                             : VIV_ENOMEM;
}

int viv_worker_main(int argc, char **argv)
{
    static struct worker worker = {.fd = OS_SPAWN_FD};
    int fds[OS_SOCKET_FDS_MAX];
    uint8_t *body;
    size_t len;
    viv_error err;

    if (argc != 3 || strcmp(argv[1], CREW_PROCESS_WORD) != 0 ||
        strcmp(argv[2], CREW_PROCESS_MARK) != 0)
        return -1;
    os_spawn_begin();
    greet(worker.fd);
    if (hear_charter(worker.fd, &body, &len, fds) < 0)
        return 1;
    if (worker_begin(&worker, body, len, fds, &err) < 0)
        return say_failed(worker.fd, &err);
    say_ready(worker.fd);
    worker_serve(&worker);
}
