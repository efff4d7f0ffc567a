/* escape_signals.c - the attack: signals that are somebody else's.
 *
 * The library shares four signals with its host.  What was there before it must
 * get what is its own - with the right address, on the thread that it happened
 * to, while guests run and trap and are stopped - and what comes after it and
 * hands on must find it working.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memfd_create, tgkill, gettid */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (memory (export \"memory\") 1)"
    " (func (export \"echo\") (param i32) (result i32) (local.get 0))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (call $now (local.get 0)))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0))"
    " (func (export \"load\") (param i32) (result i32)"
    "  (i32.load (local.get 0)))"
    " (func (export \"divide\") (param i32) (result i32)"
    "  (i32.div_s (i32.const 1) (local.get 0)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (i32.add (call $deep (local.get 0)) (i32.const 1))))";

static viv_module *module;
static int (*host_func)(void);

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32;
    return host_func != NULL ? host_func() : 0;
}

static viv_sandbox *make(void)
{
    viv_import import = HOST_IMPORT("now", answer_now, NULL);
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = host_patience(5 * MS);
    limits.stack_bytes = 256 * 1024;
    return host_sandbox(module, &import, 1, &limits);
}

/* Guests do all that they need signals for, in turn. */
static void expect_that_guests_work(viv_sandbox *sandbox)
{
    EXPECT_TRAP(host_call(sandbox, "load", 0x10000), VIV_TRAP_MEMORY);
    EXPECT_TRAP(host_call(sandbox, "load", 0xfffffffe), VIV_TRAP_MEMORY);
    EXPECT_TRAP(host_call(sandbox, "divide", 0), VIV_TRAP_DIVIDE_BY_ZERO);
    EXPECT_TRAP(host_call(sandbox, "deep", 0), VIV_TRAP_STACK);
    EXPECT_SPENT(host_call(sandbox, "for_ever", 0), VIV_LIMIT_RUN_TIME);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "echo", 1), 1);
}

/* ------------------------------------------------------------------------
 * A host with faults of its own, which it mends: as a collector of garbage or
 * a database does that maps what it needs when it is touched.
 */

#define PAGE 4096u

static char *closed; /* a page that is opened when it is touched */
static void *volatile fault_at;
static _Atomic uint32_t faults, nudges;
static volatile pid_t fault_thread;

static void open_page(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    fault_at = info->si_addr;
    fault_thread = (pid_t)syscall(SYS_gettid);
    atomic_fetch_add(&faults, 1);
    mprotect(closed, PAGE, PROT_READ | PROT_WRITE);
}

static void count_nudge(int signal)
{
    (void)signal;
    atomic_fetch_add(&nudges, 1);
}

static void install(int signal, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (host_is_mode("valgrind"))
        SKIP("valgrind takes faults of the host for mistakes");
    EXPECT_EQ_INT(sigaction(signal, &action, NULL), 0);
}

static void take_page(void)
{
    closed = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(closed != MAP_FAILED);
}

static int touch_page(void)
{
    mprotect(closed, PAGE, PROT_NONE);
    *(volatile char *)(closed + 123) = 7;
    EXPECT(fault_at == closed + 123);
    EXPECT_EQ_INT(fault_thread, syscall(SYS_gettid));
    return 0;
}

static void *touch_elsewhere(void *unused)
{
    touch_page();
    return unused;
}

TEST(a_handler_of_faults_that_was_there_before_gets_its_own)
{
    viv_sandbox *sandbox;
    uint32_t i;

    take_page();
    install(SIGSEGV, open_page);
    sandbox = make();
    host_func = touch_page;
    for (i = 1; i <= 20; i++) {
        touch_page();
        EXPECT_EQ_INT(host_ask(sandbox, "ask", i), i); /* amid a guest's call */
        host_elsewhere(touch_elsewhere, NULL);         /* that runs no guests */
        EXPECT_EQ_INT(atomic_load(&faults), 3 * i);
        if (i % 10 == 0)
            expect_that_guests_work(sandbox);
        EXPECT_EQ_INT(atomic_load(&faults), 3 * i);
    }
}

/* SIGBUS: beyond the end of a file. */
static int file;

static void extend_file(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    fault_at = info->si_addr;
    atomic_fetch_add(&faults, 1);
    if (ftruncate(file, PAGE) != 0)
        _exit(3);
}

