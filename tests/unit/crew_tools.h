/* crew_tools.h - a pool and an executor with workers, for tests.
 *
 *     open_crew("viv", 1);
 *     EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
 *     EXPECT_EQ_INT(result.i32, 5);
 *     close_crew();
 *
 * The worker is the command `viv`, or, if the pool has another name, this very
 * program, which then plays a worker that does what the name says: see play().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_TOOLS_H
#define CREW_TOOLS_H

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "crew/crew.h"
#include "crew/crew_keeper.h"
#include "crew/crew_process.h"
#include "crew/crew_result.h"
#include "crew/crew_task.h"
#include "guest.h"
#include "mode_tools.h"
#include "os/os_clock.h"
#include "os/os_socket.h"
#include "os/os_spawn.h"

#define MS UINT64_C(1000000)

static const char WAT[] =
    "(module (memory 1 100) (global $n (mut i32) (i32.const 0))"
    " (func (export \"add\") (param i32 i32) (result i32)"
    "  (i32.add (local.get 0) (local.get 1)))"
    " (func (export \"next\") (param i32 i32) (result i32)"
    "  (global.set $n (i32.add (global.get $n) (i32.const 1)))"
    "  (global.get $n))"
    " (func (export \"loop\") (param i32 i32) (result i32)"
    "  (loop $l (result i32) (br $l)))"
    " (func (export \"trap\") (param i32 i32) (result i32) (unreachable))"
    " (func (export \"grow\") (param i32 i32) (result i32)"
    "  (drop (memory.grow (local.get 0)))"
    "  (i32.store (i32.const 100000) (i32.const 7)) (memory.size)))";

static viv_image *image;
static viv_pool_config config;
static viv_pool *pool;
static viv_executor_config work;
static viv_executor *executor;
static viv_limits limits;
static viv_error err;

/* The latest job. */
static viv_value args[2], result;
static viv_call_task call;
static viv_task task;
static viv_job *job;
static viv_job_result end;

/* ------------------------------------------------------------------------
 * Programs.
 */

static inline const char *this_program(void)
{
    static char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    EXPECT(len > 0);
    path[len] = '\0';
    return path;
}

static inline const char *viv_program(void)
{
    static char path[PATH_MAX];
    const char *viv = getenv("VIV");

    if (viv != NULL)
        return viv;
    snprintf(path, sizeof(path), "%s", this_program());
    *strrchr(path, '/') = '\0';
    snprintf(strrchr(path, '/'), 8, "/viv");
    return path;
}

/* ------------------------------------------------------------------------
 * Crews.
 */

/* Tools that add system calls of their own find them forbidden there. */
static inline void need_workers(void)
{
    if (!mode_is("plain"))
        SKIP("the tool makes system calls of its own");
}

static inline void make_image(const char *wat)
{
    struct guest guest = guest_start(wat);

    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    guest_end(&guest);
    viv_pool_config_default(&config);
    viv_executor_config_default(&work);
    viv_limits_default(&limits);
    config.limits = &limits;
    config.max = 4;
}

