/* test_engine_cfi_leave.c - from a function's registers to its caller's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi_leave.h"

#include "cfi_fixture.h"

#define LOW   UINT64_C(0x7e0000000000)
#define WORDS 32

static uintptr_t words[WORDS];
static struct engine_cfi_stack stack;
static struct engine_cfi_rules rules;
static struct os_regs regs;

/* A stack whose word k is 1000 + k, the stack pointer at word 4, and the rules
 * at the beginning of a function. */
static void begin(void)
{
    stack = (struct engine_cfi_stack){(const char *)words, LOW,
                                      LOW + sizeof(words)};
    for (uintptr_t i = 0; i < WORDS; i++)
        words[i] = 1000 + i;
    regs.known = 0;
    for (unsigned i = 0; i < OS_REG_COUNT; i++)
        os_regs_set(&regs, i, 100 + i);
    os_regs_set(&regs, OS_REG_SP, LOW + 32);
    rules = (struct engine_cfi_rules){
        .cfa_register = OS_REG_SP,
        .cfa_offset = 8,
        .of[OS_REG_PC] = {.kind = ENGINE_CFI_BY_OFFSET, .offset = -8},
    };
}

static bool leave(void)
{
    return engine_cfi_leave(&rules, &stack, &regs);
}

static bool cannot_leave(void)
{
    struct os_regs before = regs;

    return !leave() && memcmp(&before, &regs, sizeof(regs)) == 0;
}

TEST(words_are_read_inside_the_stack_only)
{
    uintptr_t word;

    begin();
    EXPECT(engine_cfi_word(&stack, LOW, &word));
    EXPECT_EQ_INT(word, 1000);
    EXPECT(engine_cfi_word(&stack, stack.high - 8, &word));
    EXPECT_EQ_INT(word, 1000 + WORDS - 1);
    EXPECT(!engine_cfi_word(&stack, LOW - 8, &word));
    EXPECT(!engine_cfi_word(&stack, stack.high, &word));
    EXPECT(!engine_cfi_word(&stack, LOW + 4, &word));
    EXPECT(!engine_cfi_word(&stack, UINTPTR_MAX - 7, &word));
    EXPECT(!engine_cfi_word(&stack, 0, &word));
    stack.high -= 4;
    EXPECT(!engine_cfi_word(&stack, stack.high - 4, &word));
}

TEST(the_caller_has_its_pc_and_its_stack_pointer_back)
{
    begin();
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_PC], 1004);
    EXPECT_EQ_INT(regs.at[OS_REG_SP], LOW + 40);
    EXPECT(os_regs_has(&regs, OS_REG_PC));
    EXPECT(os_regs_has(&regs, OS_REG_SP));
}

TEST(of_the_others_it_has_what_calls_preserve)
{
    static const unsigned kept[] = {OS_REG_BX,  OS_REG_BP,  OS_REG_R12,
                                    OS_REG_R13, OS_REG_R14, OS_REG_R15};

    begin();
    EXPECT(leave());
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        EXPECT(os_regs_has(&regs, kept[i]));
        EXPECT_EQ_INT(regs.at[kept[i]], 100 + kept[i]);
    }
    EXPECT_EQ_INT(__builtin_popcount(regs.known), 8);
}

TEST(saved_registers_come_from_the_stack)
{
    begin();
    rules.cfa_offset = 24;
    rules.of[OS_REG_BP] =
        (struct engine_cfi_rule){.kind = ENGINE_CFI_BY_OFFSET, .offset = -16};
    rules.of[OS_REG_R12] = (struct engine_cfi_rule){.kind = ENGINE_CFI_LOST};
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_BP], 1005);
    EXPECT_EQ_INT(regs.at[OS_REG_PC], 1006);
    EXPECT(!os_regs_has(&regs, OS_REG_R12));
}

TEST(a_function_without_a_caller_leaves_no_pc)
{
    begin();
    rules.of[OS_REG_PC] = (struct engine_cfi_rule){.kind = ENGINE_CFI_LOST};
    EXPECT(leave());
    EXPECT(!os_regs_has(&regs, OS_REG_PC));
    EXPECT(!os_regs_has(&regs, 200));
}

TEST(it_takes_registers_that_are_known)
{
    begin();
    rules.cfa_register = OS_REG_BP;
    regs.at[OS_REG_BP] = LOW + 64;
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_PC], 1008);
    begin();
    rules.cfa_register = OS_REG_BP;
    regs.at[OS_REG_BP] = LOW + 64;
    regs.known &= ~(1u << OS_REG_BP);
    EXPECT(cannot_leave());
    begin();
    regs.known &= ~(1u << OS_REG_SP);
    EXPECT(cannot_leave());
    begin();
    rules.cfa_register = 17;
    EXPECT(cannot_leave());
}

