/* test_api_sandbox.c - vivarium.h: sandboxes and their limits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

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
    EXPECT_EQ_INT(limits.file_bytes, 64 << 20);
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
 * Arguments.
 */

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

TEST(nothing_is_asked_of_no_sandbox)
{
    viv_sandbox *made[1];
    viv_meters last;

    EXPECT_EQ_INT(viv_sandbox_reset(NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_fork(NULL, 1, made, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_from(NULL, NULL, made, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_state(NULL), VIV_IDLE);
    memset(&last, 0xff, sizeof(last));
    viv_sandbox_meters(NULL, &last, NULL);
    EXPECT_EQ_INT(last.calls, 0);
    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 1, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 0, NULL, &err), 0);
    guest_end(&guest);
}

TEST(limits_have_names)
{
    EXPECT_EQ_STR(viv_limit_name(VIV_LIMIT_MEMORY), "memory");
    EXPECT_EQ_STR(viv_limit_name(VIV_LIMIT_RUN_TIME), "run-time");
    EXPECT_EQ_STR(viv_limit_name(VIV_LIMIT_NONE), "?");
    EXPECT_EQ_STR(viv_limit_name(VIV_LIMIT_END), "?");
}
