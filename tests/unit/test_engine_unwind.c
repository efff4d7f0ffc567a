/* test_engine_unwind.c - a walk over the frames of a guest.
 *
 * First over stacks made by hand, then over those of real guests: at each
 * instruction that they execute, by single-stepping, the walk must see what the
 * C library's unwinder sees.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* REG_RIP */
#include "engine/engine_unwind.h"

#include <execinfo.h>

#include "api/api.h"
#include "cfi_fixture.h"
#include "guest.h"
#include "single_step.h"

#define LOW   UINT64_C(0x7e0000000000)
#define WORDS 64
#define OURS  UINT64_C(0x550000000000) /* code of the host */

static struct tables t;
static struct engine_module module;
static uintptr_t words[WORDS];
static struct engine_cfi_stack stack;
static struct os_regs regs;
static struct engine_unwind walk;
static struct engine_frame frame;

/* ------------------------------------------------------------------------
 * By hand.
 */

#define SMALL 0x000 /* pushes nothing: CFA = rsp + 8 */
#define LARGE 0x100 /* after one instruction, CFA = rsp + 32 */
#define FRAME 0x200 /* CFA = rbp + 16, rbp saved at CFA - 16 */
#define ODD   0x300 /* has a program that makes no sense */
#define END   0x400 /* the module's code ends here */

static void begin(void)
{
    size_t cie;

    tables_begin(&t);
    cie = tables_cie(&t, "zR", B(PCREL_S4), B(0x0c, 7, 8, 0x90, 1));
    tables_fde(&t, cie, SMALL, 0x100, NOTHING);
    tables_fde(&t, cie, LARGE, 0x100, B(0x41, 0x0e, 32));
    tables_fde(&t, cie, FRAME, 0x100, B(0x0c, 6, 16, 0x86, 2));
    tables_fde(&t, cie, ODD, 0x100, B(0x3f));
    tables_end(&t);
    module.code_at = CODE;
    module.code_end = CODE + END;
    module.cfi = t.cfi;
    memset(words, 0, sizeof(words));
    stack = (struct engine_cfi_stack){(const char *)words, LOW,
                                      LOW + sizeof(words)};
    regs.known = 0;
}

static void start(uintptr_t pc, unsigned sp_word, bool at_call)
{
    os_regs_set(&regs, OS_REG_PC, pc);
    os_regs_set(&regs, OS_REG_SP, LOW + 8 * sp_word);
    engine_unwind_start(&walk, &module, &stack, &regs, at_call);
}

static void expect_frame(uintptr_t pc, uintptr_t piece)
{
    EXPECT(engine_unwind_next(&walk, &frame));
    EXPECT_EQ_INT(frame.pc - CODE, pc);
    EXPECT_EQ_INT(frame.piece - CODE, piece);
}

static void expect_end(bool is_cut)
{
    EXPECT(!engine_unwind_next(&walk, &frame));
    EXPECT_EQ_INT(walk.is_cut, is_cut);
    EXPECT(!engine_unwind_next(&walk, &frame));
    EXPECT_EQ_INT(walk.is_cut, is_cut);
}

TEST(the_walk_goes_from_frame_to_frame_until_the_host)
{
    begin();
    words[3] = CODE + LARGE + 9;
    words[7] = CODE + SMALL + 5;
    words[8] = OURS;
    start(CODE + SMALL + 1, 3, false);
    expect_frame(SMALL + 1, SMALL);
    expect_frame(LARGE + 9, LARGE);
    expect_frame(SMALL + 5, SMALL);
    expect_end(false);
}

/* A call that does not return may be a function's last instruction: the
 * address behind it belongs to the next. */
TEST(behind_a_call_is_still_inside)
{
    begin();
    words[3] = OURS;
    start(CODE + LARGE, 3, true);
    expect_frame(LARGE, SMALL);
    expect_end(false);
    words[3] = CODE + FRAME; /* the call was the last of LARGE */
    words[7] = OURS;
    start(CODE + SMALL, 3, false);
    expect_frame(SMALL, SMALL);
    expect_frame(FRAME, LARGE);
    expect_end(false);
    words[3] = OURS;
    start(CODE + LARGE, 3, false); /* here it is the next */
    expect_frame(LARGE, LARGE);
    expect_end(false);
}

