/* test_sandbox_image.c - a sandbox frozen at a quiet moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_image.h"

#include "base/base_alloc.h"
#include "guest.h"
#include "os/os_fail.h"

static const char WAT[] =
    "(module (memory 2 9) (global $g (mut i64) (i64.const 3))"
    " (table $t 2 8 funcref) (elem declare func $f) (data $d \"abc\")"
    " (type $r (func (result i32)))"
    " (func $f (result i32) (i32.const 99))"
    " (func (export \"change\") (param i32) (result i32)"
    "  (global.set $g (i64.extend_i32_u (local.get 0)))"
    "  (i32.store (i32.const 100000) (local.get 0))"
    "  (drop (table.grow $t (ref.func $f) (i32.const 1))) (data.drop $d)"
    "  (memory.grow (i32.const 1)))"
    " (func (export \"global\") (param i32) (result i32)"
    "  (i32.wrap_i64 (global.get $g)))"
    " (func (export \"memory\") (param i32) (result i32)"
    "  (i32.add (i32.load (i32.const 100000)) (memory.size)))"
    " (func (export \"table\") (param i32) (result i32)"
    "  (call_indirect (type $r) (local.get 0)))"
    " (func (export \"data\") (param i32) (result i32)"
    "  (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))"
    "  (i32.const 1)))";

static struct guest guest;
static struct sandbox_image *image;
static viv_error err;

static struct sandbox *sandbox_of(struct guest *of)
{
    return (struct sandbox *)of->sandbox;
}

static void begin(void)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(guest_ask(&guest, "change", 41), 2);
    EXPECT_EQ_INT(sandbox_image_new(sandbox_of(&guest), &image, &err), 0);
}

static struct guest another(void)
{
    struct guest other = {.module = viv_module_ref(guest.module)};

    if (viv_sandbox_from((viv_image *)image, NULL, &other.sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return other;
}

static void end(void)
{
    sandbox_image_unref(image);
    guest_end(&guest);
}

/* Everything that "change" changes, as it left it. */
static void expect_changed(struct guest *of)
{
    EXPECT_EQ_INT(guest_ask(of, "global", 0), 41);
    EXPECT_EQ_INT(guest_ask(of, "memory", 0), 41 + 3);
    EXPECT_EQ_INT(guest_ask(of, "table", 2), 99);
    EXPECT_EQ_INT(guest_trap_of(of, "table", 1), VIV_TRAP_NULL_FUNC);
    EXPECT_EQ_INT(guest_trap_of(of, "table", 3), VIV_TRAP_TABLE);
    EXPECT_EQ_INT(guest_trap_of(of, "data", 0), VIV_TRAP_MEMORY);
}

TEST(a_sandbox_from_it_is_what_was_frozen)
{
    struct guest other;

    begin();
    other = another();
    expect_changed(&other);
    guest_end(&other);
    end();
}

TEST(neither_sees_what_the_other_does)
{
    struct guest other;

    begin();
    other = another();
    EXPECT_EQ_INT(guest_ask(&guest, "change", 7), 3);
    expect_changed(&other);
    EXPECT_EQ_INT(guest_ask(&other, "change", 8), 3);
    EXPECT_EQ_INT(guest_ask(&guest, "global", 0), 7);
    guest_end(&other);
    other = another(); /* nor does the image */
    expect_changed(&other);
    guest_end(&other);
    end();
}

TEST(each_goes_back_to_where_it_began)
{
    struct guest other;

    begin();
    other = another();
    EXPECT_EQ_INT(guest_ask(&other, "change", 8), 3);
    EXPECT_EQ_INT(viv_sandbox_reset(other.sandbox, &err), 0);
    expect_changed(&other);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, &err), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "global", 0), 3);
    EXPECT_EQ_INT(guest_ask(&guest, "memory", 0), 2);
    EXPECT_EQ_INT(guest_trap_of(&guest, "table", 2), VIV_TRAP_TABLE);
    EXPECT_EQ_INT(guest_ask(&guest, "data", 0), 1);
    guest_end(&other);
    end();
}

TEST(it_outlives_its_sandbox_and_everybodys_module)
{
    viv_sandbox *sandbox;

    begin();
    EXPECT(sandbox_image_ref(image) == image);
    sandbox_image_unref(image);
    guest_end(&guest);
    EXPECT_EQ_INT(viv_sandbox_from((viv_image *)image, NULL, &sandbox, &err),
                  0);
    sandbox_image_unref(image);
    guest = (struct guest){.sandbox = sandbox};
    expect_changed(&guest);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
}

TEST(pages_without_a_link_are_given_back)
{
    struct sandbox_image *wrapped;

    begin();
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(sandbox_image_wrap(image->link, mem_image_ref(image->pages),
                                     &wrapped, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(atomic_load(&image->pages->refs), 1);
    end();
}

static int freeze_again(void)
{
    struct sandbox_image *again;
    int code = sandbox_image_new(sandbox_of(&guest), &again, &err);

    if (code == 0)
        sandbox_image_unref(again);
    return code;
}

TEST(every_failure_leaves_the_sandbox_as_it_was)
{
    int code = -1, n;

    begin();
    for (n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = freeze_again();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        expect_changed(&guest);
    }
    EXPECT(n > 2);
    for (code = -1, n = 1; code < 0; n++) {
        os_fail_at((uint64_t)n);
        code = freeze_again();
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
        expect_changed(&guest);
    }
    EXPECT(n > 3);
    end();
}
