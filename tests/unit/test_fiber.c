/* test_fiber.c - code on a stack of its own, which may be abandoned.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "mode_tools.h"
#include "os/os_enter.h"
#include "os/os_map.h"
#include "os/os_regs.h"
#include "os/os_signal.h"
#include "test.h"

#define STACK 262144

static struct fiber fiber, other;
static int steps;
static void *seen_sp;

static bool on_stack_of(const struct fiber *f, const void *at)
{
    return fiber_stack_has(&f->stack, (uintptr_t)at);
}

static __attribute__((noinline)) void *here(void)
{
    return __builtin_frame_address(0);
}

static void begin_one(struct fiber *f)
{
    char *low = os_map_take(FIBER_STACK_GUARD_BYTES + STACK);

    EXPECT(low != NULL);
    EXPECT_EQ_INT(os_map_guard(low, FIBER_STACK_GUARD_BYTES), 0);
    fiber_init(f, low + FIBER_STACK_GUARD_BYTES, STACK);
}

static void begin(void)
{
    begin_one(&fiber);
    begin_one(&other);
}

static void end_one(struct fiber *f)
{
    char *low = f->stack.at - FIBER_STACK_GUARD_BYTES;

    fiber_fini(f);
    os_map_release(low, FIBER_STACK_GUARD_BYTES + STACK);
}

static void end(void)
{
    EXPECT(fiber_current() == NULL);
    end_one(&fiber);
    end_one(&other);
}

static void expect_run(fiber_func *func, void *arg, enum fiber_end how)
{
    EXPECT_EQ_INT(fiber_run(&fiber, func, arg), how);
    EXPECT(fiber_current() == NULL);
    EXPECT_EQ_INT(fiber.state, how == FIBER_WAITS ? FIBER_PAUSED : FIBER_IDLE);
}

/* ------------------------------------------------------------------------
 * There and back.
 */

static void look_around(void *arg)
{
    seen_sp = here();
    EXPECT(arg == &steps);
    EXPECT(fiber_current() == &fiber);
    steps++;
}

TEST(a_function_runs_on_the_fibers_stack)
{
    begin();
    expect_run(look_around, &steps, FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 1);
    EXPECT(on_stack_of(&fiber, seen_sp));
    EXPECT(!on_stack_of(&fiber, here()));
    end();
}

static int host_step(void *arg)
{
    EXPECT(fiber_current() == NULL);
    EXPECT_EQ_INT(fiber.state, FIBER_CALLING);
    EXPECT(!on_stack_of(&fiber, here()));
    EXPECT(arg == &steps);
    steps++;
    return FIBER_FINISHED;
}

static void call_host_thrice(void *arg)
{
    for (int i = 0; i < 3; i++) {
        fiber_call_host(&fiber, host_step, arg);
        EXPECT(fiber_current() == &fiber);
        EXPECT(on_stack_of(&fiber, here()));
    }
}

TEST(the_host_works_for_it_on_the_hosts_stack)
{
    begin();
    expect_run(call_host_thrice, &steps, FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 3);
    end();
}

/* ------------------------------------------------------------------------
 * Stopping.
 */

static __attribute__((noinline)) int stop_deep(int depth)
{
    volatile char frame[100];

    frame[0] = (char)depth;
    if (depth == 0)
        fiber_stop(&fiber);
    return depth < 0 ? 0 : stop_deep(depth - 1) + frame[0];
}

static void stop_at_once(void *arg)
{
    stop_deep(*(int *)arg);
    steps++;
}

TEST(a_stopped_fiber_can_run_again)
{
    int depth = 20;

    begin();
    for (int i = 0; i < 100; i++) {
        expect_run(stop_at_once, &depth, FIBER_STOPPED);
        EXPECT_EQ_INT(steps, i);
        expect_run(look_around, &steps, FIBER_FINISHED);
    }
    end();
}

