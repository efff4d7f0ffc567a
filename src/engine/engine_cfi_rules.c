/* engine_cfi_rules.c - the rules that hold at one instruction.
 *
 * A program is a list of instructions: set a rule, or go on to a later address.
 * It has run far enough when it goes beyond the address that is asked for.
 *
 * SECURITY: see engine_cfi.c.  The one place where bytes say how much is kept,
 * the stack of remembered rules, has a fixed size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi_rules.h"

#include "base/base_read.h"

/* Instructions, as DWARF 5 numbers them (7.24).  The first three have an
 * operand in their low six bits. */
enum {
    ADVANCE = 0x40,
    OFFSET = 0x80,
    RESTORE = 0xc0,
    NOP = 0x00,
    ADVANCE_1 = 0x02,
    ADVANCE_2 = 0x03,
    ADVANCE_4 = 0x04,
    OFFSET_EXTENDED = 0x05,
    RESTORE_EXTENDED = 0x06,
    UNDEFINED = 0x07,
    SAME_VALUE = 0x08,
    REMEMBER_STATE = 0x0a,
    RESTORE_STATE = 0x0b,
    DEF_CFA = 0x0c,
    DEF_CFA_REGISTER = 0x0d,
    DEF_CFA_OFFSET = 0x0e,
    DEF_CFA_EXPRESSION = 0x0f,
    EXPRESSION = 0x10,
    OFFSET_EXTENDED_SF = 0x11,
    DEF_CFA_SF = 0x12,
    DEF_CFA_OFFSET_SF = 0x13,
    GNU_ARGS_SIZE = 0x2e
};

#define OPERAND 0x3fu

/* Compilers remember one set of rules at a time: around an epilogue that is not
 * the last. */
#define REMEMBERED_MAX 4u

struct machine {
    const struct engine_cfi_entry *entry;
    struct base_read in;
    uintptr_t at; /* the rules hold from here on */
    struct engine_cfi_rules now;
    struct engine_cfi_rules first; /* after the CIE's program */
    struct engine_cfi_rules remembered[REMEMBERED_MAX];
    unsigned remembered_count;
};

static void fail(struct machine *machine)
{
    base_read_fail(&machine->in, BASE_READ_LARGE);
}

static void advance(struct machine *machine, uint64_t count)
{
    machine->at += count * machine->entry->code_factor;
}

/* Products may be nonsense, but wrap. */
static int64_t scaled(const struct machine *machine, uint64_t offset)
{
    return (int64_t)(offset * (uint64_t)machine->entry->data_factor);
}

static struct engine_cfi_rule *rule_of(struct machine *machine, uint64_t reg)
{
    if (reg >= OS_REG_COUNT) {
        fail(machine);
        reg = 0;
    }
    return &machine->now.of[reg];
}

static void set_rule(struct machine *machine, uint64_t reg,
                     enum engine_cfi_kind kind, int64_t offset)
{
    *rule_of(machine, reg) =
        (struct engine_cfi_rule){.kind = kind, .offset = offset};
}

static void restore(struct machine *machine, uint64_t reg)
{
    struct engine_cfi_rule *rule = rule_of(machine, reg);

    *rule = machine->first.of[rule - machine->now.of];
}

/* A length, and so many bytes. */
static struct engine_cfi_bytes read_block(struct base_read *in)
{
    uint64_t len = base_read_leb_u64(in);
    const uint8_t *at = base_read_bytes(in, len);

    return (struct engine_cfi_bytes){at, at == NULL ? 0 : len};
}

static void define_cfa(struct machine *machine, uint64_t reg, int64_t offset)
{
    machine->now.cfa = (struct engine_cfi_bytes){NULL, 0};
    machine->now.cfa_register = reg;
    machine->now.cfa_offset = offset;
}

/* Instructions about the CFA; false: it is none. */
static bool do_cfa(struct machine *machine, uint8_t code)
{
    struct engine_cfi_rules *now = &machine->now;
    struct base_read *in = &machine->in;
    uint64_t reg;

    switch (code) {
    case DEF_CFA:
        reg = base_read_leb_u64(in);
        define_cfa(machine, reg, (int64_t)base_read_leb_u64(in));
        return true;
    case DEF_CFA_SF:
        reg = base_read_leb_u64(in);
        define_cfa(machine, reg,
                   scaled(machine, (uint64_t)base_read_leb_s64(in)));
        return true;
    case DEF_CFA_REGISTER:
        define_cfa(machine, base_read_leb_u64(in), now->cfa_offset);
        return true;
    case DEF_CFA_OFFSET:
        define_cfa(machine, now->cfa_register, (int64_t)base_read_leb_u64(in));
        return true;
    case DEF_CFA_OFFSET_SF:
        define_cfa(machine, now->cfa_register,
                   scaled(machine, (uint64_t)base_read_leb_s64(in)));
        return true;
    case DEF_CFA_EXPRESSION:
        now->cfa = read_block(in);
        return true;
    default:
        return false;
    }
}

