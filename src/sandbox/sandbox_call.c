/* sandbox_call.c - a call: begun, stopped, paused, resumed, over.
 *
 * A call runs in one or more periods, each on some thread:
 *
 *     began      entered          left      entered             left
 *       |-----------|==== runs =====|  waits   |======= runs =====|
 *       |                                                         wall_end
 *       '-- wall_ns ------------------------------------------------'
 *                   '- slice_ns -'             run_end = entered + what is left
 *                                                        of run_ns
 *
 * A period ends, too, when the function returns, and the call is then parked if
 * it said so, or kept by a caller that has one more function of it to run: the
 * next period begins with another function.
 *
 * During a period the fiber is due at the earliest of the three ends; who is
 * nudged then, or at any other time, is judged below.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_call.h"

#include "base/base_error.h"
#include "engine/engine_call.h"
#include "os/os_clock.h"
#include "os/os_enter.h"
#include "os/os_nudge.h"
#include "sandbox/sandbox_token.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The clock is below VIV_ENDLESS, so that the sum does not wrap. */
static uint64_t after(uint64_t when, uint64_t ns)
{
    return ns >= VIV_ENDLESS ? OS_NUDGE_NEVER : when + ns;
}

/* ------------------------------------------------------------------------
 * Judging.
 */

static void spend(struct engine_instance *instance, uint32_t limit)
{
    instance->end = (struct engine_end){.kind = VIV_SPENT, .limit = limit};
}

int sandbox_call_spend(struct sandbox *sandbox, uint32_t limit)
{
    spend(&sandbox->instance, limit);
    return VIV_EXIT;
}

int sandbox_call_exit(struct sandbox *sandbox, int32_t code)
{
    sandbox->instance.end =
        (struct engine_end){.kind = VIV_EXITED, .code = code};
    return VIV_EXIT;
}

bool sandbox_call_is_over(struct sandbox *sandbox, uint64_t now)
{
    struct engine_instance *instance = &sandbox->instance;

    if (atomic_load(&sandbox->cancelled) == sandbox_serial(sandbox)) {
        instance->end = (struct engine_end){.kind = VIV_CANCELLED};
        return true;
    }
    if (now >= sandbox->call.wall_end) {
        spend(instance, VIV_LIMIT_WALL_TIME);
        return true;
    }
    return false;
}

bool sandbox_call_is_done(struct sandbox *sandbox)
{
    uint64_t now = os_clock_now();

    return now >= sandbox->call.run_end || sandbox_call_is_over(sandbox, now);
}

/* A guest that stays at the very end of its stack could not be paused ever. */
static enum fiber_verdict pause(struct engine_instance *instance,
                                bool can_pause)
{
    if (can_pause) {
        instance->end = (struct engine_end){.kind = VIV_PAUSED};
        return FIBER_PAUSE;
    }
    instance->end =
        (struct engine_end){.kind = VIV_TRAPPED, .trap = VIV_TRAP_STACK};
    return FIBER_STOP;
}

/* From here on whoever cancels nudges this thread; who did before is seen. */
enum fiber_verdict sandbox_call_judge(struct fiber *fiber, uint64_t now,
                                      bool can_pause)
{
    struct sandbox *sandbox = (struct sandbox *)fiber;
    const struct sandbox_call *call = &sandbox->call;

    atomic_store(&sandbox->runner, os_nudge_self());
    if (sandbox_call_is_over(sandbox, now))
        return FIBER_STOP;
    if (now >= call->run_end) {
        spend(&sandbox->instance, VIV_LIMIT_RUN_TIME);
        return FIBER_STOP;
    }
    if (now >= call->slice_end)
        return pause(&sandbox->instance, can_pause);
    fiber->due = least(call->slice_end, least(call->run_end, call->wall_end));
    return FIBER_GO_ON;
}

/* ------------------------------------------------------------------------
 * Periods.
 */