static int host_stop(void *arg)
{
    (void)arg;
    return FIBER_STOPPED;
}

static void be_stopped(void *arg)
{
    (void)arg;
    fiber_call_host(&fiber, host_stop, NULL);
    steps++;
}

TEST(the_host_can_stop_the_fiber_it_works_for)
{
    begin();
    expect_run(be_stopped, NULL, FIBER_STOPPED);
    EXPECT_EQ_INT(steps, 0);
    expect_run(look_around, &steps, FIBER_FINISHED);
    end();
}

static bool on_fault(struct os_fault *fault)
{
    struct fiber *current = fiber_current();

    if (current == NULL || !fiber_stack_has(&current->stack, fault->sp))
        return false;
    fiber_stop_fault(current, fault);
    return true;
}

static void begin_with_faults(void)
{
    begin();
    EXPECT_EQ_INT(os_signal_install(on_fault, NULL), 0);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
}

static char *forbidden;

static void touch_forbidden(void *arg)
{
    *(volatile char *)forbidden = 1;
    steps++;
    (void)arg;
}

TEST(a_fault_stops_it)
{
    begin_with_faults();
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    for (int i = 0; i < 100; i++)
        expect_run(touch_forbidden, NULL, FIBER_STOPPED);
    EXPECT_EQ_INT(steps, 0);
    os_map_release(forbidden, OS_PAGE_BYTES);
    end();
}

static __attribute__((noinline)) int recur(volatile int *depth)
{
    volatile char frame[512];

    frame[0] = 1;
    if (++*depth == INT_MAX)
        return 0;
    return recur(depth) + frame[0];
}

static void recur_for_ever(void *arg)
{
    recur(arg);
}

TEST(the_end_of_its_stack_stops_it_a_thousand_times)
{
    volatile int depth = 0;

    begin_with_faults();
    for (int i = 0; i < 1000; i++) {
        depth = 0;
        expect_run(recur_for_ever, (void *)&depth, FIBER_STOPPED);
        EXPECT(depth > STACK / 4096);
    }
    expect_run(look_around, &steps, FIBER_FINISHED);
    end();
}

static void touch_far_ahead(void *arg)
{
    (void)arg;
    fiber_touch_ahead(STACK / 2);
    steps++;
    fiber_touch_ahead(STACK);
    steps++;
}

TEST(touching_ahead_stops_it_when_too_little_stack_is_left)
{
    begin_with_faults();
    expect_run(touch_far_ahead, NULL, FIBER_STOPPED);
    EXPECT_EQ_INT(steps, 1);
    end();
}

static int depth_of_call;

/* Calls the host from every depth; frames of 16 bytes more in each round make
 * the stack end at another place of the way there. */
static __attribute__((noinline)) int recur_to_host(size_t pad)
{
    volatile char *frame = __builtin_alloca(16 + pad);

    frame[0] = 1;
    if (++depth_of_call == INT_MAX)
        return 0;
    fiber_call_host(&fiber, host_step, &steps);
    return recur_to_host(pad) + frame[0];
}

static void call_host_to_the_end(void *arg)
{
    recur_to_host(*(size_t *)arg);
}

TEST(it_may_end_anywhere_on_the_way_to_the_host)
{
    begin_with_faults();
    for (size_t pad = 0; pad < 640; pad += 16) {
        depth_of_call = steps = 0;
        expect_run(call_host_to_the_end, &pad, FIBER_STOPPED);
        EXPECT(steps > STACK / 4096);
        EXPECT(depth_of_call - steps <= 1);
    }
    end();
}

static int fault_on_host(void *arg)
{
    *(volatile char *)forbidden = 1;
    (void)arg;
    return 0;
}

static void make_host_fault(void *arg)
{
    (void)arg;
    fiber_call_host(&fiber, fault_on_host, NULL);
}

static void run_host_fault(void)
{
    signal(SIGSEGV, SIG_DFL);
    begin_with_faults();
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    fiber_run(&fiber, make_host_fault, NULL);
}

