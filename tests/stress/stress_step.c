/* stress_step.c - steps with a guest that nobody else has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stress.h"

/* ------------------------------------------------------------------------
 * What steps are made of.
 */

/* xorshift64*: the same rounds for the same seed, as far as threads allow. */
uint32_t stress_random(struct stress_worker *worker)
{
    worker->random ^= worker->random >> 12;
    worker->random ^= worker->random << 25;
    worker->random ^= worker->random >> 27;
    return (uint32_t)((worker->random * UINT64_C(2685821657736338717)) >> 32);
}

viv_outcome stress_note(struct stress_worker *worker, viv_outcome outcome)
{
    EXPECT(outcome.kind >= VIV_RETURNED && outcome.kind <= VIV_PAUSED);
    worker->outcomes[outcome.kind]++;
    return outcome;
}

viv_outcome stress_call(struct stress_worker *worker,
                        const struct stress_box *box, const char *name,
                        uint32_t arg, uint32_t *ret_result)
{
    viv_outcome outcome;
    int code = host_try_call(box->sandbox, name, arg, ret_result, &outcome);

    if (code < 0)
        test_fail(TEST_AT, "%s: %s", name, viv_error_name(code));
    return stress_note(worker, outcome);
}

static unsigned random_module(struct stress_worker *worker)
{
    return stress_random(worker) % STRESS_MODULES;
}

/* One in which an endless loop is not also an endless use of fuel: the compiler
 * knows how that ends. */
static unsigned random_unmetered(struct stress_worker *worker)
{
    return stress_random(worker) % 2 == 0 ? STRESS_PLAIN : STRESS_START;
}

/* Its own box, which it has again if it was given away. */
static struct stress_box *own(struct stress_worker *worker)
{
    viv_limits limits = stress_limits();

    if (worker->own.sandbox == NULL &&
        !stress_box_from(random_module(worker), &limits, stress_random(worker),
                         &worker->own))
        return NULL;
    return &worker->own;
}

static void expect_returned(struct stress_worker *worker,
                            const struct stress_box *box, const char *name,
                            uint32_t arg, uint32_t expected)
{
    uint32_t result = 0;

    EXPECT_EQ_INT(stress_call(worker, box, name, arg, &result).kind,
                  VIV_RETURNED);
    EXPECT_EQ_INT(result, expected);
}

/* ------------------------------------------------------------------------
 * Calls that end by themselves.
 */

static void do_return(struct stress_worker *worker)
{
    const struct stress_box *box = own(worker);
    uint32_t n = 1 + stress_random(worker) % 10000;

    if (box != NULL)
        expect_returned(worker, box, "sum", n, n * (n + 1) / 2 + box->tag);
}

static void do_trap(struct stress_worker *worker)
{
    static const struct {
        const char *name;
        uint32_t trap;
    } traps[] = {
        {"load", VIV_TRAP_MEMORY},      {"divide", VIV_TRAP_DIVIDE_BY_ZERO},
        {"stop", VIV_TRAP_UNREACHABLE}, {"table", VIV_TRAP_TABLE},
        {"deep", VIV_TRAP_STACK},
    };
    size_t i = stress_random(worker) % (sizeof(traps) / sizeof(traps[0]));
    const struct stress_box *box = own(worker);

    if (box == NULL)
        return;
    EXPECT_TRAP(stress_call(worker, box, traps[i].name, 0, NULL),
                traps[i].trap);
    stress_box_check(box);
}

static void do_exit(struct stress_worker *worker)
{
    const struct stress_box *box = own(worker);
    uint32_t number = stress_random(worker);
    viv_outcome outcome;

    if (box == NULL)
        return;
    outcome = stress_call(worker, box, "exit", number, NULL);
    EXPECT_EQ_INT(outcome.kind, VIV_EXITED);
    EXPECT_EQ_INT(outcome.exit_code, (int32_t)number);
}

/* A guest inside the host function of another one, made for the purpose. */
static void do_nested(struct stress_worker *worker)
{
    viv_limits limits = stress_limits();
    const struct stress_box *box = own(worker);
    struct stress_box inner;

    if (box == NULL || !stress_box_from(random_module(worker), &limits,
                                        stress_random(worker), &inner))
        return;
    stress_context.inner = &inner;
    expect_returned(worker, box, "ask", 5, 5 + box->tag);
    stress_context.inner = NULL;
    stress_box_free(&inner);
}

