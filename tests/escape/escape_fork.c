/* escape_fork.c - the attack: two processes where there was one.
 *
 * The host forks while guests wait, are paused, run on other threads, or in the
 * middle of a host function.  Both processes have everything from then on, and
 * neither may disturb the other; what ran on a thread that the child does not
 * have is out of reach there, and nobody waits for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 2) (global $g (mut i32) (i32.const 1))"
    " (func (export \"echo\") (param i32) (result i32) (local.get 0))"
    " (func (export \"trap\") (param i32) (result i32)"
    "  (i32.load (i32.const 0x20000)))"
    " (func (export \"set\") (param i32) (result i32)"
    "  (i32.store (i32.const 70000) (local.get 0))"
    "  (global.set $g (local.get 0)) (local.get 0))"
    " (func (export \"get\") (param i32) (result i32)"
    "  (i32.add (global.get $g) (i32.load (i32.const 70000))))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.add (i32.const 1000) (call $now (local.get 0))))"
    " (func (export \"ask_and_loop\") (param i32) (result i32)"
    "  (drop (call $now (local.get 0))) (loop $l (br $l)) (i32.const 0))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (i32.add (i32.const 1000) (call $later (local.get 0))))"
    " (func (export \"spin\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
    "   (i32.store (i32.const 12) (local.get 1))"
    "   (br_if $l (i32.lt_u (local.get 1) (local.get 0)))) (local.get 1))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0)))";

static viv_module *module;
static viv_token *token;

/* Two processes where there was one. */
static pid_t part(void)
{
    pid_t pid;

    if (host_is_mode("tsan"))
        SKIP("the thread sanitizer does not follow a child with fibers");
    fflush(NULL);
    pid = fork();
    EXPECT(pid >= 0);
    return pid;
}
static int (*host_func)(void);

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32;
    return host_func != NULL ? host_func() : 0;
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static viv_sandbox *make(void)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = host_patience(5 * MS);
    return host_sandbox(module, imports, 2, &limits);
}

/* ------------------------------------------------------------------------
 * Both do the same, at the same time, and see only what is their own.
 */

static bool is_child;

/* Fork, run `func` in both, and expect that it comes to its end in the child
 * too. */
static void in_both(void (*func)(void *), void *arg)
{
    int status;
    pid_t pid = part();

    is_child = pid == 0;
    func(arg);
    if (pid == 0)
        exit(0);
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT(WIFEXITED(status));
    EXPECT_EQ_INT(WEXITSTATUS(status), 0);
}

/* All that needs signals, timers, the kernel's lists of pages. */
static void expect_that_it_works(viv_sandbox *sandbox)
{
    uint32_t number = is_child ? 100 : 200;

    EXPECT_EQ_INT(host_ask(sandbox, "echo", 5), 5);
    EXPECT_TRAP(host_call(sandbox, "trap", 0), VIV_TRAP_MEMORY);
    EXPECT_SPENT(host_call(sandbox, "for_ever", 0), VIV_LIMIT_RUN_TIME);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "get", 0), 1);
    EXPECT_EQ_INT(host_ask(sandbox, "set", number), number);
    EXPECT_EQ_INT(host_ask(sandbox, "get", 0), 2 * number);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "get", 0), 1);
}

static void use(void *sandbox)
{
    int round;

    for (round = 0; round < 3; round++)
        expect_that_it_works(sandbox);
    host_free(sandbox);
    expect_that_it_works(make());
}

TEST(idle_sandboxes_work_in_both)
{
    viv_sandbox *sandbox = make();

    expect_that_it_works(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "set", 3), 3);
    in_both(use, sandbox);
}

static void *use_elsewhere(void *sandbox)
{
    expect_that_it_works(sandbox);
    return NULL;
}

static void use_on_threads(void *sandbox)
{
    int round;

    for (round = 0; round < 3; round++) {
        host_elsewhere(use_elsewhere, sandbox);
        expect_that_it_works(sandbox);
    }
}

TEST(idle_sandboxes_work_in_both_on_new_threads)
{
    viv_sandbox *sandbox = make();

    expect_that_it_works(sandbox);
    in_both(use_on_threads, sandbox);
}

/* Generation after generation. */
static void fork_again(void *sandbox)
{
    static int depth;

    expect_that_it_works(sandbox);
    if (is_child && ++depth < 4)
        in_both(fork_again, sandbox);
}

TEST(children_of_children_work)
{
    in_both(fork_again, make());
}

/* ------------------------------------------------------------------------
 * Calls that are halted.
 */