TEST(a_fault_of_the_host_is_the_hosts)
{
    EXPECT_DIES(SIGSEGV, run_host_fault);
}

/* ------------------------------------------------------------------------
 * Pausing.
 */

static int host_pause(void *arg)
{
    (void)arg;
    return FIBER_WAITS;
}

static void pause_thrice(void *arg)
{
    volatile int here_too = 5;

    (void)arg;
    for (int i = 0; i < 3; i++) {
        steps++;
        fiber_call_host(&fiber, host_pause, NULL);
        EXPECT_EQ_INT(here_too, 5);
        EXPECT(fiber_current() == &fiber);
    }
}

TEST(a_paused_fiber_goes_on_where_it_was)
{
    begin();
    expect_run(pause_thrice, NULL, FIBER_WAITS);
    EXPECT_EQ_INT(steps, 1);
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_WAITS);
    EXPECT_EQ_INT(steps, 2);
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_WAITS);
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_FINISHED);
    EXPECT_EQ_INT(fiber.state, FIBER_IDLE);
    end();
}

static void *resume_there(void *arg)
{
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_WAITS);
    EXPECT(fiber_current() == NULL);
    return arg;
}

TEST(and_on_another_thread)
{
    pthread_t thread;

    begin();
    expect_run(pause_thrice, NULL, FIBER_WAITS);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, resume_there, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(steps, 2);
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_WAITS);
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_FINISHED);
    end();
}

TEST(a_paused_fiber_can_be_forgotten)
{
    begin();
    expect_run(pause_thrice, NULL, FIBER_WAITS);
    fiber_forget(&fiber);
    expect_run(look_around, &steps, FIBER_FINISHED);
    expect_run(pause_thrice, NULL, FIBER_WAITS);
    end();
}

/* ------------------------------------------------------------------------
 * One inside the other.
 */

static void inner_stops(void *arg)
{
    EXPECT(fiber_current() == &other);
    EXPECT_EQ_INT(fiber.state, FIBER_CALLING);
    steps++;
    fiber_stop(&other);
    (void)arg;
}

static int run_inner(void *arg)
{
    EXPECT_EQ_INT(fiber_run(&other, inner_stops, arg), FIBER_STOPPED);
    EXPECT(fiber_current() == NULL);
    return FIBER_FINISHED;
}

static void outer(void *arg)
{
    for (int i = 0; i < 10; i++) {
        fiber_call_host(&fiber, run_inner, arg);
        EXPECT(fiber_current() == &fiber);
    }
}

TEST(a_host_function_can_run_another_fiber)
{
    begin();
    expect_run(outer, NULL, FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 10);
    end();
}

static void run_itself(void *arg)
{
    (void)arg;
    fiber_run(&fiber, look_around, NULL);
}

static void run_twice_at_once(void)
{
    begin();
    fiber_run(&fiber, run_itself, NULL);
}

TEST(running_a_fiber_that_runs_is_our_own_mistake)
{
    EXPECT_DIES(SIGABRT, run_twice_at_once);
}

/* ------------------------------------------------------------------------
 * Registers.
 */

static void clobber_and_stop(void *arg)
{
    __asm__ volatile("xor %%ebx, %%ebx\n xor %%r12d, %%r12d\n"
                     "xor %%r13d, %%r13d\n xor %%r14d, %%r14d\n"
                     "xor %%r15d, %%r15d"
                     :
                     :
                     : "rbx", "r12", "r13", "r14", "r15");
    if (arg != NULL)
        fiber_stop(&fiber);
}

/* Run with known values in the registers that calls preserve; returns how many
 * have changed. */
