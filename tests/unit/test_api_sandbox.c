/* test_api_sandbox.c - vivarium.h: sandboxes, limits and calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>

#include "base/base_alloc.h"
#include "guest.h"
#include "os/os_fail.h"

static const char WAT[] =
    "(module (memory (export \"m\") 1)"
    " (global (export \"i\") (mut i32) (i32.const -1))"
    " (global (export \"v\") v128 (v128.const i64x2 3 4))"
    " (func (export \"id\") (param i32) (result i32) (global.set 0 "
    "   (local.get 0)) (local.get 0)))";

static struct guest guest;
static viv_error err;

static int make(const viv_limits *limits)
{
    viv_module *module = guest_load(WAT, false);
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    int code =
        viv_sandbox_new(module, NULL, 0, limits, &sandbox, &outcome, &err);

    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return code;
}

/* ------------------------------------------------------------------------
 * Limits.
 */

TEST(the_default_limits_are_those_of_the_header)
{
    viv_limits limits;

    memset(&limits, 0xff, sizeof(limits));
    viv_limits_default(&limits);
    EXPECT_EQ_INT(limits.size, sizeof(limits));
    EXPECT_EQ_INT(limits.memory_bytes, UINT64_C(1) << 30);
    EXPECT_EQ_INT(limits.stack_bytes, 8 << 20);
    EXPECT_EQ_INT(limits.table_entries, 1000000);
    EXPECT_EQ_INT(limits.fuel, VIV_ENDLESS);
    EXPECT_EQ_INT(make(&limits), 0);
    EXPECT_EQ_INT(make(NULL), 0);
}

TEST(a_stack_has_a_least_size)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.stack_bytes = 65536;
    EXPECT_EQ_INT(make(&limits), 0);
    limits.stack_bytes--;
    EXPECT_EQ_INT(make(&limits), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "stack_bytes is 65535; 65536 is the least");
    limits.stack_bytes = 1 << 30;
    EXPECT_EQ_INT(make(&limits), 0);
    limits.stack_bytes++;
    EXPECT_EQ_INT(make(&limits), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "stack_bytes is 1073741825; 1073741824 is the "
                            "most");
}

TEST(fuel_cannot_be_limited_where_it_is_not_counted)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.fuel = 1000;
    EXPECT_EQ_INT(make(&limits), VIV_EUNSUPPORTED);
    EXPECT_EQ_STR(err.text, "fuel is limited to 1000, but the module was "
                            "compiled without --fuel");
    limits.fuel = UINT64_MAX;
    EXPECT_EQ_INT(make(&limits), 0);
}

TEST(limits_from_another_time_are_told_apart)
{
    struct {
        viv_limits now;
        uint64_t later[2];
    } limits = {.later = {0, 0}};

    viv_limits_default(&limits.now);
    limits.now.size = sizeof(limits);
    EXPECT_EQ_INT(make(&limits.now), 0);
    limits.later[1] = 1;
    EXPECT_EQ_INT(make(&limits.now), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "does not know");
    limits.now.size = sizeof(viv_limits) - 1;
    EXPECT_EQ_INT(make(&limits.now), VIV_EINVAL);
    limits.now.size = 0;
    EXPECT_EQ_INT(make(&limits.now), VIV_EINVAL);
    limits.now.size = SIZE_MAX;
    EXPECT_EQ_INT(make(&limits.now), VIV_EINVAL);
}

/* ------------------------------------------------------------------------
 * Calls.
 */

static int call(const char *name, size_t len, size_t args, size_t results)
{
    viv_value values[4] = {GUEST_I32(7)};

    return viv_call(guest.sandbox, name, len, values, args, guest.results,
                    results, &guest.outcome, &err);
}

