/* python_box.h - what the host keeps beside one Python sandbox.
 *
 * Floor 8.  Bytes that go in and out, and the questions that are open: what the
 * guest has asked and nobody has answered yet.
 *
 * Invariants:
 *     1. a promise is in `open` as long as its `box` is this one
 *     2. `open` is changed only by who has the sandbox; `done` by anybody,
 *        under the lock
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_BOX_H
#define PYTHON_BOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base_buf.h"
#include "python/python_host.h"
#include "sandbox/sandbox.h"
#include "vivarium.h"

/* Opaque types. */
struct python_promise;

/* No message of a guest, and none to it, is larger; nor are all answers that
 * wait together. */
#define PYTHON_MESSAGE_MAX ((size_t)1 << 30)

/* Questions that can be open at once, or answered and not yet collected.  The
 * guest asks for no more; one that does means harm. */
#define PYTHON_OPEN_MAX 65536

/* An answer that waits to be collected. */
struct python_done {
    struct python_done *next;
    size_t len;
    char bytes[];
};

struct python_box {
    struct sandbox_beside beside; /* first */
    struct sandbox *sandbox;
    struct python_host *host; /* the link's */
    bool is_fresh;            /* it has done nothing since it began */
    bool is_asking_room;      /* it is in viv_room() */
    bool may_be_idle;         /* it was asked whether there is anything to do */

    viv_writer request;    /* to the guest */
    viv_writer answer;     /* of a function of the host */
    struct base_buf given; /* the arguments that it has */
    struct base_buf late;  /* the whole of the latest answer, for fetch() */
    struct base_buf reply; /* of the guest */
    struct base_buf texts; /* of the reply, each with a NUL */
    viv_python_frame *frames;
    size_t frame_room;

    /* The question that the whole call waits for, asked by host call number
     * `asked_at` of call `asked_in`. */
    struct python_promise *asked;
    uint64_t asked_in, asked_at;

    struct python_promise *open; /* of what is awaited; a list */
    size_t open_count;
    pthread_mutex_t lock;
    struct python_done *done, **done_end; /* first answered, first out */
    size_t done_count, done_bytes;
};

/* The box of this sandbox, made if there is none, and WASI with the library if
 * nothing was permitted yet.  Fails with VIV_EINVAL if it is no Python's. */
int python_box_of(struct sandbox *sandbox, struct python_box **ret_box,
                  viv_error *err);

/* viv_python_apply(), of a sandbox that the caller has taken. */
int python_box_apply(struct sandbox *sandbox, const viv_wasi *said,
                     viv_error *err);

/* Any thread: hand in the answer of [id, kind, ...].  False: no memory, or too
 * many bytes wait already. */
bool python_box_hand_in(struct python_box *box, const void *bytes, size_t len);

/* Is there any? */
bool python_box_has_done(struct python_box *box);

/* May the guest ask one more? */
bool python_box_may_ask(struct python_box *box);

/* The first answer that was handed in, or NULL; to be freed. */
struct python_done *python_box_take(struct python_box *box);

/* Nobody waits for any answer any more. */
void python_box_forget_all(struct python_box *box);

#endif /* PYTHON_BOX_H */
