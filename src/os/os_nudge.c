/* os_nudge.c - make a thread look up from what it is doing.
 *
 * A timer of the thread's own, and not a thread that watches all others: the
 * interrupt comes on the core on which the thread runs and finds it there,
 * however busy the cores are.  docs/decisions/0013 has the measurements.
 *
 * Invariant: `set_to` is when this thread's timer will go off, or
 * OS_NUDGE_NEVER.  The handler may change both between any two instructions of
 * the thread, which therefore looks again after it has set the timer.
 *
 * Nudges get lost: while one waits to be delivered to a thread, the kernel
 * drops all others, for one is as good as many; and when a timer is set anew,
 * it takes back (since Linux 6.13) the one of that timer, if it has gone off
 * but was not delivered yet, and knows nothing of those that it dropped.  A
 * thread that is about to set its timer may thus miss whatever was sent until
 * it has done so. Hence: what it sets the timer to is soon, or it looks again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* SIGEV_THREAD_ID */
#include "os/os_nudge.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_fail.h"
#include "os/os_tools.h"
#include "os/os_valgrind.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define NS_PER_S UINT64_C(1000000000)

/* By so much a cancel may come late when its nudge was lost.  A nudge takes
 * some 2 us: so one more in this time costs little. */
#define SOON_NS UINT64_C(50000)

/* Its address is what our nudges carry. */
static char mark;

/* Used in signal handlers, where nothing may be allocated: hence the model. */
#define PER_THREAD static __thread __attribute__((tls_model("initial-exec")))
PER_THREAD int self;
PER_THREAD timer_t timer;
PER_THREAD bool has_timer;
PER_THREAD volatile uint64_t set_to = OS_NUDGE_NEVER;

int os_nudge_self(void)
{
    if (__builtin_expect(self == 0, 0))
        self = (int)syscall(SYS_gettid);
    return self;
}

static bool make_timer(void)
{
    struct sigevent event;

    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = OS_NUDGE_SIGNAL;
    event.sigev_value.sival_ptr = &mark;
    event.sigev_notify_thread_id = os_nudge_self();
    has_timer = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
    set_to = OS_NUDGE_NEVER;
    return has_timer;
}

/* In a child, the thread that forked is another one, and the kernel gave it
 * none of its parent's timers.  It may be in the middle of a call, which shall
 * end when it is due. */
static void after_fork(void)
{
    self = 0;
    if (!has_timer)
        return;
    make_timer();
    os_nudge_send(os_nudge_self());
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork);
}

int os_nudge_open(viv_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, watch_forks);
    if (has_timer)
        return 0;
    if (os_fail_now() || !make_timer())
        return base_error(err, VIV_EIO,
                          "this thread cannot be given a timer, so limits of "
                          "time could not be kept");
    return 0;
}

void os_nudge_close(void)
{
    if (has_timer)
        timer_delete(timer);
    has_timer = false;
}

/* A time of 0 would stop the timer. */
static void set_timer(uint64_t when)
{
    struct itimerspec spec = {{0, 0}, {0, 0}};

    if (when != OS_NUDGE_NEVER) {
        spec.it_value.tv_sec = (time_t)(when / NS_PER_S);
        spec.it_value.tv_nsec = (long)(when % NS_PER_S);
        if (when == 0)
            spec.it_value.tv_nsec = 1;
    }
    timer_settime(timer, TIMER_ABSTIME, &spec, NULL);
}

static void set_timer_as_noted(void)
{
    uint64_t when;

    do {
        when = set_to;
        set_timer(when);
    } while (when != set_to);
}

/* A timer that went off before `now` has been heard, or is about to be; or it
 * has got lost, because somebody ignored the signal for a while: then the next
 * one must not get lost with it. */
static bool is_early(uint64_t found, uint64_t when, uint64_t now)
{
    return found <= when && found > now;
}

/* What the handler sets meanwhile is not overwritten by what is later. */
static bool lower(uint64_t when, uint64_t now)
{
    uint64_t found = set_to;

    while (!is_early(found, when, now))
        if (__atomic_compare_exchange_n(&set_to, &found, when, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return true;
    return false;
}

/* Valgrind looks for signals when it likes, and after calls that send some, as
 * timer_settime() does not.  Until then the kernel would drop nudges for the
 * sake of one that it has taken back. */
static void let_valgrind_look(void)
{
    if (RUNNING_ON_VALGRIND)
        syscall(SYS_tgkill, getpid(), os_nudge_self(), 0);
}

bool os_nudge_by(uint64_t when, uint64_t now)
{
    if (__builtin_expect(is_early(set_to, when, now), 1) || !lower(when, now))
        return false;
    set_timer_as_noted();
    let_valgrind_look();
    return when > now + SOON_NS;
}

/* In the handler the signal is blocked: so what the kernel has taken back still
 * counts as on its way. */
static bool is_on_its_way(void)
{
    sigset_t pending;

    return os_tools_sigpending(&pending) == 0 &&
           sigismember(&pending, OS_NUDGE_SIGNAL) == 1;
}

void os_nudge_at(uint64_t when)
{
    uint64_t soon;

    if (when == set_to)
        return;
    set_to = when;
    set_timer_as_noted();
    soon = os_clock_now() + SOON_NS;
    if (when <= soon || !is_on_its_way())
        return;
    set_to = soon;
    set_timer_as_noted();
}

uint64_t os_nudge_when(void)
{
    return set_to;
}

void os_nudge_send(int thread)
{
    siginfo_t info;
    pid_t process = getpid();

    memset(&info, 0, sizeof(info));
    info.si_code = SI_QUEUE;
    info.si_pid = process;
    info.si_uid = getuid();
    info.si_value.sival_ptr = &mark;
    syscall(SYS_rt_tgsigqueueinfo, process, thread, OS_NUDGE_SIGNAL, &info);
}

bool os_nudge_is_ours(const siginfo_t *info)
{
    return (info->si_code == SI_TIMER || info->si_code == SI_QUEUE) &&
           info->si_value.sival_ptr == &mark;
}