/* `image` is there. */
static inline void open_crew_with(const char *name, uint32_t workers)
{
    need_workers();
    config.name = name;
    work.threads = workers;
    work.worker = strcmp(name, "viv") == 0 ? viv_program() : this_program();
    if (viv_pool_new(image, &config, &pool, &err) < 0 ||
        viv_executor_new(&work, &executor, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static inline void open_crew(const char *name, uint32_t workers)
{
    make_image(WAT);
    open_crew_with(name, workers);
}

static inline void close_crew(void)
{
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    pool_check((struct pool *)pool);
    viv_pool_unref(pool);
    viv_image_unref(image);
}

/* ------------------------------------------------------------------------
 * Jobs.
 */

static inline void prepare_call(const char *name, uint32_t a, uint32_t b)
{
    args[0].i32 = a;
    args[1].i32 = b;
    call = (viv_call_task){name, strlen(name), args, 2, &result, 1};
    viv_task_of_call(&call, &task);
}

static inline int hand_in(void)
{
    return viv_submit(executor, pool, &task, &job, &err);
}

static inline void submit(const char *name, uint32_t a, uint32_t b)
{
    prepare_call(name, a, b);
    if (hand_in() < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* Of the latest job; 0: it has no outcome. */
static inline uint32_t wait_for_end(void)
{
    EXPECT_EQ_INT(viv_job_wait(job, 30 * VIV_NS_PER_S, &end), 0);
    viv_job_free(job);
    return end.code == 0 ? end.outcome.kind : 0;
}

static inline uint32_t ask(const char *name, uint32_t a, uint32_t b)
{
    submit(name, a, b);
    return wait_for_end();
}

/* ------------------------------------------------------------------------
 * Processes.
 */

static inline int count_in(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* The children of this process, of any thread; returns how many. */
static inline int find_children(pid_t *pids, int max)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(folder)) != NULL) {
        char path[64];
        FILE *file;

        snprintf(path, sizeof(path), "/proc/self/task/%.20s/children",
                 entry->d_name);
        file = fopen(path, "r");
        while (file != NULL && count < max &&
               fscanf(file, "%d", &pids[count]) == 1)
            count++;
        if (file != NULL)
            fclose(file);
    }
    closedir(folder);
    return count;
}

/* ------------------------------------------------------------------------
 * A worker that is none.
 */

static inline void say(enum crew_kind kind, uint64_t id, const void *bytes,
                       size_t len)
{
    struct base_buf buf;
    size_t at;

    base_buf_init(&buf, SIZE_MAX);
    at = crew_message_begin(&buf, kind, id);
    base_buf_bytes(&buf, bytes, len);
    crew_message_end(&buf, at);
    (void)os_socket_send_all(OS_SPAWN_FD, buf.at, buf.len);
    base_buf_fini(&buf);
}

static inline void say_number(enum crew_kind kind, uint32_t number)
{
    uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8),
                        (uint8_t)(number >> 16), (uint8_t)(number >> 24)};

    say(kind, 0, bytes, sizeof(bytes));
}

static inline void wait_for_ever(void)
{
    for (;;)
        pause();
}

/* What a call that returned 5 comes to, as a message. */
static inline void put_five(struct base_buf *buf, uint64_t id)
{
    viv_job_result good = {.outcome = {.kind = VIV_RETURNED}};
    viv_value five = {.i32 = 5};
    viv_call_task one = {.results = &five, .result_count = 1};

    crew_result_put(buf, id, &good, &one, NULL);
}

static inline void say_five(uint64_t id, size_t len)
{
    struct base_buf buf;

    base_buf_init(&buf, SIZE_MAX);
    put_five(&buf, id);
    (void)os_socket_send_all(OS_SPAWN_FD, buf.at,
                             len < buf.len ? len : buf.len);
    base_buf_fini(&buf);
}

/* A program that should be a worker, but does what it always does. */
static inline void play_forgetful(void)
{
    viv_executor_config_default(&work);
    work.worker = this_program();
    _exit(viv_executor_new(&work, &executor, &err) == VIV_EINVAL ? 42 : 43);
}

/* Before READY. */
static inline void play_beginning(const char *what)
{
    if (strcmp(what, "dies") == 0)
        _exit(3);
    if (strcmp(what, "forgetful") == 0)
        play_forgetful();
    if (strcmp(what, "silent") == 0)
        wait_for_ever();
    if (strcmp(what, "version") == 0)
        say_number(CREW_HELLO, 99);
    else if (strcmp(what, "rude") != 0)
        say_number(CREW_HELLO, CREW_MESSAGE_VERSION);
    if (strcmp(what, "failed") == 0) {
        say(CREW_FAILED, 0, "\x05\0\0\0\0\0\0\0why?", 13);
        _exit(1);
    }
    if (strcmp(what, "long-hello") == 0)
        say(CREW_HELLO, 0, what, 3000);
    say(CREW_READY, 0, NULL, 0);
    if (strcmp(what, "ready-twice") == 0)
        say(CREW_READY, 0, NULL, 0);
}

/* With job `id`. */
static inline void play_job(const char *what, uint64_t id)
{
    uint32_t head[4] = {CREW_RESULT, UINT32_MAX, (uint32_t)id,
                        (uint32_t)(id >> 32)};

    static uint64_t first;

    if (strcmp(what, "mute") == 0)
        return;
    if (strcmp(what, "pair") == 0 && first == 0) {
        first = id + 1;
        return;
    }
    if (strcmp(what, "pair") == 0)
        say_five(first - 1, SIZE_MAX), usleep(5000);
    if (strcmp(what, "late-failed") == 0)
        say(CREW_FAILED, 0, "\x05\0\0\0\0\0\0\0why?", 13);
    if (strcmp(what, "kind") == 0)
        say((enum crew_kind)77, id, NULL, 0);
    else if (strcmp(what, "empty") == 0)
        say(CREW_RESULT, id, NULL, 0);
    else if (strcmp(what, "endless") == 0)
        (void)os_socket_send_all(OS_SPAWN_FD, head, sizeof(head));
    else if (strcmp(what, "unknown") == 0)
        say_five(id + 1, SIZE_MAX);
    else if (strcmp(what, "old") == 0)
        say_five(id + (UINT64_C(1) << 32), SIZE_MAX);
    else if (strcmp(what, "long-twice") == 0)
        say(CREW_LONG, id, NULL, 0), say(CREW_LONG, id, NULL, 0);
    else if (strcmp(what, "half") == 0)
        say_five(id, 100), _exit(0);
    else
        say_five(id, SIZE_MAX);
    if (strcmp(what, "twice") == 0)
        say_five(id, SIZE_MAX);
    if (strcmp(what, "last-word") == 0)
        _exit(0);
}

/* It answers what it has only seen the beginning of. */
static inline void play_prophet(uint64_t id)
{
    viv_job_result exited = {.outcome = {.kind = VIV_EXITED}};
    struct base_buf buf;

    base_buf_init(&buf, SIZE_MAX);
    crew_result_put(&buf, id, &exited, NULL, NULL);
    (void)os_socket_send_all(OS_SPAWN_FD, buf.at, buf.len);
    wait_for_ever();
}

static inline void play(void)
{
    static uint8_t bytes[CREW_HEAD_BYTES], body[100000];
    static struct crew_terms terms;
    int fds[OS_SOCKET_FDS_MAX];
    struct crew_head head;
    size_t count;

    os_spawn_begin();
    if (os_socket_receive_fds(OS_SPAWN_FD, bytes, sizeof(bytes), fds, &count) <
        0)
        _exit(9);
    head = crew_message_head(bytes);
    if (os_socket_receive_all(OS_SPAWN_FD, body, head.len) < 0 ||
        crew_charter_read(body, head.len, &terms, NULL) < 0)
        _exit(8);
    play_beginning(terms.config.name);
    while (os_socket_receive_all(OS_SPAWN_FD, bytes, sizeof(bytes)) == 0) {
        static uint8_t job_body[100000];

        head = crew_message_head(bytes);
        if (strcmp(terms.config.name, "prophet") == 0)
            play_prophet(head.id);
        (void)os_socket_receive_all(OS_SPAWN_FD, job_body, head.len);
        if (head.kind == CREW_CALL || head.kind == CREW_PYTHON)
            play_job(terms.config.name, head.id);
    }
    _exit(0);
}

__attribute__((constructor)) static void play_if_told_so(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], CREW_PROCESS_WORD) == 0 &&
        strcmp(argv[2], CREW_PROCESS_MARK) == 0)
        play();
}

#endif /* CREW_TOOLS_H */