TEST(saved_registers_are_followed)
{
    begin();
    os_regs_set(&regs, OS_REG_BP, LOW + 8 * 5);
    words[5] = LOW + 8 * 20;
    words[6] = CODE + FRAME + 7;
    words[20] = 77;
    words[21] = OURS;
    start(CODE + FRAME + 3, 4, false);
    expect_frame(FRAME + 3, FRAME);
    expect_frame(FRAME + 7, FRAME);
    expect_end(false);
}

TEST(where_there_are_no_rules_the_walk_is_cut)
{
    begin();
    words[3] = CODE + ODD + 3;
    start(CODE + SMALL, 3, false);
    expect_frame(SMALL, SMALL);
    expect_frame(ODD + 3, ODD); /* it is there, but no way leads out */
    expect_end(true);
    module.code_end += 0x100; /* code that no entry is about */
    words[3] = CODE + END + 3;
    start(CODE + SMALL, 3, false);
    expect_frame(SMALL, SMALL);
    expect_end(true);
}

TEST(a_stack_without_end_does_not_hold_the_walk)
{
    unsigned count = 0;

    begin();
    for (size_t i = 0; i < WORDS; i++)
        words[i] = CODE + SMALL + 1;
    start(CODE + SMALL + 1, 0, false);
    while (engine_unwind_next(&walk, &frame))
        count++;
    EXPECT_EQ_INT(count, WORDS + 1);
    EXPECT(walk.is_cut);
    /* Frames that are each other's callers. */
    os_regs_set(&regs, OS_REG_BP, LOW + 16);
    words[2] = LOW + 16;
    words[3] = CODE + FRAME + 1;
    start(CODE + FRAME + 1, 0, false);
    expect_frame(FRAME + 1, FRAME);
    expect_frame(FRAME + 1, FRAME);
    expect_end(true);
}

TEST(without_registers_there_is_nothing)
{
    begin();
    engine_unwind_start(&walk, &module, &stack, &regs, true);
    expect_end(false);
    start(OURS, 3, false);
    expect_end(false);
    regs.known = 1u << OS_REG_PC;
    os_regs_set(&regs, OS_REG_PC, CODE + SMALL);
    engine_unwind_start(&walk, &module, &stack, &regs, false);
    expect_frame(SMALL, SMALL);
    expect_end(true);
}

TEST(frames_of_ours_are_left_by_their_frame_pointers)
{
    begin();
    os_regs_set(&regs, OS_REG_BP, LOW + 8 * 2);
    words[2] = LOW + 8 * 4; /* ours, called by ours */
    words[3] = OURS + 1;
    words[4] = LOW + 8 * 9; /* ours, called by a function with a frame */
    words[5] = CODE + FRAME;
    words[6] = CODE + LARGE; /* what that has in its frame */
    words[9] = 3;
    words[10] = CODE + LARGE + 1;
    start(OURS, 1, true);
    /* pc and sp are those behind the call. */
    EXPECT_EQ_INT(walk.regs.at[OS_REG_SP], LOW + 8 * 6);
    expect_frame(FRAME, LARGE);
}

TEST(frame_pointers_that_lead_nowhere_are_not_followed)
{
    static const uintptr_t nowhere[] = {
        0, 1, LOW - 8, LOW + 8, LOW + 20, LOW + 8 * WORDS, UINTPTR_MAX - 7};

    for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
        begin();
        words[1] = words[2] = words[3] = CODE + SMALL + 1;
        os_regs_set(&regs, OS_REG_BP, nowhere[i]);
        start(OURS, 2, true);
        expect_end(false);
    }
    begin(); /* round and round */
    os_regs_set(&regs, OS_REG_BP, LOW + 16);
    words[2] = LOW + 16;
    words[3] = OURS;
    start(OURS, 2, true);
    expect_end(false);
}

/* A signal in a function of ours: behind which call of the module's is it? */
static void expect_behind(uintptr_t pc, unsigned sp_word, uintptr_t bp)
{
    EXPECT_EQ_INT(walk.regs.at[OS_REG_PC], pc);
    EXPECT_EQ_INT(walk.regs.at[OS_REG_SP], LOW + 8 * sp_word);
    EXPECT_EQ_INT(walk.regs.at[OS_REG_BP], bp);
    EXPECT_EQ_INT(__builtin_popcount(walk.regs.known), 3);
    EXPECT(walk.at_call);
}

