/* crew_result.c - how a job ended, on its way back from a worker.
 *
 * SECURITY.  What is read comes from a worker whose guest may have broken out:
 * every number is held against what it can be, values and texts are checked as
 * if they came from the guest, and what is allocated is in proportion to the
 * bytes that came.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_result.h"

#include <stdio.h>
#include <string.h>

#include "base/base_alloc.h"
#include "data/data_check.h"

/* What follows the outcome. */
enum { NOTHING, VALUES, PYTHON };

/* A frame has a line and two texts of at least a NUL. */
#define FRAME_BYTES_MIN (4 + 9 + 9)

/* ------------------------------------------------------------------------
 * Writing.
 */

static void put_frames(struct base_buf *buf, const viv_python_result *result)
{
    crew_message_u32(buf, (uint32_t)result->frame_count);
    for (size_t i = 0; i < result->frame_count; i++) {
        crew_message_u32(buf, result->frames[i].line);
        crew_message_text(buf, result->frames[i].file);
        crew_message_text(buf, result->frames[i].function);
    }
}

void crew_result_put_python(struct base_buf *buf,
                            const viv_python_result *result)
{
    crew_message_bytes(buf, result->value, result->value_len);
    crew_message_bytes(buf, result->text,
                       result->text != NULL ? result->text_len + 1 : 0);
    crew_message_text(buf, result->type);
    crew_message_text(buf, result->message);
    crew_message_text(buf, result->traceback);
    put_frames(buf, result);
    crew_message_bytes(buf, result->output, result->output_len);
    crew_message_bytes(buf, result->errors, result->errors_len);
}

static void put_outcome(struct base_buf *buf, const viv_outcome *outcome)
{
    crew_message_u32(buf, outcome->kind);
    crew_message_u32(buf, outcome->trap);
    crew_message_u32(buf, outcome->limit);
    crew_message_u32(buf, (uint32_t)outcome->host_code);
    crew_message_u32(buf, (uint32_t)outcome->exit_code);
    crew_message_u32(buf, outcome->has_address);
    crew_message_u64(buf, outcome->address);
#define PUT(field, unit, meaning) crew_message_u64(buf, outcome->used.field);
    VIV_METER_ROWS(PUT)
#undef PUT
}

bool crew_result_put(struct base_buf *buf, uint64_t id,
                     const viv_job_result *end, const viv_call_task *call,
                     const struct base_buf *python)
{
    size_t at = crew_message_begin(buf, CREW_RESULT, id);
    bool is_good = end->code == 0 && end->outcome.kind == VIV_RETURNED;

    crew_message_u32(buf, (uint32_t)end->code);
    crew_message_text(buf, end->err.text);
    crew_message_u64(buf, end->queue_ns);
    crew_message_u64(buf, end->wait_ns);
    crew_message_u64(buf, end->run_ns);
    put_outcome(buf, &end->outcome);
    if (call != NULL && is_good) {
        crew_message_u32(buf, VALUES);
        crew_message_bytes(buf, call->results,
                           call->result_count * sizeof(viv_value));
    } else if (end->code == 0 && python != NULL && python->len > 0) {
        crew_message_u32(buf, PYTHON);
        base_buf_bytes(buf, python->at, python->len);
    } else {
        crew_message_u32(buf, NOTHING);
    }
    return crew_message_end(buf, at);
}

/* ------------------------------------------------------------------------
 * Reading.
 */

static void get_outcome(struct base_read *read, viv_outcome *ret_outcome)
{
    ret_outcome->kind = base_read_u32le(read);
    ret_outcome->trap = base_read_u32le(read);
    ret_outcome->limit = base_read_u32le(read);
    ret_outcome->host_code = (int32_t)base_read_u32le(read);
    ret_outcome->exit_code = (int32_t)base_read_u32le(read);
    ret_outcome->has_address = base_read_u32le(read);
    ret_outcome->address = base_read_u64le(read);
#define GET(field, unit, meaning)                                              \
    ret_outcome->used.field = base_read_u64le(read);
    VIV_METER_ROWS(GET)
#undef GET
}

static bool is_outcome(const viv_outcome *outcome)
{
    switch (outcome->kind) {
    case VIV_RETURNED:
    case VIV_EXITED:
    case VIV_CANCELLED:
    case VIV_RAISED:
        return outcome->has_address <= 1;
    case VIV_TRAPPED:
        return outcome->has_address <= 1 && outcome->trap >= 1 &&
               outcome->trap <= VIV_TRAP_HOST;
    case VIV_SPENT:
        return outcome->has_address <= 1 && outcome->limit > VIV_LIMIT_NONE &&
               outcome->limit < VIV_LIMIT_END;
    default:
        return false;
    }
}

/* A failure has a code of ours. */
static bool is_code(int code)
{
    return code <= 0 && code >= VIV_EFULL;
}

