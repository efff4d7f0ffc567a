/* test_crew_process.c - a worker process, and the line to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#include <sys/wait.h>

#include "os/os_fail.h"
#include "os/os_fd.h"

static struct crew_process line;
static struct crew_charter charter;
static struct crew_head head;
static const uint8_t *body;
static int other; /* its end of the line */

/* Without a process. */
static void begin(void)
{
    int fds[2];

    crew_process_init(&line);
    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    line.fd = fds[0];
    other = fds[1];
}

static void finish(void)
{
    crew_process_end(&line, NULL, 0);
    os_fd_close(other);
}

TEST(messages_come_whole_or_not_at_all)
{
    struct base_buf buf;

    begin();
    base_buf_init(&buf, SIZE_MAX);
    put_five(&buf, 5);
    for (size_t n = 0; n < buf.len; n++) {
        EXPECT(!crew_process_take(&line, &body));
        EXPECT_EQ_INT(crew_process_head(&line, &head), n >= CREW_HEAD_BYTES);
        EXPECT_EQ_INT(os_socket_send(other, buf.at + n, 1), 1);
        EXPECT_EQ_INT(crew_process_receive(&line), 1);
    }
    EXPECT(crew_process_head(&line, &head));
    EXPECT_EQ_INT(head.id, 5);
    EXPECT(crew_process_take(&line, &body));
    EXPECT_EQ_MEM(body, buf.at + CREW_HEAD_BYTES, head.len);
    EXPECT(!crew_process_head(&line, &head));
    EXPECT_EQ_INT(crew_process_receive(&line), 0);
    base_buf_fini(&buf);
    finish();
}

TEST(many_that_come_at_once_are_taken_one_by_one)
{
    struct base_buf buf;
    uint64_t next = 0;

    begin();
    base_buf_init(&buf, SIZE_MAX);
    for (uint64_t id = 0; id < 300; id++)
        put_five(&buf, id);
    EXPECT_EQ_INT(os_socket_send(other, buf.at, buf.len), buf.len);
    while (next < 300) {
        EXPECT_EQ_INT(crew_process_receive(&line), 1);
        while (crew_process_head(&line, &head) &&
               crew_process_take(&line, &body))
            EXPECT_EQ_INT(head.id, next++);
    }
    base_buf_fini(&buf);
    finish();
}

TEST(what_cannot_be_sent_now_is_sent_later)
{
    static char bytes[1 << 20];
    size_t all = 0;
    int64_t got;

    begin();
    base_buf_bytes(&line.out, bytes, sizeof(bytes));
    EXPECT(crew_process_send(&line));
    EXPECT(crew_process_has_more(&line));
    while (all < sizeof(bytes)) {
        got = os_socket_receive(other, bytes, sizeof(bytes));
        EXPECT(got > 0);
        all += (size_t)got;
        EXPECT(crew_process_send(&line));
    }
    EXPECT(!crew_process_has_more(&line));
    os_fd_close(other);
    other = -1;
    base_buf_char(&line.out, 'x');
    EXPECT(!crew_process_send(&line));
    EXPECT(crew_process_receive(&line) < 0);
    finish();
}

/* It is always behind, but reads. */
TEST(what_was_sent_is_not_kept)
{
    static char bytes[1 << 18];
    size_t left = 0;

    begin();
    for (int round = 0; round < 200; round++) {
        if (left < 4 * sizeof(bytes)) {
            base_buf_bytes(&line.out, bytes, sizeof(bytes));
            left += sizeof(bytes);
        }
        EXPECT(crew_process_send(&line));
        EXPECT(round < 4 || crew_process_has_more(&line));
        EXPECT(line.out.len <= 12 * sizeof(bytes));
        left -= (size_t)os_socket_receive(other, bytes, sizeof(bytes) / 2);
    }
    finish();
}

TEST(how_it_ended_is_said)
{
    char why[CREW_WHY_BYTES] = "";

    need_workers();
    make_image(WAT);
    config.name = "dies";
    EXPECT_EQ_INT(viv_pool_new(image, &config, &pool, &err), 0);
    EXPECT_EQ_INT(crew_charter_init(&charter, (struct pool *)pool, 1, MS, &err),
                  0);
    crew_process_init(&line);
    EXPECT_EQ_INT(crew_process_start(&line, this_program(), &charter, &err), 0);
    EXPECT(crew_process_is_there(&line));
    while (crew_process_send(&line) && crew_process_receive(&line) >= 0)
        continue;
    usleep(50000);
    crew_process_end(&line, why, sizeof(why));
    EXPECT_EQ_STR(why, "ended with code 3");
    EXPECT(!crew_process_is_there(&line));
    EXPECT_EQ_INT(crew_process_start(&line, this_program(), &charter, &err), 0);
    EXPECT(crew_process_send(&line));
    EXPECT_EQ_INT(waitpid(line.process.pid, NULL, 0), line.process.pid);
    crew_process_end(&line, why, sizeof(why));
    EXPECT_HAS_STR(why, "has ended");
    for (uint64_t n = 1; n <= 4; n++) {
        os_fail_at(n);
        EXPECT(crew_process_start(&line, this_program(), &charter, &err) < 0);
        os_fail_at(0);
        EXPECT(!crew_process_is_there(&line));
    }
    crew_charter_fini(&charter);
    viv_pool_unref(pool);
    viv_image_unref(image);
}
