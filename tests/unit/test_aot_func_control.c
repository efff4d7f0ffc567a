/* test_aot_func_control.c - tests of blocks and branches.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

static const char *c_of(const char *signature, const char *body)
{
    char wat[4096];

    snprintf(wat, sizeof(wat), "(module (func %s %s))", signature, body);
    return tools_c(wat);
}

TEST(a_label_appears_only_if_something_jumps_to_it)
{
    EXPECT_EQ_INT(tools_count(c_of("", "(block (nop) (block (nop)))"), ":;"),
                  0);
    EXPECT_EQ_INT(tools_count(c_of("(param i32)",
                                   "(block (block (br_if 1 (local.get 0))))"),
                              ":;"),
                  1);
}

TEST(a_block_moves_its_result_down_to_where_it_began)
{
    const char *c = c_of("(param i32) (result i32)",
                         "(block (result i32)"
                         " i32.const 1 i32.const 2 local.get 0 br_if 0"
                         " i32.add)");

    /* the branch carries 2 to height 0, over the 1 that waits there */
    EXPECT(tools_in_order(c, "if(l0){i0=2u;goto L1;}", "i0=("));
}

TEST(results_are_moved_bottom_first)
{
    const char *c = c_of("(param i32 i32) (result i32 i32)",
                         "(block (result i32 i32)"
                         " i32.const 7 local.get 0 local.get 1 br 0)");

    EXPECT_HAS_STR(c, "i0=l0;i1=l1;goto L1;");
}

TEST(moving_down_never_overwrites_what_is_still_needed)
{
    /* three loads at heights 1 2 3 go down to 0 1 2 */
    tools_open("(module (memory 1)"
               " (func (param i32) (result i32 i32 i32)"
               "  (block (result i32 i32 i32) i32.const 9"
               "   (i32.load (local.get 0)) (i32.load (local.get 0))"
               "   (i32.load (local.get 0)) br 0)))");
    EXPECT_HAS_STR(tools_emit(0), "i0=i1;i1=i2;i2=i3;goto L1;");
}

TEST(all_waits_in_variables_when_a_block_opens)
{
    const char *c = c_of("(param i32) (result i32)",
                         "local.get 0 (block (local.set 0 (i32.const 1)))");

    EXPECT(tools_in_order(c, "i0=l0;", "l0=1u;"));
    EXPECT_HAS_STR(c, "return i0;");
}

TEST(a_loop_is_a_label_at_its_head)
{
    const char *c =
        c_of("(param i32)", "(loop (local.set 0 (i32.sub (local.get 0)"
                            " (i32.const 1))) (br_if 0 (local.get 0)))");

    EXPECT(tools_in_order(c, "L1:;", "if(l0){goto L1;}"));
}

TEST(a_branch_to_a_loop_carries_its_parameters)
{
    const char *c = c_of("(param i32) (result i32)",
                         "local.get 0 (loop (param i32) (result i32)"
                         " i32.const 2 i32.mul local.get 0 br_if 0)");

    EXPECT(tools_in_order(c, "i0=l0;", "L1:;"));
    EXPECT_HAS_STR(c, "if(l0){i0=(i0*2u);goto L1;}");
}

/* What stands around the outermost loop, and what it may hold. */
#define LOOP_BEGINS                                                            \
    "VIV_LOOP\n#undef VIV_MEMORY\n#define VIV_MEMORY VIV_BY_REGISTER\n"
#define LOOP_ENDS "#undef VIV_MEMORY\n#define VIV_MEMORY VIV_BY_SEGMENT\n"

TEST(memory_is_accessed_by_the_register_in_a_loop_only)
{
    const char *c = tools_c("(module (memory 1) (func (param i32)"
                            " (i32.store (local.get 0) (i32.const 11))"
                            " (loop (i32.store (local.get 0) (i32.const 22))"
                            "  (br_if 0 (local.get 0)))"
                            " (i32.store (local.get 0) (i32.const 33))))");

    EXPECT(tools_in_order(c, "VIV_LOOPS\n", "11u);\n" LOOP_BEGINS "L1:;\n"));
    EXPECT(tools_in_order(c, "L1:;\n", "22u);\n"));
    EXPECT(tools_in_order(c, "goto L1;}\n", LOOP_ENDS));
    EXPECT(tools_in_order(c, LOOP_ENDS, "33u);\n"));
}

