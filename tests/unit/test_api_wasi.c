/* test_api_wasi.c - vivarium.h: WASI.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(without_a_sandbox_there_is_nobody_to_permit_anything)
{
    EXPECT_EQ_INT(viv_wasi_apply(NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "viv_wasi_apply() needs a sandbox");
    EXPECT_EQ_INT(viv_pack_write(NULL, "x", 0, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_pack_write("/tmp", NULL, 0, &err), VIV_EINVAL);
    EXPECT(viv_wasi_permission(NULL, "x") == NULL);
    EXPECT(viv_wasi_permission("x", NULL) == NULL);
}

TEST(the_rows_are_the_librarys)
{
    size_t count, again;

    EXPECT(viv_wasi_imports(&count) == viv_wasi_imports(&again));
    EXPECT_EQ_INT(count, again);
}

TEST(permissions_have_a_text)
{
    viv_wasi said;
    char text[200];
    size_t len;

    viv_wasi_default(&said);
    EXPECT_EQ_INT(said.size, sizeof(said));
    len = viv_wasi_text(&said, text, sizeof(text));
    EXPECT_EQ_INT(len, strlen(text));
    EXPECT_HAS_STR(text, "clock coarse\n");
}

static int apply_from_inside(viv_host_call *call, const viv_value *args,
                             viv_value *results, void *cookie)
{
    (void)args, (void)cookie;
    results[0].i32 =
        (uint32_t)viv_wasi_apply(viv_host_call_sandbox(call), NULL, NULL);
    return 0;
}

TEST(permissions_do_not_change_in_the_middle_of_a_call)
{
    static const uint8_t i32[] = {VIV_I32};
    viv_import imports[] = {
        GUEST_FUNC("f", i32, 1, i32, 1, apply_from_inside, NULL)};

    guest = guest_start_with("(module (import \"env\" \"f\""
                             " (func $f (param i32) (result i32)))"
                             " (func (export \"f\") (param i32) (result i32)"
                             "  (call $f (local.get 0))))",
                             imports, 1);
    EXPECT_EQ_INT((int)guest_ask(&guest, "f", 0), VIV_EBUSY);
    end();
}

/* A guest without WASI has no use for it, and takes no harm. */
TEST(a_guest_of_another_system_may_be_given_it)
{
    guest = guest_start("(module (memory 1))");
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, NULL, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, &err), 0);
    end();
}

/* ------------------------------------------------------------------------
 * A guest that waits for input.
 */

static bool has_input;

static int64_t read_if(void *cookie, void *to, size_t len)
{
    (void)cookie, (void)len;
    if (!has_input)
        return VIV_ETIME;
    memcpy(to, "x", 1);
    return 1;
}

TEST(a_call_waits_for_input_until_the_host_is_ready)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdin_func = read_if;
    begin_with("(module (import \"wasi_snapshot_preview1\" \"fd_read\""
               " (func $r (param i32 i32 i32 i32) (result i32)))"
               " (memory 1) (data (i32.const 0) \"\\64\\00\\00\\00\\01\")"
               " (func (export \"read\") (param i32) (result i32)"
               "  (call $r (local.get 0) (i32.const 0) (i32.const 1)"
               "   (i32.const 8))))",
               &said, NULL);
    EXPECT_EQ_INT(guest_call(&guest, "read", GUEST_ARGS(GUEST_I32(0)), 1, 1),
                  VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 1000, NULL), VIV_ETIME);
    has_input = true;
    viv_wasi_ready(guest.sandbox);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 1, &guest.outcome, NULL),
        0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 0);
    EXPECT_EQ_MEM(at(100), "x", 1);
    end();
}
