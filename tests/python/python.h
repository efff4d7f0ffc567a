/* python.h - what the tests of the real guest are written with.
 *
 *     begin();
 *     EXPECT_EQ_INT(run("1 + 1"), VIV_RETURNED);
 *     EXPECT_EQ_STR(value(), "2");
 *     end();
 *
 * The guest is where VIV_PYTHON says.  All goes through the public header.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_H
#define PYTHON_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test.h"
#include "vivarium.h"

#define MS UINT64_C(1000000)

static viv_image *image;
static viv_sandbox *sandbox;
static viv_python_result result;
static viv_error err;
static const viv_python_function *functions; /* of the host, before begin() */
static size_t function_count;

/* ------------------------------------------------------------------------
 * Life.
 */

static inline void load(void)
{
    if (viv_python_load(NULL, functions, function_count, &image, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static inline viv_sandbox *from(viv_image *of, const viv_limits *limits)
{
    viv_sandbox *made;

    if (viv_sandbox_from(of, limits, &made, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return made;
}

static inline void begin_with(const viv_limits *limits)
{
    load();
    sandbox = from(image, limits);
}

static inline void begin(void)
{
    begin_with(NULL);
}

static inline void end(void)
{
    viv_call_drop(sandbox);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    viv_image_unref(image);
}

static inline void reset(void)
{
    if (viv_sandbox_reset(sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* ------------------------------------------------------------------------
 * Runs.
 */

static inline uint32_t run_as(const char *name, const char *source)
{
    if (viv_python_run(sandbox, source, strlen(source), name,
                       VIV_PYTHON_VALUE | VIV_PYTHON_TEXT, &result, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return result.outcome.kind;
}

static inline uint32_t run(const char *source)
{
    return run_as(NULL, source);
}

static inline uint32_t resume(void)
{
    if (viv_python_resume(sandbox, &result, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return result.outcome.kind;
}

/* Until it is over, however often it waits. */
static inline uint32_t finish(void)
{
    while (result.outcome.kind == VIV_WAITING ||
           result.outcome.kind == VIV_PAUSED) {
        if (viv_call_wait(sandbox, 30 * VIV_NS_PER_S, &err) < 0)
            test_fail(TEST_AT, "%s", err.text);
        resume();
    }
    return result.outcome.kind;
}

/* The value of the latest run, as Python prints it. */
static inline const char *value(void)
{
    static char text[100000];

    if (result.value == NULL)
        return NULL;
    viv_data_text(result.value, result.value_len, text, sizeof(text));
    return text;
}

static inline const char *output(int descriptor)
{
    static char texts[2][100000];
    size_t len;
    const char *bytes = viv_wasi_output(sandbox, descriptor, &len);
    char *text = texts[descriptor - 1];

    if (len >= sizeof(texts[0]))
        len = sizeof(texts[0]) - 1;
    if (len > 0)
        memcpy(text, bytes, len);
    text[len] = '\0';
    return text;
}

/* Run it to its end, whatever it waits for; say what is wrong if it did not
 * return, and give its value. */
static inline const char *value_of(const char *source)
{
    run(source);
    finish();
    if (result.outcome.kind == VIV_RAISED)
        test_fail(TEST_AT, "%s", result.traceback);
    if (result.outcome.kind != VIV_RETURNED)
        test_fail(TEST_AT, "outcome %u of %s", result.outcome.kind, source);
    return value();
}

static inline const char *traceback_of(const char *source)
{
    run(source);
    EXPECT_EQ_INT(finish(), VIV_RAISED);
    return result.traceback;
}

/* The slot is as good as new. */
static inline void expect_clean(void)
{
    reset();
    EXPECT_EQ_STR(value_of("import json; json.dumps([1 + 1])"), "'[2]'");
    reset();
}

#endif /* PYTHON_H */
