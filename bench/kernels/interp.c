/* interp.c - kernel: the loop of a bytecode interpreter.
 *
 * Stresses what interpreters such as CPython's are made of: a switch with one
 * hard branch per instruction, pc and sp in locals, a stack of values and a
 * heap of objects in memory, a check of types in every instruction.  The
 * program that it runs computes fib(15) by recursion, sieves the primes below
 * 1,500, and builds and hashes a string.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

/* Values are 32-bit words: odd ones are integers of 31 bits, even ones places
 * of objects in the heap, which begin with their length. */
typedef u32 value;

#define INT(n)    ((value)(n) << 1 | 1)
#define NUM(v)    ((int)(v) >> 1)
#define IS_INT(v) ((v)&1)

enum op {
    PUSH,
    LOAD,
    STORE,
    DUP,
    POP,
    ADD,
    SUB,
    MUL,
    MOD,
    AND,
    XOR,
    LESS,
    EQUAL,
    NOT,
    JUMP,
    JUMP_IF_NOT,
    CALL,
    RETURN,
    NEW_ARRAY,
    GET,
    SET,
    LENGTH,
    NEW_STRING,
    APPEND,
    CHAR_AT,
    HALT
};

#define HEAP        32768
#define STACK       1024
#define MAIN_LOCALS 4

static u32 heap[HEAP];
static u32 heap_used;
static value stack[STACK];
static struct caller {
    const int *pc;
    value *frame;
} callers[STACK];
static int code[256];
static u32 code_len;

static u32 new_object(u32 len)
{
    u32 at = heap_used;

    heap_used += (len + 3) & ~1u;
    heap[at] = len;
    heap[at + 1] = 0;
    return at;
}

/* A string is { capacity, used, bytes }; when full it moves to twice the room,
 * and the value on the stack is the new place. */
static u32 append(u32 string, u32 byte)
{
    u32 capacity = (heap[string] - 1) * 4;
    u32 used = heap[string + 1];

    if (used == capacity) {
        u32 bigger = new_object(capacity / 2 + 1);

        for (u32 i = 0; i <= capacity / 4; i++)
            heap[bigger + 1 + i] = heap[string + 1 + i];
        string = bigger;
    }
    ((u8 *)&heap[string + 2])[used] = (u8)byte;
    heap[string + 1] = used + 1;
    return string;
}

#define BINARY(expression)                                                     \
    do {                                                                       \
        value b = *--sp;                                                       \
        value a = sp[-1];                                                      \
                                                                               \
        if (!IS_INT(a) || !IS_INT(b))                                          \
            return 0;                                                          \
        sp[-1] = (expression);                                                 \
    } while (0)

/* Run the program to HALT; 0 when a value is not of the type it should be.  A
 * function's locals begin with its arguments, at `frame`. */
static u32 run(void)
{
    const int *pc = code;
    value *sp = stack + MAIN_LOCALS;
    value *frame = stack;
    struct caller *caller = callers;

    for (;;) {
        switch (*pc++) {
        case PUSH:
            *sp++ = INT(*pc++);
            break;
        case LOAD:
            *sp++ = frame[*pc++];
            break;
        case STORE:
            frame[*pc++] = *--sp;
            break;
        case DUP:
            sp[0] = sp[-1];
            sp++;
            break;
        case POP:
            sp--;
            break;
        case ADD:
            BINARY(a + b - 1);
            break;
        case SUB:
            BINARY(a - b + 1);
            break;
        case MUL:
            BINARY(INT((u32)NUM(a) * (u32)NUM(b)));
            break;
        case MOD:
            BINARY(NUM(b) > 0 ? INT(NUM(a) % NUM(b)) : 0);
            break;
        case AND:
            BINARY(a & b);
            break;
        case XOR:
            BINARY((a ^ b) | 1);
            break;
        case LESS:
            BINARY(INT(NUM(a) < NUM(b)));
            break;
        case EQUAL:
            BINARY(INT(a == b));
            break;
        case NOT:
            sp[-1] = INT(sp[-1] == INT(0));
            break;
        case JUMP:
            pc = code + *pc;
            break;
        case JUMP_IF_NOT:
            pc = *--sp == INT(0) ? code + *pc : pc + 1;
            break;
        case CALL: /* where, arguments, other locals */
            caller->pc = pc + 3;
            caller->frame = frame;
            caller++;
            frame = sp - pc[1];
            sp += pc[2];
            pc = code + pc[0];
            break;
        case RETURN:
            frame[0] = sp[-1];
            sp = frame + 1;
            caller--;
            frame = caller->frame;
            pc = caller->pc;
            break;
        case NEW_ARRAY:
            if (!IS_INT(sp[-1]))
                return 0;
            sp[-1] = new_object((u32)NUM(sp[-1]));
            for (u32 i = 0; i < heap[sp[-1]]; i++)
                heap[sp[-1] + 1 + i] = INT(0);
            break;
        case GET: {
            u32 i = (u32)NUM(*--sp);

            if (IS_INT(sp[-1]) || i >= heap[sp[-1]])
                return 0;
            sp[-1] = heap[sp[-1] + 1 + i];
            break;
        }
        case SET: {
            value item = *--sp;
            u32 i = (u32)NUM(*--sp);
            value array = *--sp;

            if (IS_INT(array) || i >= heap[array])
                return 0;
            heap[array + 1 + i] = item;
            break;
        }
        case LENGTH:
            sp[-1] = INT(heap[sp[-1] + 1]);
            break;
        case NEW_STRING:
            *sp++ = new_object(3);
            break;
        case APPEND:
            sp--;
            if (IS_INT(sp[-1]) || !IS_INT(sp[0]))
                return 0;
            sp[-1] = append(sp[-1], (u32)NUM(sp[0]));
            break;
        case CHAR_AT: {
            u32 i = (u32)NUM(*--sp);

            if (IS_INT(sp[-1]) || i >= heap[sp[-1] + 1])
                return 0;
            sp[-1] = INT(((u8 *)&heap[sp[-1] + 2])[i]);
            break;
        }
        default:
            return sp[-1];
        }
    }
}

