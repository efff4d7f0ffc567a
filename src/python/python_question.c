/* python_question.c - what Python asks the host: the imports of the door.
 *
 * SECURITY.  Everything that comes through here is the guest's word.  Arguments
 * are copied out, once, and checked before a function of the host sees them; no
 * more is copied than the guest has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_question.h"

#include <stdio.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "data/data_check.h"
#include "data/data_read.h"
#include "data/data_write.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "python/python_door.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_token.h"
#include "wasi/wasi_guest.h"

/* What viv_question_raise() returns. */
#define RAISED 3

/* The sandbox cannot do what its guest wants: the guest is at fault. */
#define FAULT (-1)

/* ------------------------------------------------------------------------
 * Answers.
 */

int python_question_raise(viv_question *question, const char *type,
                          const char *message)
{
    python_answer_raise(question->answer, question->id, type, message);
    question->is_raised = true;
    return RAISED;
}

static void raise_code(viv_question *question, int code)
{
    char text[64];

    snprintf(text, sizeof(text), "the host failed: %d, %s", code,
             viv_error_name(code));
    python_question_raise(question, "", text);
}

int python_question_later(viv_question *question,
                          struct python_promise **ret_promise, viv_error *err)
{
    if (question->promise != NULL)
        return base_error(err, VIV_EINVAL, "the promise was taken before");
    if (question->box != NULL && question->box->sandbox->is_starting)
        return base_error(err, VIV_EUNSUPPORTED,
                          "a start function cannot wait for an answer");
    question->promise =
        question->box != NULL
            ? python_promise_new(question->box, question->id)
            : python_promise_new_far(question->deliver, question->cookie);
    if (question->promise == NULL)
        return base_error_memory(err);
    *ret_promise = question->promise;
    return 0;
}

/* ------------------------------------------------------------------------
 * Asking.
 */

/* The arguments are a tuple; what is in it follows its head. */
static int read_arguments(const viv_question *question, viv_reader *ret_reader,
                          size_t *ret_count)
{
    viv_item item;

    if (data_check(question->given, question->given_len, NULL) < 0)
        return VIV_EFORMAT;
    data_read_init(ret_reader, question->given, question->given_len);
    if (data_read(ret_reader, &item, NULL) < 0 || item.kind != VIV_DATA_TUPLE)
        return VIV_EFORMAT;
    *ret_count = item.count;
    return 0;
}

/* The function may have written a value, none, or nonsense. */
static void end_answer(viv_question *question)
{
    viv_writer *answer = question->answer;
    const void *bytes;
    size_t len;

    if (!question->is_raised && answer->code == 0 && answer->owed == 1)
        data_write_none(answer);
    if (data_write_end(answer, &bytes, &len, NULL) < 0)
        python_question_raise(question, "",
                              "the host wrote what is not one value");
}

/* It took a promise, and answered all the same: nobody waits for that. */
static void unpromise(viv_question *question)
{
    if (question->promise == NULL)
        return;
    if (question->box == NULL) {
        python_promise_detach(question->promise);
    } else if (question->id == PYTHON_ANSWER_CALL) {
        python_promise_detach(question->promise);
        question->box->asked = NULL;
    } else {
        python_promise_forget(question->box, question->id);
    }
    question->promise = NULL;
}

void python_question_far(viv_question *question, uint32_t index)
{
    const viv_python_function *function;
    viv_reader reader;
    size_t count;
    int code = read_arguments(question, &reader, &count);

    if (code < 0 || index >= question->host->function_count) {
        python_question_raise(question, "SystemError",
                              "there is no such function of the host");
        return;
    }
    function = &question->host->functions[index];
    python_answer_begin(question->answer, question->id);
    code = function->func(question, &reader, count, question->answer,
                          function->cookie);
    if (code == VIV_LATER && question->promise != NULL)
        return;
    unpromise(question);
    if (code == VIV_LATER)
        python_question_raise(question, "", "the host promised nothing");
    else if (code < 0)
        raise_code(question, code);
    end_answer(question);
}