static void enter(struct sandbox *sandbox, uint64_t now)
{
    struct sandbox_call *call = &sandbox->call;
    uint64_t left = sandbox->limits.run_ns -
                    least(sandbox->limits.run_ns, call->used.run_ns);

    mem_reset_enter(&sandbox->reset);
    sandbox->wakes_at = OS_NUDGE_NEVER;
    sandbox->instance.fiber.entered = now;
    call->run_end = after(now, left);
    call->slice_end = sandbox->slice_ns == 0 || sandbox->is_starting
                          ? OS_NUDGE_NEVER
                          : after(now, sandbox->slice_ns);
}

static void leave(struct sandbox *sandbox)
{
    struct sandbox_call *call = &sandbox->call;
    uint64_t now = os_clock_now();

    atomic_store_explicit(&sandbox->runner, 0, memory_order_release);
    call->used.run_ns += now - sandbox->instance.fiber.entered;
    call->used.wall_ns = now - call->began;
    call->used.host_calls = sandbox->instance.host_calls;
    call->used.waits = sandbox->instance.waits;
    call->used.fuel = engine_call_fuel(&sandbox->instance);
    call->used.memory_bytes = sandbox->instance.region.linear_bytes;
}

/* ------------------------------------------------------------------------
 * Ends.
 */

void sandbox_call_outcome(const struct sandbox *sandbox,
                          viv_outcome *ret_outcome)
{
    const struct engine_end *end = &sandbox->instance.end;

    *ret_outcome = (viv_outcome){
        .kind = end->kind,
        .trap = end->trap,
        .limit = end->limit,
        .host_code = end->kind == VIV_TRAPPED ? end->code : 0,
        .exit_code = end->kind == VIV_EXITED ? end->code : 0,
        .has_address = end->has_address,
        .address = end->address,
        .used = sandbox->call.used,
    };
}

static void add(viv_meters *sum, const viv_meters *used)
{
    sum->calls++;
    sum->run_ns += used->run_ns;
    sum->wall_ns += used->wall_ns;
    sum->host_calls += used->host_calls;
    sum->waits += used->waits;
    sum->slices += used->slices;
    sum->fuel += used->fuel;
    sum->output_bytes += used->output_bytes;
    if (sum->memory_bytes < used->memory_bytes)
        sum->memory_bytes = used->memory_bytes;
}

/* The call is over: what it used is final, and nobody can answer it. */
static enum sandbox_state finish(struct sandbox *sandbox)
{
    uint32_t kind = sandbox->instance.end.kind;

    sandbox->call.used.calls = 1;
    sandbox->last = sandbox->call.used;
    add(&sandbox->sum, &sandbox->call.used);
    sandbox_token_detach(sandbox);
    sandbox->asks_again = sandbox->parks = sandbox->has_more = false;
    return kind == VIV_SPENT || kind == VIV_CANCELLED ? SANDBOX_STOPPED
                                                      : SANDBOX_IDLE;
}

void sandbox_call_park(struct sandbox *sandbox, uint64_t until)
{
    sandbox->parks = true;
    sandbox->parked_until = until;
}

/* To be parked is to wait, and is counted as such. */
static enum sandbox_state park(struct sandbox *sandbox)
{
    struct engine_instance *instance = &sandbox->instance;

    if (instance->waits >= instance->waits_max) {
        spend(instance, VIV_LIMIT_WAITS);
        return finish(sandbox);
    }
    sandbox->call.used.waits = ++instance->waits;
    sandbox->parks = false;
    sandbox->wakes_at = sandbox->parked_until;
    instance->end = (struct engine_end){.kind = VIV_WAITING};
    sandbox_token_detach(sandbox);
    sandbox->asks_again = false;
    return SANDBOX_PARKED;
}

/* The function has returned. */
static enum sandbox_state returned(struct sandbox *sandbox, viv_value *results)
{
    sandbox->instance.end = (struct engine_end){.kind = VIV_RETURNED};
    engine_call_results(&sandbox->instance, results);
    if (sandbox->has_more) {
        sandbox->has_more = false;
        return SANDBOX_PARKED;
    }
    return sandbox->parks ? park(sandbox) : finish(sandbox);
}

