/* test_engine_call.c - into the guest, out to the host, and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_call.h"

#include <pthread.h>

#include "guest.h"
#include "os/os_gs.h"

static const uint8_t I32[] = {VIV_I32};
static struct guest guest;
static int host_calls;

/* ------------------------------------------------------------------------
 * Values.
 */

static const char ALL_TYPES[] =
    "(module (func (export \"swap\")"
    "   (param i32 i64 f32 f64 v128 externref)"
    "   (result externref v128 f64 f32 i64 i32)"
    "   (local.get 5) (local.get 4) (local.get 3) (local.get 2)"
    "   (local.get 1) (local.get 0)))";

TEST(values_of_every_type_cross_both_ways)
{
    viv_value v = {
        .v128 = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

    guest = guest_start(ALL_TYPES);
    EXPECT_EQ_INT(
        guest_call(&guest, "swap",
                   GUEST_ARGS(GUEST_I32(-7), GUEST_I64(UINT64_C(1) << 40),
                              GUEST_F32(1.5f), GUEST_F64(-0.0), v,
                              GUEST_REF(UINT64_MAX)),
                   6, 6),
        VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].ref, UINT64_MAX);
    EXPECT_EQ_MEM(guest.results[1].v128, v.v128, 16);
    EXPECT_EQ_INT(guest.results[2].i64, UINT64_C(1) << 63);
    EXPECT(guest.results[3].f32 == 1.5f);
    EXPECT_EQ_INT(guest.results[4].i64, UINT64_C(1) << 40);
    EXPECT_EQ_INT(guest.results[5].i64, (uint32_t)-7); /* and zeros */
    guest_end(&guest);
}

/* More than there are registers: 40 parameters, 40 results. */
TEST(any_number_of_values_crosses)
{
    char wat[4096];
    viv_value args[40], results[40];
    viv_outcome outcome;
    size_t at = (size_t)snprintf(wat, sizeof(wat),
                                 "(module (func (export "
                                 "\"f\")");

    for (int i = 0; i < 40; i++)
        at += (size_t)snprintf(wat + at, sizeof(wat) - at, "(param %s)",
                               i % 3 ? "i64" : "f64");
    for (int i = 0; i < 40; i++)
        at += (size_t)snprintf(wat + at, sizeof(wat) - at, "(result %s)",
                               i % 3 ? "i64" : "f64");
    for (int i = 0; i < 40; i++)
        at += (size_t)snprintf(wat + at, sizeof(wat) - at, "(local.get %d)", i);
    snprintf(wat + at, sizeof(wat) - at, "))");
    guest = guest_start(wat);
    for (int i = 0; i < 40; i++)
        args[i].i64 = (uint64_t)i << 33;
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "f", 1, args, 40, results, 40, &outcome, NULL),
        0);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    for (int i = 0; i < 40; i++)
        EXPECT_EQ_INT(results[i].i64, (uint64_t)i << 33);
    guest_end(&guest);
}

TEST(results_are_written_only_when_the_guest_returned)
{
    guest = guest_start("(module (func (export \"f\") (result i32) "
                        "unreachable))");
    guest.results[0].i32 = 99;
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 1), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.results[0].i32, 99);
    guest_end(&guest);
}

TEST(a_function_reference_comes_back_as_it_went_and_no_other_is_let_in)
{
    viv_value good;

    guest = guest_start(
        "(module (func $f (export \"id\") (param funcref) (result funcref)"
        "   (local.get 0))"
        " (func (export \"f\") (result funcref) (ref.func $f)))");
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 1), VIV_RETURNED);
    good = guest.results[0];
    EXPECT_EQ_INT(guest_call(&guest, "id", &good, 1, 1), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].ref, good.ref);
    EXPECT_EQ_INT(viv_call(guest.sandbox, "id", 2, GUEST_ARGS(GUEST_REF(1)), 1,
                           guest.results, 1, &guest.outcome, &guest.err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(guest.err.text, "refers to no function");
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Host functions.
 */

static const char ADDS[] =
    "(module (import \"env\" \"add\" (func $add (param i32 i64 f64) "
    "   (result i64 f64 i32)))"
    " (memory (export \"m\") 1)"
    " (func (export \"loop\") (param i32) (result i32)"
    "   (local $sum i64)"
    "   (loop $l"
    "     (call $add (local.get 0) (local.get $sum) (f64.const 0.5))"
    "     i32.const 8 i32.store drop (local.set $sum)"
    "     (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "   (i32.wrap_i64 (local.get $sum))))";

