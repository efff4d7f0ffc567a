/* os_signal.c - signals: what the CPU refuses to do, and nudges.
 *
 * What is not taken goes to the handler that was there before:
 *
 *     a function       is called, with its own mask and flags applied
 *     SIG_IGN          of a signal that somebody sent: dropped; a fault cannot
 *                      be ignored, so the same as SIG_DFL
 *     SIG_DFL          is put back, and the handler returns: the instruction
 *                      faults again and ends the process where it stands; a
 *                      signal that was sent is sent once more
 *
 * One thing cannot be given to a previous handler: without SA_ONSTACK it would
 * have run on the interrupted stack, now it runs on the alternate one.
 *
 * The signal of a nudge differs in one point: its default is to be ignored, so
 * our handler never steps down for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* REG_RIP */
#include "os/os_signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_nudge.h"
#include "os/os_tools.h"

static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, OS_NUDGE_SIGNAL};

#define SIGNAL_COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

/* The direction flag must be clear where C code goes on. */
#define EFLAGS_DIRECTION 0x400

static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER;
static os_fault_hook *installed_hook;
static struct sigaction previous[SIGNAL_COUNT];

/* ------------------------------------------------------------------------
 * The handler.
 */

static struct sigaction *previous_of(int signal)
{
    size_t i;

    for (i = 0; i < SIGNAL_COUNT; i++)
        if (SIGNALS[i] == signal)
            return &previous[i];
    return NULL;
}

/* The kernel's own signals have positive codes; those that a process or a
 * timer sent do not. */
static bool is_fault(const siginfo_t *info)
{
    return info->si_code > 0;
}

static void do_default(int signal, const siginfo_t *info)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    if (signal == OS_NUDGE_SIGNAL)
        return;
    os_tools_sigaction(signal, &action, NULL);
    if (!is_fault(info))
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
}

