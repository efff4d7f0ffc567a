/* test_engine_cfi_rules.c - the rules that hold at one instruction.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi_rules.h"

#include "cfi_fixture.h"

static struct engine_cfi_rules rules;

/* What compilers begin with: CFA = rsp + 8, the pc at CFA - 8. */
#define FIRST                                                                  \
    {                                                                          \
        (const uint8_t[]){0x0c, 7, 8, 0x90, 1}, 5                              \
    }

static bool run_after(struct engine_cfi_bytes first, const uint8_t *program,
                      size_t len, uint64_t offset)
{
    struct engine_cfi_entry entry = {
        .low = CODE,
        .high = CODE + 0x100000,
        .code_factor = 1,
        .data_factor = -8,
        .first = first,
        .then = {program, len},
    };

    return engine_cfi_rules_at(&entry, CODE + offset, &rules);
}

static bool run(const uint8_t *program, size_t len, uint64_t offset)
{
    return run_after((struct engine_cfi_bytes)FIRST, program, len, offset);
}

static void expect_cfa(uint64_t reg, int64_t offset)
{
    EXPECT_EQ_INT(rules.cfa.len, 0);
    EXPECT_EQ_INT(rules.cfa_register, reg);
    EXPECT_EQ_INT(rules.cfa_offset, offset);
}

static void expect_saved(unsigned reg, int64_t offset)
{
    EXPECT_EQ_INT(rules.of[reg].kind, ENGINE_CFI_BY_OFFSET);
    EXPECT_EQ_INT(rules.of[reg].offset, offset);
}

TEST(without_a_program_the_rules_are_those_of_the_cie)
{
    EXPECT(run(NOTHING, 0));
    expect_cfa(OS_REG_SP, 8);
    expect_saved(OS_REG_PC, -8);
    for (unsigned reg = 0; reg < OS_REG_PC; reg++)
        EXPECT_EQ_INT(rules.of[reg].kind, ENGINE_CFI_SAME);
}

/* push %rbp; mov %rsp,%rbp; ...; pop %rbp; ret */
TEST(rules_hold_from_their_address_on)
{
#define FUNCTION B(0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x6c, 0x0c, 7, 8)
    EXPECT(run(FUNCTION, 0));
    expect_cfa(OS_REG_SP, 8);
    EXPECT_EQ_INT(rules.of[OS_REG_BP].kind, ENGINE_CFI_SAME);
    EXPECT(run(FUNCTION, 1));
    expect_cfa(OS_REG_SP, 16);
    expect_saved(OS_REG_BP, -16);
    EXPECT(run(FUNCTION, 3));
    expect_cfa(OS_REG_SP, 16);
    EXPECT(run(FUNCTION, 4));
    expect_cfa(OS_REG_BP, 16);
    EXPECT(run(FUNCTION, 4 + 0x2b));
    expect_cfa(OS_REG_BP, 16);
    EXPECT(run(FUNCTION, 4 + 0x2c));
    expect_cfa(OS_REG_SP, 8);
    EXPECT(run(FUNCTION, 0xfffff));
    expect_cfa(OS_REG_SP, 8);
}

TEST(addresses_advance_by_one_two_and_four_bytes)
{
    EXPECT(run(B(0x02, 200, 0x0e, 16), 199));
    expect_cfa(OS_REG_SP, 8);
    EXPECT(run(B(0x02, 200, 0x0e, 16), 200));
    expect_cfa(OS_REG_SP, 16);
    EXPECT(run(B(0x03, 0x34, 0x12, 0x0e, 16), 0x1233));
    expect_cfa(OS_REG_SP, 8);
    EXPECT(run(B(0x03, 0x34, 0x12, 0x0e, 16), 0x1234));
    expect_cfa(OS_REG_SP, 16);
    EXPECT(run(B(0x04, 0x56, 0x34, 2, 0, 0x0e, 16), 0x23455));
    expect_cfa(OS_REG_SP, 8);
    EXPECT(run(B(0x04, 0x56, 0x34, 2, 0, 0x0e, 16), 0x23456));
    expect_cfa(OS_REG_SP, 16);
}

TEST(the_cfa_is_defined_in_five_ways)
{
    EXPECT(run(B(0x0c, 10, 0), 0));
    expect_cfa(10, 0);
    EXPECT(run(B(0x12, 6, 0x7e), 0)); /* -2 words of -8 */
    expect_cfa(6, 16);
    EXPECT(run(B(0x0d, 6), 0));
    expect_cfa(6, 8);
    EXPECT(run(B(0x0e, 0x90, 1), 0));
    expect_cfa(OS_REG_SP, 144);
    EXPECT(run(B(0x13, 0x7d), 0));
    expect_cfa(OS_REG_SP, 24);
    EXPECT(run(B(0x0f, 3, 0x76, 0x78, 0x06), 0));
    EXPECT_EQ_INT(rules.cfa.len, 3);
    EXPECT_EQ_INT(rules.cfa.at[0], 0x76);
    /* And back to a register. */
    EXPECT(run(B(0x0f, 3, 0x76, 0x78, 0x06, 0x0c, 7, 8), 0));
    expect_cfa(OS_REG_SP, 8);
}

