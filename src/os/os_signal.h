/* os_signal.h - signals: what the CPU refuses to do, and nudges.
 *
 * Floor 1.  One hook in the process is asked about every SIGSEGV, SIGBUS and
 * SIGFPE, and about every nudge (os_nudge.h).  What it does not take goes on,
 * unchanged, to whatever was installed before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_SIGNAL_H
#define OS_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/os_regs.h"
#include "vivarium.h"

enum os_fault_kind {
    OS_FAULT_ACCESS,  /* SIGSEGV or SIGBUS with the address that was refused */
    OS_FAULT_DIVIDE,  /* SIGFPE of an integer division */
    OS_FAULT_NUDGE,   /* no fault: somebody wants this thread to look up */
    OS_FAULT_UNKNOWN, /* SIGSEGV without an address: the kernel found no room */
                      /* on the stack to deliver another signal, or the */
                      /* address was no address at all */
};

/* One fault, inside the handler. */
struct os_fault {
    enum os_fault_kind kind;
    uintptr_t address;   /* OS_FAULT_ACCESS */
    uintptr_t pc;        /* the instruction */
    uintptr_t sp;        /* the stack pointer at it */
    struct os_regs regs; /* all of them at it */
    void *context;       /* for os_fault_land() */
};

/* Runs in the signal handler, on the thread that faulted and on its alternate
 * stack, and so may call almost nothing.  True: it has been dealt with by
 * os_fault_land(). */
typedef bool os_fault_hook(struct os_fault *fault);

/* When the handler returns, continue as if the instruction that faulted had
 * been a call of func(a, b), but for its return address: a function that does
 * not return, and that uses nothing of the stack, which may have ended. */
void os_fault_land(struct os_fault *fault, uintptr_t func, uintptr_t a,
                   uintptr_t b);

/* When the handler returns, continue in `func` with all registers as they were:
 * `func` is assembly, which saves them, and goes back to fault->pc. */
void os_fault_insert(struct os_fault *fault, uintptr_t func);

/* Install the handlers, once for the process; later calls do nothing.  Any
 * thread.
 *
 * A handler that is installed after ours sees the faults first and must hand
 * on, as ours does, those that it does not know.  The handlers stay: the
 * library cannot be unloaded.  Fails with VIV_EIO. */
int os_signal_install(os_fault_hook *hook, viv_error *err);

/* The signals that our handlers are for.  A thread that runs guests must not
 * block them. */
void os_signal_set(sigset_t *ret_set);

#endif /* OS_SIGNAL_H */