/* ------------------------------------------------------------------------
 * Calls that are ended.
 */

/* It was stopped: of no use to anybody until it is reset. */
static void expect_stopped(const struct stress_box *box)
{
    viv_outcome outcome;

    EXPECT_EQ_INT(viv_sandbox_state(box->sandbox), VIV_STOPPED);
    EXPECT_EQ_INT(host_try_call(box->sandbox, "tag", 0, NULL, &outcome),
                  VIV_ESTOPPED);
    host_reset(box->sandbox);
    stress_box_check(box);
}

static void do_spend_time(struct stress_worker *worker)
{
    static const char *const names[] = {"loop", "calls", "copy", "grow"};
    uint64_t ns = 100 * US + stress_random(worker) % 2000 * US;
    bool is_wall = stress_random(worker) % 2 == 0;
    viv_limits limits = stress_limits();
    struct stress_box box;

    *(is_wall ? &limits.wall_ns : &limits.run_ns) = ns;
    if (!stress_box_from(random_unmetered(worker), &limits,
                         stress_random(worker), &box))
        return;
    EXPECT_SPENT(
        stress_call(worker, &box, names[stress_random(worker) % 4], 0, NULL),
        is_wall ? VIV_LIMIT_WALL_TIME : VIV_LIMIT_RUN_TIME);
    host_reset(box.sandbox);
    stress_box_free(&box);
}

static void do_spend_fuel(struct stress_worker *worker)
{
    uint32_t n = 1 + stress_random(worker) % 1000, result;
    viv_limits limits = stress_limits();
    struct stress_box box;
    viv_outcome outcome;

    limits.fuel = stress_random(worker) % 10000;
    if (!stress_box_from(STRESS_METERED, &limits, stress_random(worker), &box))
        return;
    outcome = stress_call(worker, &box, "sum", n, &result);
    EXPECT(outcome.used.fuel <= limits.fuel);
    if (outcome.kind == VIV_RETURNED)
        EXPECT_EQ_INT(result, n * (n + 1) / 2 + box.tag);
    else
        EXPECT_SPENT(outcome, VIV_LIMIT_FUEL);
    stress_box_free(&box);
}

