/* bench_crowd.c - a short call among a thousand that wait and 64 that compute.
 *
 * An executor with two threads carries 1,000 runs of Python that wait for an
 * answer of the host, 64 guests that compute and never end - a quarter each of
 * Python, Python that calls the host all the time, and the same two of plain
 * WebAssembly - and one such Python of the lower priority.  Then another thread
 * hands in a short call now and then: `x = 1 + 1` in a fresh Python.  From
 * handing in to being done is its latency.
 *
 * The peer is the kernel: 64 threads that compute, one of the lowest priority,
 * and one that sleeps until it is given something short to do, on the same
 * processors.
 *
 * Shares are compared by what each of the 64 has had of the processor, for that
 * is what slices are for, and by the number of slices.  At last all of the
 * 1,000 are answered, while the 64 still compute; each must return what it
 * should.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench_python.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum {
    WAITERS = 1000,
    BUSY = 64,
    THREADS = 2,
    SHORT_CALLS = 1500,
    EVERY_US = 10000 /* a short call */
};

static const char WAIT[] = "from host import hold\n"
                           "hold(%zu) * 2 + 1\n";
static const char COMPUTE[] = "n = 0\n"
                              "while True:\n"
                              "    n = n * 3 + 1 & 0xffff\n";
static const char CALL[] = "from host import add\n"
                           "n = 0\n"
                           "while True:\n"
                           "    n = add(n, 1)\n";
static const char SHORT[] = "x = 1 + 1\nx";
static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1)"
    " (func (export \"compute\") (param i32) (result i32)"
    "  (loop $l (i32.store (i32.const 8) (i32.add (local.get 0)"
    "    (i32.load (i32.const 8)))) (br $l)) (i32.const 0))"
    " (func (export \"call\") (param i32) (result i32)"
    "  (loop $l (local.set 0 (call $f (local.get 0))) (br $l)) (i32.const 0)))";

static viv_executor *executor;
static viv_pool *patient, *small, *quick; /* Python, WebAssembly, Python */

/* ------------------------------------------------------------------------
 * The host's functions.
 */

static _Atomic(viv_promise *) promises[WAITERS];

static int hold(viv_question *question, viv_reader *args, size_t count,
                viv_writer *answer, void *cookie)
{
    int64_t number = bench_read_int(args);
    viv_promise *promise = NULL;

    (void)count, (void)answer, (void)cookie;
    if (viv_question_later(question, &promise, NULL) < 0)
        bench_die("no promise");
    atomic_store(&promises[number], promise);
    return VIV_LATER;
}

static int add(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    int64_t a = bench_read_int(args), b = bench_read_int(args);

    (void)question, (void)count, (void)cookie;
    viv_write_int(answer, (a + b) & 0xffff);
    return 0;
}

static const viv_python_function FUNCTIONS[] = {
    {"host", "hold", "(n: int) -> int", NULL, 0, hold, NULL},
    {"host", "add", "(a: int, b: int) -> int", NULL, 0, add, NULL},
};

static int add_one(viv_host_call *call, const viv_value *args,
                   viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32 + 1;
    return 0;
}

/* ------------------------------------------------------------------------
 * Pools.
 */

static viv_pool *pool_of(viv_image *image, uint32_t max)
{
    viv_pool *pool = NULL;
    viv_pool_config config;
    viv_limits limits;
    viv_error err = {0};

    viv_limits_default(&limits);
    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    limits.host_calls = limits.waits = UINT64_MAX;
    viv_pool_config_default(&config);
    config.max = max;
    config.limits = &limits;
    if (viv_pool_new(image, &config, &pool, &err) < 0)
        bench_die("%s", err.text);
    return pool;
}

