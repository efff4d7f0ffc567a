/* python_box.c - what the host keeps beside one Python sandbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_box.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "data/data_write.h"
#include "python/python_promise.h"
#include "wasi/wasi.h"

/* Where the guest looks for its library. */
static const char LIBRARY[] = "/usr/lib/python3.13";

/* A buffer that is larger is not kept over a reset. */
#define KEPT_BYTES ((size_t)64 << 10)

/* ------------------------------------------------------------------------
 * Answers that wait.
 */

/* What an answer takes of the host's memory. */
static size_t bytes_of(size_t len)
{
    return sizeof(struct python_done) + len;
}

static bool put(struct python_box *box, struct python_done *done)
{
    if (bytes_of(done->len) > PYTHON_MESSAGE_MAX - box->done_bytes)
        return false;
    box->done_bytes += bytes_of(done->len);
    box->done_count++;
    *box->done_end = done;
    box->done_end = &done->next;
    return true;
}

bool python_box_hand_in(struct python_box *box, const void *bytes, size_t len)
{
    struct python_done *done = base_alloc(bytes_of(len));
    bool is_in;

    if (done == NULL)
        return false;
    done->next = NULL;
    done->len = len;
    memcpy(done->bytes, bytes, len);
    pthread_mutex_lock(&box->lock);
    is_in = put(box, done);
    pthread_mutex_unlock(&box->lock);
    if (!is_in)
        base_free(done);
    return is_in;
}

bool python_box_has_done(struct python_box *box)
{
    bool has;

    pthread_mutex_lock(&box->lock);
    has = box->done != NULL;
    pthread_mutex_unlock(&box->lock);
    return has;
}

bool python_box_may_ask(struct python_box *box)
{
    bool may;

    pthread_mutex_lock(&box->lock);
    may = box->open_count + box->done_count < PYTHON_OPEN_MAX;
    pthread_mutex_unlock(&box->lock);
    return may;
}

struct python_done *python_box_take(struct python_box *box)
{
    struct python_done *done;

    pthread_mutex_lock(&box->lock);
    done = box->done;
    if (done != NULL) {
        box->done = done->next;
        box->done_bytes -= bytes_of(done->len);
        box->done_count--;
    }
    if (box->done == NULL)
        box->done_end = &box->done;
    pthread_mutex_unlock(&box->lock);
    return done;
}

void python_box_forget_all(struct python_box *box)
{
    struct python_done *done;

    if (box->asked != NULL)
        python_promise_detach(box->asked);
    box->asked = NULL;
    while (box->open != NULL)
        python_promise_forget(box, python_promise_id(box->open));
    while ((done = python_box_take(box)) != NULL)
        base_free(done);
}

/* ------------------------------------------------------------------------
 * Life.
 */

/* What is larger than most messages are is given back, or a sandbox would keep
 * for good what one run of many needed. */
static void shrink(struct base_buf *buf)
{
    if (buf->capacity > KEPT_BYTES)
        base_buf_fini(buf);
}

static void shrink_writer(viv_writer *writer)
{
    if (writer->room > KEPT_BYTES)
        data_write_fini(writer);
}

/* It waits for nobody any more. */
static void was_dropped(struct sandbox_beside *beside)
{
    python_box_forget_all((struct python_box *)beside);
}

static void was_reset(struct sandbox_beside *beside)
{
    struct python_box *box = (struct python_box *)beside;

    python_box_forget_all(box);
    box->is_fresh = true;
    box->is_asking_room = false;
    shrink_writer(&box->request);
    shrink_writer(&box->answer);
    shrink(&box->given);
    shrink(&box->late);
    shrink(&box->reply);
    shrink(&box->texts);
}

