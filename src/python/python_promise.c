/* python_promise.c - the right to answer a question, once.
 *
 * Locks, in this order: the promise's, the box's, the sandbox's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_promise.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "data/data_check.h"
#include "data/data_write.h"
#include "sandbox/sandbox_wait.h"

struct python_promise {
    _Atomic uint32_t refs;       /* the host's, and the box's */
    struct python_promise *next; /* in box->open */
    int64_t id;
    pthread_mutex_t lock;
    struct python_box *box;       /* NULL: detached, or asked elsewhere */
    python_promise_func *deliver; /* asked elsewhere, and not detached */
    void *cookie;
    bool is_kept;
    viv_writer answer; /* then */
};

static void unref(struct python_promise *promise)
{
    uint32_t before = atomic_fetch_sub(&promise->refs, 1);

    CHECK(before > 0);
    if (before > 1)
        return;
    pthread_mutex_destroy(&promise->lock);
    data_write_fini(&promise->answer);
    base_free(promise);
}

static struct python_promise *make(int64_t id)
{
    struct python_promise *promise = base_alloc_zero(1, sizeof(*promise));

    if (promise == NULL)
        return NULL;
    atomic_init(&promise->refs, 2);
    promise->id = id;
    pthread_mutex_init(&promise->lock, NULL);
    data_write_init(&promise->answer, NULL, PYTHON_MESSAGE_MAX);
    return promise;
}

struct python_promise *python_promise_new_far(python_promise_func *deliver,
                                              void *cookie)
{
    struct python_promise *promise = make(PYTHON_ANSWER_CALL);

    if (promise != NULL) {
        promise->deliver = deliver;
        promise->cookie = cookie;
    }
    return promise;
}

struct python_promise *python_promise_new(struct python_box *box, int64_t id)
{
    struct python_promise *promise = make(id);

    if (promise == NULL)
        return NULL;
    promise->box = box;
    if (id == PYTHON_ANSWER_CALL) {
        box->asked = promise;
    } else {
        promise->next = box->open;
        box->open = promise;
        box->open_count++;
    }
    return promise;
}

int64_t python_promise_id(const struct python_promise *promise)
{
    return promise->id;
}

/* ------------------------------------------------------------------------
 * On the box's side.
 */

bool python_promise_look(struct python_promise *promise, const void **ret_bytes,
                         size_t *ret_len)
{
    bool is_kept;

    pthread_mutex_lock(&promise->lock);
    is_kept = promise->is_kept;
    pthread_mutex_unlock(&promise->lock);
    return is_kept &&
           data_write_end(&promise->answer, ret_bytes, ret_len, NULL) == 0;
}

void python_promise_detach(struct python_promise *promise)
{
    pthread_mutex_lock(&promise->lock);
    promise->box = NULL;
    promise->deliver = NULL;
    pthread_mutex_unlock(&promise->lock);
    unref(promise);
}

void python_promise_forget(struct python_box *box, int64_t id)
{
    struct python_promise **at = &box->open;

    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    if (*at != NULL) {
        struct python_promise *promise = *at;

        *at = promise->next;
        box->open_count--;
        python_promise_detach(promise);
    }
}

/* ------------------------------------------------------------------------
 * On the host's side.
 */

/* Under the lock.  What the call waits for is read from here, what is awaited
 * from the box. */
static int settle(struct python_promise *promise)
{
    const void *bytes;
    size_t len;
    int code = data_write_end(&promise->answer, &bytes, &len, NULL);

    if (code < 0)
        return code;
    if (promise->deliver != NULL) {
        promise->is_kept = promise->deliver(promise->cookie, bytes, len);
        return promise->is_kept ? 0 : VIV_ENOMEM;
    }
    if (promise->id != PYTHON_ANSWER_CALL &&
        !python_box_hand_in(promise->box, bytes, len))
        return VIV_ENOMEM;
    promise->is_kept = true;
    sandbox_wait_poke(promise->box->sandbox);
    return 0;
}

static int check(const struct python_promise *promise)
{
    bool is_waited_for = promise->box != NULL || promise->deliver != NULL;

    return !is_waited_for || promise->is_kept ? VIV_ETOKEN : 0;
}

int python_promise_keep(struct python_promise *promise, const void *bytes,
                        size_t len)
{
    int code;

    if (len > 0 && data_check(bytes, len, NULL) < 0)
        return VIV_EFORMAT;
    pthread_mutex_lock(&promise->lock);
    code = check(promise);
    if (code == 0) {
        python_answer_begin(&promise->answer, promise->id);
        if (len > 0)
            data_write_value(&promise->answer, bytes, len);
        else
            data_write_none(&promise->answer);
        code = settle(promise);
    }
    pthread_mutex_unlock(&promise->lock);
    return code;
}

int python_promise_break(struct python_promise *promise, const char *type,
                         const char *message)
{
    int code;

    pthread_mutex_lock(&promise->lock);
    code = check(promise);
    if (code == 0) {
        python_answer_raise(&promise->answer, promise->id, type, message);
        code = settle(promise);
    }
    pthread_mutex_unlock(&promise->lock);
    return code;
}

void python_promise_free(struct python_promise *promise)
{
    python_promise_break(promise, "", "the host gave the question up");
    unref(promise);
}
