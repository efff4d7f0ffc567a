/* sandbox_wait.c - waiting for an answer, and being told of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_wait.h"

#include <errno.h>
#include <time.h>

#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"

/* Under the lock: whoever is told may not lock it again. */
static void tell(struct sandbox *sandbox)
{
    pthread_cond_broadcast(&sandbox->changed);
    if (sandbox->ready != NULL)
        sandbox->ready((viv_sandbox *)sandbox, sandbox->ready_cookie);
}

void sandbox_wait_answered(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    atomic_store(&sandbox->is_answered, true);
    tell(sandbox);
    pthread_mutex_unlock(&sandbox->lock);
}

void sandbox_wait_poke(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    atomic_store(&sandbox->is_poked, true);
    tell(sandbox);
    pthread_mutex_unlock(&sandbox->lock);
}

void sandbox_wait_watch(struct sandbox *sandbox, viv_ready_func *func,
                        void *cookie)
{
    pthread_mutex_lock(&sandbox->lock);
    sandbox->ready = func;
    sandbox->ready_cookie = cookie;
    pthread_mutex_unlock(&sandbox->lock);
}

/* ------------------------------------------------------------------------
 * Cancelling.
 */

static bool is_call(enum sandbox_state state)
{
    return state == SANDBOX_RUNNING || state == SANDBOX_WAITING ||
           state == SANDBOX_PAUSED || state == SANDBOX_PARKED;
}

/* Nobody who found an earlier call takes this back. */
static void note(struct sandbox *sandbox, uint64_t serial)
{
    uint64_t noted = atomic_load(&sandbox->cancelled);

    while (noted < serial &&
           !atomic_compare_exchange_weak(&sandbox->cancelled, &noted, serial))
        ;
}

/* The number is written before the thread is read: whoever begins to run does
 * it the other way round, so that one of the two sees the other. */
static void cancel(struct sandbox *sandbox, uint64_t serial)
{
    int runner;

    note(sandbox, serial);
    runner = atomic_load(&sandbox->runner);
    if (runner != 0)
        os_nudge_send(runner);
    pthread_mutex_lock(&sandbox->lock);
    tell(sandbox);
    pthread_mutex_unlock(&sandbox->lock);
}

/* The number is that of the call that was found. */
int sandbox_wait_cancel(struct sandbox *sandbox)
{
    uint64_t serial;

    if (!is_call(sandbox_look(sandbox, &serial)))
        return VIV_ENOCALL;
    cancel(sandbox, serial);
    return 0;
}

void sandbox_wait_cancel_next(struct sandbox *sandbox)
{
    uint64_t serial;
    bool is_there = is_call(sandbox_look(sandbox, &serial));

    cancel(sandbox, is_there ? serial : serial + 1);
}

void sandbox_wait_forgive(struct sandbox *sandbox)
{
    atomic_store(&sandbox->cancelled, 0);
}

/* ------------------------------------------------------------------------
 * Waiting.
 */

/* Is there something to resume for? */
static bool is_ready(const struct sandbox *sandbox, enum sandbox_state state)
{
    return state == SANDBOX_PAUSED || atomic_load(&sandbox->is_answered) ||
           ((sandbox->asks_again || state == SANDBOX_PARKED) &&
            atomic_load(&sandbox->is_poked)) ||
           atomic_load(&sandbox->cancelled) == sandbox_serial(sandbox);
}

/* When it has to be resumed though nobody answers. */
static uint64_t due(const struct sandbox *sandbox)
{
    uint64_t wall_end = sandbox->call.wall_end;

    return sandbox->wakes_at < wall_end ? sandbox->wakes_at : wall_end;
}

uint64_t sandbox_wait_due(const struct sandbox *sandbox)
{
    enum sandbox_state state = sandbox_state(sandbox);
    uint64_t now = os_clock_now(), when;

    if (state == SANDBOX_PAUSED)
        return 0;
    if (state != SANDBOX_WAITING && state != SANDBOX_PARKED)
        return OS_NUDGE_NEVER;
    if (is_ready(sandbox, state))
        return 0;
    when = due(sandbox);
    if (when == OS_NUDGE_NEVER)
        return when;
    return when > now ? when - now : 0;
}

/* Until it is ready, or due, or `until`. */
static int wait(struct sandbox *sandbox, enum sandbox_state state,
                uint64_t until)
{
    uint64_t when = due(sandbox);
    struct timespec first = os_clock_timespec(until < when ? until : when);
    int code = 0;

    pthread_mutex_lock(&sandbox->lock);
    while (!is_ready(sandbox, state) && code == 0)
        code =
            pthread_cond_timedwait(&sandbox->changed, &sandbox->lock, &first);
    pthread_mutex_unlock(&sandbox->lock);
    return code == ETIMEDOUT && until < when ? VIV_ETIME : 0;
}

int sandbox_wait(struct sandbox *sandbox, uint64_t max_ns, viv_error *err)
{
    enum sandbox_state state = sandbox_state(sandbox);
    uint64_t now = os_clock_now();

    if (state == SANDBOX_RUNNING || state == SANDBOX_BUSY)
        return base_error(err, VIV_EBUSY, "the sandbox is running");
    if (!is_call(state))
        return base_error(err, VIV_ENOCALL,
                          "no call of the sandbox waits or is paused");
    if (max_ns > VIV_ENDLESS)
        max_ns = VIV_ENDLESS;
    if (wait(sandbox, state, now + max_ns) == 0)
        return 0;
    return base_error(err, VIV_ETIME, "no answer came within %llu ns",
                      (unsigned long long)max_ns);
}