static viv_image *make_small(void)
{
    static const uint8_t I32[] = {VIV_I32};
    viv_import import = {
        .module = "env",
        .name = "f",
        .kind = VIV_FUNC,
        .func_type = {I32, I32, 1, 1},
        .func = add_one,
    };
    viv_module *module = bench_module(WAT);
    viv_sandbox *sandbox = bench_sandbox(module, &import, 1, NULL);
    viv_image *image = NULL;
    viv_error err = {0};

    if (viv_image_new(sandbox, &image, &err) < 0)
        bench_die("%s", err.text);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return image;
}

static void open_all(void)
{
    viv_image *python = bench_python(FUNCTIONS, 2), *plain = make_small();
    viv_executor_config config;
    viv_error err = {0};

    patient = pool_of(python, WAITERS + BUSY);
    quick = pool_of(python, 4);
    small = pool_of(plain, BUSY);
    viv_image_unref(python);
    viv_image_unref(plain);
    viv_executor_config_default(&config);
    config.threads = THREADS;
    config.queue_max = WAITERS + BUSY;
    if (viv_executor_new(&config, &executor, &err) < 0)
        bench_die("%s", err.text);
}

static void close_all(void)
{
    viv_executor_free(executor);
    viv_pool_unref(patient);
    viv_pool_unref(quick);
    viv_pool_unref(small);
}

/* ------------------------------------------------------------------------
 * Jobs.
 */

struct job {
    viv_python_task run;
    viv_call_task call;
    viv_value arg, result;
    viv_task task; /* of one of these, which is timed */
    viv_job *job;
    char source[64];
    int64_t value; /* of the run, once it is done */
    uint64_t cpu_ns;
    _Atomic uint64_t done_at;
};

static uint64_t cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int timed(struct job *job, viv_task_func *func, viv_sandbox *sandbox,
                 viv_outcome *ret_outcome, viv_error *err)
{
    uint64_t began = cpu_now();
    int code = func(sandbox, job->task.cookie, ret_outcome, err);

    job->cpu_ns += cpu_now() - began;
    return code;
}

static int start(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                 viv_error *err)
{
    struct job *job = cookie;

    return timed(job, job->task.start, sandbox, ret_outcome, err);
}

static int resume(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                  viv_error *err)
{
    struct job *job = cookie;

    return timed(job, job->task.resume, sandbox, ret_outcome, err);
}

static void on_done(viv_job *unused, void *cookie)
{
    struct job *job = cookie;

    (void)unused;
    atomic_store(&job->done_at, bench_now());
}

static void take(viv_sandbox *sandbox, const viv_python_result *result,
                 void *cookie)
{
    (void)sandbox;
    if (result->outcome.kind == VIV_RETURNED)
        ((struct job *)cookie)->value = bench_python_int(result);
}

static void hand_in(struct job *job, viv_pool *pool, uint32_t priority)
{
    viv_task task = job->task;
    viv_error err = {0};

    task.start = start;
    task.resume = resume;
    task.done = on_done;
    task.cookie = job;
    task.priority = priority;
    if (viv_submit(executor, pool, &task, &job->job, &err) < 0)
        bench_die("%s", err.text);
}

static void hand_in_python(struct job *job, viv_pool *pool, const char *source,
                           uint32_t priority)
{
    job->run = (viv_python_task){
        .source = source,
        .len = strlen(source),
        .flags = VIV_PYTHON_VALUE,
        .take = take,
        .cookie = job,
    };
    viv_task_of_python(&job->run, &job->task);
    hand_in(job, pool, priority);
}

static void hand_in_plain(struct job *job, const char *name)
{
    job->call =
        (viv_call_task){name, strlen(name), &job->arg, 1, &job->result, 1};
    viv_task_of_call(&job->call, &job->task);
    hand_in(job, small, VIV_INTERACTIVE);
}

/* How it ended, which must be as `kind`. */
static viv_job_result end_of(struct job *job, uint32_t kind)
{
    viv_job_result result;

    if (viv_job_wait(job->job, VIV_ENDLESS, &result) < 0 || result.code < 0)
        bench_die("a job has no outcome: %s", result.err.text);
    if (result.outcome.kind != kind)
        bench_die("a job ends with %u, not %u", result.outcome.kind, kind);
    viv_job_free(job->job);
    return result;
}

