/* engine_cfi_leave.c - from a function's registers to its caller's.
 *
 * Expressions are programs for a small stack machine.  They are rare: the
 * linker writes one for the stubs through which code calls the C library, gcc
 * some for functions that align the stack to more than 16 bytes.
 *
 * SECURITY: registers and stack are whatever a guest left behind.  The stack is
 * read through engine_cfi_word() only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi_leave.h"

#include <string.h>

#include "base/base_read.h"

/* Operations, as DWARF 5 numbers them (7.7.1). */
enum {
    OP_DEREF = 0x06,
    OP_AND = 0x1a,
    OP_PLUS = 0x22,
    OP_PLUS_CONST = 0x23,
    OP_SHIFT_LEFT = 0x24,
    OP_GREATER_OR_EQUAL = 0x2a,
    OP_LITERAL_0 = 0x30,
    OP_LITERAL_31 = 0x4f,
    OP_REGISTER_0 = 0x70, /* and an offset */
    OP_REGISTER_31 = 0x8f
};

#define OPERANDS_MAX 8u

/* What a called function gives back as it found it. */
#define PRESERVED                                                              \
    (1u << OS_REG_BX | 1u << OS_REG_BP | 1u << OS_REG_R12 | 1u << OS_REG_R13 | \
     1u << OS_REG_R14 | 1u << OS_REG_R15)

bool engine_cfi_word(const struct engine_cfi_stack *stack, uintptr_t address,
                     uintptr_t *ret_word)
{
    if (address < stack->low || address >= stack->high ||
        stack->high - address < sizeof(*ret_word) ||
        address % sizeof(*ret_word) != 0)
        return false;
    memcpy(ret_word, stack->bytes + (address - stack->low), sizeof(*ret_word));
    return true;
}

/* ------------------------------------------------------------------------
 * Expressions.
 */

struct calculator {
    const struct os_regs *regs;
    const struct engine_cfi_stack *stack;
    struct base_read in;
    uintptr_t operands[OPERANDS_MAX];
    unsigned count;
};

static void fail(struct calculator *calculator)
{
    base_read_fail(&calculator->in, BASE_READ_LARGE);
}

static void push(struct calculator *calculator, uintptr_t value)
{
    if (calculator->count == OPERANDS_MAX)
        fail(calculator);
    else
        calculator->operands[calculator->count++] = value;
}

static uintptr_t pop(struct calculator *calculator)
{
    if (calculator->count == 0) {
        fail(calculator);
        return 0;
    }
    return calculator->operands[--calculator->count];
}

static void push_register(struct calculator *calculator, unsigned reg)
{
    uintptr_t offset = (uintptr_t)base_read_leb_s64(&calculator->in);

    if (os_regs_has(calculator->regs, reg))
        push(calculator, calculator->regs->at[reg] + offset);
    else
        fail(calculator);
}

static void push_word(struct calculator *calculator, uintptr_t address)
{
    uintptr_t word;

    if (engine_cfi_word(calculator->stack, address, &word))
        push(calculator, word);
    else
        fail(calculator);
}

static void push_of_two(struct calculator *calculator, uint8_t code)
{
    uintptr_t b = pop(calculator), a = pop(calculator);

    switch (code) {
    case OP_AND:
        push(calculator, a & b);
        break;
    case OP_PLUS:
        push(calculator, a + b);
        break;
    case OP_SHIFT_LEFT:
        push(calculator, b < 64 ? a << b : 0);
        break;
    case OP_GREATER_OR_EQUAL:
        push(calculator, (intptr_t)a >= (intptr_t)b);
        break;
    default:
        fail(calculator);
    }
}

static void step(struct calculator *calculator)
{
    uint8_t code = base_read_u8(&calculator->in);

    if (code >= OP_LITERAL_0 && code <= OP_LITERAL_31)
        push(calculator, code - OP_LITERAL_0);
    else if (code >= OP_REGISTER_0 && code <= OP_REGISTER_31)
        push_register(calculator, code - OP_REGISTER_0);
    else if (code == OP_PLUS_CONST)
        push(calculator, pop(calculator) + base_read_leb_u64(&calculator->in));
    else if (code == OP_DEREF)
        push_word(calculator, pop(calculator));
    else
        push_of_two(calculator, code);
}

/* The value of `expression`, given what is on the machine's stack already. */
static bool calculate(struct calculator *calculator,
                      struct engine_cfi_bytes expression, uintptr_t *ret_value)
{
    base_read_init(&calculator->in, expression.at, expression.len, 0);
    while (base_read_left(&calculator->in) > 0)
        step(calculator);
    *ret_value = pop(calculator);
    return calculator->in.status == BASE_READ_OK;
}

/* ------------------------------------------------------------------------
 * Rules.
 */

static bool find_cfa(const struct engine_cfi_rules *rules,
                     const struct engine_cfi_stack *stack,
                     const struct os_regs *regs, uintptr_t *ret_cfa)
{
    struct calculator calculator = {.regs = regs, .stack = stack};

    if (rules->cfa.len > 0)
        return calculate(&calculator, rules->cfa, ret_cfa);
    if (rules->cfa_register >= OS_REG_COUNT ||
        !os_regs_has(regs, (unsigned)rules->cfa_register))
        return false;
    *ret_cfa = regs->at[rules->cfa_register] + (uintptr_t)rules->cfa_offset;
    return true;
}

/* Where the caller's value of a register was saved. */
static bool find_saved(const struct engine_cfi_rule *rule,
                       const struct engine_cfi_stack *stack,
                       const struct os_regs *regs, uintptr_t cfa,
                       uintptr_t *ret_address)
{
    struct calculator calculator = {
        .regs = regs, .stack = stack, .operands = {cfa}, .count = 1};

    if (rule->kind == ENGINE_CFI_BY_ADDRESS)
        return calculate(&calculator, rule->expression, ret_address);
    *ret_address = cfa + (uintptr_t)rule->offset;
    return true;
}

bool engine_cfi_leave(const struct engine_cfi_rules *rules,
                      const struct engine_cfi_stack *stack,
                      struct os_regs *regs)
{
    struct os_regs caller = *regs;
    uintptr_t cfa, address;
    unsigned reg;

    if (!os_regs_has(regs, OS_REG_SP) || !find_cfa(rules, stack, regs, &cfa) ||
        cfa <= regs->at[OS_REG_SP])
        return false;
    caller.known &= PRESERVED;
    for (reg = 0; reg < OS_REG_COUNT; reg++) {
        const struct engine_cfi_rule *rule = &rules->of[reg];

        if (rule->kind == ENGINE_CFI_LOST)
            caller.known &= ~(1u << reg);
        if (rule->kind == ENGINE_CFI_LOST || rule->kind == ENGINE_CFI_SAME)
            continue;
        if (!find_saved(rule, stack, regs, cfa, &address) ||
            !engine_cfi_word(stack, address, &caller.at[reg]))
            return false;
        caller.known |= 1u << reg;
    }
    os_regs_set(&caller, OS_REG_SP, cfa);
    *regs = caller;
    return true;
}