/* Instructions about one register; false: it is none. */
static bool do_register(struct machine *machine, uint8_t code)
{
    struct base_read *in = &machine->in;
    uint64_t reg;

    switch (code) {
    case OFFSET_EXTENDED:
        reg = base_read_leb_u64(in);
        set_rule(machine, reg, ENGINE_CFI_BY_OFFSET,
                 scaled(machine, base_read_leb_u64(in)));
        return true;
    case OFFSET_EXTENDED_SF:
        reg = base_read_leb_u64(in);
        set_rule(machine, reg, ENGINE_CFI_BY_OFFSET,
                 scaled(machine, (uint64_t)base_read_leb_s64(in)));
        return true;
    case RESTORE_EXTENDED:
        restore(machine, base_read_leb_u64(in));
        return true;
    case UNDEFINED:
        set_rule(machine, base_read_leb_u64(in), ENGINE_CFI_LOST, 0);
        return true;
    case SAME_VALUE:
        set_rule(machine, base_read_leb_u64(in), ENGINE_CFI_SAME, 0);
        return true;
    case EXPRESSION:
        reg = base_read_leb_u64(in);
        set_rule(machine, reg, ENGINE_CFI_BY_ADDRESS, 0);
        rule_of(machine, reg)->expression = read_block(in);
        return true;
    default:
        return false;
    }
}

/* All others; false: unknown, or no room. */
static bool do_other(struct machine *machine, uint8_t code)
{
    struct base_read *in = &machine->in;

    switch (code) {
    case NOP:
        return true;
    case GNU_ARGS_SIZE: /* for exceptions only */
        base_read_leb_u64(in);
        return true;
    case ADVANCE_1:
        advance(machine, base_read_u8(in));
        return true;
    case ADVANCE_2: {
        uint64_t low = base_read_u8(in);

        advance(machine, low | (uint64_t)base_read_u8(in) << 8);
        return true;
    }
    case ADVANCE_4:
        advance(machine, base_read_u32le(in));
        return true;
    case REMEMBER_STATE:
        if (machine->remembered_count == REMEMBERED_MAX)
            return false;
        machine->remembered[machine->remembered_count++] = machine->now;
        return true;
    case RESTORE_STATE:
        if (machine->remembered_count == 0)
            return false;
        machine->now = machine->remembered[--machine->remembered_count];
        return true;
    default:
        return false;
    }
}

static void step(struct machine *machine)
{
    uint8_t code = base_read_u8(&machine->in);
    uint8_t operand = code & OPERAND;

    switch (code & ~OPERAND) {
    case ADVANCE:
        advance(machine, operand);
        break;
    case OFFSET:
        set_rule(machine, operand, ENGINE_CFI_BY_OFFSET,
                 scaled(machine, base_read_leb_u64(&machine->in)));
        break;
    case RESTORE:
        restore(machine, operand);
        break;
    default:
        if (!do_cfa(machine, code) && !do_register(machine, code) &&
            !do_other(machine, code))
            fail(machine);
    }
}

/* Run a program until it is beyond `pc`, or at its end. */
static bool run(struct machine *machine, struct engine_cfi_bytes program,
                uintptr_t pc)
{
    base_read_init(&machine->in, program.at, program.len, 0);
    while (base_read_left(&machine->in) > 0 && machine->at <= pc)
        step(machine);
    return machine->in.status == BASE_READ_OK;
}

bool engine_cfi_rules_at(const struct engine_cfi_entry *entry, uintptr_t pc,
                         struct engine_cfi_rules *ret_rules)
{
    static const struct engine_cfi_rules same;
    struct machine machine;

    machine.entry = entry;
    machine.at = entry->low;
    machine.now = same;
    machine.first = same;
    machine.remembered_count = 0;
    if (!run(&machine, entry->first, pc))
        return false;
    machine.first = machine.now;
    if (!run(&machine, entry->then, pc))
        return false;
    *ret_rules = machine.now;
    return true;
}
