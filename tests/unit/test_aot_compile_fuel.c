/* test_aot_compile_fuel.c - tests of metering: the same program spends the
 * same, however it was compiled.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

static const char wat[] =
    "(module (memory (export \"memory\") 2) (table 2 2 funcref)"
    " (elem (i32.const 0) $even $odd) (type $t (func (param i32)))"
    /* how far it came, for all to see */
    " (func $mark (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0))"
    "   (i32.const 1))))"
    " (func $even (type $t) (call $mark))"
    " (func $odd (type $t) (if (local.get 0) (then (call $mark)))"
    "   (call $mark))"
    " (func (export \"work\") (param i32) (result i32) (local i32)"
    "   (loop $again"
    "    (call_indirect (type $t) (local.get 1)"
    "      (i32.and (local.get 0) (i32.const 1)))"
    "    (block $a (block $b (block $c"
    "      (br_table $a $b $c (i32.rem_u (local.get 0) (i32.const 3))))"
    "     (call $mark) (br $a)) (local.set 1 (i32.xor (local.get 1)"
    "      (i32.const 1))))"
    "    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))"
    "    (br_if $again (local.get 0)))"
    "   (i32.load (i32.const 0)))"
    " (func (export \"fill\") (param i32) (result i32)"
    "   (memory.fill (i32.const 64) (i32.const 1) (local.get 0))"
    "   (i32.const 7))"
    " (func (export \"for_ever\") (param i32) (result i32)"
    "   (loop (br 0)) (i32.const 0))"
    " (func $deeper (export \"deeper\") (param i32) (result i32)"
    "   (call $mark) (return_call $deeper (local.get 0))))";

/* Every way to compile that this run can execute. */
static viv_module *modules[4];
static int module_count;

static void load_all(void)
{
    struct aot_options options = tools_options();

    tools_assemble(wat);
    options.fuel = true;
    for (int level = 0; level <= 2; level += 2) {
        options.opt_level = level;
        options.target = AOT_PORTABLE;
        modules[module_count++] = tools_load(&options);
        if (tools_target() != AOT_GS)
            continue;
        options.target = AOT_GS;
        modules[module_count++] = tools_load(&options);
    }
}

static void unload_all(void)
{
    while (module_count > 0)
        viv_module_unref(modules[--module_count]);
}

/* What a call came to. */
struct run {
    uint32_t kind;
    uint32_t limit;
    uint32_t result;
    uint32_t marks;
    uint64_t fuel_used;
};

static struct run run(viv_module *module, uint64_t fuel, const char *name,
                      uint32_t arg)
{
    viv_sandbox *sandbox = tools_sandbox(module, fuel);
    struct run run = {0};
    viv_outcome outcome = tools_call(sandbox, name, 1, arg, 1, &run.result);

    run.kind = outcome.kind;
    run.limit = outcome.limit;
    run.fuel_used = outcome.used.fuel;
    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, &run.marks, sizeof(run.marks)),
                  0);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    return run;
}

static void expect_same(const struct run *a, const struct run *b)
{
    EXPECT_EQ_INT(a->kind, b->kind);
    EXPECT_EQ_INT(a->limit, b->limit);
    EXPECT_EQ_INT(a->result, b->result);
    EXPECT_EQ_INT(a->marks, b->marks);
    EXPECT_EQ_INT(a->fuel_used, b->fuel_used);
}

TEST(every_flavour_and_level_spends_the_same)
{
    struct run first;

    load_all();
    EXPECT(module_count >= 2);
    first = run(modules[0], 1000000, "work", 100);
    EXPECT_EQ_INT(first.kind, VIV_RETURNED);
    EXPECT(first.fuel_used > 1000);
    for (int i = 1; i < module_count; i++) {
        struct run other = run(modules[i], 1000000, "work", 100);

        expect_same(&first, &other);
    }
    unload_all();
}

TEST(what_is_spent_runs_out_at_the_same_place)
{
    uint64_t whole;

    load_all();
    whole = run(modules[0], 1000000, "work", 5).fuel_used;
    for (uint64_t fuel = 1; fuel <= whole; fuel++) {
        struct run first = run(modules[0], fuel, "work", 5);

        EXPECT_EQ_INT(first.kind, fuel < whole ? VIV_SPENT : VIV_RETURNED);
        EXPECT_EQ_INT(first.limit,
                      fuel < whole ? VIV_LIMIT_FUEL : VIV_LIMIT_NONE);
        for (int i = 1; i < module_count; i++) {
            struct run other = run(modules[i], fuel, "work", 5);

            expect_same(&first, &other);
        }
    }
    unload_all();
}

TEST(nothing_of_a_stretch_runs_that_cannot_be_paid)
{
    uint32_t marks = 0;
    uint64_t whole;

    load_all();
    whole = run(modules[0], 1000000, "work", 5).fuel_used;
    for (uint64_t fuel = 1; fuel <= whole; fuel++) {
        struct run now = run(modules[0], fuel, "work", 5);

        EXPECT(now.marks >= marks && now.marks <= marks + 1);
        marks = now.marks;
    }
    unload_all();
}

TEST(bulk_operations_cost_by_length)
{
    load_all();
    for (int i = 0; i < module_count; i++) {
        uint64_t none = run(modules[i], 100000, "fill", 0).fuel_used;

        EXPECT_EQ_INT(run(modules[i], 100000, "fill", 15).fuel_used, none);
        EXPECT_EQ_INT(run(modules[i], 100000, "fill", 16).fuel_used, none + 1);
        EXPECT_EQ_INT(run(modules[i], 100000, "fill", 65536).fuel_used,
                      none + 4096);
        EXPECT_EQ_INT(run(modules[i], 4000, "fill", 65536).kind, VIV_SPENT);
        /* out of bounds, but paid first */
        EXPECT_EQ_INT(run(modules[i], 4000, "fill", 0xffffffff).kind,
                      VIV_SPENT);
    }
    unload_all();
}

TEST(an_endless_loop_ends)
{
    load_all();
    for (int i = 0; i < module_count; i++) {
        EXPECT_EQ_INT(run(modules[i], 1000000, "for_ever", 0).kind, VIV_SPENT);
        EXPECT_EQ_INT(run(modules[i], 1, "for_ever", 0).kind, VIV_SPENT);
    }
    unload_all();
}

TEST(endless_tail_calls_end)
{
    struct run first;

    load_all();
    first = run(modules[0], 1000000, "deeper", 0);
    EXPECT_EQ_INT(first.kind, VIV_SPENT);
    for (int i = 1; i < module_count; i++) {
        struct run other = run(modules[i], 1000000, "deeper", 0);

        expect_same(&first, &other);
    }
    unload_all();
}

TEST(each_call_has_the_whole_budget_again)
{
    viv_sandbox *sandbox;
    uint64_t whole;

    load_all();
    whole = run(modules[0], 1000000, "fill", 5).fuel_used;
    sandbox = tools_sandbox(modules[0], whole);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ_INT(tools_call(sandbox, "fill", 1, 5, 1, NULL).kind,
                      VIV_RETURNED);
    EXPECT_EQ_INT(tools_call(sandbox, "for_ever", 1, 0, 1, NULL).kind,
                  VIV_SPENT);
    EXPECT_EQ_INT(viv_sandbox_reset(sandbox, NULL), 0);
    EXPECT_EQ_INT(tools_call(sandbox, "fill", 1, 5, 1, NULL).kind,
                  VIV_RETURNED);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    unload_all();
}