/* The same of the guest that has the box, whose arguments were taken. */
static void ask_host(viv_question *question, uint32_t index)
{
    struct python_box *box = question->box;

    question->host = box->host;
    question->given = box->given.at;
    question->given_len = box->given.len;
    question->answer = &box->answer;
    python_question_far(question, index);
}

static int take_arguments(struct python_box *box, const viv_value *at,
                          const viv_value *len)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);
    char *span;

    if (wasi_guest_span(&guest, wasi_at(at->i32), len->i32, &span) != 0)
        return FAULT;
    base_buf_clear(&box->given);
    base_buf_bytes(&box->given, span, len->i32);
    return box->given.failed ? FAULT : 0;
}

/* ------------------------------------------------------------------------
 * Handing over.
 */

/* As much of the message as there is room for; fetch() brings all of it. */
static int hand_over(struct python_box *box, const void *bytes, size_t len,
                     const viv_value *to, const viv_value *room,
                     viv_value *result)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);
    int code = 0;

    if (len <= room->i32) {
        code = wasi_guest_put(&guest, wasi_at(to->i32), bytes, len);
    } else {
        base_buf_clear(&box->late);
        base_buf_bytes(&box->late, bytes, len);
        if (box->late.failed)
            return FAULT;
    }
    result->i32 = (uint32_t)len;
    return code == 0 ? 0 : FAULT;
}

static int box_of(viv_host_call *call, struct python_box **ret_box)
{
    return python_box_of(call->sandbox, ret_box, NULL);
}

/* ------------------------------------------------------------------------
 * ask(function, arguments, len, to, room) -> len
 */

/* Is this the host call that wanted to be asked again? */
static bool is_this_call(const struct python_box *box)
{
    return box->asked_in == sandbox_serial(box->sandbox) &&
           box->asked_at == box->sandbox->instance.host_calls;
}

/* Let it be asked again when somebody pokes, or at `when`. */
static int come_back(struct python_box *box, uint64_t when)
{
    box->asked_in = sandbox_serial(box->sandbox);
    box->asked_at = box->sandbox->instance.host_calls;
    return sandbox_token_again(box->sandbox, when, NULL) < 0 ? FAULT
                                                             : VIV_LATER;
}

static int give_promised(struct python_box *box, const viv_value *args,
                         viv_value *results)
{
    const void *bytes;
    size_t len;
    int code;

    if (!python_promise_look(box->asked, &bytes, &len))
        return come_back(box, OS_NUDGE_NEVER);
    code = hand_over(box, bytes, len, &args[3], &args[4], results);
    python_promise_detach(box->asked);
    box->asked = NULL;
    return code;
}

static int ask(viv_host_call *call, const viv_value *args, viv_value *results,
               void *cookie)
{
    viv_question question = {.id = PYTHON_ANSWER_CALL};
    const void *bytes;
    size_t len;

    (void)cookie;
    if (box_of(call, &question.box) < 0)
        return FAULT;
    if (question.box->asked != NULL && is_this_call(question.box))
        return give_promised(question.box, args, results);
    if (question.box->asked != NULL)
        python_promise_detach(question.box->asked);
    question.box->asked = NULL;
    if (take_arguments(question.box, &args[1], &args[2]) < 0)
        return FAULT;
    ask_host(&question, args[0].i32);
    if (question.promise != NULL)
        return give_promised(question.box, args, results);
    if (data_write_end(&question.box->answer, &bytes, &len, NULL) < 0)
        return FAULT;
    return hand_over(question.box, bytes, len, &args[3], &args[4], results);
}

/* fetch(to) */
static int fetch(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    struct python_box *box;
    struct wasi_guest guest;

    (void)results;
    (void)cookie;
    if (box_of(call, &box) < 0)
        return FAULT;
    guest = wasi_guest_of(&box->sandbox->instance);
    return wasi_guest_put(&guest, wasi_at(args[0].i32), box->late.at,
                          box->late.len) == 0
               ? 0
               : FAULT;
}

