/* escape_token.c - the attack: answer twice, too late, or somebody else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (import \"env\" \"f\" (func $f (param i32) (result funcref)))"
    " (memory (export \"memory\") 1) (elem declare func $own)"
    " (func $own (export \"own\") (param i32) (result i32) (local.get 0))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (i32.add (i32.const 1000) (call $later (local.get 0))))"
    " (func (export \"wait_twice\") (param i32) (result i32)"
    "  (i32.add (call $later (i32.const 1)) (call $later (i32.const 2))))"
    " (func (export \"ask_ref\") (param i32) (result i32)"
    "  (ref.is_null (call $f (i32.const 0)))))";

enum { THREADS = 8 };

static viv_module *module;
static viv_token *tokens[4]; /* the latest first */
static int (*host_func)(viv_host_call *call);

/* Only the latest four can be asked for. */
static void take(viv_host_call *call)
{
    viv_token_free(tokens[3]);
    memmove(tokens + 1, tokens, 3 * sizeof(tokens[0]));
    EXPECT_EQ_INT(viv_host_call_later(call, &tokens[0], NULL), 0);
}

static void free_latest(void)
{
    viv_token_free(tokens[0]);
    tokens[0] = NULL;
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    take(call);
    return host_func != NULL ? host_func(call) : VIV_LATER;
}

static viv_sandbox *make(void)
{
    static const uint8_t ref[] = {VIV_FUNCREF};
    viv_import imports[] = {
        HOST_IMPORT("later", answer_later, NULL),
        {.module = "env",
         .name = "f",
         .kind = VIV_FUNC,
         .func_type = {HOST_I32, ref, 1, 1},
         .func = answer_later},
    };

    if (module == NULL)
        module = host_module(WAT);
    return host_sandbox(module, imports, 2, NULL);
}

static int answer(viv_token *token, uint32_t word)
{
    return viv_token_answer(token, &(viv_value){.i32 = word}, 1);
}

static void expect_returned(viv_sandbox *sandbox, uint32_t expected)
{
    uint32_t result = 0;

    EXPECT_EQ_INT(viv_call_wait(sandbox, 0, NULL), 0);
    EXPECT_EQ_INT(host_resume(sandbox, &result).kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, expected);
}

/* ------------------------------------------------------------------------
 * Many want to answer.
 */

static pthread_barrier_t start, end;
static _Atomic uint32_t wins, winner;
static _Atomic bool is_over;

static void *answer_all(void *number)
{
    uint32_t mine = (uint32_t)(uintptr_t)number;

    for (;;) {
        int code;

        pthread_barrier_wait(&start);
        if (atomic_load(&is_over))
            return NULL;
        code = mine % 4 == 3 ? viv_token_fail(tokens[0], -1000 - (int)mine)
                             : answer(tokens[0], mine);
        if (code == 0) {
            atomic_fetch_add(&wins, 1);
            atomic_store(&winner, mine);
        } else {
            EXPECT_EQ_INT(code, VIV_ETOKEN);
        }
        pthread_barrier_wait(&end);
    }
}

/* The outcome is what the winner said. */
static void expect_winner(viv_sandbox *sandbox, uint32_t number)
{
    uint32_t result;
    viv_outcome outcome = host_resume(sandbox, &result);

    if (number % 4 != 3) {
        EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
        EXPECT_EQ_INT(result, 1000 + number);
    } else {
        EXPECT_TRAP(outcome, VIV_TRAP_HOST);
        EXPECT_EQ_INT(outcome.host_code, -1000 - (int)number);
    }
}

TEST(of_eight_threads_that_answer_at_once_exactly_one_wins)
{
    uint32_t rounds = host_rounds(5000), i;
    viv_sandbox *sandbox = make();
    pthread_t threads[THREADS];

    pthread_barrier_init(&start, NULL, THREADS + 1);
    pthread_barrier_init(&end, NULL, THREADS + 1);
    for (i = 0; i < THREADS; i++)
        threads[i] = host_thread(answer_all, (void *)(uintptr_t)i);
    for (i = 0; i < rounds; i++) {
        EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
        atomic_store(&wins, 0);
        pthread_barrier_wait(&start);
        pthread_barrier_wait(&end);
        EXPECT_EQ_INT(atomic_load(&wins), 1);
        expect_winner(sandbox, atomic_load(&winner));
        free_latest();
    }
    atomic_store(&is_over, true);
    pthread_barrier_wait(&start);
    for (i = 0; i < THREADS; i++)
        EXPECT_EQ_INT(pthread_join(threads[i], NULL), 0);
}

/* The sandbox ends in the middle of being answered. */
static void *answer_some(void *unused)
{
    for (;;) {
        int code;

        pthread_barrier_wait(&start);
        if (atomic_load(&is_over))
            return unused;
        code = answer(tokens[0], 1);
        EXPECT(code == 0 || code == VIV_ETOKEN);
        free_latest();
        pthread_barrier_wait(&end);
    }
}

