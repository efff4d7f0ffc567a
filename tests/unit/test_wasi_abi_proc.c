/* test_wasi_abi_proc.c - preview 1: the program itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(a_program_exits_with_its_code)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(proc_exit, I(42)), WASI_EXITED);
    EXPECT_EQ_INT(wasi->exit_code, 42);
    EXPECT_EQ_INT(ASK(proc_exit, I(-1)), WASI_EXITED);
    EXPECT_EQ_INT(wasi->exit_code, -1);
    end();
}

TEST(signals_that_end_programs_end_this_one)
{
    static const uint32_t fatal[] = {1, 2, 6, 9, 15, 30};

    begin(NULL);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        EXPECT_EQ_INT(ASK(proc_raise, I(fatal[i])), WASI_EXITED);
        EXPECT_EQ_INT(wasi->exit_code, 128 + (int)fatal[i]);
    }
    end();
}

TEST(other_signals_do_nothing)
{
    static const uint32_t harmless[] = {0, 16, 17, 18, 19, 20, 21, 22, 27};

    begin(NULL);
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        EXPECT_EQ_INT(ASK(proc_raise, I(harmless[i])), 0);
    EXPECT_EQ_INT(ASK(proc_raise, I(31)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(proc_raise, I(UINT32_MAX)), WASI_EINVAL);
    end();
}