/* ------------------------------------------------------------------------
 * The crowd.
 */

static struct job waiters[WAITERS], busy[BUSY], batch;

static void let_wait(size_t count)
{
    viv_executor_meters meters;

    for (size_t n = 0; n < count; n++) {
        snprintf(waiters[n].source, sizeof(waiters[n].source), WAIT, n);
        hand_in_python(&waiters[n], patient, waiters[n].source,
                       VIV_INTERACTIVE);
    }
    do {
        usleep(1000);
        viv_executor_meters_of(executor, &meters);
    } while (meters.waiting < count);
    bench_row("waiting at once", (double)meters.waiting, "jobs");
}

static void let_compute(void)
{
    viv_executor_meters meters;

    for (size_t n = 0; n < BUSY; n += 4) {
        hand_in_python(&busy[n], patient, COMPUTE, VIV_INTERACTIVE);
        hand_in_python(&busy[n + 1], patient, CALL, VIV_INTERACTIVE);
        hand_in_plain(&busy[n + 2], "compute");
        hand_in_plain(&busy[n + 3], "call");
    }
    hand_in_python(&batch, patient, COMPUTE, VIV_BATCH);
    do {
        usleep(1000);
        viv_executor_meters_of(executor, &meters);
    } while (meters.queued > 0);
}

/* The widest distance from the mean, in percent of it. */
static double unfairness(const uint64_t *shares, size_t count, double *ret_mean)
{
    double mean = 0, worst = 0;

    for (size_t n = 0; n < count; n++)
        mean += (double)shares[n] / (double)count;
    for (size_t n = 0; n < count; n++) {
        double off = (double)shares[n] / mean - 1;

        off = off < 0 ? -off : off;
        worst = off > worst ? off : worst;
    }
    *ret_mean = mean;
    return worst * 100;
}

static void end_computing(double peer_unfairness)
{
    uint64_t ns[BUSY], slices[BUSY];
    double mean, mean_slices, all;

    for (size_t n = 0; n < BUSY; n++)
        viv_job_cancel(busy[n].job);
    viv_job_cancel(batch.job);
    for (size_t n = 0; n < BUSY; n++) {
        slices[n] = end_of(&busy[n], VIV_CANCELLED).outcome.used.slices;
        ns[n] = busy[n].cpu_ns;
    }
    end_of(&batch, VIV_CANCELLED);
    bench_row_peer("unfair by, time", unfairness(ns, BUSY, &mean), "%",
                   "threads", peer_unfairness);
    bench_row("unfair by, slices", unfairness(slices, BUSY, &mean_slices), "%");
    bench_row("slices of each of 64", mean_slices, "slices");
    all = mean * BUSY + (double)batch.cpu_ns;
    bench_row_peer("time of the lower priority",
                   100 * (double)batch.cpu_ns / all, "%", "a ninth", 100.0 / 9);
}

/* ------------------------------------------------------------------------
 * Short calls.
 */

static uint64_t short_call(void)
{
    struct job job = {0};
    uint64_t began = bench_now();

    hand_in_python(&job, quick, SHORT, VIV_INTERACTIVE);
    end_of(&job, VIV_RETURNED);
    if (job.value != 2)
        bench_die("1 + 1 is %lld", (long long)job.value);
    return atomic_load(&job.done_at) - began;
}

static void short_calls(uint64_t *took, size_t count, uint64_t (*once)(void))
{
    for (size_t n = 0; n < count; n++) {
        usleep(EVERY_US);
        took[n] = once();
    }
}

/* ------------------------------------------------------------------------
 * The peer: threads of the kernel's.
 */

static _Atomic bool is_over;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_asked;
static uint64_t answered_at;

