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

/* `packed` is address << 32 | length. */
static int take_reply(struct python_box *box, uint64_t packed, viv_error *err)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);
    uint32_t len = (uint32_t)packed;
    char *span;

    if (wasi_guest_span(&guest, wasi_at((uint32_t)(packed >> 32)), len,
                        &span) != 0)
        return tampered(err);
    base_buf_clear(&box->reply);
    base_buf_bytes(&box->reply, span, len);
    return box->reply.failed ? base_error_memory(err) : 0;
}

/* What the guest's function returned, or how else it ended, as a result. */
static int finish(struct python_box *box, uint64_t packed,
                  viv_python_result *result, viv_error *err)
{
    int code;

    switch (result->outcome.kind) {
    case VIV_WAITING:
    case VIV_PAUSED:
        return 0;
    case VIV_RETURNED:
        code = take_reply(box, packed, err);
        if (code == 0)
            code = python_reply_read(box, result, err);
        box->is_broken = box->is_broken || code == VIV_EFORMAT;
        return code;
    default:
        box->is_broken = true;
        return 0;
    }
}

/* ------------------------------------------------------------------------
 * Requests.
 */

static int stopped(viv_error *err)
{
    return base_error(err, VIV_ESTOPPED,
                      "the last run ended in the middle of something: reset "
                      "the sandbox first");
}

static int make_room(struct python_box *box, size_t len, uint32_t *ret_address,
                     viv_python_result *result, viv_error *err)
{
    viv_value arg = {.i32 = (uint32_t)len}, address = {0};
    int code = sandbox_call_start(box->sandbox, box->host->room_func, &arg,
                                  &address, &result->outcome, err);

    *ret_address = address.i32;
    if (code == 0 && result->outcome.kind == VIV_RETURNED && address.i32 == 0)
        code = base_error(err, VIV_ENOMEM,
                          "the guest has no memory for %zu bytes", len);
    return code;
}

static int put(struct python_box *box, uint32_t address, const void *bytes,
               size_t len, viv_error *err)
{
    struct wasi_guest guest = wasi_guest_of(&box->sandbox->instance);

    return wasi_guest_put(&guest, wasi_at(address), bytes, len) == 0
               ? 0
               : tampered(err);
}

/* Bring the request that was written into the guest.  `result` has how that
 * ended, if it did not return. */
static int bring(struct python_box *box, uint32_t *ret_len,
                 viv_python_result *result, viv_error *err)
{
    const void *bytes;
    size_t len;
    uint32_t address;
    int code = data_write_end(&box->request, &bytes, &len, err);

    if (code == 0)
        code = make_room(box, len, &address, result, err);
    if (code == 0 && result->outcome.kind == VIV_RETURNED)
        code = put(box, address, bytes, len, err);
    *ret_len = (uint32_t)len;
    return code;
}

static int send(struct python_box *box, viv_python_result *result,
                viv_error *err)
{
    viv_value arg = {0}, packed = {0};
    int code = bring(box, &arg.i32, result, err);

    if (code < 0)
        return code;
    if (result->outcome.kind == VIV_RETURNED) {
        box->is_fresh = false;
        code = sandbox_call_start(box->sandbox, box->host->do_func, &arg,
                                  &packed, &result->outcome, err);
    }
    return code < 0 ? code : finish(box, packed.i64, result, err);
}

static int begin(struct sandbox *sandbox, int verb, uint32_t flags,
                 size_t parts, viv_python_result *result,
                 struct python_box **ret_box, viv_error *err)
{
    struct python_box *box;
    int code = python_box_of(sandbox, &box, err);

    if (code < 0)
        return code;
    if (box->is_broken)
        return stopped(err);
    *result = (viv_python_result){0};
    data_write_clear(&box->request);
    data_write_list(&box->request, 2 + parts);
    data_write_int(&box->request, verb);
    data_write_int(&box->request,
                   flags | (box->is_fresh ? PYTHON_DOOR_FRESH : 0));
    *ret_box = box;
    return 0;
}

static void write_text(struct python_box *box, const char *text)
{
    data_write_text(&box->request, text, strlen(text));
}

/* May the box be used: is there no call?  What follows takes it for real. */
static int check_quiet(struct sandbox *sandbox, viv_error *err)
{
    enum sandbox_state was;
    int code = sandbox_take(sandbox, SANDBOX_QUIET, SANDBOX_BUSY, &was, err);

    if (code == 0)
        sandbox_put(sandbox, was);
    return code;
}

int python_run(struct sandbox *sandbox, const char *source, size_t len,
               const char *name, uint32_t flags, viv_python_result *result,
               viv_error *err)
{
    struct python_box *box;
    int code = check_quiet(sandbox, err);

    if (code == 0)
        code = begin(sandbox, PYTHON_DOOR_RUN, flags & RUN_FLAGS, 2, result,
                     &box, err);
    if (code < 0)
        return code;
    write_text(box, name != NULL ? name : "<run>");
    data_write_text(&box->request, source, len);
    return send(box, result, err);
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
    int code = check_quiet(sandbox, err);

    if (code == 0)
        code = begin(sandbox, PYTHON_DOOR_CALL, flags & VIV_PYTHON_TEXT, 4,
                     result, &box, err);
    if (code < 0)
        return code;
    write_text(box, module);
    write_text(box, function);
    code = write_value(box, args, args_len, data_write_list, err);
    if (code == 0)
        code = write_value(box, named, named_len, data_write_dict, err);
    return code < 0 ? code : send(box, result, err);
}

int python_declare(struct sandbox *sandbox, viv_error *err)
{
    viv_python_result result;
    struct python_box *box;
    const struct python_host *host;
    int code = begin(sandbox, PYTHON_DOOR_DECLARE, 0, 1, &result, &box, err);

    if (code < 0)
        return code;
    host = box->host;
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
    code = send(box, &result, err);
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

/* Of a sandbox that was loaded or forked while its run awaited something. */
static int resume_elsewhere(struct sandbox *sandbox, viv_python_result *result,
                            viv_error *err)
{
    struct python_box *box;
    int code = begin(sandbox, PYTHON_DOOR_GO_ON, 0, 0, result, &box, err);

    return code < 0 ? code : send(box, result, err);
}

/* A request without bytes. */
static int resume_parked(struct python_box *box, viv_python_result *result,
                         viv_error *err)
{
    viv_value arg = {0}, packed = {0};
    int code = sandbox_call_go_on(box->sandbox, box->host->do_func, &arg,
                                  &packed, &result->outcome, err);

    return code < 0 ? code : finish(box, packed.i64, result, err);
}

static int resume_halted(struct python_box *box, viv_python_result *result,
                         viv_error *err)
{
    viv_value packed = {0};
    int code =
        sandbox_call_resume(box->sandbox, &packed, 1, &result->outcome, err);

    return code < 0 ? code : finish(box, packed.i64, result, err);
}

int python_resume(struct sandbox *sandbox, viv_python_result *result,
                  viv_error *err)
{
    struct python_box *box;
    enum sandbox_state state = sandbox_state(sandbox);
    int code;

    if (state == SANDBOX_RUNNING || state == SANDBOX_BUSY)
        return check_quiet(sandbox, err);
    if (state == SANDBOX_IDLE)
        return resume_elsewhere(sandbox, result, err);
    code = python_box_of(sandbox, &box, err);
    if (code < 0)
        return code;
    *result = (viv_python_result){0};
    return state == SANDBOX_PARKED ? resume_parked(box, result, err)
                                   : resume_halted(box, result, err);
}
