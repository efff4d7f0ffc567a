/* python_run.c - requests to the guest, and going on with them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_run.h"

#include <string.h>

#include "base/base_error.h"
#include "data/data_check.h"
#include "data/data_write.h"
#include "python/python_door.h"
#include "python/python_reply.h"
#include "sandbox/sandbox_call.h"
#include "wasi/wasi.h"
#include "wasi/wasi_guest.h"

#define RUN_FLAGS (VIV_PYTHON_VALUE | VIV_PYTHON_TEXT | VIV_PYTHON_PROGRAM)

/* ------------------------------------------------------------------------
 * Replies.
 */

static int tampered(viv_error *err)
{
    return base_error(err, VIV_EFORMAT,
                      "the guest says that its reply is where it has no "
                      "memory: its Python was tampered with");
}

/* `packed` is address << 32 | length; no reply has none. */
static int take_reply(struct python_box *box, uint64_t packed, viv_error *err)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);
    uint32_t len = (uint32_t)packed;
    char *span;

    if (len == 0)
        return base_error(err, VIV_ENOMEM,
                          "the guest has no memory left for a reply");
    if (wasi_guest_span(&guest, wasi_at((uint32_t)(packed >> 32)), len,
                        &span) != 0)
        return tampered(err);
    base_buf_clear(&box->reply);
    base_buf_bytes(&box->reply, span, len);
    return box->reply.failed ? base_error_memory(err) : 0;
}

static int read_reply(struct python_box *box, uint64_t packed,
                      viv_python_result *result, viv_error *err)
{
    int code = take_reply(box, packed, err);

    return code < 0 ? code : python_reply_read(box, result, err);
}

/* ------------------------------------------------------------------------
 * Periods.  A run is one call of two functions: viv_room() and viv_do().
 */

/* The guest has room at `address` for the request, or none. */
static int put_request(struct python_box *box, uint32_t address,
                       viv_value *ret_len, viv_error *err)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);
    const void *bytes;
    size_t len;
    int code = data_write_end(&box->request, &bytes, &len, err);

    if (code < 0)
        return code;
    if (address == 0)
        return base_error(err, VIV_ENOMEM,
                          "the guest has no memory for %zu bytes", len);
    ret_len->i32 = (uint32_t)len;
    return wasi_guest_put(&guest, wasi_at(address), bytes, len) == 0
               ? 0
               : tampered(err);
}

/* viv_room() is done. */
static int send(struct python_box *box, viv_value *packed,
                enum sandbox_state *next, viv_python_result *result,
                viv_error *err)
{
    viv_value len = {0};
    int code = put_request(box, packed->i32, &len, err);

    if (code < 0) {
        *next = sandbox_call_end(box->sandbox);
        return code;
    }
    box->is_fresh = false;
    *packed = (viv_value){0};
    *next = sandbox_call_next(box->sandbox, box->host->do_func, &len, packed,
                              &result->outcome);
    return 0;
}

/* How viv_do() ended, as a result.  Broken is what ended in the middle. */
static int end(struct python_box *box, uint64_t packed,
               viv_python_result *result, bool *ret_is_broken, viv_error *err)
{
    switch (result->outcome.kind) {
    case VIV_WAITING:
    case VIV_PAUSED:
        return 0;
    case VIV_RETURNED:
        return read_reply(box, packed, result, err);
    default:
        *ret_is_broken = true;
        return 0;
    }
}

/* To the engine an exception and sys.exit() are functions that return; to who
 * looks at the sandbox later, a pool for one, they are what they are. */
static void tell_end(struct sandbox *sandbox, const viv_outcome *outcome)
{
    sandbox->instance.end.kind = outcome->kind;
    if (outcome->kind == VIV_EXITED)
        sandbox->instance.end.code = outcome->exit_code;
}

/* A period has ended, and the sandbox is to be `next`: go on to what follows,
 * and let it go.  In what is broken nobody waits for an answer any more, and
 * whoever has it next must know that it is to be reset. */
static int finish(struct python_box *box, enum sandbox_state next,
                  viv_value packed, viv_python_result *result, viv_error *err)
{
    bool is_broken = false;
    int code = 0;

    if (box->is_asking_room && result->outcome.kind == VIV_RETURNED) {
        box->is_asking_room = false;
        code = send(box, &packed, &next, result, err);
    }
    if (code == 0)
        code = end(box, packed.i64, result, &is_broken, err);
    result->output = wasi_output(box->sandbox, 1, &result->output_len);
    result->errors = wasi_output(box->sandbox, 2, &result->errors_len);
    if (is_broken || code == VIV_EFORMAT) {
        python_box_forget_all(box);
        if (next == SANDBOX_IDLE)
            next = SANDBOX_STOPPED;
    }
    if (code == 0)
        tell_end(box->sandbox, &result->outcome);
    sandbox_put(box->sandbox, next);
    return code;
}

/* ------------------------------------------------------------------------
 * Requests.
 */

/* Of a sandbox that was taken idle: the head of a request. */
static int begin(struct sandbox *sandbox, int verb, uint32_t flags,
                 size_t parts, struct python_box **ret_box, viv_error *err)
{
    struct python_box *box;
    int code = python_box_of(sandbox, &box, err);

    if (code < 0)
        return code;
    box->may_be_idle = verb == PYTHON_DOOR_GO_ON;
    data_write_clear(&box->request);
    data_write_list(&box->request, 2 + parts);
    data_write_int(&box->request, verb);
    if (box->is_fresh && verb != PYTHON_DOOR_DECLARE)
        flags |= PYTHON_DOOR_FRESH;
    data_write_int(&box->request, flags);
    *ret_box = box;
    return 0;
}

