/* fuzz_engine_cfi.c - any unwind tables, registers and stack, to walk by.
 *
 * An input is
 *
 *     1 byte     how many words the stack has
 *     1 byte     bit 0: the pc is behind a call; bit 1: it has no registers
 *     2 bytes    the address of the tables
 *     17 numbers the registers
 *     numbers    the words of the stack, lowest first
 *     the rest   the tables, of which the first bytes are .eh_frame_hdr
 *
 * and a number is two bytes that can stand for what is worth trying: a small
 * number, an address in the stack, one in the code, or a negative number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_read.h"
#include "engine/engine_unwind.h"
#include "target.h"

/* Code and tables lie as in a small compiled file. */
#define CODE_AT  0x1000u
#define CODE_END 0x2000u
#define STACK_AT 0x100000u

static uint16_t read_u16(struct base_read *in)
{
    uint16_t low = base_read_u8(in);

    return (uint16_t)(low | base_read_u8(in) << 8);
}

static uintptr_t read_number(struct base_read *in)
{
    uint16_t bits = read_u16(in);
    uintptr_t number = bits & 0x3fff;

    switch (bits >> 14) {
    case 0:
        return number;
    case 1:
        return STACK_AT + number;
    case 2:
        return CODE_AT + number;
    default:
        return 0 - number;
    }
}

static bool is_inside(const struct engine_cfi *cfi,
                      struct engine_cfi_bytes bytes)
{
    return bytes.at >= cfi->bytes && bytes.len <= cfi->len &&
           bytes.at + bytes.len <= cfi->bytes + cfi->len;
}

/* What is found about an address is about that address. */
static void expect_entry(const struct engine_cfi *cfi, uintptr_t pc)
{
    struct engine_cfi_entry entry;
    struct engine_cfi_rules rules;

    if (!engine_cfi_find(cfi, pc, &entry))
        return;
    CHECK(entry.low <= pc && pc < entry.high);
    CHECK(is_inside(cfi, entry.first));
    CHECK(is_inside(cfi, entry.then));
    if (!engine_cfi_rules_at(&entry, pc, &rules))
        return;
    CHECK(rules.cfa.len == 0 || is_inside(cfi, rules.cfa));
}

/* The walk is in the code, upward, and ends. */
static void expect_walk(struct engine_unwind *walk, unsigned words)
{
    struct engine_frame frame;
    unsigned count = 0;
    uintptr_t sp = 0;

    while (engine_unwind_next(walk, &frame)) {
        CHECK(frame.pc >= CODE_AT && frame.pc < CODE_END);
        CHECK(frame.piece <= frame.pc);
        CHECK(walk->is_cut || walk->regs.at[OS_REG_SP] > sp);
        CHECK(++count <= words + 2);
        sp = walk->regs.at[OS_REG_SP];
    }
    CHECK(!engine_unwind_next(walk, &frame));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct engine_module module = {.code_at = CODE_AT, .code_end = CODE_END};
    struct os_regs regs = {.known = 0};
    struct engine_cfi_stack stack;
    struct engine_unwind walk;
    struct base_read in;
    uintptr_t address, *words;
    uint8_t count, flags;
    unsigned i;

    base_read_init(&in, bytes, len, 0);
    count = base_read_u8(&in);
    flags = base_read_u8(&in);
    address = CODE_END + read_u16(&in);
    for (i = 0; i < OS_REG_COUNT; i++)
        os_regs_set(&regs, i, read_number(&in));
    if (flags & 2)
        regs.known = 1u << OS_REG_SP | 1u << OS_REG_BP;
    words = malloc(count * sizeof(*words)); /* exactly, for sanitizers */
    CHECK(words != NULL || count == 0);
    for (i = 0; i < count; i++)
        words[i] = read_number(&in);
    engine_cfi_init(&module.cfi, in.at, base_read_left(&in), address, 0,
                    base_read_left(&in));
    expect_entry(&module.cfi, regs.at[OS_REG_PC]);
    stack = (struct engine_cfi_stack){(const char *)words, STACK_AT,
                                      STACK_AT + count * sizeof(*words)};
    engine_unwind_start(&walk, &module, &stack, &regs, flags & 1);
    expect_walk(&walk, count);
    free(words);
    return 0;
}