static int read_beyond(void)
{
    EXPECT_EQ_INT(ftruncate(file, 0), 0);
    EXPECT_EQ_INT(*(volatile char *)closed, 0);
    EXPECT(fault_at == closed);
    return 0;
}

TEST(a_handler_of_bus_errors_that_was_there_before_gets_its_own)
{
    viv_sandbox *sandbox;

    file = memfd_create("escape", 0);
    closed = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);
    EXPECT(closed != MAP_FAILED);
    install(SIGBUS, extend_file);
    sandbox = make();
    host_func = read_beyond;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 1);
    read_beyond();
    EXPECT_EQ_INT(atomic_load(&faults), 2);
    expect_that_guests_work(sandbox);
    EXPECT_EQ_INT(atomic_load(&faults), 2);
}

/* SIGFPE: the handler steps over the division, which has two bytes. */
static void step_over(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    atomic_fetch_add(&faults, 1);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

static int divide(void)
{
    __asm__ volatile("xor %%edx, %%edx; mov $1, %%eax; xor %%ecx, %%ecx;"
                     "div %%ecx"
                     :
                     :
                     : "eax", "ecx", "edx", "cc");
    return 0;
}

TEST(a_handler_of_divisions_that_was_there_before_gets_its_own)
{
    viv_sandbox *sandbox;

    install(SIGFPE, step_over);
    sandbox = make();
    host_func = divide;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 1);
    divide();
    EXPECT_EQ_INT(atomic_load(&faults), 2);
    expect_that_guests_work(sandbox);
    EXPECT_EQ_INT(atomic_load(&faults), 2);
}

/* ------------------------------------------------------------------------
 * SIGURG, which has two meanings.
 */

/* So many, each after the one before has come. */
static void *send_urgent(void *count)
{
    pid_t process = getpid();
    uint32_t i;

    for (i = 0; i < (uint32_t)(uintptr_t)count; i++) {
        uint32_t before = atomic_load(&nudges);

        kill(process, SIGURG);
        while (atomic_load(&nudges) == before)
            host_sleep(100 * US);
    }
    return NULL;
}

/* The same where nobody tells that one has come. */
static void *send_ignored(void *count)
{
    pid_t process = getpid();
    uint32_t i;

    for (i = 0; i < (uint32_t)(uintptr_t)count; i++) {
        kill(process, SIGURG);
        host_sleep(100 * US);
    }
    return NULL;
}

/* Out-of-band data, while guests are stopped by the same signal: each comes to
 * the host, and neither ends a guest nor saves one. */
TEST(urgent_data_comes_to_the_host_and_not_to_the_guest)
{
    struct sigaction action = {.sa_handler = count_nudge,
                               .sa_flags = SA_RESTART | SA_ONSTACK};
    viv_sandbox *sandbox;
    pthread_t thread;
    int i;

    sigaction(SIGURG, &action, NULL);
    sandbox = make();
    thread = host_thread(send_urgent, (void *)100);
    for (i = 0; i < 10; i++) {
        EXPECT_EQ_INT(host_ask(sandbox, "echo", 2), 2);
        EXPECT_SPENT(host_call(sandbox, "for_ever", 0), VIV_LIMIT_RUN_TIME);
        host_reset(sandbox);
    }
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT(atomic_load(&nudges) >= 100);
}

TEST(our_own_nudges_do_not_come_to_the_host)
{
    struct sigaction action = {.sa_handler = count_nudge,
                               .sa_flags = SA_RESTART | SA_ONSTACK};
    viv_sandbox *sandbox;

    sigaction(SIGURG, &action, NULL);
    sandbox = make();
    expect_that_guests_work(sandbox);
    EXPECT_EQ_INT(atomic_load(&nudges), 0);
    EXPECT_EQ_INT(raise(SIGURG), 0);
    EXPECT_EQ_INT(atomic_load(&nudges), 1);
}

TEST(urgent_data_that_nobody_wants_is_ignored)
{
    viv_sandbox *sandbox = make();
    pthread_t thread = host_thread(send_ignored, (void *)100);
    int i;

    for (i = 0; i < 3; i++)
        expect_that_guests_work(sandbox);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Handlers that come later, and hand on.
 */

static struct sigaction ours[4];
static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGURG};
static _Atomic uint32_t passed_on;

static void hand_on(int signal, siginfo_t *info, void *context)
{
    int i = 0;

    while (signals[i] != signal)
        i++;
    atomic_fetch_add(&passed_on, 1);
    ours[i].sa_sigaction(signal, info, context);
}