static const uint8_t ADD_PARAMS[] = {VIV_I32, VIV_I64, VIV_F64};
static const uint8_t ADD_RESULTS[] = {VIV_I64, VIV_F64, VIV_I32};

static int add(viv_host_call *call, const viv_value *args, viv_value *results,
               void *cookie)
{
    EXPECT(viv_host_call_sandbox(call) != NULL);
    EXPECT(cookie == &host_calls);
    EXPECT(args[2].f64 == 0.5);
    EXPECT_EQ_INT(results[0].i64, 0);
    host_calls++;
    results[0].i64 = args[0].i32 + args[1].i64;
    results[1].f64 = args[2].f64 * 2;
    results[2].i32 = 1000 + args[0].i32;
    return 0;
}

TEST(host_functions_get_arguments_and_give_results)
{
    viv_import imports[] = {
        GUEST_FUNC("add", ADD_PARAMS, 3, ADD_RESULTS, 3, add, &host_calls)};
    uint32_t stored;

    guest = guest_start_with(ADDS, imports, 1);
    EXPECT_EQ_INT(guest_ask(&guest, "loop", 100), 5050);
    EXPECT_EQ_INT(host_calls, 100);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 1001, &stored, 4), 0);
    EXPECT_EQ_INT(stored, 8);
    guest_end(&guest);
}

static const char CALLS[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory (export \"m\") 1)"
    " (func (export \"call\") (param i32) (result i32)"
    "   (i32.store (i32.const 0) (local.get 0))"
    "   (i32.add (i32.load (i32.const 0)) (call $f (local.get 0))))"
    " (func (export \"plain\") (param i32) (result i32) (local.get 0)))";

static struct guest start_calls(viv_host_func *func, void *cookie)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, func, cookie)};

    return guest_start_with(CALLS, imports, 1);
}

static int fail_with_arg(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = 1;
    return (int)args[0].i32;
}

TEST(a_host_functions_failure_is_a_trap_with_its_number)
{
    guest = start_calls(fail_with_arg, NULL);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 0), 1);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", (uint32_t)-77), VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, -77);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 5), VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL); /* means nothing */
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", VIV_LATER), VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", VIV_EXIT), VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest_ask(&guest, "plain", 3), 3);
    guest_end(&guest);
}

static int call_again(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    viv_sandbox *sandbox = viv_host_call_sandbox(call);
    viv_outcome outcome;
    viv_error err;
    uint32_t stored = 0;

    (void)cookie;
    EXPECT_EQ_INT(
        viv_call(sandbox, "plain", 5, args, 1, results, 1, &outcome, &err),
        VIV_EBUSY);
    EXPECT_HAS_STR(err.text, "running");
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), VIV_EBUSY);
    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, &stored, 4), 0);
    EXPECT_EQ_INT(stored, args[0].i32);
    stored = 30;
    EXPECT_EQ_INT(viv_memory_write(sandbox, 0, &stored, 4), 0);
    results[0].i32 = 4;
    return 0;
}

TEST(a_host_function_may_look_at_the_sandbox_but_not_call_it)
{
    guest = start_calls(call_again, NULL);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 9), 13);
    guest_end(&guest);
}

/* The inner sandbox of a chain, or none. */
static int call_inner(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    struct guest *inner = cookie;

    (void)call;
    results[0].i32 =
        inner == NULL ? 100 : guest_ask(inner, "call", args[0].i32 + 1);
    return 0;
}