static void get_end(struct base_read *read, viv_job_result *ret_end)
{
    const char *text;

    ret_end->code = (int32_t)base_read_u32le(read);
    text = crew_message_get_text(read, NULL);
    ret_end->queue_ns = base_read_u64le(read);
    ret_end->wait_ns = base_read_u64le(read);
    ret_end->run_ns = base_read_u64le(read);
    get_outcome(read, &ret_end->outcome);
    ret_end->err.code = ret_end->code;
    snprintf(ret_end->err.text, sizeof(ret_end->err.text), "%s",
             text != NULL ? text : "");
}

static int get_frames(struct base_read *read, struct crew_result *result)
{
    uint32_t count = base_read_u32le(read);

    if (count > base_read_left(read) / FRAME_BYTES_MIN)
        return VIV_EFORMAT;
    result->frames = base_alloc_zero(count + 1, sizeof(*result->frames));
    if (result->frames == NULL)
        return VIV_ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        viv_python_frame *frame = &result->frames[i];

        frame->line = base_read_u32le(read);
        frame->file = crew_message_get_text(read, NULL);
        frame->function = crew_message_get_text(read, NULL);
        if (frame->file == NULL || frame->function == NULL)
            return VIV_EFORMAT;
    }
    result->python.frames = count > 0 ? result->frames : NULL;
    result->python.frame_count = count;
    return 0;
}

/* Is what there is what belongs to the outcome? */
static bool fits(const viv_python_result *python, uint32_t kind)
{
    bool is_raised = kind == VIV_RAISED;

    if (python->output == NULL || python->errors == NULL)
        return false;
    if ((python->type != NULL) != is_raised ||
        (python->message != NULL) != is_raised ||
        (python->traceback != NULL) != is_raised ||
        (python->frame_count > 0 && !is_raised))
        return false;
    return kind == VIV_RETURNED ||
           (python->value == NULL && python->text == NULL);
}

static int get_python(struct base_read *read, struct crew_result *result)
{
    viv_python_result *python = &result->python;
    int code;

    python->value = crew_message_get_bytes(read, &python->value_len);
    python->text = crew_message_get_text(read, &python->text_len);
    python->type = crew_message_get_text(read, NULL);
    python->message = crew_message_get_text(read, NULL);
    python->traceback = crew_message_get_text(read, NULL);
    code = get_frames(read, result);
    if (code < 0)
        return code;
    python->output = crew_message_get_bytes(read, &python->output_len);
    python->errors = crew_message_get_bytes(read, &python->errors_len);
    python->outcome = result->end.outcome;
    result->has_python = true;
    if (read->status != BASE_READ_OK || !fits(python, result->end.outcome.kind))
        return VIV_EFORMAT;
    return python->value == NULL
               ? 0
               : data_check(python->value, python->value_len, NULL);
}

static int get_rest(struct base_read *read, struct crew_result *result)
{
    size_t len;

    switch (base_read_u32le(read)) {
    case NOTHING:
        return 0;
    case VALUES:
        result->values = crew_message_get_bytes(read, &len);
        result->value_count = len / sizeof(viv_value);
        return result->values != NULL && len % sizeof(viv_value) == 0
                   ? 0
                   : VIV_EFORMAT;
    case PYTHON:
        return get_python(read, result);
    default:
        return VIV_EFORMAT;
    }
}

int crew_result_read(const void *body, size_t len,
                     struct crew_result *ret_result)
{
    struct base_read read;
    int code;

    memset(ret_result, 0, sizeof(*ret_result));
    base_read_init(&read, body, len, 0);
    get_end(&read, &ret_result->end);
    code = get_rest(&read, ret_result);
    if (code == 0 && !crew_message_is_done(&read))
        code = VIV_EFORMAT;
    if (code == 0 &&
        (!is_code(ret_result->end.code) ||
         (ret_result->end.code == 0 && !is_outcome(&ret_result->end.outcome))))
        code = VIV_EFORMAT;
    if (code < 0)
        crew_result_fini(ret_result);
    return code;
}

void crew_result_fini(struct crew_result *result)
{
    base_free(result->frames);
    result->frames = NULL;
}

/* References to functions are the only values that cannot be any bits. */
static bool are_refs_good(const struct wasm_func_type *type,
                          const struct engine_module *module,
                          const char *values)
{
    viv_value value;

    for (uint32_t i = 0; i < type->result_count; i++) {
        memcpy(&value, values + i * sizeof(value), sizeof(value));
        if (type->results[i] == WASM_FUNCREF &&
            !engine_module_has_ref(module, value.ref))
            return false;
    }
    return true;
}

bool crew_result_take_values(const struct crew_result *result,
                             const struct engine_module *module,
                             viv_call_task *call)
{
    const struct wasm_export *export =
        engine_module_find(module, call->name, call->name_len);
    const struct wasm_func_type *type;

    if (result->values == NULL || export == NULL || export->kind != WASM_FUNC ||
        result->value_count != call->result_count)
        return false;
    type = wasm_type_of_func(&module->wasm, export->index);
    if (type->result_count != call->result_count ||
        !are_refs_good(type, module, result->values))
        return false;
    if (call->result_count > 0)
        memcpy(call->results, result->values,
               call->result_count * sizeof(viv_value));
    return true;
}
