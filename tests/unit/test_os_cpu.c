/* test_os_cpu.c - what this CPU and this kernel can do.
 *
 * The compiler's own test of the CPU is the oracle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_cpu.h"

#include "os/os_gs.h"
#include "test.h"

/* The features that tell the levels apart, as libgcc sees them. */
static int level_by_compiler(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt"))
        return 1;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return 2;
    if (!__builtin_cpu_supports("avx512f") ||
        !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd") ||
        !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
        return 3;
    return 4;
}

TEST(the_level_is_the_compilers)
{
    EXPECT_EQ_INT(os_cpu_level(), level_by_compiler());
}

TEST(fsgsbase_is_there_if_it_is_said_to_be)
{
    uint64_t base = 1;

    if (!os_cpu_has_fsgsbase())
        SKIP("this kernel does not let user code write %%gs");
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    os_gs_init();
    EXPECT_EQ_INT(base, os_gs_get());
}