TEST(host_functions_may_call_other_sandboxes_in_turn)
{
    struct guest chain[4];

    chain[3] = start_calls(call_inner, NULL);
    for (int i = 2; i >= 0; i--)
        chain[i] = start_calls(call_inner, &chain[i + 1]);
    for (int i = 0; i < 50; i++)
        EXPECT_EQ_INT(guest_ask(&chain[0], "call", 1), 1 + 2 + 3 + 4 + 100);
    for (int i = 0; i < 4; i++)
        guest_end(&chain[i]);
}

static int count_call(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    host_calls++;
    return 0;
}

TEST(the_stack_may_end_anywhere_on_the_way_to_a_host_function)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, count_call, NULL)};
    viv_module *module = guest_load(
        "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
        " (func $deep (export \"deep\") (param i32) (result i32)"
        "  (i32.add (call $f (local.get 0))"
        "   (i32.add (call $deep (i32.add (local.get 0) (i32.const 1)))"
        "    (call $f (local.get 0))))))",
        false);
    viv_limits limits;

    viv_limits_default(&limits);
    for (int i = 0; i < 3; i++) {
        limits.stack_bytes = 65536 + (uint64_t)i * 4096;
        guest = guest_of(module, imports, 1, &limits);
        for (int times = 0; times < 3; times++) {
            host_calls = 0;
            EXPECT_EQ_INT(guest_trap_of(&guest, "deep", 0), VIV_TRAP_STACK);
            EXPECT(host_calls > 100);
        }
        guest_end(&guest);
    }
    viv_module_unref(module);
}

static int give_bad_ref(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)call, (void)args;
    results[0].ref = *(uint64_t *)cookie;
    return 0;
}

TEST(a_host_function_cannot_forge_a_function)
{
    static const uint8_t FUNCREF[] = {VIV_FUNCREF};
    uint64_t ref = ENGINE_REF_FUNC(70000, 0);
    viv_import imports[] = {
        GUEST_FUNC("f", NULL, 0, FUNCREF, 1, give_bad_ref, &ref)};

    guest = guest_start_with(
        "(module (import \"env\" \"f\" (func $f (result funcref)))"
        " (table 1 funcref) (func $h) (elem declare func $h)"
        " (func (export \"f\") (table.set 0 (i32.const 0) (call $f))"
        "   (call_indirect (i32.const 0))))",
        imports, 1);
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL);
    ref = 0;
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_NULL_FUNC);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * The segment base.
 */

static int expect_host_gs(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie)
{
    uint64_t expected = *(uint64_t *)cookie;

    (void)call;
    if (expected != 0)
        EXPECT_EQ_INT(os_gs_get(), expected);
    os_gs_set(args[0].i32 * UINT64_C(4096)); /* as another engine would */
    results[0].i32 = 0;
    return 0;
}

TEST(the_hosts_gs_is_put_back_and_the_guests_is_kept)
{
    uint64_t mine = 0x123456000;

    if (!guest_is_gs())
        SKIP("the portable flavour leaves %%gs alone");
    guest = start_calls(expect_host_gs, &mine);
    for (int i = 0; i < 3; i++) {
        os_gs_set(mine);
        EXPECT_EQ_INT(guest_ask(&guest, "call", 50), 50);
        EXPECT_EQ_INT(os_gs_get(), mine);
        EXPECT_EQ_INT(guest_ask(&guest, "call", 51), 51);
        EXPECT_EQ_INT(os_gs_get(), mine);
        mine = 0;
    }
    guest_end(&guest);
}

TEST(it_is_put_back_after_a_trap_as_well)
{
    uint64_t mine = 0x123456000;

    if (!guest_is_gs())
        SKIP("the portable flavour leaves %%gs alone");
    guest = start_calls(fail_with_arg, NULL);
    os_gs_set(mine);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 1), VIV_TRAP_HOST);
    EXPECT_EQ_INT(os_gs_get(), mine);
    os_gs_set(0);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Fuel.
 */