/* --- the program --------------------------------------------------------- */

static void emit(enum op op)
{
    code[code_len++] = op;
}

static void emit1(enum op op, u32 operand)
{
    emit(op);
    code[code_len++] = (int)operand;
}

/* A jump forward, whose operand is_here() fills in. */
static u32 jump(enum op op)
{
    emit1(op, 0);
    return code_len - 1;
}

static void is_here(u32 operand)
{
    code[operand] = (int)code_len;
}

static void emit_call(u32 where, u32 arguments, u32 locals)
{
    emit1(CALL, where);
    code[code_len++] = (int)arguments;
    code[code_len++] = (int)locals;
}

/* local = local op number */
static void emit_update(u32 local, enum op op, u32 number)
{
    emit1(LOAD, local);
    emit1(PUSH, number);
    emit(op);
    emit1(STORE, local);
}

/* while (local < limit): returns the jump out. */
static u32 emit_while_less(u32 local, u32 limit)
{
    emit1(LOAD, local);
    emit1(PUSH, limit);
    emit(LESS);
    return jump(JUMP_IF_NOT);
}

/* fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2) */
static u32 emit_fib(void)
{
    u32 start = code_len;
    u32 large = emit_while_less(0, 2);

    emit1(LOAD, 0);
    emit(RETURN);
    is_here(large);
    for (u32 less = 1; less <= 2; less++) {
        emit1(LOAD, 0);
        emit1(PUSH, less);
        emit(SUB);
        emit_call(start, 1, 0);
    }
    emit(ADD);
    emit(RETURN);
    return start;
}

/* sieve(n): how many primes are below LIMIT; n is not used.  Locals: 1 the
 * array, 2 the number, 3 its multiple, 4 the count. */
#define LIMIT 1500
static u32 emit_sieve(void)
{
    u32 start = code_len;
    u32 top, inner, done, composite, out;

    emit1(PUSH, LIMIT);
    emit(NEW_ARRAY);
    emit1(STORE, 1);
    emit1(PUSH, 2);
    emit1(STORE, 2);
    emit1(PUSH, 0);
    emit1(STORE, 4);
    top = code_len;
    done = emit_while_less(2, LIMIT);
    emit1(LOAD, 1);
    emit1(LOAD, 2);
    emit(GET);
    emit(NOT);
    composite = jump(JUMP_IF_NOT);
    emit_update(4, ADD, 1);
    emit1(LOAD, 2);
    emit(DUP);
    emit(ADD);
    emit1(STORE, 3);
    inner = code_len;
    out = emit_while_less(3, LIMIT);
    emit1(LOAD, 1);
    emit1(LOAD, 3);
    emit1(PUSH, 1);
    emit(SET);
    emit1(LOAD, 3);
    emit1(LOAD, 2);
    emit(ADD);
    emit1(STORE, 3);
    emit1(JUMP, inner);
    is_here(out);
    is_here(composite);
    emit_update(2, ADD, 1);
    emit1(JUMP, top);
    is_here(done);
    emit1(LOAD, 4);
    emit(RETURN);
    return start;
}

/* text(n): the hash of n bytes of a string.  Locals: 1 the string, 2 the
 * place, 3 the hash. */
static u32 emit_text(void)
{
    u32 start = code_len;
    u32 top, done;

    emit(NEW_STRING);
    emit1(STORE, 1);
    emit1(PUSH, 0);
    emit1(STORE, 2);
    emit1(PUSH, 77);
    emit1(STORE, 3);
    top = code_len;
    done = emit_while_less(2, 1200);
    emit1(LOAD, 1);
    emit1(LOAD, 2);
    emit1(PUSH, 31);
    emit(MUL);
    emit1(PUSH, 95);
    emit(MOD);
    emit1(PUSH, 32);
    emit(ADD);
    emit(APPEND);
    emit1(STORE, 1);
    emit1(LOAD, 3);
    emit1(LOAD, 1);
    emit1(LOAD, 2);
    emit(CHAR_AT);
    emit(XOR);
    emit1(PUSH, 33);
    emit(MUL);
    emit1(PUSH, 0xffffff);
    emit(AND);
    emit1(STORE, 3);
    emit_update(2, ADD, 1);
    emit1(JUMP, top);
    is_here(done);
    emit1(LOAD, 3);
    emit1(LOAD, 1);
    emit(LENGTH);
    emit(ADD);
    emit(RETURN);
    return start;
}

/* main: fib(15) + sieve(0), and the hash of a text on top. */
static void assemble(void)
{
    u32 main = jump(JUMP);
    u32 fib = emit_fib();
    u32 sieve = emit_sieve();
    u32 text = emit_text();

    is_here(main);
    emit1(PUSH, 15);
    emit_call(fib, 1, 0);
    emit1(STORE, 0);
    emit1(PUSH, 0);
    emit_call(sieve, 1, 4);
    emit1(LOAD, 0);
    emit(ADD);
    emit1(STORE, 0);
    emit1(PUSH, 0);
    emit_call(text, 1, 3);
    emit(DUP);
    emit(POP);
    emit1(LOAD, 0);
    emit(XOR);
    emit(HALT);
}

KERNEL(interp)
{
    u32 sum = 0;

    if (!code_len)
        assemble();
    for (u32 round = 0; round < rounds; round++) {
        heap_used = 2; /* place 0 would look like nothing */
        sum = mix(sum, run());
    }
    return sum;
}
