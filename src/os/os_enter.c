/* os_enter.c - what a thread needs before it can run guests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_enter.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_map.h"
#include "os/os_nudge.h"
#include "os/os_signal.h"

/* An alternate stack has room for this much work of handlers, beyond what the
 * kernel writes: a crash reporter that was there before us runs on it, too. */
#define WORK_BYTES ((size_t)128 * 1024)

/* A stack of the host's that has this much will do. */
#define WORK_BYTES_ENOUGH ((size_t)16 * 1024)

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

/* Runs leave_thread() when a thread ends that has a value for it. */
static pthread_key_t ends;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_key;

/* Read on every call of a guest, and in signal handlers, where nothing may be
 * allocated: hence the model. */
#define PER_THREAD static __thread __attribute__((tls_model("initial-exec")))
PER_THREAD bool is_ready;
PER_THREAD char *own_stack; /* the mapping, if the alternate stack is ours */

/* ------------------------------------------------------------------------
 * The alternate stack.
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

static void release_stack(void)
{
    stack_t now, none = {.ss_flags = SS_DISABLE};

    if (own_stack == NULL)
        return;
    if (sigaltstack(NULL, &now) == 0 && !(now.ss_flags & SS_DISABLE) &&
        now.ss_sp == own_stack + OS_PAGE_BYTES)
        sigaltstack(&none, NULL);
    os_map_release(own_stack, mapping_bytes());
    own_stack = NULL;
}

static int give_stack(viv_error *err)
{
    char *mapping = os_map_take(mapping_bytes());
    stack_t stack = {.ss_size = stack_bytes(WORK_BYTES)};

    if (mapping == NULL)
        return base_error_memory(err);
    stack.ss_sp = mapping + OS_PAGE_BYTES;
    if (os_map_guard(mapping, OS_PAGE_BYTES) < 0) {
        os_map_release(mapping, mapping_bytes());
        return base_error_memory(err);
    }
    if (os_fail_now() || sigaltstack(&stack, NULL) != 0) {
        os_map_release(mapping, mapping_bytes());
        return base_error(err, VIV_EIO,
                          "this thread cannot be given a signal stack");
    }
    own_stack = mapping;
    return 0;
}

static int take_stack(viv_error *err)
{
    stack_t now;

    if (os_fail_now() || sigaltstack(NULL, &now) != 0)
        return base_error(err, VIV_EIO, "cannot ask for the signal stack");
    if (!(now.ss_flags & SS_DISABLE) &&
        now.ss_size >= stack_bytes(WORK_BYTES_ENOUGH))
        return 0;
    return give_stack(err);
}

/* ------------------------------------------------------------------------
 * Coming and going.
 */

static int unblock(viv_error *err)
{
    sigset_t set;

    os_signal_set(&set);
    if (os_fail_now() || pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0)
        return base_error(err, VIV_EIO, "cannot unblock SIGSEGV");
    return 0;
}

static void leave_thread(void *unused)
{
    (void)unused;
    is_ready = false;
    os_nudge_close();
    release_stack();
}

/* In a child, which may lack something. */
static void after_fork(void)
{
    is_ready = false;
}

static void prepare_process(void)
{
    pthread_atfork(NULL, NULL, after_fork);
    has_key = pthread_key_create(&ends, leave_thread) == 0;
}

int os_enter_thread(viv_error *err)
{
    int code;

    if (__builtin_expect(is_ready, 1))
        return 0;
    pthread_once(&once, prepare_process);
    if (os_fail_now() || !has_key || pthread_setspecific(ends, &ends) != 0)
        return base_error(err, VIV_EIO, "no thread key is left");
    code = take_stack(err);
    if (code == 0)
        code = unblock(err);
    if (code == 0)
        code = os_nudge_open(err);
    is_ready = code == 0;
    return code;
}