static const char SPENDS[] =
    "(module (func (export \"loop\") (param i32) (result i32)"
    "   (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0)"
    "     (i32.const 1))))) (i32.const 1)))";

static struct guest start_metered(uint64_t fuel)
{
    viv_module *module = guest_load(SPENDS, true);
    struct guest made;
    viv_limits limits;

    viv_limits_default(&limits);
    limits.fuel = fuel;
    made = guest_of(module, NULL, 0, &limits);
    viv_module_unref(module);
    return made;
}

static uint64_t fuel_of(uint32_t rounds)
{
    uint64_t used;

    guest = start_metered(VIV_ENDLESS);
    EXPECT_EQ_INT(guest_ask(&guest, "loop", rounds), 1);
    used = guest.outcome.used.fuel;
    EXPECT_EQ_INT(guest_ask(&guest, "loop", rounds), 1);
    EXPECT_EQ_INT(guest.outcome.used.fuel, used);
    guest_end(&guest);
    return used;
}

TEST(fuel_is_counted_the_same_each_time)
{
    uint64_t used = fuel_of(10);

    EXPECT(used > 0);
    EXPECT_EQ_INT(fuel_of(20) - used, fuel_of(30) - fuel_of(20));
}

TEST(the_exact_fuel_is_enough_and_one_less_is_not)
{
    uint64_t used = fuel_of(1000);

    guest = start_metered(used);
    EXPECT_EQ_INT(guest_ask(&guest, "loop", 1000), 1);
    EXPECT_EQ_INT(guest.outcome.used.fuel, used);
    EXPECT_EQ_INT(guest_ask(&guest, "loop", 1000), 1); /* each call anew */
    guest_end(&guest);
    guest = start_metered(used - 1);
    EXPECT_EQ_INT(guest_call(&guest, "loop", GUEST_ARGS(GUEST_I32(1000)), 1, 1),
                  VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_FUEL);
    EXPECT_EQ_INT(guest.outcome.trap, 0);
    EXPECT_EQ_INT(guest.outcome.used.fuel, used - 1);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "loop", 10), 1);
    guest_end(&guest);
}

TEST(a_start_function_pays_too)
{
    viv_module *module =
        guest_load("(module (func $s (loop $l (br $l))) (start $s))", true);
    viv_limits limits;
    viv_outcome outcome;
    viv_sandbox *sandbox;

    viv_limits_default(&limits);
    limits.fuel = 10000;
    EXPECT_EQ_INT(
        viv_sandbox_new(module, NULL, 0, &limits, &sandbox, &outcome, NULL), 0);
    EXPECT(sandbox == NULL);
    EXPECT_EQ_INT(outcome.kind, VIV_SPENT);
    EXPECT_EQ_INT(outcome.used.fuel, 10000);
    viv_module_unref(module);
}

/* ------------------------------------------------------------------------
 * Threads.
 */

static void *call_often(void *arg)
{
    struct guest mine = guest_of(
        arg, (viv_import[]){GUEST_FUNC("f", I32, 1, I32, 1, call_inner, NULL)},
        1, NULL);

    for (uint32_t i = 0; i < 2000; i++)
        EXPECT_EQ_INT(guest_ask(&mine, "call", i), i + 100);
    guest_end(&mine);
    return NULL;
}

TEST(threads_have_sandboxes_of_one_module)
{
    viv_module *module = guest_load(CALLS, false);
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        EXPECT_EQ_INT(pthread_create(&threads[i], NULL, call_often, module), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    viv_module_unref(module);
}

static void *ask_there(void *arg)
{
    EXPECT_EQ_INT(guest_ask(arg, "call", 1), 101);
    return NULL;
}

TEST(a_sandbox_may_move_from_thread_to_thread)
{
    pthread_t thread;

    guest = start_calls(call_inner, NULL);
    for (int i = 0; i < 10; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "call", 1), 101);
        EXPECT_EQ_INT(pthread_create(&thread, NULL, ask_there, &guest), 0);
        pthread_join(thread, NULL);
    }
    guest_end(&guest);
}