static void free_it(struct sandbox_beside *beside)
{
    struct python_box *box = (struct python_box *)beside;

    python_box_forget_all(box);
    data_write_fini(&box->request);
    data_write_fini(&box->answer);
    base_buf_fini(&box->given);
    base_buf_fini(&box->late);
    base_buf_fini(&box->reply);
    base_buf_fini(&box->texts);
    base_free(box->frames);
    pthread_mutex_destroy(&box->lock);
    base_free(box);
}

static struct python_box *make(struct sandbox *sandbox,
                               struct python_host *host)
{
    struct python_box *box = base_alloc_zero(1, sizeof(*box));

    if (box == NULL)
        return NULL;
    box->beside =
        (struct sandbox_beside){NULL, NULL, was_reset, free_it, was_dropped};
    box->sandbox = sandbox;
    box->host = host;
    box->is_fresh = true;
    box->done_end = &box->done;
    pthread_mutex_init(&box->lock, NULL);
    data_write_init(&box->request, NULL, PYTHON_MESSAGE_MAX);
    data_write_init(&box->answer, NULL, PYTHON_MESSAGE_MAX);
    base_buf_init(&box->given, PYTHON_MESSAGE_MAX);
    base_buf_init(&box->late, PYTHON_MESSAGE_MAX);
    base_buf_init(&box->reply, PYTHON_MESSAGE_MAX);
    base_buf_init(&box->texts, 2 * PYTHON_MESSAGE_MAX);
    return box;
}

/* ------------------------------------------------------------------------
 * Permissions.
 */

static int apply_mounts(struct sandbox *sandbox, const viv_wasi *said,
                        const viv_mount *mounts, size_t count, viv_error *err)
{
    viv_wasi with_library = *said;

    with_library.mounts = mounts;
    with_library.mount_count = count;
    return wasi_apply(sandbox, &with_library, err);
}

static int apply(struct sandbox *sandbox, const struct python_host *host,
                 const viv_wasi *said, viv_error *err)
{
    viv_wasi nothing;
    viv_mount *mounts;
    int code;

    if (said == NULL) {
        wasi_grant_default(&nothing);
        said = &nothing;
    }
    if (said->mounts == NULL && said->mount_count > 0)
        return base_error(err, VIV_EINVAL, "the mounts are counted, but NULL");
    mounts = base_alloc_array(NULL, said->mount_count + 1, sizeof(*mounts));
    if (mounts == NULL)
        return base_error_memory(err);
    mounts[0] = (viv_mount){
        .guest = LIBRARY, .host = host->pack, .kind = VIV_MOUNT_PACK};
    if (said->mount_count > 0)
        memcpy(mounts + 1, said->mounts, said->mount_count * sizeof(*mounts));
    code = apply_mounts(sandbox, said, mounts, said->mount_count + 1, err);
    base_free(mounts);
    return code;
}

static int find_host(const struct sandbox *sandbox,
                     struct python_host **ret_host, viv_error *err)
{
    *ret_host = python_host_of(sandbox);
    return *ret_host != NULL
               ? 0
               : base_error(err, VIV_EINVAL,
                            "the sandbox is not one of a Python guest: "
                            "viv_python_load() makes the images of such");
}

int python_box_apply(struct sandbox *sandbox, const viv_wasi *said,
                     viv_error *err)
{
    struct python_host *host;
    int code = find_host(sandbox, &host, err);

    return code < 0 ? code : apply(sandbox, host, said, err);
}

int python_box_of(struct sandbox *sandbox, struct python_box **ret_box,
                  viv_error *err)
{
    struct python_box *box =
        (struct python_box *)sandbox_beside_find(sandbox, free_it);
    struct python_host *host;
    int code = 0;

    if (box == NULL) {
        code = find_host(sandbox, &host, err);
        if (code == 0 && !wasi_is_applied(sandbox))
            code = apply(sandbox, host, NULL, err);
        if (code < 0)
            return code;
        box = make(sandbox, host);
        if (box == NULL)
            return base_error_memory(err);
        sandbox_beside_add(sandbox, &box->beside);
    }
    *ret_box = box;
    return 0;
}
