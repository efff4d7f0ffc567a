/* lost_nudge.h - a nudge comes at the worst moment.
 *
 * While a thread is in the kernel to set its timer, that timer goes off, and
 * somebody sends a nudge, which is dropped because the timer's is on its way.
 * Then the kernel takes that one back.  This takes a microsecond and cannot be
 * aimed at; so here the signal is kept blocked meanwhile.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LOST_NUDGE_H
#define LOST_NUDGE_H

#include <dlfcn.h>
#include <signal.h>
#include <time.h>

#include "nudge_tools.h"

typedef int set_timer_func(timer_t, int, const struct itimerspec *,
                           struct itimerspec *);

static set_timer_func *kernel_set_timer;

/* Run when the timer is next set to what is far, and what it sends is lost. */
static void (*volatile lost_func)(void);
static volatile int lost_count;

__attribute__((constructor)) static void find_set_timer(void)
{
    *(void **)&kernel_set_timer = dlsym(RTLD_NEXT, "timer_settime");
}

static inline bool is_far(const struct timespec *when)
{
    uint64_t ns = (uint64_t)when->tv_sec * 1000 * MS + (uint64_t)when->tv_nsec;

    return ns == 0 || ns > os_clock_now() + 10 * MS; /* 0: never */
}

static inline void go_off(timer_t timer)
{
    const struct itimerspec at_once = {.it_value = {.tv_nsec = 1}};
    sigset_t pending;

    kernel_set_timer(timer, TIMER_ABSTIME, &at_once, NULL);
    do
        sigpending(&pending);
    while (!sigismember(&pending, OS_NUDGE_SIGNAL));
}

/* Instead of the system's. */
int timer_settime(timer_t timer, int flags, const struct itimerspec *when,
                  struct itimerspec *ret_before)
{
    void (*func)(void) = lost_func;
    sigset_t set, before;
    int code;

    if (func == NULL || !is_far(&when->it_value))
        return kernel_set_timer(timer, flags, when, ret_before);
    lost_func = NULL;
    lost_count++;
    sigemptyset(&set);
    sigaddset(&set, OS_NUDGE_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    go_off(timer);
    func();
    code = kernel_set_timer(timer, flags, when, ret_before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

#endif /* LOST_NUDGE_H */
