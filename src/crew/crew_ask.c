/* crew_ask.c - functions of the host that guests in a worker call.
 *
 * SECURITY.  What asks may be a worker whose guest broke out.  Arguments are
 * checked as if they came from the guest before the function sees them, and it
 * may have no more questions open than a guest may.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_ask.h"

#include <string.h>

#include "base/base_alloc.h"
#include "crew/crew_keeper.h"
#include "crew/crew_message.h"
#include "data/data_write.h"
#include "python/python_question.h"

/* A question that was promised an answer. */
struct crew_open {
    struct crew_open *next;
    struct crew_asks *asks;
    uint64_t number;
    struct python_promise *promise;
};

/* An answer on its way to the thread that sends it. */
struct crew_late {
    struct crew_late *next;
    uint64_t number;
    size_t len;
    char bytes[];
};

void crew_ask_init(struct crew_asks *asks, struct crew_keeper *keeper)
{
    *asks = (struct crew_asks){.keeper = keeper};
    asks->late_end = &asks->late;
    pthread_mutex_init(&asks->lock, NULL);
}

void crew_ask_fini(struct crew_asks *asks)
{
    crew_ask_forget(asks);
    pthread_mutex_destroy(&asks->lock);
}

/* ------------------------------------------------------------------------
 * Messages.
 */

bool crew_ask_put(struct base_buf *buf, uint64_t number, uint64_t job,
                  uint32_t function, bool is_again, const void *args,
                  size_t len)
{
    size_t at = crew_message_begin(buf, CREW_ASK, number);

    crew_message_u64(buf, job);
    crew_message_u32(buf, function);
    crew_message_u32(buf, is_again);
    crew_message_bytes(buf, args, len);
    return crew_message_end(buf, at);
}

bool crew_ask_job(const uint8_t *body, size_t len, uint64_t *ret_job)
{
    struct base_read read;

    base_read_init(&read, body, len, 0);
    *ret_job = base_read_u64le(&read);
    return read.status == BASE_READ_OK;
}

static bool put_answer(struct base_buf *out, uint64_t number, const void *bytes,
                       size_t len)
{
    size_t at = crew_message_begin(out, CREW_ANSWER, number);

    base_buf_bytes(out, bytes, len);
    return crew_message_end(out, at);
}

/* ------------------------------------------------------------------------
 * Promises.
 */

static struct crew_late *take_late(struct crew_asks *asks)
{
    struct crew_late *late;

    pthread_mutex_lock(&asks->lock);
    late = asks->late;
    if (late != NULL)
        asks->late = late->next;
    if (asks->late == NULL)
        asks->late_end = &asks->late;
    pthread_mutex_unlock(&asks->lock);
    return late;
}

/* On any thread, with the promise locked: the question is there. */
static bool deliver(void *cookie, const void *bytes, size_t len)
{
    struct crew_open *open = cookie;
    struct crew_asks *asks = open->asks;
    struct crew_late *late = base_alloc(sizeof(*late) + len);

    if (late == NULL)
        return false;
    *late = (struct crew_late){.number = open->number, .len = len};
    memcpy(late->bytes, bytes, len);
    pthread_mutex_lock(&asks->lock);
    *asks->late_end = late;
    asks->late_end = &late->next;
    pthread_mutex_unlock(&asks->lock);
    crew_keeper_poke(asks->keeper);
    return true;
}

static void add_open(struct crew_asks *asks, struct crew_open *open)
{
    open->next = asks->open;
    asks->open = open;
    asks->count++;
}

/* From then on nothing of it is delivered. */
static void close_open(struct crew_asks *asks, struct crew_open **at)
{
    struct crew_open *open = *at;

    *at = open->next;
    asks->count--;
    python_promise_detach(open->promise);
    base_free(open);
}

static void close_number(struct crew_asks *asks, uint64_t number)
{
    struct crew_open **at = &asks->open;

    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    if (*at != NULL)
        close_open(asks, at);
}

/* ------------------------------------------------------------------------
 * Asking.
 */

/* Of a question that was read. */
static bool let_answer(struct crew_asks *asks, viv_question *question,
                       uint32_t function, struct base_buf *out)
{
    struct crew_open *open = question->cookie;
    uint64_t number = open->number;
    const void *bytes;
    size_t len;

    python_question_far(question, function);
    if (question->promise != NULL) {
        open->promise = question->promise;
        add_open(asks, open);
        return true;
    }
    base_free(open);
    return data_write_end(question->answer, &bytes, &len, NULL) == 0 &&
           put_answer(out, number, bytes, len);
}

bool crew_ask_hear(struct crew_asks *asks, const struct python_host *host,
                   uint64_t number, const uint8_t *body, size_t len,
                   struct base_buf *out)
{
    viv_question question = {.id = PYTHON_ANSWER_CALL, .host = host};
    struct crew_open *open;
    struct base_read read;
    viv_writer answer;
    uint32_t function;
    bool is_good;

    base_read_init(&read, body, len, 0);
    (void)base_read_u64le(&read);
    function = base_read_u32le(&read);
    question.is_again = base_read_u32le(&read) != 0;
    question.given = crew_message_get_bytes(&read, &question.given_len);
    if (!crew_message_is_done(&read) || asks->count >= PYTHON_OPEN_MAX)
        return false;
    open = base_alloc_zero(1, sizeof(*open));
    if (open == NULL)
        return false;
    open->asks = asks;
    open->number = number;
    data_write_init(&answer, NULL, PYTHON_MESSAGE_MAX);
    question.answer = &answer;
    question.deliver = deliver;
    question.cookie = open;
    is_good = let_answer(asks, &question, function, out);
    data_write_fini(&answer);
    return is_good;
}

void crew_ask_send(struct crew_asks *asks, struct base_buf *out)
{
    struct crew_late *late;

    while ((late = take_late(asks)) != NULL) {
        close_number(asks, late->number);
        (void)put_answer(out, late->number, late->bytes, late->len);
        base_free(late);
    }
}

void crew_ask_forget(struct crew_asks *asks)
{
    struct crew_late *late;

    while (asks->open != NULL)
        close_open(asks, &asks->open);
    while ((late = take_late(asks)) != NULL)
        base_free(late);
}
