/* test_engine_const.c - the value of a constant expression.
 *
 * Seen through exported globals.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_const.h"

#include "guest.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"i32\" (global $i32 i32))"
    " (import \"env\" \"v128\" (global $v128 v128))"
    " (global (export \"i32\") i32 (i32.const -5))"
    " (global (export \"i64\") i64 (i64.const 0x123456789abcdef0))"
    " (global (export \"f32\") f32 (f32.const 1.5))"
    " (global (export \"f64\") f64 (f64.const -2.25))"
    " (global (export \"v\") v128 (v128.const i32x4 1 2 3 4))"
    " (global (export \"got\") i32 (global.get $i32))"
    " (global (export \"gotv\") v128 (global.get $v128))"
    " (global (export \"null\") externref (ref.null extern))"
    " (global (export \"func\") funcref (ref.func $f))"
    " (global (export \"sum\") i32 (i32.mul (i32.add (global.get $i32)"
    "   (i32.const 3)) (i32.sub (i32.const 1) (i32.const 6))))"
    " (global (export \"sum64\") i64 (i64.sub (i64.mul (i64.const 7)"
    "   (i64.const 6)) (i64.add (i64.const 1) (i64.const 1))))"
    " (func $f))";

static struct guest guest;

static void begin(void)
{
    viv_import imports[] = {
        {.module = "env", .name = "i32", .kind = VIV_GLOBAL, .type = VIV_I32},
        {.module = "env", .name = "v128", .kind = VIV_GLOBAL, .type = VIV_V128},
    };

    memset(&imports[0].value, 0xff, sizeof(imports[0].value));
    imports[0].value.i32 = 39;
    memset(&imports[1].value, 0xab, sizeof(imports[1].value));
    guest = guest_start_with(WAT, imports, 2);
}

static viv_value global(const char *name, uint32_t type)
{
    viv_value value;
    uint32_t its_type;

    EXPECT_EQ_INT(
        viv_global_get(guest.sandbox, name, strlen(name), &value, &its_type),
        0);
    EXPECT_EQ_INT(its_type, type);
    return value;
}

TEST(constants_of_every_type)
{
    uint32_t lanes[4] = {1, 2, 3, 4};

    begin();
    EXPECT_EQ_INT((int32_t)global("i32", VIV_I32).i32, -5);
    EXPECT_EQ_INT(global("i64", VIV_I64).i64, 0x123456789abcdef0);
    EXPECT(global("f32", VIV_F32).f32 == 1.5f);
    EXPECT(global("f64", VIV_F64).f64 == -2.25);
    EXPECT_EQ_MEM(global("v", VIV_V128).v128, lanes, 16);
    EXPECT_EQ_INT(global("null", VIV_EXTERNREF).ref, 0);
    guest_end(&guest);
}

TEST(globals_by_name_and_functions_by_reference)
{
    uint8_t lanes[16];

    begin();
    memset(lanes, 0xab, sizeof(lanes));
    EXPECT_EQ_INT(global("got", VIV_I32).i32, 39);
    EXPECT_EQ_MEM(global("gotv", VIV_V128).v128, lanes, 16);
    EXPECT_EQ_INT(global("func", VIV_FUNCREF).ref, ENGINE_REF_FUNC(0, 0));
    guest_end(&guest);
}

TEST(sums_and_products)
{
    begin();
    EXPECT_EQ_INT((int32_t)global("sum", VIV_I32).i32, (39 + 3) * (1 - 6));
    EXPECT_EQ_INT(global("sum64", VIV_I64).i64, 7 * 6 - (1 + 1));
    guest_end(&guest);
}

/* `depth` operands before the first operation. */
static void write_deep(char *wat, size_t size, int depth)
{
    size_t at =
        (size_t)snprintf(wat, size, "(module (global (export \"deep\") i32");

    for (int i = 0; i < depth; i++)
        at += (size_t)snprintf(wat + at, size - at, " i32.const 1");
    for (int i = 1; i < depth; i++)
        at += (size_t)snprintf(wat + at, size - at, " i32.add");
    snprintf(wat + at, size - at, "))");
}

TEST(an_expression_may_be_deep)
{
    static char wat[100000];
    int depths[] = {1, 2, 7, 15, 16, 17, 255, 256};

    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        write_deep(wat, sizeof(wat), depths[i]);
        guest = guest_start(wat);
        EXPECT_EQ_INT(global("deep", VIV_I32).i32, depths[i]);
        guest_end(&guest);
    }
}