TEST(the_stack_pointer_grows_or_there_is_no_way)
{
    begin();
    rules.cfa_offset = 0;
    EXPECT(cannot_leave());
    rules.cfa_offset = -8;
    EXPECT(cannot_leave());
    rules.cfa_offset = INT64_MAX;
    EXPECT(cannot_leave());
    rules.cfa_offset = (int64_t)(stack.high - regs.at[OS_REG_SP]);
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_SP], stack.high);
    EXPECT(cannot_leave());
}

TEST(a_stack_that_has_ended_can_be_left)
{
    begin();
    os_regs_set(&regs, OS_REG_SP, LOW - 64); /* in the guard */
    rules.cfa_offset = 80;
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_PC], 1001);
    begin();
    os_regs_set(&regs, OS_REG_SP, LOW - 64);
    rules.cfa_offset = 64;
    EXPECT(cannot_leave());
}

/* ------------------------------------------------------------------------
 * Expressions.
 */

static bool leave_by(const uint8_t *expression, size_t len)
{
    rules.cfa = (struct engine_cfi_bytes){expression, len};
    return leave();
}

static bool refuses(const uint8_t *expression, size_t len)
{
    rules.cfa = (struct engine_cfi_bytes){expression, len};
    return cannot_leave();
}

/* As gcc writes it for a stack that it has aligned: the CFA was saved below
 * rbp, and the caller's rbp is where rbp points. */
TEST(a_stack_that_was_aligned_is_left)
{
    begin();
    os_regs_set(&regs, OS_REG_BP, LOW + 80);
    words[9] = LOW + 128;
    rules.of[OS_REG_BP] =
        (struct engine_cfi_rule){.kind = ENGINE_CFI_BY_ADDRESS,
                                 .expression = {(const uint8_t[]){0x76, 0}, 2}};
    EXPECT(leave_by(B(0x76, 0x78, 0x06)));
    EXPECT_EQ_INT(regs.at[OS_REG_SP], LOW + 128);
    EXPECT_EQ_INT(regs.at[OS_REG_PC], 1015);
    EXPECT_EQ_INT(regs.at[OS_REG_BP], 1010);
}

/* As linkers write it for the stubs of calls to the C library: rsp + 8, and 8
 * more from byte 11 of a stub on. */
TEST(a_stub_of_the_linker_is_left)
{
#define STUB B(0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22)
    begin();
    os_regs_set(&regs, OS_REG_PC, CODE + 10);
    EXPECT(leave_by(STUB));
    EXPECT_EQ_INT(regs.at[OS_REG_SP], LOW + 40);
    begin();
    os_regs_set(&regs, OS_REG_PC, CODE + 11);
    EXPECT(leave_by(STUB));
    EXPECT_EQ_INT(regs.at[OS_REG_SP], LOW + 48);
}

/* The CFA is on the machine's stack when another register is looked for. */
TEST(an_expression_for_a_register_begins_with_the_cfa)
{
    begin();
    rules.cfa_offset = 40;
    rules.of[OS_REG_BX] = (struct engine_cfi_rule){
        .kind = ENGINE_CFI_BY_ADDRESS,
        .expression = {(const uint8_t[]){0x23, 16}, 2}};
    EXPECT(leave());
    EXPECT_EQ_INT(regs.at[OS_REG_BX], 1011);
}

TEST(expressions_that_make_no_sense_are_refused)
{
    begin();
    regs.known &= ~1u;
    EXPECT(refuses(B(0x22)));          /* nothing to add */
    EXPECT(refuses(B(0x77, 8, 0x1a))); /* one thing */
    EXPECT(refuses(B(0x70, 8)));       /* a register that is not known */
    EXPECT(refuses(B(0x85, 8)));       /* one that does not exist */
    EXPECT(refuses(B(0x77)));          /* cut off */
    EXPECT(refuses(B(0x3f, 0x06)));    /* a word outside the stack */
    EXPECT(refuses(B(0x77, 8, 0x12))); /* unknown: dup */
    EXPECT(refuses(B(0x77, 8, 0x28))); /* a branch */
    EXPECT(refuses(B(0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30)));
    EXPECT(refuses(B(0x77, 8, 0x31, 0x4f, 0x4f, 0x22, 0x24, 0x22, 0x1a)));
    EXPECT(refuses(B(0x31, 0x4f, 0x4f, 0x4f, 0x22, 0x22, 0x24))); /* 1 << 93 */
}