static int changed_registers(void *arg)
{
    uint64_t b = 1, c = 2, d = 3, e = 4, f = 5;

    __asm__ volatile("" : "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
    fiber_run(&fiber, clobber_and_stop, arg);
    __asm__ volatile("" : "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
    return (b != 1) + (c != 2) + (d != 3) + (e != 4) + (f != 5);
}

TEST(registers_survive_a_return_and_a_stop)
{
    begin();
    EXPECT_EQ_INT(changed_registers(NULL), 0);
    EXPECT_EQ_INT(changed_registers(&steps), 0);
    end();
}

/* void switch_marked(sw, func, arg): fiber_switch_call() with the numbers that
 * debuggers have for registers, times 1000, in those that calls preserve. */
__asm__(".text\n"
        "switch_marked:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n"
        "    push %r13\n    push %r14\n    push %r15\n"
        "    mov $3000, %ebx\n    mov $6000, %ebp\n    mov $12000, %r12d\n"
        "    mov $13000, %r13d\n    mov $14000, %r14d\n"
        "    mov $15000, %r15d\n"
        "    sub $8, %rsp\n"
        "    call fiber_switch_call\n"
        "switch_marked_end:\n"
        "    add $8, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n"
        "    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n");

void switch_marked(struct fiber_switch *sw, int (*func)(void *), void *arg);
extern char switch_marked_end[];

static struct os_regs where;
static bool at_call;

static int ask_where(void *arg)
{
    (void)arg;
    fiber.state = FIBER_CALLING;
    fiber.place = FIBER_IN_CALL;
    EXPECT(fiber_where(&fiber, &where, &at_call));
    fiber.state = FIBER_RUNNING;
    return 0;
}

static void stand_marked(void *arg)
{
    (void)arg;
    switch_marked(&fiber.sw, ask_where, NULL);
}

static bool is_in_stack(uintptr_t address)
{
    return address >= (uintptr_t)fiber.stack.at &&
           address < (uintptr_t)fiber_stack_top(&fiber.stack);
}

TEST(it_is_known_where_a_fiber_stands_that_calls_the_host)
{
    static const unsigned preserved[] = {OS_REG_BX,  OS_REG_BP,  OS_REG_R12,
                                         OS_REG_R13, OS_REG_R14, OS_REG_R15};

    begin();
    expect_run(stand_marked, NULL, FIBER_FINISHED);
    EXPECT(at_call);
    EXPECT_EQ_INT(__builtin_popcount(where.known), 8);
    EXPECT_EQ_INT(where.at[OS_REG_PC], (uintptr_t)switch_marked_end);
    EXPECT(is_in_stack(where.at[OS_REG_SP]));
    EXPECT_EQ_INT(where.at[OS_REG_SP] % 16, 0);
    for (size_t i = 0; i < sizeof(preserved) / sizeof(preserved[0]); i++)
        EXPECT_EQ_INT(where.at[preserved[i]], 1000 * preserved[i]);
    end();
}

/* Do frame pointers lead from `where` to the frame at seen_sp?  A call that is
 * a function's last act may be a jump, and leave no frame. */
static void expect_frames(void)
{
    uintptr_t frame = where.at[OS_REG_BP];

    EXPECT(at_call);
    for (int i = 0; i < 3 && frame != (uintptr_t)seen_sp; i++) {
        EXPECT(is_in_stack(frame));
        frame = *(uintptr_t *)frame;
    }
    EXPECT_EQ_INT(frame, (uintptr_t)seen_sp);
}

static int wait_or_stop(void *arg)
{
    EXPECT(fiber_where(&fiber, &where, &at_call));
    return arg != NULL ? FIBER_STOPPED : FIBER_WAITS;
}

static __attribute__((noinline)) void call_and_leave(void *arg)
{
    seen_sp = __builtin_frame_address(0);
    fiber_call_host(&fiber, wait_or_stop, arg);
    steps++;
}

TEST(or_is_paused_or_was_stopped_in_a_host_function)
{
    begin();
    EXPECT(!fiber_where(&fiber, &where, &at_call));
    expect_run(call_and_leave, NULL, FIBER_WAITS);
    expect_frames();
    EXPECT(fiber_where(&fiber, &where, &at_call));
    expect_frames();
    EXPECT_EQ_INT(fiber_resume(&fiber), FIBER_FINISHED);
    EXPECT(!fiber_where(&fiber, &where, &at_call));
    EXPECT_EQ_INT(where.known, 0);
    expect_run(call_and_leave, &steps, FIBER_STOPPED);
    EXPECT(fiber_where(&fiber, &where, &at_call));
    expect_frames();
    fiber_lose_place(&fiber);
    EXPECT(!fiber_where(&fiber, &where, &at_call));
    end();
}

static __attribute__((noinline)) void stop_framed(void *arg)
{
    seen_sp = __builtin_frame_address(0);
    if (arg == &steps)
        fiber_stop(&fiber);
    steps++;
}

TEST(or_has_stopped_itself)
{
    begin();
    expect_run(stop_framed, &steps, FIBER_STOPPED);
    EXPECT(fiber_where(&fiber, &where, &at_call));
    expect_frames();
    end();
}

/* void touch_marked(void *at): write there, with a number in a register that
 * calls do not preserve. */
__asm__(".text\n"
        "touch_marked:\n"
        "    mov $11000, %r11d\n"
        "touch_marked_at:\n"
        "    movb $1, (%rdi)\n"
        "    ret\n");

void touch_marked(void *at);
extern char touch_marked_at[];

TEST(or_was_stopped_by_a_fault)
{
    if (mode_is("valgrind"))
        SKIP("valgrind does not keep all registers");
    begin_with_faults();
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    expect_run(touch_marked, forbidden, FIBER_STOPPED);
    EXPECT(fiber_where(&fiber, &where, &at_call));
    EXPECT(!at_call);
    EXPECT_EQ_INT(where.at[OS_REG_PC], (uintptr_t)touch_marked_at);
    EXPECT_EQ_INT(where.at[11], 11000);
    EXPECT(is_in_stack(where.at[OS_REG_SP]));
    os_map_release(forbidden, OS_PAGE_BYTES);
    end();
}

/* Control bits of mxcsr, and the control word of x87. */
#define DEFAULT 0x1f80u
#define UPWARD  (DEFAULT | 0x4000u)
#define X87_UP  0x0b7f

static unsigned mxcsr(void)
{
    unsigned value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value & 0xffc0;
}

static unsigned short x87_word(void)
{
    unsigned short value;

    __asm__ volatile("fnstcw %0" : "=m"(value));
    return value;
}

static void round_upward(void)
{
    unsigned value = UPWARD;
    unsigned short word = X87_UP;

    __asm__ volatile("ldmxcsr %0\n fldcw %1" : : "m"(value), "m"(word));
}

static int host_sees_its_rounding(void *arg)
{
    EXPECT_EQ_INT(mxcsr(), UPWARD);
    (void)arg;
    return FIBER_FINISHED;
}

static void sees_the_default(void *arg)
{
    unsigned short word = 0x37f;

    __asm__ volatile("fldcw %0" : : "m"(word));
    EXPECT_EQ_INT(mxcsr(), DEFAULT);
    fiber_call_host(&fiber, host_sees_its_rounding, NULL);
    EXPECT_EQ_INT(mxcsr(), DEFAULT);
    if (arg != NULL)
        fiber_stop(&fiber);
}

TEST(guests_round_to_nearest_and_hosts_as_they_like)
{
    begin();
    round_upward();
    expect_run(sees_the_default, NULL, FIBER_FINISHED);
    EXPECT_EQ_INT(mxcsr(), UPWARD);
    expect_run(sees_the_default, &steps, FIBER_STOPPED);
    EXPECT_EQ_INT(mxcsr(), UPWARD);
    EXPECT_EQ_INT(x87_word(), X87_UP);
    end();
}
