/* test_engine_trap.c - how guest code ends before its time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_trap.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

#include "guest.h"
#include "mode_tools.h"
#include "os/os_map.h"

static const uint8_t I32[] = {VIV_I32};
static struct guest guest;

static viv_limits small_stack(void)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.stack_bytes = 65536;
    return limits;
}

/* ------------------------------------------------------------------------
 * The edges of memory.
 */

static const char LOADS[] =
    "(module (memory 1 2)"
    " (func (export \"grow\") (param i32) (result i32) (memory.grow "
    "   (local.get 0)))"
    " (func (export \"l8\") (param i32) (result i32) (i32.load8_u "
    "   (local.get 0)))"
    " (func (export \"l32\") (param i32) (result i32) (i32.load "
    "   (local.get 0)))"
    " (func (export \"l64\") (param i32) (result i32) (i32.wrap_i64 (i64.load "
    "   (local.get 0))))"
    " (func (export \"l128\") (param i32) (result i32) (i32x4.extract_lane 0"
    "   (v128.load (local.get 0))))"
    " (func (export \"s64\") (param i32) (result i32) (i64.store "
    "   (local.get 0) (i64.const -1)) (i32.const 0))"
    " (func (export \"off\") (param i32) (result i32) (i32.load offset=65000"
    "   (local.get 0)))"
    " (func (export \"far\") (param i32) (result i32) (i32.load "
    "   offset=0x7fffffff (local.get 0)))"
    " (func (export \"near2g\") (param i32) (result i32) (i64.store "
    "   offset=0x7ffffff0 (local.get 0) (i64.const -1)) (i32.const 0))"
    " (func (export \"farther\") (param i32) (result i32) (i32.load "
    "   offset=0xffffffff (local.get 0))))";

static void expect_edge(const char *name, uint32_t width)
{
    EXPECT_EQ_INT(guest_ask(&guest, name, 65536 - width), 0);
    for (uint32_t at = 65536 - width + 1; at <= 65536; at++) {
        EXPECT_EQ_INT(guest_trap_of(&guest, name, at), VIV_TRAP_MEMORY);
        EXPECT(guest.outcome.has_address);
        EXPECT_EQ_INT(guest.outcome.address, 65536);
    }
    EXPECT_EQ_INT(guest_trap_of(&guest, name, 65537), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.address, 65537);
    EXPECT_EQ_INT(guest_trap_of(&guest, name, UINT32_MAX), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.address, UINT32_MAX);
}

TEST(the_last_byte_is_in_and_the_next_is_out)
{
    guest = guest_start(LOADS);
    expect_edge("l8", 1);
    expect_edge("l32", 4);
    expect_edge("l64", 8);
    expect_edge("l128", 16);
    expect_edge("s64", 8);
    guest_end(&guest);
}

TEST(offsets_are_added_without_wrapping)
{
    guest = guest_start(LOADS);
    EXPECT_EQ_INT(guest_ask(&guest, "off", 532), 0);
    EXPECT_EQ_INT(guest_trap_of(&guest, "off", 533), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "off", UINT32_MAX), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "far", 0), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "far", UINT32_MAX), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "near2g", 0), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "near2g", UINT32_MAX), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "farther", 1), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "farther", UINT32_MAX),
                  VIV_TRAP_MEMORY);
    guest_end(&guest);
}

TEST(the_edge_moves_when_memory_grows)
{
    guest = guest_start(LOADS);
    EXPECT_EQ_INT(guest_trap_of(&guest, "l8", 65536), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_ask(&guest, "grow", 1), 1);
    EXPECT_EQ_INT(guest_ask(&guest, "l8", 131071), 0);
    EXPECT_EQ_INT(guest_trap_of(&guest, "l8", 131072), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.address, 131072);
    guest_end(&guest);
}