/* Others cancel it; if none does, its time ends it. */
static void do_be_cancelled(struct stress_worker *worker)
{
    viv_limits limits = stress_limits();
    struct stress_box box;
    viv_outcome outcome;

    limits.run_ns = 3 * MS;
    if (!stress_box_from(random_unmetered(worker), &limits,
                         stress_random(worker), &box))
        return;
    stress_place_publish(worker->number, box.sandbox);
    outcome = stress_call(worker, &box, "loop", 0, NULL);
    stress_place_withdraw(worker->number);
    if (outcome.kind != VIV_CANCELLED)
        EXPECT_SPENT(outcome, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(viv_call_cancel(box.sandbox), VIV_ENOCALL);
    host_reset(box.sandbox);
    stress_box_free(&box);
}

/* A call that others cancel whenever they find it, and that is short. */
static void do_be_raced(struct stress_worker *worker)
{
    struct stress_box *box = own(worker);
    uint32_t n = 1 + stress_random(worker) % 3000, result;
    viv_outcome outcome;

    if (box == NULL)
        return;
    stress_place_publish(worker->number, box->sandbox);
    outcome = stress_call(worker, box, "sum", n, &result);
    stress_place_withdraw(worker->number);
    if (outcome.kind == VIV_RETURNED) {
        EXPECT_EQ_INT(result, n * (n + 1) / 2 + box->tag);
    } else {
        EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
        expect_stopped(box);
    }
}

static void do_cancel(struct stress_worker *worker)
{
    stress_place_cancel(stress_random(worker));
}

/* ------------------------------------------------------------------------
 * Guests that come and go.
 */

static void do_reset(struct stress_worker *worker)
{
    const struct stress_box *box = own(worker);
    uint32_t pages;

    if (box == NULL)
        return;
    host_reset(box->sandbox);
    EXPECT_EQ_INT(stress_call(worker, box, "dirty", 0, &pages).kind,
                  VIV_RETURNED);
    EXPECT(pages >= 5);
    host_reset(box->sandbox);
    expect_returned(worker, box, "clean", 0, 0);
    stress_box_check(box);
}

static void do_new(struct stress_worker *worker)
{
    struct stress_box box;

    if (!stress_box_new(random_module(worker), &box))
        return;
    stress_box_check(&box);
    stress_box_free(&worker->own);
    worker->own = box;
}

static void do_free(struct stress_worker *worker)
{
    stress_box_free(&worker->own);
}

/* A new image, with a tag of its own, in the place of another. */
static void do_image(struct stress_worker *worker)
{
    viv_limits limits = stress_limits();
    struct stress_image image = {.tag = stress_random(worker)};
    struct stress_box box;

    if (!stress_box_from(random_module(worker), &limits, stress_random(worker),
                         &box))
        return;
    EXPECT_EQ_INT(viv_memory_write(box.sandbox, 4, &image.tag, 4), 0);
    image.module = box.module;
    image.image = stress_box_freeze(&box);
    stress_place_put_image(image, stress_random(worker));
    host_reset(box.sandbox);
    stress_box_check(&box);
    stress_box_free(&box);
}

static void do_fork(struct stress_worker *worker)
{
    const struct stress_box *box = own(worker);
    viv_sandbox *forks[3];
    viv_error err = {0};
    uint32_t i, count;

    for (count = 0; count < 3 && stress_box_claim(); count++)
        ;
    if (box != NULL && count > 0) {
        if (viv_sandbox_fork(box->sandbox, count, forks, &err) < 0)
            test_fail(TEST_AT, "%s", err.text);
        for (i = 0; i < count; i++) {
            struct stress_box fork = {.sandbox = forks[i], .tag = box->tag};

            stress_box_check(&fork);
            EXPECT_EQ_INT(viv_sandbox_free(forks[i]), 0);
        }
    }
    while (count-- > 0)
        stress_box_unclaim();
}

/* Into bytes and out of them again. */
static void do_dump(struct stress_worker *worker)
{
    static const viv_key key = {"stress", 6};
    viv_limits limits = stress_limits();
    const struct stress_box *box = own(worker);
    struct stress_box other;
    uint32_t word = 0, mark = stress_random(worker);
    viv_error err = {0};
    void *bytes;
    size_t len;

    if (box == NULL || box->image == NULL || !stress_box_claim())
        return;
    EXPECT_EQ_INT(viv_memory_write(box->sandbox, 70000, &mark, 4), 0);
    if (viv_sandbox_dump(box->sandbox, &key, &bytes, &len, &err) < 0 ||
        viv_sandbox_load(box->image, &limits, &key, bytes, len, &other.sandbox,
                         &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    viv_free(bytes);
    other.tag = box->tag;
    stress_box_check(&other);
    EXPECT_EQ_INT(viv_memory_read(other.sandbox, 70000, &word, 4), 0);
    EXPECT_EQ_INT(word, mark);
    EXPECT_EQ_INT(viv_sandbox_free(other.sandbox), 0);
    stress_box_unclaim();
}

struct stress_step stress_steps[] = {
    {"return", do_return, 20, 0},
    {"trap", do_trap, 10, 0},
    {"exit", do_exit, 5, 0},
    {"nested", do_nested, 4, 0},
    {"spend time", do_spend_time, 2, 0},
    {"spend fuel", do_spend_fuel, 4, 0},
    {"be cancelled", do_be_cancelled, 2, 0},
    {"be raced", do_be_raced, 10, 0},
    {"cancel", do_cancel, 60, 0},
    {"reset", do_reset, 10, 0},
    {"new", do_new, 1, 0},
    {"free", do_free, 3, 0},
    {"image", do_image, 2, 0},
    {"fork", do_fork, 2, 0},
    {"dump", do_dump, 1, 0},
};

const size_t stress_step_count = sizeof(stress_steps) / sizeof(stress_steps[0]);