static void answer_and_resume(void *sandbox)
{
    uint32_t number = is_child ? 1 : 2, result;

    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IS_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = number}, 1), 0);
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(host_resume(sandbox, &result).kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, 1000 + number);
    viv_token_free(token);
    host_reset(sandbox);
    expect_that_it_works(sandbox);
}

TEST(a_call_that_waits_is_answered_in_each)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    in_both(answer_and_resume, sandbox);
}

#define TURNS 3000000u

static void finish(void *sandbox)
{
    viv_outcome outcome;
    uint32_t result;

    outcome = host_resume(sandbox, &result);
    outcome = host_finish(sandbox, outcome, &result);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, TURNS);
}

TEST(a_call_that_is_paused_goes_on_in_each)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(viv_call_slice(sandbox, 20 * US), 0);
    EXPECT_EQ_INT(host_call(sandbox, "spin", TURNS).kind, VIV_PAUSED);
    in_both(finish, sandbox);
}

/* ------------------------------------------------------------------------
 * Inside a host function: both return into the guest.
 */

static pid_t child;

static int fork_now(void)
{
    host_func = NULL;
    child = part();
    is_child = child == 0;
    return 0;
}

static void end_of_child(void)
{
    int status;

    if (is_child)
        exit(0);
    EXPECT_EQ_INT(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status));
    EXPECT_EQ_INT(WEXITSTATUS(status), 0);
}

TEST(a_fork_inside_a_host_function_returns_twice)
{
    viv_sandbox *sandbox = make();

    host_func = fork_now;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 7), 1007);
    host_reset(sandbox);
    expect_that_it_works(sandbox);
    end_of_child();
}

/* The timer of the child's thread is not that of the parent's. */
TEST(the_deadline_holds_in_a_child_made_inside_a_host_function)
{
    viv_sandbox *sandbox = make();

    host_func = fork_now;
    EXPECT_SPENT(host_call(sandbox, "ask_and_loop", 7), VIV_LIMIT_RUN_TIME);
    host_reset(sandbox);
    expect_that_it_works(sandbox);
    end_of_child();
}

static void *cancel_soon(void *sandbox)
{
    host_sleep(30 * MS);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    return NULL;
}

/* From a thread that the child has made; by number it is no thread of the
 * parent's. */
TEST(a_call_is_cancelled_in_a_child_made_inside_a_host_function)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};
    viv_limits limits = host_limits();
    viv_sandbox *sandbox;
    pthread_t thread;

    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    make();
    sandbox = host_sandbox(module, imports, 2, &limits);
    EXPECT_EQ_INT(viv_call_slice(sandbox, VIV_NS_PER_S), 0);
    host_func = fork_now;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 1001);
    thread = host_thread(cancel_soon, sandbox);
    EXPECT_EQ_INT(
        host_finish(sandbox, host_call(sandbox, "for_ever", 7), NULL).kind,
        VIV_CANCELLED);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    end_of_child();
}

/* ------------------------------------------------------------------------
 * On a thread that the child does not have.
 */

static viv_sandbox *running;

static void *run_for_ever(void *unused)
{
    host_call(running, "for_ever", 0);
    return unused;
}

/* In the child it says that it runs, and will for ever. */
static void meet_the_runner(void *sandbox)
{
    viv_outcome outcome;

    if (is_child) {
        EXPECT_EQ_INT(viv_sandbox_state(running), VIV_RUNNING);
        EXPECT_EQ_INT(host_try_call(running, "echo", 1, NULL, &outcome),
                      VIV_EBUSY);
        EXPECT_EQ_INT(viv_sandbox_reset(running, NULL), VIV_EBUSY);
        EXPECT_EQ_INT(viv_sandbox_free(running), VIV_EBUSY);
        EXPECT_EQ_INT(viv_call_cancel(running), 0);
    }
    expect_that_it_works(sandbox);
    if (is_child)
        _exit(0); /* nobody can give it back */
}

TEST(a_guest_that_runs_on_another_thread_is_out_of_reach_in_the_child)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};
    viv_limits limits = host_limits();
    viv_sandbox *sandbox = make();
    pthread_t thread;

    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    running = host_sandbox(module, imports, 2, &limits);
    thread = host_thread(run_for_ever, NULL);
    while (viv_sandbox_state(running) != VIV_RUNNING)
        ;
    in_both(meet_the_runner, sandbox);
    EXPECT_EQ_INT(viv_sandbox_state(running), VIV_RUNNING);
    EXPECT_EQ_INT(viv_call_cancel(running), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}
