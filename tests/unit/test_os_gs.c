/* test_os_gs.c - the segment base of %gs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_gs.h"

#include <pthread.h>
#include <stdlib.h>

#include "mode_tools.h"
#include "test.h"

/* Valgrind knows no base of %gs but the kernel's. */
static void need_gs(void)
{
    if (mode_is("valgrind"))
        SKIP("valgrind has no %%gs");
    os_gs_init();
}

static uint64_t read_by_segment(void)
{
    uint64_t value;

    __asm__ volatile("mov %%gs:8, %0" : "=r"(value) : : "memory");
    return value;
}

TEST(memory_is_reached_through_it)
{
    uint64_t words[2] = {1, 0x123456789abcdef0};

    need_gs();
    os_gs_set((uint64_t)(uintptr_t)words);
    EXPECT_EQ_INT(read_by_segment(), words[1]);
    os_gs_set(0);
}

TEST(what_was_set_is_what_one_gets)
{
    need_gs();
    EXPECT_EQ_INT(os_gs_get(), 0);
    os_gs_set(0x7f1234567000);
    EXPECT_EQ_INT(os_gs_get(), 0x7f1234567000);
    os_gs_set(0);
    EXPECT_EQ_INT(os_gs_get(), 0);
}

static void *other_thread(void *arg)
{
    os_gs_set(0x1000);
    *(uint64_t *)arg = os_gs_get();
    return NULL;
}

TEST(each_thread_has_its_own)
{
    uint64_t there = 0;
    pthread_t thread;

    need_gs();
    os_gs_set(0x2000);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, other_thread, &there), 0);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(there, 0x1000);
    EXPECT_EQ_INT(os_gs_get(), 0x2000);
    os_gs_set(0);
}