static enum sandbox_state halt(struct sandbox *sandbox)
{
    if (sandbox->instance.end.kind == VIV_PAUSED) {
        sandbox->call.used.slices++;
        return SANDBOX_PAUSED;
    }
    return SANDBOX_WAITING;
}

/* A period has ended this way: what the sandbox is to be next. */
static enum sandbox_state settle(struct sandbox *sandbox, enum fiber_end how,
                                 viv_value *results, viv_outcome *ret_outcome)
{
    enum sandbox_state next = how == FIBER_FINISHED ? returned(sandbox, results)
                              : how == FIBER_WAITS  ? halt(sandbox)
                                                    : finish(sandbox);

    sandbox_call_outcome(sandbox, ret_outcome);
    return next;
}

/* End a call that is halted, for the reason in instance->end. */
static enum fiber_end abandon(struct sandbox *sandbox)
{
    if (sandbox->instance.fiber.state == FIBER_PAUSED)
        fiber_forget(&sandbox->instance.fiber);
    return FIBER_STOPPED;
}

/* ------------------------------------------------------------------------
 * Periods of a sandbox that was taken.
 */

int sandbox_call_take(struct sandbox *sandbox, uint32_t from,
                      enum sandbox_state *ret_was, viv_error *err)
{
    int code = os_enter_thread(err);

    return code < 0
               ? code
               : sandbox_take(sandbox, from, SANDBOX_RUNNING, ret_was, err);
}

enum sandbox_state sandbox_call_begin(struct sandbox *sandbox, uint32_t index,
                                      const viv_value *args, bool has_more,
                                      viv_value *results,
                                      viv_outcome *ret_outcome)
{
    enum fiber_end how;

    sandbox->call = (struct sandbox_call){.began = os_clock_now()};
    sandbox->call.wall_end =
        after(sandbox->call.began, sandbox->limits.wall_ns);
    sandbox->has_more = has_more;
    enter(sandbox, sandbox->call.began);
    how = engine_call_start(&sandbox->instance, index, args);
    leave(sandbox);
    return settle(sandbox, how, results, ret_outcome);
}

/* What it has counted so far is counted on. */
static enum fiber_end start_again(struct sandbox *sandbox, uint32_t index,
                                  const viv_value *args, uint64_t now)
{
    struct engine_instance *instance = &sandbox->instance;
    enum fiber_end how;

    atomic_store(&sandbox->is_poked, false);
    sandbox->parks = false;
    enter(sandbox, now);
    how = engine_call_start_again(instance, index, args);
    leave(sandbox);
    return how;
}

enum sandbox_state sandbox_call_next(struct sandbox *sandbox, uint32_t index,
                                     const viv_value *args, viv_value *results,
                                     viv_outcome *ret_outcome)
{
    enum fiber_end how = FIBER_STOPPED;
    uint64_t now = os_clock_now();

    sandbox->call.used.wall_ns = now - sandbox->call.began;
    if (!sandbox_call_is_over(sandbox, now))
        how = start_again(sandbox, index, args, now);
    return settle(sandbox, how, results, ret_outcome);
}

static bool is_idle(const struct sandbox *sandbox, uint64_t now)
{
    return !atomic_load(&sandbox->is_poked) && now < sandbox->wakes_at;
}

enum sandbox_state sandbox_call_go_on(struct sandbox *sandbox, uint32_t index,
                                      const viv_value *args, viv_value *results,
                                      viv_outcome *ret_outcome)
{
    uint64_t now = os_clock_now();

    if (sandbox_call_is_over(sandbox, now) || !is_idle(sandbox, now))
        return sandbox_call_next(sandbox, index, args, results, ret_outcome);
    sandbox->call.used.wall_ns = now - sandbox->call.began;
    sandbox_call_outcome(sandbox, ret_outcome);
    return SANDBOX_PARKED;
}

enum sandbox_state sandbox_call_end(struct sandbox *sandbox)
{
    sandbox->instance.end = (struct engine_end){.kind = VIV_RETURNED};
    return finish(sandbox);
}

