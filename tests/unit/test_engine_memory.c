/* test_engine_memory.c - linear memory: what loads and stores do not do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_memory.h"

#include "guest.h"
#include "os/os_fail.h"

static const char WAT[] =
    "(module (memory (export \"m\") 1 4)"
    " (data $d \"abcdefgh\")"
    " (func (export \"size\") (result i32) memory.size)"
    " (func (export \"grow\") (param i32) (result i32)"
    "   (memory.grow (local.get 0)))"
    " (func (export \"copy\") (param i32 i32 i32)"
    "   (memory.copy (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"fill\") (param i32 i32 i32)"
    "   (memory.fill (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"init\") (param i32 i32 i32)"
    "   (memory.init $d (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"drop\") (data.drop $d))"
    " (func (export \"load\") (param i32) (result i32)"
    "   (i32.load8_u (local.get 0))))";

#define PAGE 65536u

static struct guest guest;

static uint32_t call3(const char *name, uint32_t a, uint32_t b, uint32_t c)
{
    return guest_call(&guest, name,
                      GUEST_ARGS(GUEST_I32(a), GUEST_I32(b), GUEST_I32(c)), 3,
                      0);
}

static void expect_trap(const char *name, uint32_t a, uint32_t b, uint32_t c,
                        int64_t address)
{
    EXPECT_EQ_INT(call3(name, a, b, c), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.has_address, address >= 0);
    if (address >= 0)
        EXPECT_EQ_INT(guest.outcome.address, address);
}

static void expect_bytes(uint32_t at, const char *bytes, size_t len)
{
    char there[64];

    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, at, there, len), 0);
    EXPECT_EQ_MEM(there, bytes, len);
}

static void put(uint32_t at, const char *bytes)
{
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, at, bytes, strlen(bytes)), 0);
}

TEST(memory_grows_to_its_maximum_and_no_further)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 0), 1);
    EXPECT_EQ_INT(guest_trap_of(&guest, "load", PAGE), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 2), 1);
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 3 * PAGE);
    EXPECT_EQ_INT(guest_ask(&guest, "load", 3 * PAGE - 1), 0);
    EXPECT_EQ_INT(guest_trap_of(&guest, "load", 3 * PAGE), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 2), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", UINT32_MAX), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), 3);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 0), 4);
    guest_end(&guest);
}

TEST(growth_that_the_system_refuses_changes_nothing)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 0), 1); /* prepares the thread */
    os_fail_at(1);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), -1u);
    os_fail_at(0);
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), PAGE);
    EXPECT_EQ_INT(guest_trap_of(&guest, "load", PAGE), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), 1);
    guest_end(&guest);
}

TEST(all_four_gibibytes_can_be_had)
{
    viv_module *module =
        guest_load("(module (memory 0)"
                   " (func (export \"grow\") (param i32) (result i32)"
                   "  (memory.grow (local.get 0)))"
                   " (func (export \"load\") (param i32) (result i32)"
                   "  (i32.load (local.get 0))))",
                   false);
    viv_limits limits;

    viv_limits_default(&limits);
    limits.memory_bytes = UINT64_C(4) << 30;
    guest = guest_of(module, NULL, 0, &limits);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest_trap_of(&guest, "load", 0), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 65537), -1u);
    if (guest_ask(&guest, "grow", 65536) != 0)
        SKIP("this machine does not give 4 GiB");
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), UINT64_C(1) << 32);
    EXPECT_EQ_INT(guest_ask(&guest, "load", UINT32_MAX - 3), 0);
    EXPECT_EQ_INT(guest_trap_of(&guest, "load", UINT32_MAX - 2),
                  VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.address, UINT64_C(1) << 32);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), -1u);
    guest_end(&guest);
}

TEST(copies_may_overlap)
{
    guest = guest_start(WAT);
    put(10, "0123456789");
    EXPECT_EQ_INT(call3("copy", 12, 10, 8), VIV_RETURNED);
    expect_bytes(10, "0101234567", 10);
    EXPECT_EQ_INT(call3("copy", 10, 12, 8), VIV_RETURNED);
    expect_bytes(10, "0123456767", 10);
    guest_end(&guest);
}

TEST(copies_end_at_the_end_of_memory)
{
    guest = guest_start(WAT);
    put(PAGE - 4, "wxyz");
    EXPECT_EQ_INT(call3("copy", 0, PAGE - 4, 4), VIV_RETURNED);
    EXPECT_EQ_INT(call3("copy", PAGE, PAGE, 0), VIV_RETURNED);
    expect_trap("copy", 0, PAGE - 3, 4, PAGE);
    expect_trap("copy", PAGE - 3, 0, 4, PAGE);
    expect_trap("copy", 0, PAGE + 1, 0, PAGE + 1);
    expect_trap("copy", PAGE + 1, 0, 0, PAGE + 1);
    expect_trap("copy", 0, UINT32_MAX, UINT32_MAX, UINT32_MAX);
    expect_bytes(0, "wxyz", 4);
    expect_bytes(PAGE - 4, "wxyz", 4);
    guest_end(&guest);
}

TEST(fills_write_the_low_byte_or_nothing)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(call3("fill", 5, 0x161, 3), VIV_RETURNED);
    expect_bytes(4, "\0aaa\0", 5);
    EXPECT_EQ_INT(call3("fill", PAGE - 2, 'z', 2), VIV_RETURNED);
    expect_trap("fill", PAGE - 4, 'y', 5, PAGE);
    expect_trap("fill", 1, 'y', UINT32_MAX, PAGE);
    expect_bytes(PAGE - 4, "\0\0zz", 4);
    guest_end(&guest);
}

TEST(segments_are_copied_until_they_are_dropped)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(call3("init", 100, 2, 4), VIV_RETURNED);
    expect_bytes(100, "cdef", 4);
    EXPECT_EQ_INT(call3("init", PAGE, 8, 0), VIV_RETURNED);
    expect_trap("init", 0, 5, 4, -1);
    expect_trap("init", 0, 9, 0, -1);
    expect_trap("init", 0, UINT32_MAX, UINT32_MAX, -1);
    expect_trap("init", PAGE - 3, 0, 4, PAGE);
    EXPECT_EQ_INT(guest_call(&guest, "drop", NULL, 0, 0), VIV_RETURNED);
    EXPECT_EQ_INT(call3("init", 0, 0, 0), VIV_RETURNED);
    expect_trap("init", 0, 0, 1, -1);
    EXPECT_EQ_INT(guest_call(&guest, "drop", NULL, 0, 0), VIV_RETURNED);
    guest_end(&guest);
}

TEST(dropping_in_one_sandbox_drops_in_no_other)
{
    struct guest another;

    guest = guest_start(WAT);
    another = guest_of(guest.module, NULL, 0, NULL);
    EXPECT_EQ_INT(guest_call(&another, "drop", NULL, 0, 0), VIV_RETURNED);
    EXPECT_EQ_INT(call3("init", 0, 0, 8), VIV_RETURNED);
    guest_end(&another);
    guest_end(&guest);
}
