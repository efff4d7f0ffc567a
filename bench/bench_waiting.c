/* bench_waiting.c - how many calls can wait at the same time, and for how much.
 *
 * Each in a sandbox of its own, of a small module that has written to its
 * memory, waiting for the answer of a host call; then all are answered, and
 * must return what they should.  What a waiting sandbox holds is the growth of
 * the process divided by their number: resident pages, and the kernel's page
 * tables beside them.  The peer is a thread that waits with the least stack
 * that POSIX allows, made in the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>

#include "bench.h"

static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1)"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.store (i32.const 1024) (local.get 0))"
    "  (i32.add (call $f (local.get 0)) (i32.load (i32.const 1024)))))";

static const uint8_t I32[] = {VIV_I32};

struct guest {
    viv_sandbox *sandbox;
    viv_token *token;
};

static struct guest *running;

static int later(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_host_call_later(call, &running->token, NULL);
    return VIV_LATER;
}

static viv_image *make_image(viv_module *module)
{
    viv_import import = {
        .module = "env",
        .name = "f",
        .kind = VIV_FUNC,
        .func_type = {I32, I32, 1, 1},
        .func = later,
    };
    viv_sandbox *sandbox = bench_sandbox(module, &import, 1, NULL);
    viv_image *image = NULL;

    if (viv_image_new(sandbox, &image, NULL) < 0)
        bench_die("no image");
    viv_sandbox_free(sandbox);
    return image;
}

static void begin(viv_image *image, struct guest *guest, uint32_t number)
{
    viv_error err = {0};

    if (viv_sandbox_from(image, NULL, &guest->sandbox, &err) < 0)
        bench_die("sandbox %u: %s", number, err.text);
    running = guest;
    if (bench_call(guest->sandbox, "ask", number, NULL) != VIV_WAITING)
        bench_die("call %u does not wait", number);
}

static void answer(struct guest *guest, uint32_t number)
{
    viv_value answer = {.i32 = 1000000}, result = {.i32 = 0};
    viv_outcome outcome;

    if (viv_token_answer(guest->token, &answer, 1) < 0 ||
        viv_call_resume(guest->sandbox, &result, 1, &outcome, NULL) < 0 ||
        outcome.kind != VIV_RETURNED || result.i32 != 1000000 + number)
        bench_die("call %u does not return what it should", number);
    viv_token_free(guest->token);
    viv_sandbox_free(guest->sandbox);
}

/* ------------------------------------------------------------------------
 * The peer.
 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_lock(void *unused)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return unused;
}

/* Bytes that a thread holds while it waits, page tables included. */
static double thread_bytes(uint32_t count)
{
    pthread_t *threads = calloc(count, sizeof(*threads));
    uint64_t before = bench_status("VmRSS") + bench_status("VmPTE"), after;
    pthread_attr_t attr;
    uint32_t i;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN));
    pthread_mutex_lock(&lock);
    for (i = 0; i < count; i++)
        if (pthread_create(&threads[i], &attr, wait_for_lock, NULL) != 0)
            bench_die("no thread %u", i);
    usleep(200000);
    after = bench_status("VmRSS") + bench_status("VmPTE");
    pthread_mutex_unlock(&lock);
    for (i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return (double)(after - before) / count;
}

/* ------------------------------------------------------------------------
 * Ours.
 */

int main(int argc, char **argv)
{
    uint32_t count = (uint32_t)bench_rounds(10000, 100), i;
    uint64_t rss, tables, began, waiting, answered;
    struct guest *guests;
    viv_module *module;
    viv_image *image;
    double peer;

    bench_begin(argc, argv,
                "10,000 calls that wait at the same time: what each holds, "
                "against threads");
    guests = calloc(count, sizeof(*guests));
    module = bench_module(WAT);
    image = make_image(module);
    peer = thread_bytes(count < 1000 ? count : 1000);
    rss = bench_status("VmRSS");
    tables = bench_status("VmPTE");
    began = bench_now();
    for (i = 0; i < count; i++)
        begin(image, &guests[i], i);
    waiting = bench_now();
    rss = bench_status("VmRSS") - rss;
    tables = bench_status("VmPTE") - tables;
    for (i = 0; i < count; i++)
        answer(&guests[i], i);
    answered = bench_now();
    bench_row("calls waiting at once", count, "calls");
    bench_row("resident, each", (double)rss / count, "bytes");
    bench_row("page tables, each", (double)tables / count, "bytes");
    bench_row_peer("both, each", (double)(rss + tables) / count, "bytes",
                   "a thread that waits", peer);
    bench_row("make and run to its wait",
              (double)(waiting - began) / count / 1000, "us");
    bench_row("answer, return, free",
              (double)(answered - waiting) / count / 1000, "us");
    viv_image_unref(image);
    viv_module_unref(module);
    free(guests);
    return 0;
}