TEST(an_answer_may_come_while_the_sandbox_ends)
{
    uint32_t rounds = host_rounds(5000), i;
    viv_sandbox *sandbox = make();
    viv_image *image = host_image(sandbox);
    pthread_t thread;

    host_free(sandbox);
    pthread_barrier_init(&start, NULL, 2);
    pthread_barrier_init(&end, NULL, 2);
    thread = host_thread(answer_some, NULL);
    for (i = 0; i < rounds; i++) {
        sandbox = host_from(image, NULL);
        EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
        pthread_barrier_wait(&start);
        EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
        host_free(sandbox);
        pthread_barrier_wait(&end);
    }
    atomic_store(&is_over, true);
    pthread_barrier_wait(&start);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Too late.
 */

TEST(an_answer_after_the_end_is_refused)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[0], 1), 0);
    EXPECT_EQ_INT(answer(tokens[0], 2), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_token_fail(tokens[0], -1), VIV_ETOKEN);
    expect_returned(sandbox, 1001);
    EXPECT_EQ_INT(answer(tokens[0], 3), VIV_ETOKEN);
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
    EXPECT_EQ_INT(answer(tokens[0], 4), VIV_ETOKEN);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_CANCELLED);
    EXPECT_EQ_INT(answer(tokens[0], 5), VIV_ETOKEN);
    host_free(sandbox);
    EXPECT_EQ_INT(answer(tokens[1], 6), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_token_fail(tokens[2], -1), VIV_ETOKEN);
}

/* A token of the wait before is no token of this one. */
TEST(an_old_token_does_not_answer_the_next_wait)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(host_call(sandbox, "wait_twice", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[0], 10), 0);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[1], 99), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_call_wait(sandbox, 0, NULL), VIV_ETIME);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[0], 20), 0);
    expect_returned(sandbox, 30);
}

TEST(a_token_that_is_given_back_unanswered_fails_the_call)
{
    viv_sandbox *sandbox = make();
    viv_outcome outcome;

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    free_latest();
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), 0);
    outcome = host_resume(sandbox, NULL);
    EXPECT_TRAP(outcome, VIV_TRAP_HOST);
    EXPECT_EQ_INT(outcome.host_code, VIV_ETOKEN);
}

/* ------------------------------------------------------------------------
 * Too early, too many, and none.
 */

static int answer_at_once(viv_host_call *call)
{
    (void)call;
    EXPECT_EQ_INT(answer(tokens[0], 5), 0);
    return VIV_LATER;
}

static int take_two(viv_host_call *call)
{
    take(call);
    EXPECT_EQ_INT(answer(tokens[1], 1), VIV_ETOKEN);
    return VIV_LATER;
}

static int take_and_answer(viv_host_call *call)
{
    (void)call;
    EXPECT_EQ_INT(answer(tokens[0], 5), 0);
    return 0;
}

TEST(an_answer_may_come_before_the_wait)
{
    viv_sandbox *sandbox = make();

    host_func = answer_at_once;
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    expect_returned(sandbox, 1005);
}

TEST(of_two_tokens_of_one_host_call_the_second_counts)
{
    viv_sandbox *sandbox = make();

    host_func = take_two;
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[0], 7), 0);
    expect_returned(sandbox, 1007);
}

/* The function's own answer counts, and the token's must not be taken for that
 * of the next wait. */
TEST(a_token_of_a_host_function_that_answers_itself_counts_for_nothing)
{
    viv_sandbox *sandbox = make();
    viv_outcome outcome;

    host_func = take_and_answer;
    EXPECT_EQ_INT(host_ask(sandbox, "wait", 0), 1000);
    host_func = NULL;
    outcome = host_call(sandbox, "wait", 0);
    EXPECT_EQ_INT(outcome.kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(sandbox, 1 * MS, NULL), VIV_ETIME);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_WAITING);
    EXPECT_EQ_INT(answer(tokens[1], 5), VIV_ETOKEN);
    EXPECT_EQ_INT(answer(tokens[0], 6), 0);
    expect_returned(sandbox, 1006);
}

TEST(an_answer_that_does_not_fit_is_refused_and_may_be_given_again)
{
    viv_sandbox *sandbox = make();
    viv_value words[2] = {{.i32 = 1}, {.i32 = 2}};

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(tokens[0], words, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(tokens[0], words, 2), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(tokens[0], words, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(tokens[0], NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(NULL, words, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(tokens[0], 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(tokens[0], 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_wait(sandbox, 0, NULL), VIV_ETIME);
    EXPECT_EQ_INT(answer(tokens[0], 6), 0);
    expect_returned(sandbox, 1006);
}

/* A reference that no guest could have made. */
TEST(an_answer_that_refers_to_no_function_is_refused)
{
    static const uint64_t bad[] = {1, 0xffffffff, UINT64_MAX, 1ull << 32,
                                   0x7fff00000003};
    viv_sandbox *sandbox = make();
    uint32_t result;
    size_t i;

    EXPECT_EQ_INT(host_call(sandbox, "ask_ref", 0).kind, VIV_WAITING);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        EXPECT_EQ_INT(
            viv_token_answer(tokens[0], &(viv_value){.ref = bad[i]}, 1),
            VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(tokens[0], &(viv_value){.ref = 0}, 1), 0);
    EXPECT_EQ_INT(host_resume(sandbox, &result).kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, 1);
}

/* ------------------------------------------------------------------------
 * Being told.
 */

static _Atomic uint32_t told;

static void note(viv_sandbox *sandbox, void *cookie)
{
    EXPECT((void *)sandbox == cookie);
    atomic_fetch_add(&told, 1);
}

static void *answer_elsewhere(void *unused)
{
    host_sleep(20 * MS);
    EXPECT_EQ_INT(answer(tokens[0], 1), 0);
    return unused;
}

TEST(whoever_waits_is_woken_and_whoever_watches_is_told)
{
    viv_sandbox *sandbox = make();
    pthread_t thread;

    EXPECT_EQ_INT(viv_call_watch(sandbox, note, sandbox), 0);
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(atomic_load(&told), 0);
    thread = host_thread(answer_elsewhere, NULL);
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(atomic_load(&told), 1);
    expect_returned(sandbox, 1001);
    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(atomic_load(&told), 2);
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_CANCELLED);
}