TEST(what_was_written_before_a_trap_is_there_after_it)
{
    uint32_t there;

    guest = guest_start(
        "(module (memory 1) (func (export \"f\") (param i32) (result i32)"
        " (i32.store (i32.const 4) (i32.const 77))"
        " (i32.load (local.get 0))))");
    EXPECT_EQ_INT(guest_trap_of(&guest, "f", 65536), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 4, &there, 4), 0);
    EXPECT_EQ_INT(there, 77);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * The other traps.
 */

TEST(every_trap_has_its_number)
{
    guest = guest_start(
        "(module (table 2 funcref) (elem (i32.const 0) $v) (func $v)"
        " (type $r (func (result i32)))"
        " (func (export \"u\") (param i32) (result i32) unreachable)"
        " (func (export \"c\") (param i32) (result i32) (call_indirect "
        "   (type $r) (local.get 0)))"
        " (func (export \"d\") (param i32) (result i32) (i32.div_s "
        "   (i32.const 0x80000000) (local.get 0)))"
        " (func (export \"t\") (param i32) (result i32) (i32.trunc_f32_s "
        "   (f32.div (f32.convert_i32_s (local.get 0)) (f32.const 0)))))");
    EXPECT_EQ_INT(guest_trap_of(&guest, "u", 0), VIV_TRAP_UNREACHABLE);
    EXPECT_EQ_INT(guest_trap_of(&guest, "c", 0), VIV_TRAP_FUNC_TYPE);
    EXPECT_EQ_INT(guest_trap_of(&guest, "c", 1), VIV_TRAP_NULL_FUNC);
    EXPECT_EQ_INT(guest_trap_of(&guest, "c", 2), VIV_TRAP_TABLE);
    EXPECT_EQ_INT(guest_trap_of(&guest, "d", 0), VIV_TRAP_DIVIDE_BY_ZERO);
    EXPECT_EQ_INT(guest_trap_of(&guest, "d", UINT32_MAX),
                  VIV_TRAP_INT_OVERFLOW);
    EXPECT_EQ_INT(guest_trap_of(&guest, "t", 0), VIV_TRAP_BAD_CONVERSION);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * The end of the stack.
 */

static const char DEEP[] =
    "(module (memory 1)"
    " (func $f (export \"f\") (param i32) (result i32)"
    "   (if (result i32) (local.get 0)"
    "     (then (call $f (i32.sub (local.get 0) (i32.const 1)))"
    "           (i32.store (i32.const 0) (local.get 0))"
    "           (i32.add (i32.load (i32.const 0))))"
    "     (else (i32.const 0))))"
    " (func $spin (param i32)"
    "   (loop $l (i32.store (i32.const 8) (local.get 0))"
    "     (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    " (func $g (export \"g\") (param i32 i32) (result i32)"
    "   (if (result i32) (local.get 0)"
    "     (then (call $g (i32.sub (local.get 0) (i32.const 1))"
    "             (local.get 1))"
    "           (i32.store (i32.const 0) (local.get 0))"
    "           (i32.add (i32.load (i32.const 0))))"
    "     (else (call $spin (local.get 1)) (i32.const 0)))))";

TEST(the_end_of_the_stack_is_a_trap_a_thousand_times)
{
    guest = guest_start(DEEP);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ_INT(guest_trap_of(&guest, "f", 1000000000), VIV_TRAP_STACK);
    EXPECT(!guest.outcome.has_address);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 1000), 500500);
    guest_end(&guest);
}

TEST(more_stack_goes_deeper)
{
    viv_module *module = guest_load(DEEP, false);
    viv_limits limits = small_stack();

    guest = guest_of(module, NULL, 0, &limits);
    EXPECT_EQ_INT(guest_trap_of(&guest, "f", 10000), VIV_TRAP_STACK);
    guest_end(&guest);
    limits.stack_bytes = 16 << 20;
    guest = guest_of(module, NULL, 0, &limits);
    EXPECT_EQ_INT(guest_ask(&guest, "f", 10000), 50005000);
    guest_end(&guest);
    viv_module_unref(module);
}

TEST(every_way_to_the_end_of_the_stack_is_a_trap)
{
    guest = guest_start(
        "(module (memory 1 1000) (table 1 100000 externref)"
        " (func $m (export \"m\") (param i32) (result i32)"
        "   (drop (memory.grow (i32.const 0)))"
        "   (i32.add (call $m (local.get 0)) (i32.load (i32.const 0))))"
        " (func $t (export \"t\") (param i32) (result i32)"
        "   (drop (table.grow 0 (ref.null extern) (i32.const 0)))"
        "   (i32.add (call $t (local.get 0)) (i32.load (i32.const 0))))"
        " (func $c (export \"c\") (param i32) (result i32)"
        "   (memory.copy (i32.const 0) (i32.const 8) (i32.const 8))"
        "   (i32.add (call $c (local.get 0)) (i32.load (i32.const 0)))))");
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ_INT(guest_trap_of(&guest, "m", 0), VIV_TRAP_STACK);
        EXPECT_EQ_INT(guest_trap_of(&guest, "t", 0), VIV_TRAP_STACK);
        EXPECT_EQ_INT(guest_trap_of(&guest, "c", 0), VIV_TRAP_STACK);
    }
    engine_instance_check((struct engine_instance *)guest.sandbox);
    guest_end(&guest);
}