/* ------------------------------------------------------------------------
 * What is awaited.
 */

/* begin(id, function, arguments, len) */
static int begin(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    viv_question question = {.id = args[0].i32};
    const void *bytes;
    size_t len;

    (void)results;
    (void)cookie;
    if (box_of(call, &question.box) < 0 ||
        take_arguments(question.box, &args[2], &args[3]) < 0)
        return FAULT;
    question.is_again = (args[1].i32 & PYTHON_DOOR_AGAIN) != 0;
    python_promise_forget(question.box, question.id);
    if (!python_box_may_ask(question.box))
        return FAULT;
    ask_host(&question, args[1].i32 & ~PYTHON_DOOR_AGAIN);
    if (question.promise != NULL)
        return 0;
    return data_write_end(&question.box->answer, &bytes, &len, NULL) == 0 &&
                   python_box_hand_in(question.box, bytes, len)
               ? 0
               : FAULT;
}

/* forget(id) */
static int forget(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    struct python_box *box;

    (void)results;
    (void)cookie;
    if (box_of(call, &box) < 0)
        return FAULT;
    python_promise_forget(box, args[0].i32);
    return 0;
}

/* The id of a message that we wrote. */
static int64_t id_of(const struct python_done *done)
{
    viv_reader reader;
    viv_item item = {0};

    data_read_init(&reader, done->bytes, done->len);
    data_read(&reader, &item, NULL);
    data_read(&reader, &item, NULL);
    return item.integer;
}

/* collect(to, room) -> len */
static int collect(viv_host_call *call, const viv_value *args,
                   viv_value *results, void *cookie)
{
    struct python_box *box;
    struct python_done *done;
    int code;

    (void)cookie;
    results[0].i32 = 0;
    if (box_of(call, &box) < 0)
        return FAULT;
    done = python_box_take(box);
    if (done == NULL)
        return 0;
    python_promise_forget(box, id_of(done));
    code = hand_over(box, done->bytes, done->len, &args[0], &args[1], results);
    base_free(done);
    return code;
}

static uint64_t until(const viv_value *ns)
{
    int64_t left = (int64_t)ns->i64;

    return left < 0 || (uint64_t)left >= VIV_ENDLESS / 2
               ? OS_NUDGE_NEVER
               : os_clock_now() + (uint64_t)left;
}

/* wait(ns): until somebody pokes, which is once. */
static int wait(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    struct python_box *box;

    (void)results;
    (void)cookie;
    if (box_of(call, &box) < 0)
        return FAULT;
    if (is_this_call(box) || python_box_has_done(box))
        return 0;
    return come_back(box, until(&args[0]));
}

/* park(ns) */
static int park(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    (void)results;
    (void)cookie;
    sandbox_call_park(call->sandbox, until(&args[0]));
    return 0;
}

/* ------------------------------------------------------------------------
 * The table.
 */

#define I "\x7f" /* VIV_I32 */
#define L "\x7e" /* VIV_I64 */

#define ROW(name_, params_, results_)                                          \
    {                                                                          \
        .module = PYTHON_DOOR_MODULE, .name = #name_, .kind = VIV_FUNC,        \
        .func_type = {(const uint8_t *)(params_), (const uint8_t *)(results_), \
                      sizeof(params_) - 1, sizeof(results_) - 1},              \
        .func = name_                                                          \
    }

static const viv_import rows[] = {
    ROW(ask, I I I I I, I), ROW(fetch, I, ""),    ROW(begin, I I I I, ""),
    ROW(forget, I, ""),     ROW(collect, I I, I), ROW(wait, L, ""),
    ROW(park, L, ""),
};

const viv_import *python_question_imports(size_t *ret_count)
{
    *ret_count = sizeof(rows) / sizeof(rows[0]);
    return rows;
}
