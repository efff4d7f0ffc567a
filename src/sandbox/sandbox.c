/* sandbox.c - one living guest, and what it may do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox.h"

#include <time.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_birth.h"
#include "os/os_clock.h"
#include "os/os_enter.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_image.h"
#include "sandbox/sandbox_token.h"

#define STATE_BITS 8
#define STATE_MASK ((UINT64_C(1) << STATE_BITS) - 1)

/* ------------------------------------------------------------------------
 * Whose turn it is.
 */

static int refuse(enum sandbox_state state, uint32_t from, viv_error *err)
{
    switch (state) {
    case SANDBOX_RUNNING:
    case SANDBOX_BUSY:
        return base_error(err, VIV_EBUSY,
                          "the sandbox is running: this is inside its call, "
                          "or another thread has it");
    case SANDBOX_STOPPED:
        if (from & SANDBOX_QUIET)
            return base_error(err, VIV_ESTOPPED,
                              "the sandbox was stopped in the middle of its "
                              "call: reset it first");
        break;
    case SANDBOX_WAITING:
    case SANDBOX_PAUSED:
    case SANDBOX_PARKED:
        return base_error(err, VIV_EWAITING,
                          "the sandbox has a call that %s: resume it or drop "
                          "it first",
                          state == SANDBOX_PAUSED ? "is paused" : "waits");
    case SANDBOX_IDLE:
        break;
    }
    return base_error(err, VIV_ENOCALL,
                      "no call of the sandbox waits or is paused");
}

int sandbox_take(struct sandbox *sandbox, uint32_t from, enum sandbox_state to,
                 enum sandbox_state *ret_was, viv_error *err)
{
    uint64_t word = atomic_load(&sandbox->word), next;
    enum sandbox_state was;

    do {
        was = (enum sandbox_state)(word & STATE_MASK);
        if ((SANDBOX_IN(was) & from) == 0)
            return refuse(was, from, err);
        next = (word & ~STATE_MASK) | to;
        /* Each call has a serial of its own, from its beginning. */
        if (to == SANDBOX_RUNNING && was == SANDBOX_IDLE)
            next += UINT64_C(1) << STATE_BITS;
    } while (!atomic_compare_exchange_weak(&sandbox->word, &word, next));
    if (ret_was != NULL)
        *ret_was = was;
    return 0;
}

void sandbox_put(struct sandbox *sandbox, enum sandbox_state state)
{
    uint64_t word = atomic_load_explicit(&sandbox->word, memory_order_relaxed);

    atomic_store(&sandbox->word, (word & ~STATE_MASK) | state);
}

enum sandbox_state sandbox_look(const struct sandbox *sandbox,
                                uint64_t *ret_serial)
{
    uint64_t word = atomic_load(&sandbox->word);

    *ret_serial = word >> STATE_BITS;
    return (enum sandbox_state)(word & STATE_MASK);
}

enum sandbox_state sandbox_state(const struct sandbox *sandbox)
{
    uint64_t serial;

    return sandbox_look(sandbox, &serial);
}

uint64_t sandbox_serial(const struct sandbox *sandbox)
{
    uint64_t serial;

    sandbox_look(sandbox, &serial);
    return serial;
}

/* ------------------------------------------------------------------------
 * Birth and death.
 */