TEST(a_call_names_a_function_and_counts_its_values)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(call("id", 2, 1, 1), 0);
    EXPECT_EQ_INT(guest.results[0].i32, 7);
    EXPECT_EQ_INT(call("id", 2, 0, 1), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "\"id\" takes 1 arguments and returns 1 values; "
                            "the call has 0 and room for 1");
    EXPECT_EQ_INT(call("id", 2, 1, 0), VIV_EINVAL);
    EXPECT_EQ_INT(call("id", 2, 2, 1), VIV_EINVAL);
    EXPECT_EQ_INT(call("i", 1, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "the export \"i\" is a global, not a function");
    EXPECT_EQ_INT(call("nobody", 6, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "the module exports nothing called \"nobody\"");
    EXPECT_EQ_INT(call("", 0, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_INT(call(NULL, 0, 1, 1), VIV_EINVAL);
    guest_end(&guest);
}

TEST(missing_arguments_are_refused)
{
    viv_value value = GUEST_I32(1);
    viv_outcome outcome;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_call(NULL, "id", 2, &value, 1, &value, 1, &outcome, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, NULL, 1, &value, 1, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, &value, 1, NULL, 1, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, &value, 1, &value, 1, NULL, NULL),
        VIV_EINVAL);
    guest_end(&guest);
}

TEST(a_sandbox_needs_a_module_and_places_for_what_comes)
{
    viv_module *module = guest_load(WAT, false);
    viv_sandbox *sandbox;
    viv_outcome outcome;

    EXPECT_EQ_INT(
        viv_sandbox_new(NULL, NULL, 0, NULL, &sandbox, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_sandbox_new(module, NULL, 1, NULL, &sandbox, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_new(module, NULL, 0, NULL, NULL, &outcome, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_new(module, NULL, 0, NULL, &sandbox, NULL, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_free(NULL), 0);
    viv_module_unref(module);
}

/* A thread that runs its first guest. */
static void *fail_calls(void *unused)
{
    int n, code;

    (void)unused;
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = call("id", 2, 1, 1);
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT_EQ_INT(err.code, code);
    }
    EXPECT(n > 3);
    base_alloc_fail_at(1); /* a call allocates nothing */
    EXPECT_EQ_INT(call("id", 2, 1, 1), 0);
    base_alloc_fail_at(0);
    return NULL;
}

TEST(every_failing_system_call_in_a_call_is_survived)
{
    pthread_t thread;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, fail_calls, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Looking in.
 */

TEST(globals_are_read_by_name)
{
    viv_value value;
    uint64_t lanes[2] = {3, 4};
    uint32_t type;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, &type), 0);
    EXPECT_EQ_INT(type, VIV_I32);
    EXPECT_EQ_INT(value.i64, UINT32_MAX);
    EXPECT_EQ_INT(guest_ask(&guest, "id", 5), 5);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, &type), 0);
    EXPECT_EQ_INT(value.i32, 5);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "v", 1, &value, &type), 0);
    EXPECT_EQ_INT(type, VIV_V128);
    EXPECT_EQ_MEM(value.v128, lanes, 16);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "m", 1, &value, &type),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_global_get(NULL, "i", 1, &value, &type), VIV_EINVAL);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, NULL, &type),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, NULL),
                  VIV_EINVAL);
    guest_end(&guest);
}

TEST(memory_is_copied_wholly_or_not_at_all)
{
    char out[8] = "abcdefg", in[8] = "";

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 65536);
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, 65528, out, 8), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65528, in, 8), 0);
    EXPECT_EQ_STR(in, "abcdefg");
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, 65529, "XXXXXXXX", 8),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65529, in, 8), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65528, in, 8), 0);
    EXPECT_EQ_STR(in, "abcdefg");
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65536, NULL, 0), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65537, NULL, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, UINT64_MAX, in, 2),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 1, in, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_write(NULL, 0, in, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_bytes(NULL), 0);
    guest_end(&guest);
}

TEST(a_module_without_memory_has_none_to_copy)
{
    char byte;

    guest = guest_start("(module (func (export \"f\") (param i32) (result "
                        "i32) (local.get 0)))");
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, &byte, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, NULL, 0), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 3), 3);
    guest_end(&guest);
}
