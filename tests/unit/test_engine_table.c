/* test_engine_table.c - tables: what compiled code does not do itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_table.h"

#include "guest.h"

static const char WAT[] =
    "(module (table $t 4 8 externref) (table $u 4 8 externref)"
    " (table $f 3 funcref) (elem $e funcref (ref.func $a) (ref.null func)"
    "   (ref.func $b))"
    " (type $r (func (result i32)))"
    " (func $a (result i32) (i32.const 11))"
    " (func $b (result i32) (i32.const 22))"
    " (func (export \"size\") (result i32) (table.size $t))"
    " (func (export \"get\") (param i32) (result externref)"
    "   (table.get $t (local.get 0)))"
    " (func (export \"getu\") (param i32) (result externref)"
    "   (table.get $u (local.get 0)))"
    " (func (export \"set\") (param i32 externref)"
    "   (table.set $t (local.get 0) (local.get 1)))"
    " (func (export \"grow\") (param externref i32) (result i32)"
    "   (table.grow $t (local.get 0) (local.get 1)))"
    " (func (export \"fill\") (param i32 externref i32)"
    "   (table.fill $t (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"copy\") (param i32 i32 i32)"
    "   (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"copyu\") (param i32 i32 i32)"
    "   (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"init\") (param i32 i32 i32)"
    "   (table.init $f $e (local.get 0) (local.get 1) (local.get 2)))"
    " (func (export \"drop\") (elem.drop $e))"
    " (func (export \"call\") (param i32) (result i32)"
    "   (call_indirect $f (type $r) (local.get 0))))";

static struct guest guest;

static uint32_t call3(const char *name, viv_value a, viv_value b, viv_value c)
{
    return guest_call(&guest, name, GUEST_ARGS(a, b, c), 3, 0);
}

static viv_value i32(uint32_t n)
{
    return (viv_value)GUEST_I32(n);
}

static viv_value ref(uint64_t n)
{
    return (viv_value)GUEST_REF(n);
}

static void expect_trap(const char *name, viv_value a, viv_value b, viv_value c)
{
    EXPECT_EQ_INT(call3(name, a, b, c), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_TABLE);
    EXPECT(!guest.outcome.has_address);
}

static void set(uint32_t index, uint64_t value)
{
    EXPECT_EQ_INT(
        guest_call(&guest, "set", GUEST_ARGS(i32(index), ref(value)), 2, 0),
        VIV_RETURNED);
}

static uint64_t get_by(const char *name, uint32_t index)
{
    EXPECT_EQ_INT(guest_call(&guest, name, GUEST_ARGS(i32(index)), 1, 1),
                  VIV_RETURNED);
    return guest.results[0].ref;
}

static uint32_t grow(uint64_t value, uint32_t entries)
{
    EXPECT_EQ_INT(
        guest_call(&guest, "grow", GUEST_ARGS(ref(value), i32(entries)), 2, 1),
        VIV_RETURNED);
    return guest.results[0].i32;
}

TEST(tables_grow_to_their_maximum_and_no_further)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(get_by("get", 3), 0);
    EXPECT_EQ_INT(grow(77, 2), 4);
    EXPECT_EQ_INT(get_by("get", 5), 77);
    EXPECT_EQ_INT(guest_call(&guest, "get", GUEST_ARGS(i32(6)), 1, 1),
                  VIV_TRAPPED);
    EXPECT_EQ_INT(grow(77, 3), -1u);
    EXPECT_EQ_INT(grow(77, UINT32_MAX), -1u);
    EXPECT_EQ_INT(grow(77, 2), 6);
    EXPECT_EQ_INT(grow(77, 1), -1u);
    EXPECT_EQ_INT(grow(77, 0), 8);
    guest_end(&guest);
}

TEST(fills_write_all_or_nothing)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(call3("fill", i32(1), ref(UINT64_MAX), i32(2)), VIV_RETURNED);
    EXPECT_EQ_INT(get_by("get", 0), 0);
    EXPECT_EQ_INT(get_by("get", 1), UINT64_MAX);
    EXPECT_EQ_INT(get_by("get", 3), 0);
    EXPECT_EQ_INT(call3("fill", i32(4), ref(1), i32(0)), VIV_RETURNED);
    expect_trap("fill", i32(3), ref(5), i32(2));
    expect_trap("fill", i32(5), ref(5), i32(0));
    expect_trap("fill", i32(1), ref(5), i32(UINT32_MAX));
    EXPECT_EQ_INT(get_by("get", 3), 0);
    guest_end(&guest);
}

TEST(copies_may_overlap_and_cross_tables)
{
    guest = guest_start(WAT);
    for (uint32_t i = 0; i < 4; i++)
        set(i, 10 + i);
    EXPECT_EQ_INT(call3("copy", i32(1), i32(0), i32(3)), VIV_RETURNED);
    EXPECT_EQ_INT(get_by("get", 1), 10);
    EXPECT_EQ_INT(get_by("get", 3), 12);
    EXPECT_EQ_INT(call3("copyu", i32(2), i32(2), i32(2)), VIV_RETURNED);
    EXPECT_EQ_INT(get_by("getu", 1), 0);
    EXPECT_EQ_INT(get_by("getu", 3), 12);
    expect_trap("copy", i32(2), i32(0), i32(3));
    expect_trap("copy", i32(0), i32(2), i32(3));
    expect_trap("copyu", i32(0), i32(UINT32_MAX), i32(UINT32_MAX));
    EXPECT_EQ_INT(call3("copy", i32(4), i32(4), i32(0)), VIV_RETURNED);
    guest_end(&guest);
}

TEST(segments_hold_functions_and_nulls)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 0), VIV_TRAP_NULL_FUNC);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 3), VIV_TRAP_TABLE);
    EXPECT_EQ_INT(call3("init", i32(0), i32(0), i32(3)), VIV_RETURNED);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 0), 11);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 1), VIV_TRAP_NULL_FUNC);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 2), 22);
    expect_trap("init", i32(0), i32(2), i32(3));
    expect_trap("init", i32(2), i32(0), i32(2));
    EXPECT_EQ_INT(guest_ask(&guest, "call", 2), 22);
    guest_end(&guest);
}

TEST(a_dropped_segment_is_empty)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_call(&guest, "drop", NULL, 0, 0), VIV_RETURNED);
    EXPECT_EQ_INT(call3("init", i32(0), i32(0), i32(0)), VIV_RETURNED);
    expect_trap("init", i32(0), i32(0), i32(1));
    guest_end(&guest);
}

/* (module (table 1 funcref) (global funcref (ref.func 0))
 *  (elem (i32.const 0) funcref (global.get 0))
 *  (func (result i32) (i32.const 22))
 *  (func (export "call") (param i32) (result i32)
 *    (call_indirect (result i32) (local.get 0)))) */
static const uint8_t WITH_GLOBAL[] = {
    0,    'a',  's',  'm',  1,    0,    0,    0,    1,    10, 2,    0x60, 0,
    1,    0x7f, 0x60, 1,    0x7f, 1,    0x7f, 3,    3,    2,  0,    1,    4,
    4,    1,    0x70, 0,    1,    6,    6,    1,    0x70, 0,  0xd2, 0,    0x0b,
    7,    8,    1,    4,    'c',  'a',  'l',  'l',  0,    1,  9,    9,    1,
    4,    0x41, 0,    0x0b, 1,    0x23, 0,    0x0b, 10,   14, 2,    4,    0,
    0x41, 22,   0x0b, 7,    0,    0x20, 0,    0x11, 0,    0,  0x0b};

TEST(segments_hold_what_globals_hold)
{
    viv_module *module = guest_load_bytes(WITH_GLOBAL, sizeof(WITH_GLOBAL));

    guest = guest_of(module, NULL, 0, NULL);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 0), 22);
    guest_end(&guest);
}
