/* os_tools.h - keeping the thread sanitizer out of signal handlers.
 *
 * Floor 1.  The sanitizer stands between a program and its C library.  Some of
 * the functions that it stands in front of are none of its business here:
 *
 * sigaction: it would install a handler of its own, and hold signals back until
 * the program next calls something that it knows.  A guest never does.
 *
 * clock_gettime, sigpending: our handler calls them, and may have interrupted
 * the sanitizer in the middle of anything.
 *
 * In builds with the sanitizer, VIV_TSAN, all go where it does not look; the
 * Makefile lists the files whose code runs in handlers, and which it does not
 * instrument for the same reason.  In all other builds they are the C
 * library's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_TOOLS_H
#define OS_TOOLS_H

#include <signal.h>
#include <time.h>

#ifdef VIV_TSAN
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's own name for it. */
int __sigaction(int signal, const struct sigaction *action,
                struct sigaction *ret_previous);

#define os_tools_sigaction(signal, action, previous)                           \
    __sigaction(signal, action, previous)
#define os_tools_clock(clock, ret_now)                                         \
    syscall(SYS_clock_gettime, clock, ret_now)
#define os_tools_sigpending(ret_set)                                           \
    syscall(SYS_rt_sigpending, ret_set, (NSIG - 1) / 8)
#else
#define os_tools_sigaction(signal, action, previous)                           \
    sigaction(signal, action, previous)
#define os_tools_clock(clock, ret_now) clock_gettime(clock, ret_now)
#define os_tools_sigpending(ret_set)   sigpending(ret_set)
#endif

#endif /* OS_TOOLS_H */