static void install_after(int flags)
{
    struct sigaction action = {.sa_sigaction = hand_on,
                               .sa_flags = SA_SIGINFO | SA_RESTART | flags};
    int i;

    if (host_is_mode("tsan"))
        SKIP("the thread sanitizer does not tell of handlers that it does not "
             "know");
    for (i = 0; i < 4; i++)
        EXPECT_EQ_INT(sigaction(signals[i], &action, &ours[i]), 0);
}

TEST(handlers_that_come_later_and_hand_on_keep_guests_working)
{
    viv_sandbox *sandbox = make();
    uint32_t before;

    install_after(SA_ONSTACK);
    expect_that_guests_work(sandbox);
    EXPECT(atomic_load(&passed_on) >= 4);
    before = atomic_load(&passed_on);
    EXPECT_EQ_INT(viv_call_slice(sandbox, 1 * MS), 0);
    EXPECT_SPENT(host_finish(sandbox, host_call(sandbox, "for_ever", 0), NULL),
                 VIV_LIMIT_RUN_TIME);
    EXPECT(atomic_load(&passed_on) > before + 10);
}

/* Both: one before, which mends faults, and one after, which hands on. */
TEST(a_fault_of_the_host_passes_through_all_that_are_in_line)
{
    viv_sandbox *sandbox;

    take_page();
    install(SIGSEGV, open_page);
    sandbox = make();
    install_after(SA_ONSTACK);
    host_func = touch_page;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 1);
    EXPECT_EQ_INT(atomic_load(&faults), 1);
    EXPECT(atomic_load(&passed_on) >= 1);
    expect_that_guests_work(sandbox);
    EXPECT_EQ_INT(atomic_load(&faults), 1);
}

/* ------------------------------------------------------------------------
 * What nobody handles ends the process, as without us.
 */

static void fault_of_the_host(void)
{
    viv_sandbox *sandbox = make();

    take_page();
    expect_that_guests_work(sandbox);
    *(volatile char *)closed = 1;
}

static int fault_now(void)
{
    take_page();
    *(volatile char *)closed = 1;
    return 0;
}

static void fault_in_a_host_function(void)
{
    viv_sandbox *sandbox = make();

    host_func = fault_now;
    host_ask(sandbox, "ask", 1);
}

/* In the guest's memory, beyond its end: but by the host, and so no trap. */
static void division_of_the_host(void)
{
    viv_sandbox *sandbox = make();

    host_func = divide;
    host_ask(sandbox, "ask", 1);
}

static void sent_by_somebody(void)
{
    make();
    raise(SIGSEGV);
}

TEST(a_fault_that_nobody_handles_ends_the_process)
{
    if (host_is_mode("valgrind"))
        SKIP("valgrind takes faults of the host for mistakes");
    EXPECT_DIES(SIGSEGV, fault_of_the_host);
    EXPECT_DIES(SIGSEGV, fault_in_a_host_function);
    EXPECT_DIES(SIGFPE, division_of_the_host);
    EXPECT_DIES(SIGSEGV, sent_by_somebody);
}

/* ------------------------------------------------------------------------
 * Stacks and masks stay the host's.
 */

TEST(a_signal_stack_of_the_hosts_stays)
{
    static char bytes[128 * 1024];
    stack_t stack = {.ss_sp = bytes, .ss_size = sizeof(bytes)}, now;

    EXPECT_EQ_INT(sigaltstack(&stack, NULL), 0);
    expect_that_guests_work(make());
    EXPECT_EQ_INT(sigaltstack(NULL, &now), 0);
    EXPECT(now.ss_sp == bytes && now.ss_size == sizeof(bytes));
}

/* All but the four, which are unblocked for good. */
TEST(the_mask_of_signals_stays)
{
    sigset_t blocked, now;
    int signal;

    sigfillset(&blocked);
    EXPECT_EQ_INT(pthread_sigmask(SIG_SETMASK, &blocked, NULL), 0);
    EXPECT_EQ_INT(pthread_sigmask(SIG_SETMASK, NULL, &blocked), 0);
    expect_that_guests_work(make());
    EXPECT_EQ_INT(pthread_sigmask(SIG_SETMASK, NULL, &now), 0);
    for (signal = 1; signal < 32; signal++)
        if (signal != SIGSEGV && signal != SIGBUS && signal != SIGFPE &&
            signal != SIGURG)
            EXPECT_EQ_INT(sigismember(&now, signal),
                          sigismember(&blocked, signal));
}