/* Bring the request that was written to the guest, if it could be. */
static int bring(struct sandbox *sandbox, struct python_box *box, int code,
                 viv_python_result *result, viv_error *err)
{
    viv_value len = {0}, packed = {0};
    const void *bytes;
    size_t request_len;
    enum sandbox_state next;

    if (code == 0)
        code = data_write_end(&box->request, &bytes, &request_len, err);
    if (code < 0) {
        sandbox_put(sandbox, SANDBOX_IDLE);
        return code;
    }
    *result = (viv_python_result){0};
    len.i32 = (uint32_t)request_len;
    box->is_asking_room = true;
    next = sandbox_call_begin(sandbox, box->host->room_func, &len, true,
                              &packed, &result->outcome);
    return finish(box, next, packed, result, err);
}

static void write_text(struct python_box *box, const char *text)
{
    data_write_text(&box->request, text, strlen(text));
}

int python_run(struct sandbox *sandbox, const char *source, size_t len,
               const char *name, uint32_t flags, viv_python_result *result,
               viv_error *err)
{
    struct python_box *box;
    int code = sandbox_call_take(sandbox, SANDBOX_QUIET, NULL, err);

    if (code < 0)
        return code;
    code = begin(sandbox, PYTHON_DOOR_RUN, flags & RUN_FLAGS, 2, &box, err);
    if (code == 0) {
        write_text(box, name != NULL ? name : "<run>");
        data_write_text(&box->request, source, len);
    }
    return bring(sandbox, box, code, result, err);
}

/* A list or dict that the host says is one. */
static int write_value(struct python_box *box, const void *bytes, size_t len,
                       void (*write_empty)(viv_writer *, size_t),
                       viv_error *err)
{
    int code = 0;

    if (len == 0) {
        write_empty(&box->request, 0);
    } else {
        code = data_check(bytes, len, err);
        if (code == 0)
            data_write_value(&box->request, bytes, len);
    }
    return code;
}

int python_call(struct sandbox *sandbox, const char *module,
                const char *function, const void *args, size_t args_len,
                const void *named, size_t named_len, uint32_t flags,
                viv_python_result *result, viv_error *err)
{
    struct python_box *box;
    int code = sandbox_call_take(sandbox, SANDBOX_QUIET, NULL, err);

    if (code < 0)
        return code;
    code =
        begin(sandbox, PYTHON_DOOR_CALL, flags & VIV_PYTHON_TEXT, 4, &box, err);
    if (code == 0) {
        write_text(box, module);
        write_text(box, function);
        code = write_value(box, args, args_len, data_write_list, err);
    }
    if (code == 0)
        code = write_value(box, named, named_len, data_write_dict, err);
    return bring(sandbox, box, code, result, err);
}

static void write_functions(struct python_box *box)
{
    const struct python_host *host = box->host;

    data_write_list(&box->request, host->function_count);
    for (uint32_t i = 0; i < host->function_count; i++) {
        const viv_python_function *function = &host->functions[i];

        data_write_list(&box->request, 5);
        write_text(box, function->module);
        write_text(box, function->name);
        write_text(box, function->signature);
        write_text(box, function->doc);
        data_write_bool(&box->request, function->awaited != 0);
    }
}

/* Nothing of chance is in the image that is made of this: what was saved as a
 * delta of it in one process finds the same one in another. */
int python_declare(struct sandbox *sandbox, viv_error *err)
{
    viv_python_result result;
    struct python_box *box;
    int code = sandbox_call_take(sandbox, SANDBOX_QUIET, NULL, err);

    if (code < 0)
        return code;
    code = begin(sandbox, PYTHON_DOOR_DECLARE, 0, 1, &box, err);
    if (code == 0)
        write_functions(box);
    code = bring(sandbox, box, code, &result, err);
    if (code == 0 && result.outcome.kind == VIV_RAISED)
        return base_error(err, VIV_EINVAL, "%s: %s", result.type,
                          result.message);
    if (code == 0 && result.outcome.kind != VIV_RETURNED)
        return base_error(err, VIV_EIO,
                          "the guest could not be told of its functions");
    return code;
}

/* ------------------------------------------------------------------------
 * Going on.
 */

/* With a run that a sandbox was in when it was loaded or forked. */
static int resume_elsewhere(struct sandbox *sandbox, viv_python_result *result,
                            viv_error *err)
{
    struct python_box *box;
    int code = begin(sandbox, PYTHON_DOOR_GO_ON, 0, 0, &box, err);

    return bring(sandbox, box, code, result, err);
}

/* With one that is parked, by a request without bytes; or halted. */
static int resume_here(struct sandbox *sandbox, enum sandbox_state was,
                       viv_python_result *result, viv_error *err)
{
    viv_value nothing = {0}, packed = {0};
    enum sandbox_state next;
    struct python_box *box;
    int code = python_box_of(sandbox, &box, err);

    if (code < 0) {
        sandbox_put(sandbox, was);
        return code;
    }
    *result = (viv_python_result){0};
    if (was == SANDBOX_PARKED)
        next = sandbox_call_go_on(sandbox, box->host->do_func, &nothing,
                                  &packed, &result->outcome);
    else
        next = sandbox_call_more(sandbox, was, &packed, &result->outcome);
    return finish(box, next, packed, result, err);
}

int python_resume(struct sandbox *sandbox, viv_python_result *result,
                  viv_error *err)
{
    enum sandbox_state was;
    int code =
        sandbox_call_take(sandbox, SANDBOX_QUIET | SANDBOX_UNDONE, &was, err);

    if (code < 0)
        return code;
    return was == SANDBOX_IDLE ? resume_elsewhere(sandbox, result, err)
                               : resume_here(sandbox, was, result, err);
}