static volatile int alarms;

static void count_alarm(int signal)
{
    (void)signal;
    alarms++;
}

static uint32_t run_deep(uint32_t depth, uint32_t rounds)
{
    guest_call(&guest, "g", GUEST_ARGS(GUEST_I32(depth), GUEST_I32(rounds)), 2,
               1);
    return guest.outcome.kind;
}

/* The deepest recursion that still returns. */
static uint32_t deepest(void)
{
    uint32_t low = 1, high = 1000000;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (run_deep(middle, 1) == VIV_RETURNED)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A handler of the host's without a stack of its own, when there is no room
 * left on the guest's: the kernel sends SIGSEGV instead, with no address. */
TEST(a_signal_that_finds_no_room_on_the_guests_stack_ends_the_call)
{
    struct sigaction action = {.sa_handler = count_alarm};
    struct itimerval often = {{0, 1000}, {0, 1000}};
    viv_module *module;
    viv_limits limits = small_stack();
    uint32_t depth;

    if (mode_is("valgrind"))
        SKIP("valgrind delivers signals its own way");
    module = guest_load(DEEP, false);
    guest = guest_of(module, NULL, 0, &limits);
    viv_module_unref(module);
    depth = deepest();
    sigaction(SIGVTALRM, &action, NULL);
    EXPECT_EQ_INT(setitimer(ITIMER_VIRTUAL, &often, NULL), 0);
    EXPECT_EQ_INT(run_deep(0, 300000000), VIV_RETURNED);
    EXPECT(alarms > 0);
    EXPECT_EQ_INT(run_deep(depth, 2000000000), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_STACK);
    memset(&often, 0, sizeof(often));
    setitimer(ITIMER_VIRTUAL, &often, NULL);
    EXPECT_EQ_INT(run_deep(depth, 1), VIV_RETURNED);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Faults that are not the guest's.
 */

static const char CALLS[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1)"
    " (func (export \"call\") (param i32) (result i32) (call $f "
    "   (local.get 0)))"
    " (func (export \"load\") (param i32) (result i32) (i32.load "
    "   (local.get 0))))";

static char *forbidden;
static sigjmp_buf back;
static int host_faults;

static void on_host_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    EXPECT(info->si_addr == forbidden);
    host_faults++;
    siglongjmp(back, 1);
}

static struct sigaction before_us;

static void on_fault_later(int signal, siginfo_t *info, void *context)
{
    if (info->si_addr == forbidden)
        on_host_fault(signal, info, context);
    before_us.sa_sigaction(signal, info, context);
}

static int fault_and_recover(viv_host_call *call, const viv_value *args,
                             viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)cookie;
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)forbidden = 1;
    results[0].i32 = (uint32_t)host_faults;
    return 0;
}

static void start_calls(viv_host_func *func, void *cookie)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, func, cookie)};

    guest = guest_start_with(CALLS, imports, 1);
}

