/* test_fiber_stack.c - a stack with a guard below.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber_stack.h"

#include <signal.h>
#include <sys/mman.h>

#include "os/os_fail.h"
#include "os/os_map.h"
#include "test.h"

static struct fiber_stack stack;
static char *victim;

static void write_victim(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)victim = 1;
}

TEST(it_is_open_from_end_to_end_and_closed_below)
{
    EXPECT_EQ_INT(fiber_stack_init(&stack, 65536, NULL), 0);
    EXPECT_EQ_INT(stack.bytes, 65536);
    stack.at[0] = 1;
    fiber_stack_top(&stack)[-1] = 1;
    victim = stack.at - 1;
    EXPECT_DIES(SIGSEGV, write_victim);
    victim = stack.at - FIBER_STACK_GUARD_BYTES;
    EXPECT_DIES(SIGSEGV, write_victim);
    fiber_stack_fini(&stack);
}

TEST(it_knows_its_guard_and_itself)
{
    uintptr_t at;

    EXPECT_EQ_INT(fiber_stack_init(&stack, 65536, NULL), 0);
    at = (uintptr_t)stack.at;
    EXPECT(fiber_stack_is_guard(&stack, at - 1));
    EXPECT(!fiber_stack_is_guard(&stack, at));
    EXPECT(fiber_stack_is_guard(&stack, at - FIBER_STACK_GUARD_BYTES));
    EXPECT(!fiber_stack_is_guard(&stack, at - FIBER_STACK_GUARD_BYTES - 1));
    EXPECT(fiber_stack_has(&stack, at - FIBER_STACK_GUARD_BYTES));
    EXPECT(fiber_stack_has(&stack, at + 65536));
    EXPECT(!fiber_stack_has(&stack, at + 65537));
    EXPECT(!fiber_stack_has(&stack, at - FIBER_STACK_GUARD_BYTES - 1));
    fiber_stack_fini(&stack);
}

TEST(sizes_are_whole_pages)
{
    EXPECT_EQ_INT(fiber_stack_init(&stack, 65537, NULL), 0);
    EXPECT_EQ_INT(stack.bytes, 65536 + OS_PAGE_BYTES);
    EXPECT_EQ_INT((uintptr_t)fiber_stack_top(&stack) % 16, 0);
    fiber_stack_fini(&stack);
}

TEST(it_is_given_back_and_once_only)
{
    unsigned char there;
    char *at;

    EXPECT_EQ_INT(fiber_stack_init(&stack, 65536, NULL), 0);
    at = stack.at;
    fiber_stack_fini(&stack);
    EXPECT(mincore(at, OS_PAGE_BYTES, &there) != 0);
    fiber_stack_fini(&stack);
}

TEST(what_cannot_be_had_is_refused_in_words)
{
    viv_error err;

    EXPECT_EQ_INT(fiber_stack_init(&stack, SIZE_MAX, &err), VIV_ENOMEM);
    EXPECT_EQ_INT(fiber_stack_init(&stack, SIZE_MAX - 4096, &err), VIV_ENOMEM);
    EXPECT_EQ_INT(fiber_stack_init(&stack, (size_t)1 << 50, &err), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "1125899906842624 bytes");
    for (int n = 1; n <= 2; n++) {
        os_fail_at((uint64_t)n);
        EXPECT_EQ_INT(fiber_stack_init(&stack, 65536, &err), VIV_ENOMEM);
        os_fail_at(0);
    }
}
