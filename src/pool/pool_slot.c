/* pool_slot.c - what is done to the sandbox of a slot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_slot.h"

#include "os/os_clock.h"
#include "os/os_map.h"
#include "os/os_pages.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_wait.h"

/* Pages are counted after so many uses: to walk through the page tables of 20
 * MB takes longer than a short call, of 40 MB that the guest has filled 0.4 ms.
 * And after so many if all there is would be below the line: then only a meter
 * wants to know. */
#define LOOK_EVERY  8
#define LOOK_SELDOM 64

int pool_slot_make(const struct pool *pool, struct pool_slot *slot,
                   viv_error *err)
{
    struct sandbox *sandbox;
    int code = sandbox_from(pool->image, &pool->limits, &sandbox, err);

    if (code == 0 && pool->config.prepare != NULL) {
        code = pool->config.prepare((viv_sandbox *)sandbox, pool->config.cookie,
                                    err);
        if (code < 0)
            sandbox_free(sandbox);
    }
    if (code < 0)
        return code;
    slot->sandbox = sandbox;
    slot->calls_fresh = 0;
    slot->private_bytes = 0;
    slot->looks = 0;
    return 0;
}

/* ------------------------------------------------------------------------
 * Is it to be reset?
 */

static uint64_t grown(const struct pool_slot *slot)
{
    const struct mem_region *region = &slot->sandbox->instance.region;

    return region->linear_bytes - region->image->linear_bytes;
}

/* Has it grown by more than it may still grow?  Then it begins anew before its
 * calls are refused memory. */
static bool is_near_its_limit(const struct pool_slot *slot)
{
    const struct sandbox *sandbox = slot->sandbox;

    return grown(slot) >
           sandbox->limits.memory_bytes - sandbox->instance.region.linear_bytes;
}

/* Bytes of its own: what it has grown by at once, pages now and then. */
static uint64_t retained(struct pool_slot *slot, uint64_t line)
{
    const struct mem_region *region = &slot->sandbox->instance.region;
    char *begin = mem_region_state(region), *end = mem_region_end(region);
    bool can_pass = (uint64_t)(end - begin) > line;
    struct os_pages pages;
    struct os_pages_run run;

    if (slot->looks++ % (can_pass ? LOOK_EVERY : LOOK_SELDOM) == 0) {
        slot->private_bytes = 0;
        os_pages_begin(&pages, begin, end);
        while (os_pages_next(&pages, &run))
            slot->private_bytes += run.bytes;
    }
    return grown(slot) > slot->private_bytes ? grown(slot)
                                             : slot->private_bytes;
}

static enum pool_why over_a_line(const viv_pool_config *config,
                                 struct pool_slot *slot)
{
    uint64_t line = config->recycle_bytes;

    if (is_near_its_limit(slot) || retained(slot, line) > line)
        return POOL_WHY_BYTES;
    if (slot->sandbox->sum.calls - slot->calls_fresh >= config->recycle_calls)
        return POOL_WHY_CALLS;
    if (os_clock_now() - slot->fresh_since >= config->recycle_ns)
        return POOL_WHY_AGE;
    return POOL_WHY_NOT;
}

/* An exception is a guest's own affair; one that traps or exits has ended in
 * the middle of something. */
static bool is_bad(enum sandbox_state state, uint32_t kind)
{
    return state == SANDBOX_STOPPED ||
           (kind != 0 && kind != VIV_RETURNED && kind != VIV_RAISED);
}

static enum pool_why why(const viv_pool_config *config, struct pool_slot *slot,
                         enum sandbox_state state, uint32_t kind)
{
    if (is_bad(state, kind))
        return POOL_WHY_BAD;
    switch (config->policy) {
    case VIV_POOL_RECYCLED:
        return over_a_line(config, slot);
    case VIV_POOL_KEPT:
        return slot->key != NULL ? POOL_WHY_NOT : POOL_WHY_USE;
    default:
        return POOL_WHY_USE;
    }
}

/* ------------------------------------------------------------------------
 * Cleaning.
 */

/* Before: nobody else has it. */
static void reset_taken(struct pool_slot *slot, enum pool_why reason,
                        struct pool_slot_report *report)
{
    struct sandbox *sandbox = slot->sandbox;
    uint64_t ns = sandbox->sum.reset_ns, pages = sandbox->sum.pages_dirtied;

    if (sandbox_reset(sandbox, NULL) < 0) {
        report->why = POOL_WHY_BROKEN;
        return;
    }
    report->why = reason;
    report->resets = 1;
    report->reset_ns = sandbox->sum.reset_ns - ns;
    report->pages_dirtied = sandbox->sum.pages_dirtied - pages;
    slot->calls_fresh = sandbox->sum.calls;
    slot->private_bytes = sandbox->reset.kept_count * OS_PAGE_BYTES;
    slot->looks = 0;
}

void pool_slot_reset(struct pool_slot *slot, enum pool_why reason,
                     struct pool_slot_report *ret_report)
{
    *ret_report = (struct pool_slot_report){.why = POOL_WHY_BUSY};
    if (sandbox_take(slot->sandbox, SANDBOX_NO_CALL, SANDBOX_BUSY, NULL, NULL) <
        0)
        return;
    reset_taken(slot, reason, ret_report);
    sandbox_put(slot->sandbox, SANDBOX_IDLE);
    ret_report->private_bytes = slot->private_bytes;
}

void pool_slot_clean(const struct pool *pool, struct pool_slot *slot,
                     struct pool_slot_report *ret_report)
{
    struct sandbox *sandbox = slot->sandbox;
    enum sandbox_state was;
    enum pool_why reason;

    *ret_report = (struct pool_slot_report){.why = POOL_WHY_BUSY};
    if (sandbox_state(sandbox) == SANDBOX_RUNNING)
        return;
    sandbox_call_drop(sandbox, NULL);
    if (sandbox_take(sandbox, SANDBOX_NO_CALL, SANDBOX_BUSY, &was, NULL) < 0)
        return;
    sandbox_wait_watch(sandbox, NULL, NULL);
    sandbox_wait_forgive(sandbox);
    sandbox->slice_ns = 0;
    if (slot->is_taken && sandbox->sum.calls != slot->calls_held)
        ret_report->kind = sandbox->instance.end.kind;
    reason = why(&pool->config, slot, was, ret_report->kind);
    if (reason == POOL_WHY_NOT)
        ret_report->why = reason;
    else
        reset_taken(slot, reason, ret_report);
    sandbox_put(sandbox, SANDBOX_IDLE);
    ret_report->private_bytes = slot->private_bytes;
}