TEST(a_signal_in_a_function_of_ours_finds_the_call_of_it)
{
    begin();
    words[2] = CODE + SMALL;     /* a pointer to a function */
    words[3] = CODE + LARGE;     /* another */
    words[4] = CODE + END + 8;   /* no code */
    words[5] = CODE + SMALL + 5; /* behind a call */
    words[6] = OURS;
    os_regs_set(&regs, OS_REG_BP, 5); /* the guest's: a number */
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, 6, 5);
    expect_frame(SMALL + 5, SMALL);
    expect_end(false);
    os_regs_set(&regs, OS_REG_BP, LOW + 8 * 20); /* the guest's: a frame */
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, 6, LOW + 8 * 20);
    words[4] = 5; /* saved by a function with a frame */
    os_regs_set(&regs, OS_REG_BP, LOW + 8 * 4);
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, 6, 5);
    words[2] = LOW + 8 * 4; /* and by another that it called */
    os_regs_set(&regs, OS_REG_BP, LOW + 8 * 2);
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, 6, 5);
    words[2] = LOW + 8 * 2; /* round and round */
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, 6, LOW + 8 * 2);
}

TEST(or_none_if_there_is_none_nearby)
{
    begin();
    os_regs_set(&regs, OS_REG_BP, 5);
    start(OURS, 1, false);
    expect_end(false);
    words[WORDS - 1] = CODE + SMALL + 5;
    start(OURS, 1, false);
    expect_behind(CODE + SMALL + 5, WORDS, 5);
    os_regs_set(&regs, OS_REG_PC, OURS); /* far below the end of the stack */
    os_regs_set(&regs, OS_REG_SP, LOW - 0x20000);
    engine_unwind_start(&walk, &module, &stack, &regs, false);
    expect_behind(CODE + SMALL + 5, WORDS, 5);
    os_regs_set(&regs, OS_REG_SP, LOW + 8 * WORDS); /* beyond it */
    engine_unwind_start(&walk, &module, &stack, &regs, false);
    expect_end(false);
    start(OURS, 1, true); /* behind a call there must be a frame */
    expect_end(false);
}

/* ------------------------------------------------------------------------
 * Real guests, step by step.
 */

#define FRAMES      64
#define HOW_COUNT   9
#define TEXT_BYTES  200000
#define LARGE_COUNT 700 /* locals that need more than a page of stack */

static struct guest guest;
static struct {
    uint64_t in_guest; /* instructions of the guest's that were executed */
    uint32_t deepest;
    bool differs; /* the first that differed is kept */
    uintptr_t pc;
    uintptr_t wanted[FRAMES], found[FRAMES];
    uint32_t wanted_count, found_count;
} seen;

static const struct engine_module *guest_module(void)
{
    return (const struct engine_module *)guest.module;
}

/* What the C library says.  Of its frames those of the module are a stretch. */
static uint32_t ask_library(uintptr_t *ret_pcs)
{
    void *all[2 * FRAMES];
    int count = backtrace(all, 2 * FRAMES);
    uint32_t found = 0;

    for (int i = 0; i < count && found < FRAMES; i++)
        if ((uintptr_t)all[i] >= guest_module()->code_at &&
            (uintptr_t)all[i] < guest_module()->code_end)
            ret_pcs[found++] = (uintptr_t)all[i];
    return found;
}

static uint32_t ask_walk(const struct os_regs *at, bool at_call,
                         uintptr_t *ret_pcs)
{
    const struct fiber_stack *fiber =
        &api_sandbox(guest.sandbox)->instance.fiber.stack;
    struct engine_cfi_stack its = {fiber->at, (uintptr_t)fiber->at,
                                   (uintptr_t)fiber_stack_top(fiber)};
    uint32_t count = 0;

    engine_unwind_start(&walk, guest_module(), &its, at, at_call);
    while (count < FRAMES && engine_unwind_next(&walk, &frame))
        ret_pcs[count++] = frame.pc;
    return walk.is_cut ? 0 : count;
}

static void compare(const struct os_regs *at, bool at_call)
{
    if (seen.differs)
        return;
    seen.pc = at->at[OS_REG_PC];
    seen.wanted_count = ask_library(seen.wanted);
    seen.found_count = ask_walk(at, at_call, seen.found);
    seen.differs = seen.wanted_count == 0 ||
                   seen.wanted_count != seen.found_count ||
                   memcmp(seen.wanted, seen.found,
                          seen.found_count * sizeof(seen.found[0])) != 0;
    if (seen.found_count > seen.deepest)
        seen.deepest = seen.found_count;
}

