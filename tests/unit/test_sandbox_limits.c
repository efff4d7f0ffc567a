/* test_sandbox_limits.c - what is allowed.
 *
 * That each limit stops is tested where it is kept, and in tests/escape.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_limits.h"

#include "guest.h"

static viv_module *module;
static viv_error err;

static int check(const viv_limits *limits, viv_limits *ret_limits)
{
    if (module == NULL)
        module = guest_load("(module)", false);
    return sandbox_limits_check((struct engine_module *)module, limits,
                                ret_limits, &err);
}

TEST(none_given_are_the_default_ones)
{
    viv_limits limits, defaults;

    viv_limits_default(&defaults);
    memset(&limits, 0xff, sizeof(limits));
    EXPECT_EQ_INT(check(NULL, &limits), 0);
    EXPECT_EQ_MEM(&limits, &defaults, sizeof(limits));
}

TEST(by_default_everything_but_fuel_is_limited)
{
    viv_limits limits;

    sandbox_limits_default(&limits);
#define IS_LIMITED(id, name, field, unit, value, meaning)                      \
    EXPECT((VIV_LIMIT_##id == VIV_LIMIT_FUEL) == (limits.field == VIV_ENDLESS));
    VIV_LIMIT_ROWS(IS_LIMITED)
}

TEST(no_limit_is_above_the_endless)
{
    viv_limits limits, checked;

    sandbox_limits_default(&limits);
    limits.run_ns = limits.wall_ns = limits.waits = UINT64_MAX;
    limits.host_calls = VIV_ENDLESS + 1;
    limits.memory_bytes = VIV_ENDLESS - 1;
    EXPECT_EQ_INT(check(&limits, &checked), 0);
    EXPECT_EQ_INT(checked.run_ns, VIV_ENDLESS);
    EXPECT_EQ_INT(checked.wall_ns, VIV_ENDLESS);
    EXPECT_EQ_INT(checked.waits, VIV_ENDLESS);
    EXPECT_EQ_INT(checked.host_calls, VIV_ENDLESS);
    EXPECT_EQ_INT(checked.memory_bytes, VIV_ENDLESS - 1);
}

TEST(nothing_at_all_is_a_limit_but_for_the_stack)
{
    viv_limits limits = {.size = sizeof(limits),
                         .stack_bytes = SANDBOX_STACK_BYTES_MIN,
                         .fuel = VIV_ENDLESS};
    viv_limits checked;

    EXPECT_EQ_INT(check(&limits, &checked), 0);
    EXPECT_EQ_MEM(&checked, &limits, sizeof(limits));
    limits.stack_bytes = 0;
    EXPECT_EQ_INT(check(&limits, &checked), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "65536 is the least");
}

TEST(every_limit_has_a_name_of_its_own)
{
    for (uint32_t i = 1; i < VIV_LIMIT_END; i++) {
        EXPECT(strcmp(sandbox_limits_name(i), "?") != 0);
        for (uint32_t j = 1; j < i; j++)
            EXPECT(strcmp(sandbox_limits_name(i), sandbox_limits_name(j)) != 0);
    }
    EXPECT_EQ_STR(sandbox_limits_name(0), "?");
    EXPECT_EQ_STR(sandbox_limits_name(VIV_LIMIT_END), "?");
    EXPECT_EQ_STR(sandbox_limits_name(UINT32_MAX), "?");
}
