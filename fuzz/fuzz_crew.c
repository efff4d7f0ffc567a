/* fuzz_crew.c - any bytes at all, as what a worker says, and as what it hears.
 *
 * The first byte says what the rest is the body of.  Whatever is read is within
 * the bytes, and what a result of a run says is a value and texts; a body that
 * is read whole is written again and read the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_charter.h"
#include "crew/crew_result.h"
#include "crew/crew_task.h"
#include "data/data_check.h"
#include "target.h"

static const uint8_t *first, *last;

static void expect_inside(const void *at, size_t len)
{
    const uint8_t *bytes = at;

    if (at != NULL)
        CHECK(bytes >= first && len <= (size_t)(last - bytes));
}

static void expect_string(const char *text)
{
    if (text != NULL)
        expect_inside(text, strlen(text) + 1);
}

/* ------------------------------------------------------------------------
 * Results.
 */

static void expect_python(const viv_python_result *python)
{
    expect_inside(python->value, python->value_len);
    if (python->value != NULL)
        CHECK(data_check(python->value, python->value_len, NULL) == 0);
    expect_inside(python->output, python->output_len);
    expect_inside(python->errors, python->errors_len);
    expect_inside(python->text, python->text_len + 1);
    expect_string(python->type);
    expect_string(python->message);
    expect_string(python->traceback);
    for (size_t i = 0; i < python->frame_count; i++) {
        expect_string(python->frames[i].file);
        expect_string(python->frames[i].function);
    }
}

static void write_again(const struct crew_result *result, size_t len)
{
    viv_call_task call = {.results = (viv_value *)(uintptr_t)result->values,
                          .result_count = result->value_count};
    struct base_buf buf, python;

    base_buf_init(&buf, SIZE_MAX);
    base_buf_init(&python, SIZE_MAX);
    if (result->has_python)
        crew_result_put_python(&python, &result->python);
    CHECK(crew_result_put(&buf, 1, &result->end,
                          result->values != NULL ? &call : NULL, &python));
    CHECK(buf.len <= CREW_HEAD_BYTES + len + 400);
    base_buf_fini(&buf);
    base_buf_fini(&python);
}

static void read_result(size_t len)
{
    struct crew_result result;
    int code = crew_result_read(first, len, &result);

    CHECK(code == 0 || code == VIV_EFORMAT || code == VIV_ENOMEM);
    if (code < 0)
        return;
    CHECK(result.end.code <= 0);
    expect_inside(result.values, result.value_count * sizeof(viv_value));
    if (result.has_python)
        expect_python(&result.python);
    write_again(&result, len);
    crew_result_fini(&result);
}

/* ------------------------------------------------------------------------
 * Tasks and charters.
 */

static void read_task(enum crew_kind kind, size_t len)
{
    struct crew_task task;

    if (crew_task_read(kind, first, len, &task) < 0)
        return;
    expect_string(task.key);
    expect_inside(task.call.name, task.call.name_len);
    expect_string(task.python.name);
    expect_inside(task.python.source, task.python.len);
    CHECK(task.call.arg_count <= len / sizeof(viv_value));
    CHECK(task.call.result_count <= CREW_VALUES_MAX);
    crew_task_fini(&task);
}

static void read_charter(size_t len)
{
    struct crew_terms terms;

    if (crew_charter_read(first, len, &terms, NULL) < 0)
        return;
    expect_string(terms.pack);
    expect_string(terms.config.name);
    CHECK(terms.wasi.mount_count <= WASI_MOUNTS_MAX);
    for (size_t i = 0; i < terms.wasi.mount_count; i++)
        expect_string(terms.wasi.mounts[i].host);
    for (size_t i = 0; i < terms.wasi.arg_count; i++)
        CHECK(terms.wasi.args[i] != NULL);
    crew_terms_fini(&terms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    first = bytes + 1;
    last = bytes + len;
    switch (bytes[0] % 4) {
    case 0:
        read_result(len - 1);
        break;
    case 1:
        read_task(CREW_CALL, len - 1);
        break;
    case 2:
        read_task(CREW_PYTHON, len - 1);
        break;
    default:
        read_charter(len - 1);
    }
    return 0;
}
