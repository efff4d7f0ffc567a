/* worker_ask.c - functions of the host that are not in this process.
 *
 * A question is in the list from being sent until its answer has come; if
 * nobody waits for that any more, the promise says so, and it is forgotten.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "worker/worker_ask.h"

#include <pthread.h>
#include <string.h>

#include "base/base_alloc.h"
#include "crew/crew_ask.h"
#include "os/os_socket.h"
#include "python/python_door.h"

struct worker_question {
    struct worker_question *next;
    uint64_t number;
    viv_promise *promise;
};

static int line;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker_question *questions;
static uint64_t last_number;
static _Thread_local uint64_t job;

/* ------------------------------------------------------------------------
 * Asking.
 */

static struct worker_question *add(viv_promise *promise)
{
    struct worker_question *question = base_alloc_zero(1, sizeof(*question));

    if (question == NULL)
        return NULL;
    question->promise = promise;
    pthread_mutex_lock(&lock);
    question->number = ++last_number;
    question->next = questions;
    questions = question;
    pthread_mutex_unlock(&lock);
    return question;
}

/* The promise of this number, which is not in the list any more; or NULL. */
static viv_promise *take(uint64_t number)
{
    struct worker_question **at = &questions, *question;
    viv_promise *promise = NULL;

    pthread_mutex_lock(&lock);
    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    question = *at;
    if (question != NULL) {
        *at = question->next;
        promise = question->promise;
    }
    pthread_mutex_unlock(&lock);
    base_free(question);
    return promise;
}

static bool send_ask(uint64_t number, uint32_t function, bool is_again,
                     const viv_reader *args)
{
    struct base_buf buf;
    bool is_sent;

    base_buf_init(&buf, SIZE_MAX);
    is_sent = crew_ask_put(&buf, number, job, function, is_again, args->start,
                           (size_t)(args->end - args->start)) &&
              os_socket_send_all(line, buf.at, buf.len) == 0;
    base_buf_fini(&buf);
    return is_sent;
}

/* A viv_python_func; the cookie is the function's number. */
static int ask(viv_question *asked, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    struct worker_question *question;
    viv_promise *promise;
    uint64_t number;
    int code = viv_question_later(asked, &promise, NULL);

    (void)count;
    (void)answer;
    if (code < 0)
        return code;
    question = add(promise);
    number = question != NULL ? question->number : 0;
    if (question != NULL && send_ask(number, (uint32_t)(uintptr_t)cookie,
                                     viv_question_is_again(asked), args))
        return VIV_LATER;
    if (question != NULL)
        (void)take(number);
    viv_promise_free(promise);
    return VIV_ENOMEM;
}

void worker_ask_init(int fd, viv_python_function *functions, size_t count)
{
    line = fd;
    for (size_t i = 0; i < count; i++) {
        functions[i].func = ask;
        functions[i].cookie = (void *)(uintptr_t)i;
    }
}

void worker_ask_for(uint64_t id)
{
    job = id;
}

/* ------------------------------------------------------------------------
 * Answers.
 */

/* A C string of the next text; NULL: there is none, or no memory. */
static char *copy_text(viv_reader *reader)
{
    viv_item item;
    char *text;

    if (viv_read(reader, &item, NULL) < 0 || item.kind != VIV_DATA_TEXT)
        return NULL;
    text = base_alloc(item.len + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, item.bytes, item.len);
    text[item.len] = '\0';
    return text;
}

static void raise(viv_promise *promise, viv_reader *reader)
{
    char *type = copy_text(reader), *message = copy_text(reader);

    (void)viv_promise_break(promise, type != NULL ? type : "",
                            message != NULL ? message : "");
    base_free(type);
    base_free(message);
}

/* As python_answer.h writes it. */
void worker_ask_answer(uint64_t number, const uint8_t *body, size_t len)
{
    viv_promise *promise = take(number);
    viv_reader reader;
    viv_item list, kind = {0};

    if (promise == NULL)
        return;
    viv_reader_init(&reader, body, len);
    if (viv_read(&reader, &list, NULL) == 0 &&
        viv_read(&reader, &kind, NULL) == 0 && kind.integer == PYTHON_DOOR_GOOD)
        (void)viv_promise_keep(promise, reader.at,
                               (size_t)(reader.end - reader.at));
    else
        raise(promise, &reader);
    viv_promise_free(promise);
}
