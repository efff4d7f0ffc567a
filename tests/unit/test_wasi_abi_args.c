/* test_wasi_abi_args.c - preview 1: the arguments of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

static void begin_args(void)
{
    static const char *const args[] = {"prog", "one two"};
    viv_wasi said;

    viv_wasi_default(&said);
    said.args = args;
    said.arg_count = 2;
    begin(&said);
}

TEST(arguments_are_counted_and_written)
{
    begin_args();
    EXPECT_EQ_INT(ASK(args_sizes_get, I(0), I(4)), 0);
    EXPECT_EQ_INT(word_at(0), 2);
    EXPECT_EQ_INT(word_at(4), 13);
    EXPECT_EQ_INT(ASK(args_get, I(8), I(100)), 0);
    EXPECT_EQ_STR(at(word_at(8)), "prog");
    EXPECT_EQ_STR(at(word_at(12)), "one two");
    end();
}

TEST(there_may_be_none)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(args_sizes_get, I(0), I(4)), 0);
    EXPECT_EQ_INT(long_at(0), 0);
    EXPECT_EQ_INT(ASK(args_get, I(BEYOND), I(BEYOND)), 0);
    end();
}

TEST(addresses_beyond_memory_are_faults)
{
    begin_args();
    EXPECT_EQ_INT(ASK(args_sizes_get, I(BEYOND), I(4)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(args_sizes_get, I(0), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(args_get, I(BEYOND), I(100)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(args_get, I(8), I(PAGE_BYTES - 12)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(args_get, I(8), I(PAGE_BYTES - 13)), 0);
    end();
}