static void install(void (*handler)(int, siginfo_t *, void *),
                    struct sigaction *old)
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, old);
}

TEST(a_hosts_handler_from_before_gets_the_hosts_faults)
{
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    install(on_host_fault, NULL);
    start_calls(fault_and_recover, NULL);
    for (uint32_t i = 1; i <= 5; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "call", 0), i);
        EXPECT_EQ_INT(guest_trap_of(&guest, "load", 65536), VIV_TRAP_MEMORY);
    }
    guest_end(&guest);
}

TEST(a_hosts_handler_from_later_that_hands_on_is_no_harm)
{
    forbidden = os_map_reserve(OS_PAGE_BYTES);
    start_calls(fault_and_recover, NULL);
    install(on_fault_later, &before_us);
    for (uint32_t i = 1; i <= 5; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "call", 0), i);
        EXPECT_EQ_INT(guest_trap_of(&guest, "load", 65536), VIV_TRAP_MEMORY);
    }
    guest_end(&guest);
}

static int touch_own_guard(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    struct engine_instance *instance =
        (struct engine_instance *)viv_host_call_sandbox(call);

    (void)args, (void)results, (void)cookie;
    instance->region.base[65536] = 1;
    return 0;
}

static void host_touches_guard(void)
{
    signal(SIGSEGV, SIG_DFL);
    start_calls(touch_own_guard, NULL);
    guest_call(&guest, "call", GUEST_ARGS(GUEST_I32(0)), 1, 1);
}

static void host_touches_guard_between_calls(void)
{
    signal(SIGSEGV, SIG_DFL);
    start_calls(touch_own_guard, NULL);
    guest_ask(&guest, "load", 0);
    ((struct engine_instance *)guest.sandbox)->region.base[65536] = 1;
}

TEST(a_host_that_touches_a_guard_has_a_fault_of_its_own)
{
    EXPECT_DIES(SIGSEGV, host_touches_guard);
    EXPECT_DIES(SIGSEGV, host_touches_guard_between_calls);
}

/* ------------------------------------------------------------------------
 * One inside the other, side by side.
 */

static int trap_inside(viv_host_call *call, const viv_value *args,
                       viv_value *results, void *cookie)
{
    (void)call;
    EXPECT_EQ_INT(guest_trap_of(cookie, "load", args[0].i32), VIV_TRAP_MEMORY);
    results[0].i32 = (uint32_t)((struct guest *)cookie)->outcome.address;
    return 0;
}

TEST(a_trap_in_a_sandbox_that_a_host_function_calls_stays_there)
{
    viv_module *module = guest_load(CALLS, false);
    viv_import imports[] = {
        GUEST_FUNC("f", I32, 1, I32, 1, fault_and_recover, NULL)};
    struct guest inner = guest_of(module, imports, 1, NULL);

    viv_module_unref(module);
    start_calls(trap_inside, &inner);
    for (uint32_t i = 0; i < 20; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "call", 65536 + i), 65536 + i);
        EXPECT_EQ_INT(guest_trap_of(&guest, "load", 70000), VIV_TRAP_MEMORY);
        EXPECT_EQ_INT(guest.outcome.address, 70000);
    }
    guest_end(&guest);
    guest_end(&inner);
}

static void *trap_often(void *arg)
{
    struct guest mine = guest_of(arg, NULL, 0, NULL);

    for (uint32_t i = 0; i < 500; i++) {
        EXPECT_EQ_INT(guest_trap_of(&mine, "l32", 65536 + i), VIV_TRAP_MEMORY);
        EXPECT_EQ_INT(mine.outcome.address, 65536 + i);
    }
    guest_end(&mine);
    return NULL;
}

TEST(threads_trap_at_the_same_time)
{
    viv_module *module = guest_load(LOADS, false);
    pthread_t threads[4];

    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 4; i++)
            EXPECT_EQ_INT(pthread_create(&threads[i], NULL, trap_often, module),
                          0);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
    viv_module_unref(module);
}
