/* test_wasi_abi_environ.c - preview 1: the environment of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

static void begin_env(void)
{
    static const char *const env[] = {"A=1", "B=two 2"};
    viv_wasi said;

    viv_wasi_default(&said);
    said.env = env;
    said.env_count = 2;
    begin(&said);
}

TEST(variables_are_counted_and_written)
{
    begin_env();
    EXPECT_EQ_INT(ASK(environ_sizes_get, I(0), I(4)), 0);
    EXPECT_EQ_INT(word_at(0), 2);
    EXPECT_EQ_INT(word_at(4), 12);
    EXPECT_EQ_INT(ASK(environ_get, I(8), I(100)), 0);
    EXPECT_EQ_STR(at(word_at(8)), "A=1");
    EXPECT_EQ_STR(at(word_at(12)), "B=two 2");
    end();
}

TEST(there_may_be_none)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(environ_sizes_get, I(0), I(4)), 0);
    EXPECT_EQ_INT(long_at(0), 0);
    EXPECT_EQ_INT(ASK(environ_get, I(BEYOND), I(BEYOND)), 0);
    end();
}

TEST(addresses_beyond_memory_are_faults)
{
    begin_env();
    EXPECT_EQ_INT(ASK(environ_sizes_get, I(BEYOND), I(4)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(environ_sizes_get, I(0), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(environ_get, I(BEYOND), I(100)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(environ_get, I(8), I(PAGE_BYTES - 11)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(environ_get, I(8), I(PAGE_BYTES - 12)), 0);
    end();
}