/* What a halted call is to do at `now`; FIBER_FINISHED: go on. */
static enum fiber_end look(struct sandbox *sandbox, enum sandbox_state was,
                           uint64_t now)
{
    if (sandbox_call_is_over(sandbox, now))
        return abandon(sandbox);
    if (was == SANDBOX_PAUSED || sandbox->asks_again)
        return FIBER_FINISHED;
    if (atomic_load(&sandbox->is_answered))
        return sandbox_token_use(sandbox) ? FIBER_FINISHED : abandon(sandbox);
    if (now >= sandbox->wakes_at)
        return sandbox_token_wake(sandbox) ? FIBER_FINISHED : abandon(sandbox);
    return FIBER_WAITS;
}

/* The host function that wants it is asked again. */
static enum fiber_end ask_again(struct sandbox *sandbox)
{
    sandbox->asks_again = false;
    atomic_store(&sandbox->is_poked, false);
    sandbox_token_detach(sandbox);
    return engine_call_again(&sandbox->instance);
}

static enum fiber_end go_on(struct sandbox *sandbox, uint64_t now)
{
    enum fiber_end how;

    enter(sandbox, now);
    how = sandbox->asks_again ? ask_again(sandbox) : FIBER_FINISHED;
    if (how == FIBER_FINISHED)
        how = engine_call_resume(&sandbox->instance);
    else if (how == FIBER_STOPPED)
        abandon(sandbox);
    leave(sandbox);
    return how;
}

enum sandbox_state sandbox_call_more(struct sandbox *sandbox,
                                     enum sandbox_state was, viv_value *results,
                                     viv_outcome *ret_outcome)
{
    uint64_t now = os_clock_now();
    enum fiber_end how = look(sandbox, was, now);

    if (how == FIBER_WAITS) {
        sandbox->call.used.wall_ns = now - sandbox->call.began;
        sandbox_call_outcome(sandbox, ret_outcome);
        return SANDBOX_WAITING;
    }
    if (how == FIBER_FINISHED)
        how = go_on(sandbox, now);
    else
        sandbox->call.used.wall_ns = now - sandbox->call.began;
    return settle(sandbox, how, results, ret_outcome);
}

/* ------------------------------------------------------------------------
 * Verbs.
 */

int sandbox_call_start(struct sandbox *sandbox, uint32_t index,
                       const viv_value *args, viv_value *results,
                       viv_outcome *ret_outcome, viv_error *err)
{
    int code = engine_call_check(&sandbox->instance, index, args, err);

    if (code == 0)
        code = sandbox_call_take(sandbox, SANDBOX_QUIET, NULL, err);
    if (code < 0)
        return code;
    sandbox_put(sandbox, sandbox_call_begin(sandbox, index, args, false,
                                            results, ret_outcome));
    return 0;
}

int sandbox_call_resume(struct sandbox *sandbox, viv_value *results,
                        size_t result_count, viv_outcome *ret_outcome,
                        viv_error *err)
{
    enum sandbox_state was;
    int code = sandbox_call_take(sandbox, SANDBOX_HALTED, &was, err);

    if (code < 0)
        return code;
    if (result_count != sandbox->instance.type->result_count) {
        sandbox_put(sandbox, was);
        return base_error(err, VIV_EINVAL,
                          "the call returns %u values; there is room for %zu",
                          sandbox->instance.type->result_count, result_count);
    }
    sandbox_put(sandbox, sandbox_call_more(sandbox, was, results, ret_outcome));
    return 0;
}

int sandbox_call_drop(struct sandbox *sandbox, viv_error *err)
{
    int code =
        sandbox_take(sandbox, SANDBOX_UNDONE, SANDBOX_RUNNING, NULL, err);

    if (code < 0)
        return code;
    for (struct sandbox_beside *beside = sandbox->beside; beside != NULL;
         beside = beside->next)
        if (beside->was_dropped != NULL)
            beside->was_dropped(beside);
    sandbox->instance.end = (struct engine_end){.kind = VIV_CANCELLED};
    sandbox->call.used.wall_ns = os_clock_now() - sandbox->call.began;
    abandon(sandbox);
    sandbox_put(sandbox, finish(sandbox));
    return 0;
}
