/* test_os_signal.c - faults: what the CPU refuses to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* REG_RIP */
#include "os/os_signal.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include "fault_tools.h"
#include "mode_tools.h"
#include "nudge_tools.h"
#include "os/os_enter.h"
#include "os/os_fail.h"
#include "os/os_nudge.h"

static volatile int previous_count;
static siginfo_t previous_info;
static sigjmp_buf back;

static bool refuse(struct os_fault *fault)
{
    seen = *fault;
    seen_count++;
    return false;
}

static void begin(os_fault_hook *hook)
{
    install_hook(hook);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
}

static void jump_back(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    previous_count++;
    previous_info = *info;
    siglongjmp(back, 1);
}

static void jump_back_plain(int signal)
{
    (void)signal;
    previous_count++;
    siglongjmp(back, 1);
}

static void install(void (*plain)(int), int flags)
{
    struct sigaction action = {.sa_handler = plain, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
}

static void install_info(int flags)
{
    struct sigaction action = {.sa_sigaction = jump_back,
                               .sa_flags = SA_SIGINFO | flags};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGSEGV, &action, NULL);
}

/* ------------------------------------------------------------------------
 * The hook.
 */

TEST(the_hook_is_told_where_and_can_continue_elsewhere)
{
    begin(take);
    EXPECT_EQ_INT(touch(forbidden + 123), 77);
    EXPECT_EQ_INT(seen.kind, OS_FAULT_ACCESS);
    EXPECT_EQ_INT(seen.address, (uintptr_t)forbidden + 123);
    EXPECT(mode_is("valgrind") || seen.pc == (uintptr_t)touch);
    EXPECT(seen.sp < (uintptr_t)__builtin_frame_address(0) + OS_PAGE_BYTES);
    EXPECT(seen.sp > (uintptr_t)__builtin_frame_address(0) - OS_PAGE_BYTES);
}

/* void touch_marked(char *at): the same with the numbers that debuggers have
 * for registers, times 1000, in all of them but the two that are in use. */
__asm__(".text\n"
        "touch_marked:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n"
        "    push %r13\n    push %r14\n    push %r15\n"
        "    mov $0, %eax\n    mov $1000, %edx\n    mov $2000, %ecx\n"
        "    mov $3000, %ebx\n    mov $4000, %esi\n    mov $6000, %ebp\n"
        "    mov $8000, %r8d\n    mov $9000, %r9d\n    mov $10000, %r10d\n"
        "    mov $11000, %r11d\n    mov $12000, %r12d\n"
        "    mov $13000, %r13d\n    mov $14000, %r14d\n"
        "    mov $15000, %r15d\n"
        "touch_marked_at:\n"
        "    movzbl (%rdi), %eax\n"
        "touch_marked_landing:\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n"
        "    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n");

void touch_marked(char *at);
extern char touch_marked_at[], touch_marked_landing[];

static bool take_marked(struct os_fault *fault)
{
    seen = *fault;
    os_fault_land(fault, (uintptr_t)touch_marked_landing, 0, 0);
    return true;
}

TEST(it_is_told_all_registers)
{
    if (mode_is("valgrind"))
        SKIP("valgrind does not keep them all");
    begin(take_marked);
    touch_marked(forbidden);
    EXPECT_EQ_INT(seen.regs.known, (1 << OS_REG_COUNT) - 1);
    EXPECT_EQ_INT(seen.regs.at[5], (uintptr_t)forbidden);
    EXPECT_EQ_INT(seen.regs.at[OS_REG_SP], seen.sp);
    EXPECT_EQ_INT(seen.regs.at[OS_REG_PC], (uintptr_t)touch_marked_at);
    for (unsigned i = 0; i < OS_REG_PC; i++)
        if (i != 5 && i != OS_REG_SP)
            EXPECT_EQ_INT(seen.regs.at[i], 1000 * i);
}

TEST(a_fault_can_come_a_thousand_times)
{
    begin(take);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ_INT(touch(forbidden), 77);
    EXPECT_EQ_INT(seen_count, 1000);
}

TEST(an_address_that_is_none_has_no_address)
{
    if (mode_is("valgrind"))
        SKIP("valgrind reports the access");
    begin(take);
    EXPECT_EQ_INT(touch((char *)0x1234567890abcdef), 77);
    EXPECT_EQ_INT(seen.kind, OS_FAULT_UNKNOWN);
}

/* ------------------------------------------------------------------------
 * What was there before.
 */

TEST(a_handler_from_before_gets_what_the_hook_does_not_take)
{
    install_info(0);
    begin(refuse);
    if (sigsetjmp(back, 1) == 0)
        touch(forbidden + 5);
    EXPECT_EQ_INT(seen_count, 1);
    EXPECT_EQ_INT(previous_count, 1);
    EXPECT(previous_info.si_addr == forbidden + 5);
}

