/* test_wasi_abi_random.c - preview 1: chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mode_tools.h"
#include "os/os_fail.h"
#include "wasi/wasi_random.h"
#include "wasi_tools.h"

static void begin_seed(uint64_t seed)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.random = VIV_RANDOM_SEED;
    said.random_seed = seed;
    begin(&said);
}

TEST(chance_fills_what_was_asked_for)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(random_get, I(100), I(64)), 0);
    EXPECT(memcmp(at(100), at(132), 32) != 0);
    EXPECT_EQ_INT(long_at(92), 0);
    EXPECT_EQ_INT(long_at(164), 0);
    end();
}

TEST(chance_by_a_seed_goes_on_where_it_was)
{
    char row[96];

    begin_seed(5);
    wasi_random_row(5, 0, row, sizeof(row));
    EXPECT_EQ_INT(ASK(random_get, I(0), I(10)), 0);
    EXPECT_EQ_INT(ASK(random_get, I(10), I(86)), 0);
    EXPECT_EQ_MEM(at(0), row, sizeof(row));
    EXPECT_EQ_INT(wasi_head(wasi)->random_at, 96);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(ASK(random_get, I(0), I(32)), 0);
    EXPECT_EQ_MEM(at(0), row, 32);
    end();
}

TEST(addresses_beyond_memory_are_faults)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(random_get, I(PAGE_BYTES - 4), I(5)), WASI_EFAULT);
    EXPECT_EQ_INT(word_at(PAGE_BYTES - 4), 0);
    EXPECT_EQ_INT(ASK(random_get, I(1), I(UINT32_MAX)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(random_get, I(BEYOND), I(0)), 0);
    end();
}

TEST(a_system_without_chance_is_an_error)
{
    begin(NULL);
    os_fail_at(1);
    EXPECT_EQ_INT(ASK(random_get, I(0), I(5)), WASI_EIO);
    os_fail_at(0);
    end();
}

TEST(a_seed_needs_a_store)
{
    viv_limits limits;
    viv_wasi said;

    viv_limits_default(&limits);
    limits.file_bytes = 4095;
    viv_wasi_default(&said);
    said.random = VIV_RANDOM_SEED;
    begin_with(WAT, &said, &limits);
    EXPECT_EQ_INT(ASK(random_get, I(0), I(5)), WASI_ENOMEM);
    end();
}

/* 1 GiB, asked for by a call that is cancelled: it does not take a second. */
TEST(a_call_that_is_over_gets_no_more)
{
    viv_limits limits;

    if (mode_is("valgrind"))
        SKIP("valgrind delivers signals late");
    viv_limits_default(&limits);
    limits.run_ns = 1;
    begin_with("(module (import \"wasi_snapshot_preview1\" \"random_get\""
               " (func $r (param i32 i32) (result i32))) (memory 16384)"
               " (func (export \"go\") (param i32) (result i32)"
               "  (call $r (i32.const 0) (i32.const 0x40000000))))",
               NULL, &limits);
    EXPECT_EQ_INT(guest_call(&guest, "go", GUEST_ARGS(GUEST_I32(0)), 1, 1),
                  VIV_SPENT);
    EXPECT(guest.outcome.used.run_ns < VIV_NS_PER_S / 2);
    end();
}
