/* os_thread.c - which thread is this, and another one.
 *
 * The kernel's numbers for threads come back when threads end, and addresses
 * of their variables too, so threads are counted here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_thread.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_fork.h"

static _Atomic uint64_t count;

uint64_t os_thread_id(void)
{
    static _Thread_local uint64_t id, process;
    uint64_t now = os_fork_id();

    if (process != now) {
        process = now;
        id = atomic_fetch_add(&count, 1) + 1;
    }
    return id;
}

/* A thread begins with the signals blocked that its maker has blocked.  Those
 * that guests need are let in by os_enter_thread(). */
int os_thread_start(pthread_t *ret_thread, void *(*func)(void *), void *arg,
                    viv_error *err)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = os_fail_now() ? errno : pthread_create(ret_thread, NULL, func, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return base_error(err, VIV_EIO, "no thread: %s", strerror(error));
    return 0;
}