TEST(so_does_one_without_siginfo)
{
    install(jump_back_plain, 0);
    begin(refuse);
    for (int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0)
            touch(forbidden);
    EXPECT_EQ_INT(previous_count, 3);
}

static sigset_t mask_in_handler;

static void look_at_mask(int signal, siginfo_t *info, void *context)
{
    pthread_sigmask(SIG_SETMASK, NULL, &mask_in_handler);
    jump_back(signal, info, context);
}

static void mask_seen_with(int flags)
{
    struct sigaction action = {.sa_sigaction = look_at_mask,
                               .sa_flags = SA_SIGINFO | flags};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGSEGV, &action, NULL);
    begin(refuse);
    if (sigsetjmp(back, 1) == 0)
        touch(forbidden);
    EXPECT(sigismember(&mask_in_handler, SIGUSR1));
}

TEST(its_mask_is_applied)
{
    mask_seen_with(0);
    EXPECT(sigismember(&mask_in_handler, SIGSEGV));
}

TEST(so_is_that_it_does_not_defer)
{
    mask_seen_with(SA_NODEFER);
    EXPECT(!sigismember(&mask_in_handler, SIGSEGV));
}

static void fault_twice(void)
{
    install(jump_back_plain, SA_RESETHAND);
    begin(refuse);
    if (sigsetjmp(back, 1) == 0)
        touch(forbidden);
    if (previous_count != 1)
        _exit(3);
    touch(forbidden);
}

TEST(a_handler_for_one_time_is_called_one_time)
{
    EXPECT_DIES(SIGSEGV, fault_twice);
}

static void fault_by_default(void)
{
    install(SIG_DFL, 0);
    begin(refuse);
    touch(forbidden);
}

static void fault_ignored(void)
{
    install(SIG_IGN, 0);
    begin(refuse);
    touch(forbidden);
}

TEST(the_default_ends_the_process)
{
    EXPECT_DIES(SIGSEGV, fault_by_default);
}

TEST(a_fault_cannot_be_ignored)
{
    EXPECT_DIES(SIGSEGV, fault_ignored);
}

static void send_by_default(void)
{
    install(SIG_DFL, 0);
    begin(take);
    raise(SIGSEGV);
}

TEST(a_signal_that_was_sent_is_not_for_the_hook)
{
    EXPECT_DIES(SIGSEGV, send_by_default);
    install(SIG_IGN, 0);
    begin(take);
    raise(SIGSEGV);
    EXPECT_EQ_INT(seen_count, 0);
}

static struct sigaction ours;
static int later_count;

static void later(int signal, siginfo_t *info, void *context)
{
    later_count++;
    ours.sa_sigaction(signal, info, context);
}

TEST(a_handler_from_later_that_hands_on_changes_nothing)
{
    struct sigaction action = {.sa_sigaction = later,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    begin(take);
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &ours);
    EXPECT_EQ_INT(touch(forbidden), 77);
    EXPECT_EQ_INT(later_count, 1);
    EXPECT_EQ_INT(seen_count, 1);
}

/* ------------------------------------------------------------------------
 * Nudges, and what else the same signal was meant for.
 */

static void nudge_self(void)
{
    os_nudge_send(os_nudge_self());
}

static void count_plain(int signal)
{
    EXPECT_EQ_INT(signal, OS_NUDGE_SIGNAL);
    previous_count++;
}

static void count_info(int signal, siginfo_t *info, void *context)
{
    EXPECT(context != NULL);
    previous_info = *info;
    count_plain(signal);
}