static void *compute(void *ret_ns)
{
    volatile uint64_t count = 0;

    while (!atomic_load_explicit(&is_over, memory_order_relaxed))
        count++;
    *(uint64_t *)ret_ns = cpu_now();
    return NULL;
}

static void *compute_low(void *ret_ns)
{
    setpriority(PRIO_PROCESS, 0, 19);
    return compute(ret_ns);
}

/* What takes as long as `x = 1 + 1`: 20 us. */
static void *answer(void *unused)
{
    pthread_mutex_lock(&lock);
    while (!atomic_load(&is_over)) {
        if (is_asked) {
            uint64_t until = bench_now() + 20000;

            while (bench_now() < until)
                ;
            answered_at = bench_now();
            is_asked = false;
            pthread_cond_broadcast(&changed);
        }
        pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

static uint64_t ask(void)
{
    uint64_t began = bench_now(), took;

    pthread_mutex_lock(&lock);
    is_asked = true;
    pthread_cond_broadcast(&changed);
    while (is_asked)
        pthread_cond_wait(&changed, &lock);
    took = answered_at - began;
    pthread_mutex_unlock(&lock);
    return took;
}

/* Returns how unfair the kernel was to the 64. */
static double peer(uint64_t *took, size_t count)
{
    pthread_t threads[BUSY + 2];
    uint64_t ns[BUSY + 1];
    double mean;
    int n, failed = 0;

    for (n = 0; n < BUSY; n++)
        failed |= pthread_create(&threads[n], NULL, compute, &ns[n]);
    failed |= pthread_create(&threads[n], NULL, compute_low, &ns[n]);
    failed |= pthread_create(&threads[n + 1], NULL, answer, NULL);
    if (failed != 0)
        bench_die("no thread");
    short_calls(took, count, ask);
    atomic_store(&is_over, true);
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (n = 0; n < BUSY + 2; n++)
        pthread_join(threads[n], NULL);
    return unfairness(ns, BUSY, &mean);
}

static void quantiles(uint64_t *ours, uint64_t *theirs, size_t count)
{
    static const struct {
        const char *name;
        unsigned per_mille;
    } ROWS[] = {{"a short call, p50", 500},
                {"a short call, p99", 990},
                {"a short call, the worst", 1000}};

    for (int n = 0; n < 3; n++)
        bench_row_peer(
            ROWS[n].name,
            (double)bench_quantile(ours, count, ROWS[n].per_mille) / 1e6, "ms",
            "threads",
            (double)bench_quantile(theirs, count, ROWS[n].per_mille) / 1e6);
}

/* ------------------------------------------------------------------------
 * The answers.
 */

static void answer_all(size_t count)
{
    uint64_t began = bench_now();
    size_t right = 0;

    for (size_t n = 0; n < count; n++)
        bench_keep(atomic_load(&promises[n]), (int64_t)n);
    for (size_t n = 0; n < count; n++) {
        end_of(&waiters[n], VIV_RETURNED);
        right += waiters[n].value == 2 * (int64_t)n + 1;
    }
    bench_row_peer("answered, and right", (double)right, "jobs", "of",
                   (double)count);
    bench_row("until the last of them was done",
              (double)(bench_now() - began) / 1e6, "ms");
    if (right != count)
        bench_die("%zu of %zu are right", right, count);
}

/* ------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    size_t waiting = bench_rounds(WAITERS, 20);
    size_t count = bench_rounds(SHORT_CALLS, 20);
    uint64_t *ours = calloc(count, sizeof(*ours));
    uint64_t *theirs = calloc(count, sizeof(*theirs));
    double unfair;

    bench_begin(argc, argv,
                "a short call among 1,000 that wait and 64 that compute, on 2 "
                "threads, against threads");
    open_all();
    unfair = peer(theirs, count);
    let_wait(waiting);
    let_compute();
    short_calls(ours, count, short_call);
    quantiles(ours, theirs, count);
    answer_all(waiting);
    end_computing(unfair);
    close_all();
    free(ours);
    free(theirs);
    return 0;
}