static void on_step(uintptr_t pc)
{
    static const int numbers[OS_REG_COUNT] = {
        REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
        REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
        REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    struct os_regs at = {.known = 0};

    if (pc < guest_module()->code_at || pc >= guest_module()->code_end)
        return;
    seen.in_guest++;
    for (unsigned i = 0; i < OS_REG_COUNT; i++)
        os_regs_set(&at, i, (uintptr_t)step.regs[numbers[i]]);
    compare(&at, false);
}

/* Host functions: step from here on; stop it; and look from where we are. */
static int start_steps(viv_host_call *call, const viv_value *args,
                       viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    step_watch(on_step);
    return 0;
}

static int stop_steps(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    step_end();
    return 0;
}

static int look(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    struct os_regs at;
    bool at_call;

    (void)call, (void)args, (void)results, (void)cookie;
    step_end();
    EXPECT(fiber_where(&api_sandbox(guest.sandbox)->instance.fiber, &at,
                       &at_call));
    EXPECT(at_call);
    compare(&at, at_call);
    step_watch(on_step);
    return 0;
}

static const viv_import imports[] = {
    GUEST_FUNC("start", NULL, 0, NULL, 0, start_steps, NULL),
    GUEST_FUNC("stop", NULL, 0, NULL, 0, stop_steps, NULL),
    GUEST_FUNC("look", NULL, 0, NULL, 0, look, NULL),
};

#define ENV                                                                    \
    " (import \"env\" \"start\" (func $start))"                                \
    " (import \"env\" \"stop\" (func $stop))"                                  \
    " (import \"env\" \"look\" (func $look))"                                  \
    " (memory 1) (type $t (func (param i32) (result i32)))"

/* Calls through the table stay calls; the others may be made part of their
 * callers, or not. */
static const char CALLS[] =
    "(module " ENV " (table 4 funcref) (elem (i32.const 0) $leaf $two $rec)"
    " (func $leaf (type $t) (i32.store (i32.const 8) (local.get 0))"
    "   (i32.rem_u (local.get 0) (i32.const 7)))"
    " (func $two (type $t) (call $look) (i32.add"
    "   (call_indirect (type $t) (local.get 0) (i32.const 0))"
    "   (call_indirect (type $t) (i32.add (local.get 0) (i32.const 1))"
    "     (i32.const 0))))"
    " (func $rec (type $t) (if (result i32) (local.get 0)"
    "   (then (i32.mul (call $two (local.get 0))"
    "     (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))"
    "       (i32.const 2))))"
    "   (else (call $leaf (i32.const 3)))))"
    " (func $many (param i32 i32 i32 i32 i32 i32 i32 i64 f64) (result f64)"
    "   (local f64) (local.set 9 (f64.convert_i32_s (call $rec (local.get 6))))"
    "   (memory.fill (i32.const 64) (local.get 0) (i32.const 16))"
    "   (f64.add (f64.add (local.get 8) (local.get 9)) (f64.add (f64.floor"
    "     (local.get 9)) (f64.convert_i64_s (local.get 7)))))"
    " (func (export \"f\") (param i32) (result i32) (call $start)"
    "   (drop (call $many (i32.const 1) (i32.const 2) (i32.const 3)"
    "     (i32.const 4) (i32.const 5) (i32.const 6) (local.get 0)"
    "     (i64.const 7) (f64.const 8)))"
    "   (drop (memory.grow (i32.const 0)))"
    "   (call_indirect (type $t) (local.get 0) (i32.const 2))"
    "   (call $stop)))";

/* A tail call leaves no frame. */
static const char TAIL[] =
    "(module " ENV " (table 2 funcref) (elem (i32.const 0) $a $b)"
    " (func $a (type $t) (call $look) (return_call_indirect (type $t)"
    "   (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))"
    " (func $b (type $t) (if (result i32) (i32.eqz (local.get 0))"
    "   (then (i32.const 0))"
    "   (else (return_call $a (local.get 0)))))"
    " (func (export \"f\") (param i32) (result i32) (call $start)"
    "   (call_indirect (type $t) (local.get 0) (i32.const 1))"
    "   (call $stop)))";

/* Vectors that are alive across calls. */
static const char VECTORS[] =
    "(module " ENV " (table 1 funcref) (elem (i32.const 0) $v)"
    " (func $v (param v128) (result v128) (call $look)"
    "   (f64x2.sqrt (f64x2.add (local.get 0) (v128.load (i32.const 0)))))"
    " (type $tv (func (param v128) (result v128)))"
    " (func (export \"f\") (param i32) (result i32)"
    "   (local v128 v128 v128) (call $start)"
    "   (local.set 1 (i32x4.splat (local.get 0)))"
    "   (local.set 2 (call_indirect (type $tv) (local.get 1) (i32.const 0)))"
    "   (local.set 3 (call_indirect (type $tv) (local.get 2) (i32.const 0)))"
    "   (local.set 1 (f32x4.mul (local.get 1) (f32x4.add (local.get 2)"
    "     (local.get 3))))"
    "   (i32x4.extract_lane 1 (call_indirect (type $tv) (local.get 1)"
    "     (i32.const 0)))"
    "   (call $stop)))";

/* More than a page of locals, all alive across a call: the stack is touched
 * page by page on the way in. */
static const char *large(void)
{
    static char text[TEXT_BYTES];
    size_t len = 0;

#define ADD(...)                                                               \
    len += (size_t)snprintf(text + len, TEXT_BYTES - len, __VA_ARGS__)
    ADD("(module " ENV " (table 1 funcref) (elem (i32.const 0) $leaf)"
        " (func $leaf (type $t) (call $look) (local.get 0))"
        " (func $large (type $t) (local i64");
    for (int i = 1; i < LARGE_COUNT; i++)
        ADD(" i64");
    ADD(")");
    for (int i = 1; i <= LARGE_COUNT; i++)
        ADD("(local.set %d (i64.load offset=%d (local.get 0)))", i, 8 * i);
    ADD("(drop (call_indirect (type $t) (i32.const 5) (i32.const 0)))");
    for (int i = 1; i < LARGE_COUNT; i++)
        ADD("(local.set %d (i64.add (i64.rotl (local.get %d) (i64.const 1))"
            " (local.get %d)))",
            i + 1, i, i + 1);
    ADD("(i32.wrap_i64 (local.get %d)))"
        " (func (export \"f\") (param i32) (result i32) (call $start)"
        " (call $large (local.get 0)) (call $stop)))",
        LARGE_COUNT);
    EXPECT(len < TEXT_BYTES);
    return text;
}

static bool has(const char *program)
{
    char command[64];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
    return system(command) == 0;
}

static void compare_each(const char *wat, const struct guest_how *how)
{
    viv_module *loaded = guest_load_as(wat, how);

    memset(&seen, 0, sizeof(seen));
    guest = guest_of(loaded, imports, 3, NULL);
    guest_ask(&guest, "f", 3);
    if (seen.differs) {
        printf("%s -O%d: at 0x%lx %u frames, not %u:\n", how->cc, how->level,
               seen.pc - guest_module()->load_address, seen.found_count,
               seen.wanted_count);
        for (uint32_t i = 0; i < seen.wanted_count; i++)
            printf("    0x%lx, and here 0x%lx\n",
                   seen.wanted[i] - guest_module()->load_address,
                   i < seen.found_count
                       ? seen.found[i] - guest_module()->load_address
                       : 0);
    }
    EXPECT(!seen.differs);
    EXPECT(step.watch == NULL);
    guest_end(&guest);
    viv_module_unref(loaded);
}

/* As each compiler makes it that there is. */
static void compare_all(const char *wat, uint64_t least, uint32_t deepest)
{
    static const char *const compilers[] = {"clang-19", "clang-14", "gcc-12"};
    void *pcs[1];

    if (!step_is_possible())
        SKIP("valgrind knows no single steps");
    backtrace(pcs, 1); /* which loads what it needs, the first time */
    for (int i = 0; i < HOW_COUNT; i++) {
        struct guest_how how = {.cc = compilers[i / 3], .level = 1 + i % 3};

        if (!has(how.cc))
            continue;
        compare_each(wat, &how);
        EXPECT(seen.in_guest >= least);
        EXPECT(seen.deepest >= deepest);
    }
}

TEST(at_each_step_of_calls_it_sees_what_the_c_library_sees)
{
    compare_all(CALLS, 200, 6);
}

TEST(and_of_tail_calls)
{
    compare_all(TAIL, 20, 3);
}

TEST(and_of_vectors)
{
    compare_all(VECTORS, 50, 3);
}

TEST(and_of_a_frame_larger_than_a_page)
{
    compare_all(large(), 3 * LARGE_COUNT, 4);
}
