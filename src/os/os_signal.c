/* os_signal.c - faults: what the CPU refuses to do.
 *
 * A fault that is not taken goes to the handler that was there before:
 *
 *     a function       is called, with its own mask and flags applied
 *     SIG_IGN          of a signal that somebody sent: dropped; a fault cannot
 *                      be ignored, so the same as SIG_DFL
 *     SIG_DFL          is put back, and the handler returns: the instruction
 *                      faults again and ends the process where it stands; a
 *                      signal that was sent is sent once more
 *
 * One thing cannot be given to a previous handler: without SA_ONSTACK it would
 * have run on the stack of the fault, now it runs on the alternate one.
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
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_map.h"

static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};

#define SIGNAL_COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

/* An alternate stack has room for this much work of handlers, beyond what the
 * kernel writes: a crash reporter that was there before us runs on it, too. */
#define WORK_BYTES ((size_t)128 * 1024)

/* A stack of the host's that has this much will do. */
#define WORK_BYTES_ENOUGH ((size_t)16 * 1024)

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

/* The direction flag must be clear where C code goes on. */
#define EFLAGS_DIRECTION 0x400

static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER;
static os_fault_hook *installed_hook;
static struct sigaction previous[SIGNAL_COUNT];
static pthread_key_t thread_key; /* holds the alternate stack, if it is ours */

/* Reading it must not allocate, and the handler is no place for that; and it is
 * read on every call of a guest. */
static __thread bool thread_is_ready __attribute__((tls_model("initial-exec")));

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

    sigaction(signal, &action, NULL);
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

    if (signal == SIGSEGV && code == SI_KERNEL)
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

    if (!classify(signal, info, &fault.kind) || !installed_hook(&fault))
        hand_on(signal, info, context);
    errno = saved_errno;
}

void os_fault_land(struct os_fault *fault, uintptr_t func, uintptr_t a,
                   uintptr_t b)
{
    greg_t *regs = ((ucontext_t *)fault->context)->uc_mcontext.gregs;

    regs[REG_RIP] = (greg_t)func;
    regs[REG_RDI] = (greg_t)a;
    regs[REG_RSI] = (greg_t)b;
    regs[REG_EFL] &= ~(greg_t)EFLAGS_DIRECTION;
}

/* ------------------------------------------------------------------------
 * Threads.
 */

static size_t stack_bytes(size_t work)
{
    size_t kernel = (size_t)getauxval(AT_MINSIGSTKSZ);
    size_t least = (size_t)MINSIGSTKSZ; /* of kernels that do not say */

    return os_map_round((kernel > least ? kernel : least) + work);
}

/* The stack lies above one page that stays unreadable. */
static size_t mapping_bytes(void)
{
    return OS_PAGE_BYTES + stack_bytes(WORK_BYTES);
}

static void release_stack(void *mapping)
{
    stack_t now, none = {.ss_flags = SS_DISABLE};

    thread_is_ready = false;
    if (sigaltstack(NULL, &now) == 0 && !(now.ss_flags & SS_DISABLE) &&
        now.ss_sp == (char *)mapping + OS_PAGE_BYTES)
        sigaltstack(&none, NULL);
    os_map_release(mapping, mapping_bytes());
}

static int give_stack(viv_error *err)
{
    char *mapping = os_map_take(mapping_bytes());
    stack_t stack = {.ss_size = stack_bytes(WORK_BYTES)};

    if (mapping == NULL)
        return base_error_memory(err);
    stack.ss_sp = mapping + OS_PAGE_BYTES;
    if (os_map_guard(mapping, OS_PAGE_BYTES) < 0 || os_fail_now() ||
        pthread_setspecific(thread_key, mapping) != 0) {
        os_map_release(mapping, mapping_bytes());
        return base_error_memory(err);
    }
    if (os_fail_now() || sigaltstack(&stack, NULL) != 0) {
        pthread_setspecific(thread_key, NULL);
        os_map_release(mapping, mapping_bytes());
        return base_error(err, VIV_EIO,
                          "this thread cannot be given a signal stack");
    }
    return 0;
}

static int unblock(viv_error *err)
{
    sigset_t set;
    size_t i;

    sigemptyset(&set);
    for (i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&set, SIGNALS[i]);
    if (os_fail_now() || pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0)
        return base_error(err, VIV_EIO, "cannot unblock SIGSEGV");
    return 0;
}

int os_signal_enter_thread(viv_error *err)
{
    stack_t now;
    int code = 0;

    if (__builtin_expect(thread_is_ready, 1))
        return 0;
    if (os_fail_now() || sigaltstack(NULL, &now) != 0)
        return base_error(err, VIV_EIO, "cannot ask for the signal stack");
    if (now.ss_flags & SS_DISABLE ||
        now.ss_size < stack_bytes(WORK_BYTES_ENOUGH))
        code = give_stack(err);
    if (code == 0)
        code = unblock(err);
    thread_is_ready = code == 0;
    return code;
}

/* ------------------------------------------------------------------------
 * Once for the process.
 */

/* Put back the first `count` handlers. */
static void uninstall(size_t count)
{
    while (count-- > 0)
        sigaction(SIGNALS[count], &previous[count], NULL);
}

static int install(viv_error *err)
{
    struct sigaction action = {
        .sa_sigaction = handle,
        .sa_flags = SA_SIGINFO | SA_ONSTACK,
    };
    size_t i;

    sigemptyset(&action.sa_mask);
    if (os_fail_now() || pthread_key_create(&thread_key, release_stack) != 0)
        return base_error(err, VIV_EIO, "no thread key is left");
    for (i = 0; i < SIGNAL_COUNT; i++) {
        /* Two steps, so that a fault never meets a handler that does not know
         * its previous one yet. */
        if (os_fail_now() || sigaction(SIGNALS[i], NULL, &previous[i]) != 0 ||
            sigaction(SIGNALS[i], &action, NULL) != 0) {
            uninstall(i);
            pthread_key_delete(thread_key);
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
