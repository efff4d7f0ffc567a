/* test_python_host.c - what all sandboxes of one Python have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_host.h"

#include "base/base_alloc.h"
#include "door_tools.h"

static struct engine_link *made;

static int link_with(const char *wat, const viv_python_function *functions,
                     size_t count)
{
    viv_module *module = guest_load(wat, false);
    int code = python_host_link((struct engine_module *)module, "/p.pack",
                                functions, count, &made, &err);

    viv_module_unref(module);
    return code;
}

TEST(it_copies_what_it_was_given)
{
    char module[] = "host", name[] = "f", signature[] = "(n)", doc[] = "Words.";
    int cookie;
    viv_python_function rows[] = {
        {module, name, signature, doc, 1, seven, &cookie},
        {module, name, signature, NULL, 0, seven, NULL},
    };
    const struct python_host *kept;

    EXPECT_EQ_INT(link_with(DOOR, rows, 2), 0);
    memset(module, 'x', 4), memset(name, 'x', 1), memset(signature, 'x', 3);
    memset(doc, 'x', 6), memset(rows, 0, sizeof(rows));
    kept = python_host_of_link(made);
    EXPECT_EQ_STR(kept->pack, "/p.pack");
    EXPECT_EQ_INT(kept->function_count, 2);
    EXPECT_EQ_STR(kept->functions[0].module, "host");
    EXPECT_EQ_STR(kept->functions[0].name, "f");
    EXPECT_EQ_STR(kept->functions[0].signature, "(n)");
    EXPECT_EQ_STR(kept->functions[0].doc, "Words.");
    EXPECT_EQ_INT(kept->functions[0].awaited, 1);
    EXPECT(kept->functions[0].cookie == &cookie);
    EXPECT_EQ_STR(kept->functions[1].doc, "");
    EXPECT(made->needs_store);
    engine_link_unref(made);
}

TEST(a_row_lacks_nothing_but_words)
{
    static const viv_python_function whole = {"m", "f",   "()", NULL,
                                              0,   seven, NULL};
    viv_python_function row[4] = {whole, whole, whole, whole};

    row[0].module = NULL;
    row[1].name = NULL;
    row[2].signature = NULL;
    row[3].func = NULL;
    for (int i = 0; i < 4; i++) {
        EXPECT_EQ_INT(link_with(DOOR, &row[i], 1), VIV_EINVAL);
        EXPECT_HAS_STR(err.text, "needs module, name");
    }
}

TEST(there_can_be_too_many)
{
    EXPECT_EQ_INT(link_with(DOOR, door_functions, UINT16_MAX + 1), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "65536 functions are too many");
}

/* The types of viv_room() and viv_do(), and why they do not fit. */
TEST(a_module_without_the_door_is_refused)
{
    static const char *const wats[] = {
        "(module)",
        "(module (func (export \"viv_room\") (param i32) (result i32)"
        "  (i32.const 0)))",
        "(module (func (export \"viv_room\") (param i32) (result i32)"
        "  (i32.const 0)) (memory (export \"viv_do\") 1))",
        "(module (func (export \"viv_room\") (param i32) (result i32)"
        "  (i32.const 0)) (func (export \"viv_do\") (param i32) (result i32)"
        "  (i32.const 0)))",
        "(module (func (export \"viv_room\") (param i32 i32) (result i32)"
        "  (i32.const 0)) (func (export \"viv_do\") (param i32) (result i64)"
        "  (i64.const 0)))",
        "(module (func (export \"viv_room\") (param i64) (result i32)"
        "  (i32.const 0)) (func (export \"viv_do\") (param i32) (result i64)"
        "  (i64.const 0)))",
        "(module (func (export \"viv_room\") (param i32))"
        "  (func (export \"viv_do\") (param i32) (result i64)"
        "  (i64.const 0)))",
    };

    for (size_t i = 0; i < sizeof(wats) / sizeof(wats[0]); i++) {
        EXPECT_EQ_INT(link_with(wats[i], NULL, 0), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "not a Python guest");
    }
}

TEST(imports_that_nobody_answers_are_named)
{
    EXPECT_EQ_INT(
        link_with("(module (import \"vivarium\" \"tell\" (func))"
                  " (func (export \"viv_room\") (param i32) (result i32)"
                  "  (i32.const 0)) (func (export \"viv_do\") (param i32)"
                  "  (result i64) (i64.const 0)))",
                  NULL, 0),
        VIV_ELINK);
    EXPECT_HAS_STR(err.text, "tell");
}

/* A guest may call its door what is the host's; that is a call like any. */
TEST(a_door_that_is_an_import_does_no_harm)
{
    viv_outcome outcome;

    viv_limits_default(&limits);
    EXPECT_EQ_INT(
        link_with("(module (import \"wasi_snapshot_preview1\" \"fd_close\""
                  "  (func $f (param i32) (result i32))) (memory 1)"
                  " (export \"viv_room\" (func $f))"
                  " (func (export \"viv_do\") (param i32) (result i64)"
                  "  (i64.const 0)))",
                  NULL, 0),
        0);
    EXPECT_EQ_INT(sandbox_new(made, &limits, &sandbox, &outcome, &err), 0);
    EXPECT_EQ_INT(wasi_apply(sandbox, NULL, &err), 0);
    EXPECT_EQ_INT(try_run(), VIV_ENOMEM); /* the reply that is none */
    sandbox_free(sandbox);
    engine_link_unref(made);
}

TEST(other_links_have_none)
{
    struct guest other = guest_start("(module)");

    EXPECT(python_host_of((struct sandbox *)other.sandbox) == NULL);
    guest_end(&other);
}

TEST(it_lives_as_long_as_any_sandbox)
{
    begin();
    engine_link_unref(door_link);
    EXPECT_EQ_STR(python_host_of(sandbox)->pack, "/nowhere.pack");
    engine_link_ref(door_link);
    end();
}

TEST(every_failing_allocation_is_survived)
{
    viv_module *module = guest_load(DOOR, false);
    int code = -1, n;

    for (n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = python_host_link((struct engine_module *)module, "/p.pack",
                                door_functions, 2, &made, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT(n > 10);
    engine_link_unref(made);
    viv_module_unref(module);
}