TEST(loops_within_a_loop_are_part_of_it)
{
    const char *c =
        c_of("(param i32)", "(loop (loop (br_if 0 (local.get 0)))"
                            " (loop (loop (br_if 1 (local.get 0))) (br 1)))"
                            " (loop (br_if 0 (local.get 0)))");

    EXPECT_EQ_INT(tools_count(c, "VIV_LOOPS\n"), 1);
    EXPECT_EQ_INT(tools_count(c, "VIV_LOOP\n"), 1);
    EXPECT_EQ_INT(tools_count(c, LOOP_BEGINS "L1:;\n"), 1);
    EXPECT_EQ_INT(tools_count(c, LOOP_ENDS), 1);
    c = c_of("(param i32)", "(block (loop (br_if 0 (local.get 0))))"
                            " (loop (br_if 0 (local.get 0)))");
    EXPECT_EQ_INT(tools_count(c, "VIV_LOOPS\n"), 1);
    EXPECT_EQ_INT(tools_count(c, LOOP_BEGINS), 2);
    EXPECT_EQ_INT(tools_count(c, LOOP_ENDS), 2);
}

TEST(a_loop_ends_though_its_end_cannot_be_reached)
{
    const char *c = tools_c("(module (memory 1) (func (param i32)"
                            " (block (loop (br_if 1 (local.get 0)) (br 0)))"
                            " (i32.store (local.get 0) (i32.const 33))))");

    EXPECT(tools_in_order(c, "goto L2;\n" LOOP_ENDS, "33u);\n"));
}

TEST(a_function_without_loops_reads_no_base)
{
    EXPECT_EQ_INT(
        tools_count(c_of("(param i32)", "(block (br_if 0 (local.get 0)))"
                                        " (return) (loop (br 0))"),
                    "VIV_LOOP"),
        0);
}