static void handle_nudges(void (*plain)(int), int flags)
{
    struct sigaction action = {.sa_handler = plain, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    EXPECT_EQ_INT(sigaction(OS_NUDGE_SIGNAL, &action, NULL), 0);
}

static void handle_nudges_info(void)
{
    struct sigaction action = {.sa_sigaction = count_info,
                               .sa_flags = SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    EXPECT_EQ_INT(sigaction(OS_NUDGE_SIGNAL, &action, NULL), 0);
}

/* A signal of somebody else's, and one of ours: the hook hears of both, the
 * handler from before of what is not surely ours. */
static void expect_shared(int others)
{
    raise(OS_NUDGE_SIGNAL);
    spin_until(&seen_count, 1);
    EXPECT_EQ_INT(seen.kind, OS_FAULT_NUDGE);
    EXPECT_EQ_INT(previous_count, others);
    nudge_self();
    spin_until(&seen_count, 2);
    EXPECT_EQ_INT(previous_count, others);
    raise(OS_NUDGE_SIGNAL);
    spin_until(&seen_count, 3);
    EXPECT_EQ_INT(previous_count, 2 * others);
}

TEST(a_nudge_is_ours_and_the_same_signal_of_others_is_handed_on)
{
    handle_nudges(count_plain, 0);
    begin(take);
    expect_shared(1);
}

TEST(also_to_a_handler_with_siginfo)
{
    handle_nudges_info();
    begin(take);
    expect_shared(1);
    EXPECT_EQ_INT(previous_info.si_pid, getpid());
}

TEST(where_it_was_ignored_or_left_to_itself_it_is_dropped)
{
    handle_nudges(SIG_IGN, 0);
    begin(take);
    expect_shared(0);
}

TEST(as_it_is_by_default)
{
    begin(take);
    expect_shared(0);
}

/* The kernel's own, for data out of band, is no fault of anybody's. */
TEST(what_the_kernel_sends_is_handed_on_or_dropped)
{
    siginfo_t info = {.si_signo = OS_NUDGE_SIGNAL, .si_code = SI_KERNEL};
    struct sigaction installed;
    ucontext_t context;

    begin(take);
    sigaction(OS_NUDGE_SIGNAL, NULL, &installed);
    memset(&context, 0, sizeof(context));
    installed.sa_sigaction(OS_NUDGE_SIGNAL, &info, &context);
    EXPECT_EQ_INT(seen_count, 1);
    sigaction(OS_NUDGE_SIGNAL, NULL, &installed);
    EXPECT(installed.sa_flags & SA_SIGINFO); /* it has not stepped down */
}

TEST(a_nudge_without_its_mark_is_for_all)
{
    handle_nudges(count_plain, 0);
    begin(take);
    allow_pending(false);
    nudge_self();
    spin_until(&seen_count, 1);
    allow_pending(true);
    EXPECT_EQ_INT(previous_count, 1);
}

TEST(a_handler_of_nudges_for_one_time_is_called_one_time)
{
    handle_nudges(count_plain, SA_RESETHAND);
    begin(take);
    for (int i = 1; i <= 3; i++) {
        raise(OS_NUDGE_SIGNAL);
        spin_until(&seen_count, i);
        EXPECT_EQ_INT(previous_count, 1);
    }
}

TEST(a_handler_of_nudges_from_later_that_hands_on_changes_nothing)
{
    struct sigaction action = {.sa_sigaction = later, .sa_flags = SA_SIGINFO};

    begin(take);
    sigemptyset(&action.sa_mask);
    sigaction(OS_NUDGE_SIGNAL, &action, &ours);
    for (int i = 1; i <= 100; i++) {
        nudge_self();
        spin_until(&seen_count, i);
    }
    EXPECT_EQ_INT(later_count, 100);
}

static int fds[2];

static void *nudge_reader(void *thread)
{
    for (int i = 0; i < 20; i++) {
        usleep(1000);
        os_nudge_send(*(int *)thread);
    }
    EXPECT_EQ_INT(write(fds[1], "x", 1), 1);
    return NULL;
}

TEST(system_calls_that_can_be_are_started_again)
{
    pthread_t thread;
    int self;
    char byte;

    begin(take);
    self = os_nudge_self();
    EXPECT_EQ_INT(pipe(fds), 0);
    pthread_create(&thread, NULL, nudge_reader, &self);
    EXPECT_EQ_INT(read(fds[0], &byte, 1), 1);
    pthread_join(thread, NULL);
    spin_until(&seen_count, 1);
}

static bool take_with_errno(struct os_fault *fault)
{
    errno = EDOM;
    return take(fault);
}

TEST(errno_is_as_before)
{
    begin(take_with_errno);
    errno = ERANGE;
    nudge_self();
    spin_until(&seen_count, 1);
    EXPECT_EQ_INT(errno, ERANGE);
    EXPECT_EQ_INT(touch(forbidden), 77);
    EXPECT_EQ_INT(errno, ERANGE);
}

/* ------------------------------------------------------------------------
 * Failure.
 */

TEST(failing_system_calls_leave_the_handlers_of_before)
{
    struct sigaction before, now;
    viv_error err;
    int n;

    sigaction(SIGSEGV, NULL, &before);
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        if (os_signal_install(take, &err) == 0)
            break;
        EXPECT_EQ_INT(err.code, VIV_EIO);
        sigaction(SIGSEGV, NULL, &now);
        EXPECT(now.sa_handler == before.sa_handler);
    }
    EXPECT(n > 3);
    os_fail_at(0);
    begin(take);
    EXPECT_EQ_INT(touch(forbidden), 77);
}
