/* test_api_look.c - vivarium.h: looking into a sandbox, and writing into it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

static const char WAT[] =
    "(module (memory (export \"m\") 1)"
    " (global (export \"i\") (mut i32) (i32.const -1))"
    " (global (export \"v\") v128 (v128.const i64x2 3 4))"
    " (func (export \"id\") (param i32) (result i32) (global.set 0 "
    "   (local.get 0)) (local.get 0)))";

static struct guest guest;

TEST(globals_are_read_by_name)
{
    viv_value value;
    uint64_t lanes[2] = {3, 4};
    uint32_t type;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, &type), 0);
    EXPECT_EQ_INT(type, VIV_I32);
    EXPECT_EQ_INT(value.i64, UINT32_MAX);
    EXPECT_EQ_INT(guest_ask(&guest, "id", 5), 5);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, &type), 0);
    EXPECT_EQ_INT(value.i32, 5);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "v", 1, &value, &type), 0);
    EXPECT_EQ_INT(type, VIV_V128);
    EXPECT_EQ_MEM(value.v128, lanes, 16);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "m", 1, &value, &type),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_global_get(NULL, "i", 1, &value, &type), VIV_EINVAL);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, NULL, &type),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "i", 1, &value, NULL),
                  VIV_EINVAL);
    guest_end(&guest);
}

TEST(memory_is_copied_wholly_or_not_at_all)
{
    char out[8] = "abcdefg", in[8] = "";

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 65536);
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, 65528, out, 8), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65528, in, 8), 0);
    EXPECT_EQ_STR(in, "abcdefg");
    EXPECT_EQ_INT(viv_memory_write(guest.sandbox, 65529, "XXXXXXXX", 8),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65529, in, 8), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65528, in, 8), 0);
    EXPECT_EQ_STR(in, "abcdefg");
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65536, NULL, 0), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 65537, NULL, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, UINT64_MAX, in, 2),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 1, in, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_write(NULL, 0, in, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_bytes(NULL), 0);
    guest_end(&guest);
}

TEST(a_module_without_memory_has_none_to_copy)
{
    char byte;

    guest = guest_start("(module (func (export \"f\") (param i32) (result "
                        "i32) (local.get 0)))");
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, &byte, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, NULL, 0), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 3), 3);
    guest_end(&guest);
}