TEST(a_loop_reaches_memory_that_grew_in_it)
{
    struct aot_options options = tools_options();
    viv_sandbox *sandbox;
    viv_module *module;
    uint32_t sum = 0;

    /* n times: a page more, n into its last word, and out of it again */
    tools_assemble("(module (memory 1) (func (export \"f\") (param $n i32)"
                   " (result i32) (local $end i32) (local $sum i32)"
                   " (loop (drop (memory.grow (i32.const 1)))"
                   "  (local.set $end (i32.mul (memory.size)"
                   "   (i32.const 65536)))"
                   "  (i32.store (i32.sub (local.get $end) (i32.const 4))"
                   "   (local.get $n))"
                   "  (local.set $sum (i32.add (local.get $sum) (i32.load"
                   "   (i32.sub (local.get $end) (i32.const 4)))))"
                   "  (br_if 0 (local.tee $n (i32.sub (local.get $n)"
                   "   (i32.const 1)))))"
                   " (local.get $sum)))");
    module = tools_load(&options);
    sandbox = tools_sandbox(module, 0);
    EXPECT_EQ_INT(tools_call(sandbox, "f", 1, 10, 1, &sum).kind, VIV_RETURNED);
    EXPECT_EQ_INT(sum, 55);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

TEST(an_if_without_else_jumps_over_its_body)
{
    const char *c = c_of("(param i32)", "(if (local.get 0) (then (local.set 0"
                                        " (i32.const 3))))");

    EXPECT(tools_in_order(c, "if(!l0)goto E1;", "l0=3u;"));
    EXPECT(tools_in_order(c, "l0=3u;", "E1:;"));
}

TEST(both_arms_of_an_if_give_its_result)
{
    const char *c = c_of("(param i32) (result i32)",
                         "(if (result i32) (local.get 0)"
                         " (then (i32.const 1)) (else (i32.const 2)))");

    EXPECT(tools_in_order(c, "i0=1u;goto L1;", "E1:;"));
    EXPECT(tools_in_order(c, "E1:;", "i0=2u;"));
    EXPECT(tools_in_order(c, "i0=2u;", "L1:;"));
}

TEST(a_block_whose_end_cannot_be_reached_is_dead_unless_jumped_to)
{
    const char *c = c_of("(param i32) (result i32)",
                         "(block (br_if 0 (local.get 0)) (unreachable))"
                         " (i32.const 5)");

    EXPECT(tools_in_order(c, "viv_trap(ENGINE_TRAP_UNREACHABLE);", "L1:;"));
    EXPECT_HAS_STR(c, "return 5u;");
    c = c_of("(result i32)", "(block (unreachable)) (i32.const 5)");
    EXPECT_EQ_INT(tools_count(c, "5u"), 0);
}

TEST(dead_code_leaves_no_trace)
{
    const char *c =
        c_of("(result i32)",
             "(return (i32.const 1)) (block (result i32) (if (i32.const 77)"
             " (then (br 1 (i32.const 78))) (else (loop (br 0))))"
             " (br_table 0 0 (i32.const 79) (i32.const 80))) drop"
             " (i32.const 81)");

    EXPECT_HAS_STR(c, "return 1u;");
    for (int i = 77; i <= 81; i++) {
        char text[10];

        snprintf(text, sizeof(text), "%du", i);
        EXPECT_EQ_INT(tools_count(c, text), 0);
    }
    EXPECT_EQ_INT(tools_count(c, "goto"), 0);
}

TEST(a_branch_out_of_the_function_returns)
{
    const char *c = c_of("(param i32) (result i32)",
                         "i32.const 4 local.get 0 br_if 0 drop i32.const 6");

    EXPECT_HAS_STR(c, "if(l0){return 4u;}");
    EXPECT_HAS_STR(c, "return 6u;");
}

TEST(results_after_the_first_are_returned_in_slots)
{
    const char *c = c_of("(param i32 f64) (result i64 i32 f64)",
                         "(i64.const 3) (local.get 0) (local.get 1)");

    EXPECT_HAS_STR(c, "VIV_SLOT(u32,1)=l0;VIV_SLOT(f64,2)=l1;return 0x3ull;");
}

TEST(targets_of_a_br_table_that_are_neighbours_share_a_branch)
{
    const char *c = c_of("(param i32)", "(block (block (br_table 0 0 0 1 1 0 1"
                                        " (local.get 0))) (return)) ");

    EXPECT_HAS_STR(c, "case 0u:case 1u:case 2u:goto L2;");
    EXPECT_EQ_INT(tools_count(c, "goto L2;"), 2);
    /* the default's target needs no cases of its own */
    EXPECT_EQ_INT(tools_count(c, "case 3u"), 0);
    EXPECT_HAS_STR(c, "default:goto L1;");
}

TEST(a_br_table_of_many_equal_targets_is_one_branch)
{
    struct base_buf *body = tools_buf();
    const char *c;

    base_buf_text(body, "(module (func (param i32) (block (br_table ");
    for (int i = 0; i < 20000; i++)
        base_buf_text(body, "0 ");
    base_buf_text(body, "0 (local.get 0)))))");
    base_buf_char(body, '\0');
    c = tools_c(body->at);
    EXPECT(strlen(c) < 500);
}

/* N blocks in each other, each with a branch to the outermost. */
static void nest(struct base_buf *body, int depth)
{
    base_buf_text(body, "(module (func (param i32) (result i32)\n");
    for (int i = 0; i < depth; i++)
        base_buf_text(body, i % 2 == 0 ? "block (result i32)\n"
                                       : "loop (result i32)\n");
    base_buf_text(body, "local.get 0\n");
    for (int i = 0; i < depth; i++)
        base_buf_format(body, "local.get 0 br_if %d end\n", depth);
    base_buf_text(body, "))");
    base_buf_char(body, '\0');
}

TEST(the_guests_nesting_does_not_nest_the_c)
{
    struct base_buf *body = tools_buf();
    const char *c;
    int depth = 0, deepest = 0;
    double start;

    nest(body, 5000);
    /* a branch out of everything is as deep as what is open */
    for (char *at = strstr(body->at, "br_if 5000"); at != NULL;
         at = strstr(at + 1, "br_if 5000"))
        memcpy(at, "br_if 0   ", 10);
    tools_open(body->at);
    start = tools_seconds();
    c = tools_emit(0);
    EXPECT(tools_seconds() - start < 1);
    for (; *c != '\0'; c++) {
        depth += (*c == '{') - (*c == '}');
        deepest = depth > deepest ? depth : deepest;
    }
    EXPECT_EQ_INT(depth, 0);
    EXPECT(deepest <= 2);
}

/* ------------------------------------------------------------------------
 * Tables.
 */

/* A loop around a table of `count` entries that go to three blocks in turn. */
static const char *c_of_table(const char *before, int count, const char *after)
{
    static char text[8192];
    int len = snprintf(text, sizeof(text),
                       "(module (func (param i32) %s (block (block (block"
                       " (local.get 0) (br_table",
                       before);

    for (int i = 0; i <= count; i++)
        len += snprintf(text + len, sizeof(text) - (size_t)len, " %d", i % 3);
    snprintf(text + len, sizeof(text) - (size_t)len, "))))%s))", after);
    return tools_c(text);
}

TEST(a_table_of_many_targets_in_a_loop_is_computed_gotos)
{
    const char *c = c_of_table("(loop", 128, "(br 0))");

    EXPECT_EQ_INT(tools_count(c, "switch("), 0);
    EXPECT_EQ_INT(tools_count(c, "goto *("), 1);
    EXPECT_EQ_INT(tools_count(c, "-&&T"), 128);
    /* bounded, and what is beyond goes where the last entry says */
    EXPECT_HAS_STR(c, "<128u?T[");
    /* each target has one label */
    EXPECT_EQ_INT(tools_count(c, ":;goto L"), 3);
}

TEST(a_small_table_or_one_outside_of_loops_is_a_switch)
{
    EXPECT_EQ_INT(tools_count(c_of_table("(loop", 127, "(br 0))"), "switch("),
                  1);
    EXPECT_EQ_INT(tools_count(c_of_table("(block", 128, ")"), "switch("), 1);
}

TEST(a_table_of_absurd_size_is_a_switch)
{
    EXPECT_EQ_INT(tools_count(c_of_table("(loop", 1025, "(br 0))"), "goto *"),
                  0);
}