TEST(registers_are_saved_restored_and_lost)
{
    EXPECT(run(B(0x8c, 3), 0));
    expect_saved(OS_REG_R12, -24);
    EXPECT(run(B(0x05, 12, 4), 0));
    expect_saved(OS_REG_R12, -32);
    EXPECT(run(B(0x11, 12, 0x7f), 0));
    expect_saved(OS_REG_R12, 8);
    EXPECT(run(B(0x8c, 3, 0xcc), 0));
    EXPECT_EQ_INT(rules.of[OS_REG_R12].kind, ENGINE_CFI_SAME);
    EXPECT(run(B(0x8c, 3, 0x06, 12), 0));
    EXPECT_EQ_INT(rules.of[OS_REG_R12].kind, ENGINE_CFI_SAME);
    EXPECT(run(B(0x07, 12), 0));
    EXPECT_EQ_INT(rules.of[OS_REG_R12].kind, ENGINE_CFI_LOST);
    EXPECT(run(B(0x07, 12, 0x08, 12), 0));
    EXPECT_EQ_INT(rules.of[OS_REG_R12].kind, ENGINE_CFI_SAME);
    EXPECT(run(B(0x10, 6, 2, 0x76, 0), 0));
    EXPECT_EQ_INT(rules.of[OS_REG_BP].kind, ENGINE_CFI_BY_ADDRESS);
    EXPECT_EQ_INT(rules.of[OS_REG_BP].expression.len, 2);
    /* Restored is what the CIE said. */
    EXPECT(run(B(0x07, 16, 0xd0), 0));
    expect_saved(OS_REG_PC, -8);
}

TEST(rules_are_remembered_and_brought_back)
{
#define EPILOGUE B(0x0e, 32, 0x8c, 2, 0x0a, 0x41, 0x0e, 8, 0xcc, 0x41, 0x0b)
    EXPECT(run(EPILOGUE, 0));
    expect_cfa(OS_REG_SP, 32);
    EXPECT(run(EPILOGUE, 1));
    expect_cfa(OS_REG_SP, 8);
    EXPECT_EQ_INT(rules.of[OS_REG_R12].kind, ENGINE_CFI_SAME);
    EXPECT(run(EPILOGUE, 2));
    expect_cfa(OS_REG_SP, 32);
    expect_saved(OS_REG_R12, -16);
    EXPECT(run(B(0x0a, 0x0a, 0x0a, 0x0a), 0));
    EXPECT(!run(B(0x0a, 0x0a, 0x0a, 0x0a, 0x0a), 0));
    EXPECT(!run(B(0x0a, 0x0b, 0x0b), 0));
}

TEST(what_does_not_matter_is_skipped)
{
    EXPECT(run(B(0, 0, 0x2e, 0x90, 1, 0x0e, 16, 0, 0), 0));
    expect_cfa(OS_REG_SP, 16);
}

TEST(what_is_unknown_or_cut_off_is_refused)
{
    EXPECT(!run(B(0x01, 0, 0, 0, 0, 0, 0, 0, 0), 0)); /* set_loc */
    EXPECT(!run(B(0x09, 1, 2), 0));                   /* register */
    EXPECT(!run(B(0x14, 1, 2), 0));                   /* val_offset */
    EXPECT(!run(B(0x3f), 0));
    EXPECT(!run(B(0x91, 1), 0)); /* register 17 */
    EXPECT(!run(B(0xff), 0));    /* register 63 */
    EXPECT(!run(B(0x05, 90, 1), 0));
    EXPECT(!run(B(0x10, 90, 1, 0x30), 0));
    EXPECT(!run(B(0x0c, 7), 0));
    EXPECT(!run(B(0x0e), 0));
    EXPECT(!run(B(0x8c), 0));
    EXPECT(!run(B(0x02), 0));
    EXPECT(!run(B(0x03, 1), 0));
    EXPECT(!run(B(0x04, 1, 2, 3), 0));
    EXPECT(!run(B(0x0f, 4, 0x76, 0x78, 0x06), 0));
    EXPECT(!run(B(0x0e, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                  0x80, 0x01),
                0));
    /* What comes after the address that is asked for is not looked at. */
    EXPECT(run(B(0x41, 0x3f), 0));
    EXPECT(!run(B(0x41, 0x3f), 1));
}

TEST(a_cie_can_be_as_wrong_as_an_entry)
{
    struct engine_cfi_bytes unknown = {(const uint8_t[]){0x3f}, 1};
    struct engine_cfi_bytes restoring = {(const uint8_t[]){0xc6}, 1};

    EXPECT(!run_after(unknown, NOTHING, 0));
    EXPECT(run_after(restoring, NOTHING, 0)); /* to what was before: the same */
    EXPECT_EQ_INT(rules.of[OS_REG_BP].kind, ENGINE_CFI_SAME);
}