static int init_waiting(struct sandbox *sandbox, viv_error *err)
{
    pthread_condattr_t attr;
    int code;

    if (pthread_condattr_init(&attr) != 0)
        return base_error_memory(err);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    code = pthread_cond_init(&sandbox->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (code != 0)
        return base_error_memory(err);
    pthread_mutex_init(&sandbox->lock, NULL);
    return 0;
}

/* A sandbox around an instance that begins as `image`, or anew. */
static int make(struct engine_link *link, struct mem_image *image,
                const viv_limits *limits, struct sandbox **ret_sandbox,
                viv_error *err)
{
    struct sandbox *sandbox;
    int code = os_enter_thread(err);

    if (code < 0)
        return code;
    sandbox = base_alloc_zero(1, sizeof(*sandbox));
    if (sandbox == NULL)
        return base_error_memory(err);
    code = init_waiting(sandbox, err);
    if (code < 0) {
        base_free(sandbox);
        return code;
    }
    sandbox->limits = *limits;
    sandbox->host_call.sandbox = sandbox;
    code = engine_instance_init(&sandbox->instance, link, image, limits,
                                &sandbox->host_call, err);
    if (code < 0) {
        sandbox_free(sandbox);
        return code;
    }
    sandbox->instance.fiber.judge = sandbox_call_judge;
    *ret_sandbox = sandbox;
    return 0;
}

void sandbox_free(struct sandbox *sandbox)
{
    sandbox_token_detach(sandbox);
    while (sandbox->beside != NULL) {
        struct sandbox_beside *beside = sandbox->beside;

        sandbox->beside = beside->next;
        beside->free(beside);
    }
    if (sandbox->instance.fiber.state == FIBER_PAUSED)
        fiber_forget(&sandbox->instance.fiber);
    mem_reset_fini(&sandbox->reset);
    engine_instance_fini(&sandbox->instance);
    if (sandbox->image != NULL)
        sandbox_image_unref(sandbox->image);
    pthread_cond_destroy(&sandbox->changed);
    pthread_mutex_destroy(&sandbox->lock);
    base_free(sandbox);
}

/* The guest's part: segments, and the start function, which is a call like any
 * other but that nobody could resume it. */
static int initialise(struct sandbox *sandbox, viv_outcome *ret_outcome,
                      viv_error *err)
{
    struct engine_instance *instance = &sandbox->instance;
    const struct wasm_module *wasm = &instance->module->wasm;
    viv_outcome outcome = {.kind = VIV_RETURNED};
    int code = 0;

    sandbox->is_starting = true;
    if (!engine_birth_fill(instance))
        sandbox_call_outcome(sandbox, &outcome);
    else if (wasm->has_start)
        code =
            sandbox_call_start(sandbox, wasm->start, NULL, NULL, &outcome, err);
    sandbox->is_starting = false;
    if (code == 0)
        *ret_outcome = outcome;
    return code;
}

/* From now on this is what it goes back to. */
static int freeze_birth(struct sandbox *sandbox, viv_error *err)
{
    struct engine_instance *instance = &sandbox->instance;
    int code = sandbox_image_new(sandbox, &sandbox->image, err);

    if (code == 0)
        code = mem_region_adopt(&instance->region, sandbox->image->pages, err);
    if (code == 0)
        engine_instance_wake(instance);
    return code;
}

int sandbox_new(struct engine_link *link, const viv_limits *limits,
                struct sandbox **ret_sandbox, viv_outcome *ret_outcome,
                viv_error *err)
{
    struct sandbox *sandbox;
    viv_outcome outcome;
    int code = make(link, NULL, limits, &sandbox, err);

    if (code < 0)
        return code;
    code = initialise(sandbox, &outcome, err);
    if (code == 0 && outcome.kind == VIV_RETURNED)
        code = freeze_birth(sandbox, err);
    if (code < 0 || outcome.kind != VIV_RETURNED) {
        sandbox_free(sandbox);
        sandbox = NULL;
    }
    if (code < 0)
        return code;
    *ret_sandbox = sandbox;
    *ret_outcome = outcome;
    return 0;
}

int sandbox_from(struct sandbox_image *image, const viv_limits *limits,
                 struct sandbox **ret_sandbox, viv_error *err)
{
    int code = make(image->link, image->pages, limits, ret_sandbox, err);

    if (code == 0)
        (*ret_sandbox)->image = sandbox_image_ref(image);
    return code;
}

/* ------------------------------------------------------------------------
 * What is beside it.
 */

struct sandbox_beside *
sandbox_beside_find(const struct sandbox *sandbox,
                    void (*free)(struct sandbox_beside *beside))
{
    struct sandbox_beside *beside = sandbox->beside;

    while (beside != NULL && beside->free != free)
        beside = beside->next;
    return beside;
}

void sandbox_beside_add(struct sandbox *sandbox, struct sandbox_beside *beside)
{
    beside->next = sandbox->beside;
    sandbox->beside = beside;
}

void sandbox_beside_remove(struct sandbox *sandbox,
                           struct sandbox_beside *beside)
{
    struct sandbox_beside **at = &sandbox->beside;

    while (*at != beside)
        at = &(*at)->next;
    *at = beside->next;
}

/* ------------------------------------------------------------------------
 * Reset.
 */

static void add_reset(viv_meters *meters, uint64_t ns, uint64_t pages)
{
    meters->resets++;
    meters->reset_ns += ns;
    meters->pages_dirtied += pages;
}

int sandbox_reset(struct sandbox *sandbox, viv_error *err)
{
    struct mem_reset_report report;
    uint64_t began = os_clock_now(), ns;
    int code =
        mem_reset_run(&sandbox->reset, &sandbox->instance.region, &report, err);

    if (code < 0)
        return code;
    engine_instance_wake(&sandbox->instance);
    fiber_lose_place(&sandbox->instance.fiber);
    for (struct sandbox_beside *beside = sandbox->beside; beside != NULL;
         beside = beside->next)
        beside->was_reset(beside);
    ns = os_clock_now() - began;
    add_reset(&sandbox->last, ns, report.pages_dirtied);
    add_reset(&sandbox->sum, ns, report.pages_dirtied);
    return 0;
}