static void call_previous(struct sigaction *action, int signal, siginfo_t *info,
                          void *context)
{
    struct sigaction before = *action;
    sigset_t mask;

    if (before.sa_flags & SA_RESETHAND)
        action->sa_handler = SIG_DFL;
    pthread_sigmask(SIG_BLOCK, &before.sa_mask, &mask);
    if (before.sa_flags & SA_NODEFER) {
        sigset_t own;

        sigemptyset(&own);
        sigaddset(&own, signal);
        pthread_sigmask(SIG_UNBLOCK, &own, NULL);
    }
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(signal, info, context);
    else
        before.sa_handler(signal);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static void hand_on(int signal, siginfo_t *info, void *context)
{
    struct sigaction *action = previous_of(signal);
    bool plain = !(action->sa_flags & SA_SIGINFO);

    if (plain && action->sa_handler == SIG_IGN && !is_fault(info))
        return;
    if (plain &&
        (action->sa_handler == SIG_IGN || action->sa_handler == SIG_DFL))
        do_default(signal, info);
    else
        call_previous(action, signal, info, context);
}

/* False: nothing that a hook could know about, such as broken memory or an
 * exception of floating point that the host asked for. */
static bool classify(int signal, const siginfo_t *info,
                     enum os_fault_kind *ret_kind)
{
    int code = info->si_code;

    if (signal == OS_NUDGE_SIGNAL)
        *ret_kind = OS_FAULT_NUDGE;
    else if (signal == SIGSEGV && code == SI_KERNEL)
        *ret_kind = OS_FAULT_UNKNOWN;
    else if (signal == SIGFPE && code == FPE_INTDIV)
        *ret_kind = OS_FAULT_DIVIDE;
    else if ((signal == SIGSEGV &&
              (code == SEGV_MAPERR || code == SEGV_ACCERR)) ||
             (signal == SIGBUS && code == BUS_ADRERR))
        *ret_kind = OS_FAULT_ACCESS;
    else
        return false;
    return true;
}

/* All registers of the interrupted thread. */
static void read_regs(const greg_t *from, struct os_regs *ret_regs)
{
    static const int NUMBERS[OS_REG_COUNT] = {
        REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
        REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
        REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP,
    };
    unsigned i;

    for (i = 0; i < OS_REG_COUNT; i++)
        os_regs_set(ret_regs, i, (uintptr_t)from[NUMBERS[i]]);
}

static void handle(int signal, siginfo_t *info, void *context)
{
    const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    struct os_fault fault = {
        .address = (uintptr_t)info->si_addr,
        .pc = (uintptr_t)regs[REG_RIP],
        .sp = (uintptr_t)regs[REG_RSP],
        .context = context,
    };
    int saved_errno = errno;
    bool is_taken;

    read_regs(regs, &fault.regs);
    is_taken = classify(signal, info, &fault.kind) && installed_hook(&fault);
    /* A nudge may have lost its mark on the way, so the hook hears of all; but
     * what is not surely ours was also meant for somebody else. */
    if (signal == OS_NUDGE_SIGNAL)
        is_taken = os_nudge_is_ours(info);
    if (!is_taken)
        hand_on(signal, info, context);
    errno = saved_errno;
}

/* The fault may have come in the middle of another handler, which had blocked
 * what it liked and will not return: whatever it was, our signals go on. */
static void unblock(ucontext_t *context)
{
    size_t i;

    for (i = 0; i < SIGNAL_COUNT; i++)
        sigdelset(&context->uc_sigmask, SIGNALS[i]);
}

void os_fault_land(struct os_fault *fault, uintptr_t func, uintptr_t a,
                   uintptr_t b)
{
    greg_t *regs = ((ucontext_t *)fault->context)->uc_mcontext.gregs;

    regs[REG_RIP] = (greg_t)func;
    regs[REG_RDI] = (greg_t)a;
    regs[REG_RSI] = (greg_t)b;
    regs[REG_EFL] &= ~(greg_t)EFLAGS_DIRECTION;
    unblock(fault->context);
}

void os_fault_insert(struct os_fault *fault, uintptr_t func)
{
    greg_t *regs = ((ucontext_t *)fault->context)->uc_mcontext.gregs;

    regs[REG_RIP] = (greg_t)func;
}

/* ------------------------------------------------------------------------
 * Once for the process.
 */

void os_signal_set(sigset_t *ret_set)
{
    size_t i;

    sigemptyset(ret_set);
    for (i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(ret_set, SIGNALS[i]);
}

/* Put back the first `count` handlers. */
static void uninstall(size_t count)
{
    while (count-- > 0)
        os_tools_sigaction(SIGNALS[count], &previous[count], NULL);
}

static int install(viv_error *err)
{
    struct sigaction action = {.sa_sigaction = handle};
    size_t i;

    sigemptyset(&action.sa_mask);
    for (i = 0; i < SIGNAL_COUNT; i++) {
        /* A nudge must not make the host's system calls fail that can be
         * started again. */
        action.sa_flags = SA_SIGINFO | SA_ONSTACK |
                          (SIGNALS[i] == OS_NUDGE_SIGNAL ? SA_RESTART : 0);
        /* Two steps, so that a fault never meets a handler that does not know
         * its previous one yet. */
        if (os_fail_now() ||
            os_tools_sigaction(SIGNALS[i], NULL, &previous[i]) != 0 ||
            os_tools_sigaction(SIGNALS[i], &action, NULL) != 0) {
            uninstall(i);
            return base_error(err, VIV_EIO,
                              "cannot install a handler for signal %d",
                              SIGNALS[i]);
        }
    }
    return 0;
}

int os_signal_install(os_fault_hook *hook, viv_error *err)
{
    int code = 0;

    pthread_mutex_lock(&install_lock);
    if (installed_hook == NULL) {
        __atomic_store_n(&installed_hook, hook, __ATOMIC_RELEASE);
        code = install(err);
        if (code < 0)
            __atomic_store_n(&installed_hook, NULL, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&install_lock);
    return code;
}
