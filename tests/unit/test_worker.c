/* test_worker.c - the process that has the guests of one pool: its life.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#include "os/os_fd.h"
#include "worker/worker.h"

static struct os_process process;
static int line;

/* A worker that has been told nothing yet. */
static void start(void)
{
    const char *const argv[] = {viv_program(), CREW_PROCESS_WORD,
                                CREW_PROCESS_MARK, NULL};
    int fds[2];

    need_workers();
    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    EXPECT_EQ_INT(os_spawn(viv_program(), argv, fds[1], &process, &err), 0);
    os_fd_close(fds[1]);
    line = fds[0];
}

static struct crew_head hear(uint8_t *ret_body, size_t size)
{
    uint8_t bytes[CREW_HEAD_BYTES];
    struct crew_head head = {0};

    EXPECT_EQ_INT(os_socket_receive_all(line, bytes, sizeof(bytes)), 0);
    head = crew_message_head(bytes);
    EXPECT(head.len < size);
    EXPECT_EQ_INT(os_socket_receive_all(line, ret_body, head.len), 0);
    return head;
}

static int exit_code(void)
{
    struct os_exit how;

    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    os_fd_close(line);
    return how.code;
}

TEST(a_program_that_was_not_started_as_one_is_none)
{
    char *plain[] = {"viv", "run", NULL};
    char *near[] = {"viv", CREW_PROCESS_WORD, "x", NULL};

    EXPECT_EQ_INT(viv_worker_main(1, plain), -1);
    EXPECT_EQ_INT(viv_worker_main(2, plain), -1);
    EXPECT_EQ_INT(viv_worker_main(3, near), -1);
}

TEST(it_greets_and_ends_with_the_line)
{
    uint8_t body[100];

    start();
    EXPECT_EQ_INT(hear(body, sizeof(body)).kind, CREW_HELLO);
    EXPECT_EQ_INT(body[0], CREW_MESSAGE_VERSION);
    os_fd_close(line);
    line = -1;
    EXPECT_EQ_INT(exit_code(), 1);
}

TEST(what_is_no_charter_ends_it)
{
    uint8_t head[CREW_HEAD_BYTES] = {CREW_CALL}, body[100];

    start();
    EXPECT_EQ_INT(hear(body, sizeof(body)).kind, CREW_HELLO);
    EXPECT_EQ_INT(os_socket_send_all(line, head, sizeof(head)), 0);
    EXPECT_EQ_INT(exit_code(), 1);
}

/* What it cannot be, it says. */
TEST(a_charter_that_makes_no_sense_is_refused_with_a_sentence)
{
    uint8_t head[CREW_HEAD_BYTES] = {CREW_CHARTER}, body[500];
    int fds[2] = {0, 1};

    start();
    EXPECT_EQ_INT(hear(body, sizeof(body)).kind, CREW_HELLO);
    EXPECT_EQ_INT(os_socket_send_fds(line, head, sizeof(head), fds, 2), 0);
    EXPECT_EQ_INT(hear(body, sizeof(body)).kind, CREW_FAILED);
    EXPECT_HAS_STR((char *)body + 8, "charter makes no sense");
    EXPECT_EQ_INT(exit_code(), 1);
}
