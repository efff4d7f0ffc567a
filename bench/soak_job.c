/* soak_job.c - programs as jobs of an executor.
 *
 * A job is counted when it is done, on the thread that did it.  Some have an
 * owner, who may wait for them, cancel them, or lose interest; some are
 * announced, and given out by viv_executor_next(); some have neither.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <poll.h>
#include <stddef.h>

#include "soak.h"

enum { SESSIONS = 12, QUEUE_MAX = 64 };

/* Of a hundred jobs so many hand in another when they are done. */
enum { FOLLOWED = 10 };

/* One running of a program, until it is done and its owner has let it go. */
struct soak_job {
    const struct soak_program *program;
    enum soak_place place;
    viv_job *job;
    viv_python_task run;
    viv_call_task call;
    viv_value arg, result;
    struct soak_label label; /* of what was taken; no words: nothing was */
    uint32_t taken;          /* the kind of that outcome */
    uint32_t session;
    char key[16];
    char source[128];          /* of a session */
    struct soak_random random; /* of what follows it */
    _Atomic bool is_cancelled;
    _Atomic uint32_t refs;
};

static struct {
    viv_executor *executor;
    _Atomic uint64_t submitted, done, announced, given_out;
    pthread_t announcer;
    _Atomic bool has_closed;
    pthread_mutex_t lock;
    int64_t counts[SESSIONS]; /* of the latest run of a session; 0: it ended */
} life = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void unref(struct soak_job *job)
{
    if (atomic_fetch_sub(&job->refs, 1) == 1)
        free(job);
}

/* ------------------------------------------------------------------------
 * Sessions: each run adds one to what the one before has left, under its key.
 * An exception leaves the session as it is; an exit, a trap and a stop end it,
 * and so does a while without use.
 */

/* While the sandbox is still held, so in the order of the runs. */
static void check_session(struct soak_job *job, const char *text)
{
    int64_t *count = &life.counts[job->session], now = 0;
    char key[16] = "";
    bool is_so;

    is_so = sscanf(text, "('%15[^']', %" SCNd64 ")", key, &now) == 2 &&
            strcmp(key, job->key) == 0;
    pthread_mutex_lock(&life.lock);
    is_so = is_so && (now == 1 || (*count > 0 && now == *count + 1));
    if (!is_so)
        snprintf(job->label.detail, sizeof(job->label.detail),
                 "%s has %s after %" PRId64, job->key, text, *count);
    *count = now;
    pthread_mutex_unlock(&life.lock);
    if (!is_so)
        snprintf(job->label.words, sizeof(job->label.words),
                 "returned another session");
}

static void note_session(struct soak_job *job, const viv_python_result *result)
{
    char text[200] = "";

    if (result->outcome.kind == VIV_RETURNED && job->program->source == NULL) {
        viv_data_text(result->value, result->value_len, text, sizeof(text));
        check_session(job, text);
    } else if (result->outcome.kind != VIV_RETURNED &&
               result->outcome.kind != VIV_RAISED) {
        pthread_mutex_lock(&life.lock);
        life.counts[job->session] = 0;
        pthread_mutex_unlock(&life.lock);
    }
}

/* ------------------------------------------------------------------------
 * Done.
 */

static void take(viv_sandbox *sandbox, const viv_python_result *result,
                 void *cookie)
{
    struct soak_job *job = cookie;

    soak_expect(job->label.words[0] == '\0', "jobs", "%s is taken twice",
                job->program->name);
    soak_label_python(job->program, sandbox, result, &job->label);
    job->taken = result->outcome.kind;
    if (job->place == SOAK_KEPT)
        note_session(job, result);
}

static void label_of(struct soak_job *job, const viv_job_result *result)
{
    bool was_taken = job->label.words[0] != '\0';

    if (result->code < 0) {
        snprintf(job->label.words, sizeof(job->label.words), "failed %s",
                 viv_error_name(result->code));
        snprintf(job->label.detail, sizeof(job->label.detail), "%s",
                 result->err.text);
    } else if (was_taken) {
        soak_expect(job->taken == result->outcome.kind, "jobs",
                    "%s: taken as %u, done as %u", job->program->name,
                    job->taken, result->outcome.kind);
    } else if (job->program->kind == SOAK_WASM_CALL) {
        soak_label_wasm(job->program, &result->outcome, &job->result,
                        &job->label);
    } else {
        soak_label_outcome(&result->outcome, &job->label);
        soak_expect(result->outcome.kind == VIV_CANCELLED, "jobs",
                    "%s: not taken, done as %u", job->program->name,
                    result->outcome.kind);
    }
}

static void count(struct soak_job *job)
{
    bool is_ending = soak_place_is_ending();
    char expected[400];

    snprintf(expected, sizeof(expected), "%s%s%s%s", job->program->expected,
             soak_place_is_short(job->place) ? "|" SOAK_LATE : "",
             is_ending || atomic_load(&job->is_cancelled) ? "|cancelled" : "",
             is_ending ? "|failed VIV_ECLOSED" : "");
    soak_tally(job->program->name, expected, job->label.words,
               job->label.detail);
}

static void follow(struct soak_job *job);

static void done(viv_job *viv, struct soak_job *job)
{
    viv_job_result result = {0};

    soak_expect(viv_job_result_of(viv, &result) == 0, "jobs",
                "one that is done has no result");
    soak_expect(viv_job_wait(viv, 0, &result) == VIV_EBUSY, "jobs",
                "one can be waited for where it is done");
    label_of(job, &result);
    count(job);
    if (soak_chance(&job->random, FOLLOWED))
        follow(job);
    atomic_fetch_add(&life.done, 1);
    unref(job);
}

/* The cookie of a task is also that of its end. */
#define JOB_OF(cookie, member)                                                 \
    ((struct soak_job *)((char *)(cookie)-offsetof(struct soak_job, member)))

static void done_run(viv_job *job, void *cookie)
{
    done(job, JOB_OF(cookie, run));
}

static void done_call(viv_job *job, void *cookie)
{
    done(job, JOB_OF(cookie, call));
}

static void done_function(viv_job *job, void *cookie)
{
    done(job, cookie);
}

/* ------------------------------------------------------------------------
 * Calls of functions in Python.
 */

static int end_step(viv_sandbox *sandbox, struct soak_job *job,
                    const viv_python_result *result, viv_outcome *ret_outcome)
{
    uint32_t kind = result->outcome.kind;

    *ret_outcome = result->outcome;
    if (kind != VIV_WAITING && kind != VIV_PAUSED)
        take(sandbox, result, job);
    return 0;
}

static int start_function(viv_sandbox *sandbox, void *cookie,
                          viv_outcome *ret_outcome, viv_error *err)
{
    struct soak_job *job = cookie;
    const char *dot = strchr(job->program->source, '.');
    viv_python_result result;
    char module[32];
    int code;

    snprintf(module, sizeof(module), "%.*s", (int)(dot - job->program->source),
             job->program->source);
    code = viv_python_call(sandbox, module, dot + 1, NULL, 0, NULL, 0, 0,
                           &result, err);
    return code < 0 ? code : end_step(sandbox, job, &result, ret_outcome);
}

static int resume_function(viv_sandbox *sandbox, void *cookie,
                           viv_outcome *ret_outcome, viv_error *err)
{
    viv_python_result result;
    int code = viv_python_resume(sandbox, &result, err);

    return code < 0 ? code : end_step(sandbox, cookie, &result, ret_outcome);
}

/* ------------------------------------------------------------------------
 * Handing in.
 */

static void make_run(struct soak_job *job, viv_task *ret_task)
{
    const struct soak_program *program = job->program;

    if (program->source == NULL)
        snprintf(job->source, sizeof(job->source),
                 "try: s\nexcept NameError: s = ['%s', 0]\n"
                 "s[1] += 1\n(s[0], s[1])",
                 job->key);
    job->run = (viv_python_task){
        .source = program->source != NULL ? program->source : job->source,
        .name = program->kind == SOAK_PROGRAM ? program->name : NULL,
        .flags = program->kind == SOAK_PROGRAM ? VIV_PYTHON_PROGRAM
                                               : VIV_PYTHON_VALUE,
        .take = take,
        .cookie = job,
    };
    job->run.len = strlen(job->run.source);
    viv_task_of_python(&job->run, ret_task);
    ret_task->done = done_run;
}

static void make_call(struct soak_job *job, viv_task *ret_task)
{
    const char *name = job->program->source;

    job->arg.i32 = job->program->arg;
    job->call =
        (viv_call_task){name, strlen(name), &job->arg, 1, &job->result, 1};
    viv_task_of_call(&job->call, ret_task);
    ret_task->done = done_call;
}

static void make_function(struct soak_job *job, viv_task *ret_task)
{
    *ret_task = (viv_task){
        .size = sizeof(viv_task),
        .start = start_function,
        .resume = resume_function,
        .cookie = job,
        .done = done_function,
    };
}

static void make_task(struct soak_job *job, struct soak_random *random,
                      viv_task *ret_task)
{
    if (job->program->kind == SOAK_WASM_CALL)
        make_call(job, ret_task);
    else if (job->program->kind == SOAK_CALL)
        make_function(job, ret_task);
    else
        make_run(job, ret_task);
    ret_task->priority = soak_chance(random, 30) ? VIV_BATCH : VIV_INTERACTIVE;
    ret_task->key = job->key[0] != '\0' ? job->key : NULL;
}

static struct soak_job *make_job(struct soak_random *random)
{
    struct soak_job *job = calloc(1, sizeof(*job));

    if (job == NULL)
        bench_die("no memory");
    job->place = soak_place_choose(random);
    job->program = soak_program_choose(job->place, random);
    if (job->place == SOAK_KEPT || job->place == SOAK_WASM_KEPT) {
        job->session = soak_below(random, SESSIONS);
        snprintf(job->key, sizeof(job->key), "key%u", job->session);
    }
    job->random.state = soak_random(random);
    return job;
}

/* Returns whether there was room for it. */
static bool hand_in(struct soak_job *job, viv_task *task, bool is_owned)
{
    viv_error err = {0};
    int code;

    job->refs = is_owned ? 2 : 1;
    atomic_fetch_add(&life.submitted, 1);
    if (task->announced)
        atomic_fetch_add(&life.announced, 1);
    code = viv_submit(life.executor, soak_pools[job->place], task,
                      is_owned ? &job->job : NULL, &err);
    if (code < 0) {
        atomic_fetch_sub(&life.submitted, 1);
        if (task->announced)
            atomic_fetch_sub(&life.announced, 1);
        free(job);
    }
    soak_tally("submitting",
               soak_place_is_ending() ? "taken|VIV_EFULL|VIV_ECLOSED"
                                      : "taken|VIV_EFULL",
               code < 0 ? viv_error_name(code) : "taken", err.text);
    return code == 0;
}

/* On the thread of the executor that has done this one. */
static void follow(struct soak_job *job)
{
    struct soak_job *next = make_job(&job->random);
    viv_task task;

    make_task(next, &job->random, &task);
    hand_in(next, &task, false);
}

static void cancel(struct soak_job *job)
{
    int code;

    atomic_store(&job->is_cancelled, true);
    code = viv_job_cancel(job->job);
    soak_tally("cancelling", "taken|VIV_ENOCALL",
               code < 0 ? viv_error_name(code) : "taken", NULL);
}

static struct soak_job **find_room(struct soak_driver *driver)
{
    for (uint32_t i = 0; i < SOAK_OWN_MAX; i++)
        if (driver->own[i] == NULL)
            return &driver->own[i];
    return NULL;
}

void soak_job_submit(struct soak_driver *driver)
{
    struct soak_random *random = &driver->random;
    struct soak_job **room = find_room(driver), *job;
    bool is_owned = soak_chance(random, 80);
    viv_task task;

    if (room == NULL) {
        soak_job_tend(driver);
        return;
    }
    job = make_job(random);
    make_task(job, random, &task);
    task.announced = soak_chance(random, 20);
    if (!hand_in(job, &task, is_owned)) {
        soak_sleep(2 * SOAK_MS);
        return;
    }
    if (!is_owned)
        return;
    *room = job;
    if (soak_chance(random, 8))
        cancel(job);
}

/* ------------------------------------------------------------------------
 * What an owner does.
 */

static void let_go(struct soak_job **place)
{
    viv_job_free((*place)->job);
    unref(*place);
    *place = NULL;
}

/* Returns whether it is done, and gone then. */
static bool wait_for(struct soak_job **place, uint64_t max_ns)
{
    viv_job_result result;
    int code = viv_job_wait((*place)->job, max_ns, &result);

    soak_expect(code == 0 || code == VIV_ETIME, "jobs", "waiting: %s",
                viv_error_name(code));
    if (code < 0)
        return false;
    soak_expect(viv_job_cancel((*place)->job) == VIV_ENOCALL, "jobs",
                "one that is done is cancelled");
    let_go(place);
    return true;
}

void soak_job_tend(struct soak_driver *driver)
{
    struct soak_random *random = &driver->random;
    struct soak_job **place = &driver->own[soak_below(random, SOAK_OWN_MAX)];

    if (*place == NULL || wait_for(place, soak_below(random, 4) * SOAK_MS))
        return;
    if (soak_chance(random, 10))
        cancel(*place);
    if (soak_chance(random, 5))
        let_go(place); /* it goes on */
}

void soak_job_harvest(struct soak_driver *driver)
{
    for (uint32_t i = 0; i < SOAK_OWN_MAX; i++) {
        struct soak_job **place = &driver->own[i];

        if (*place == NULL || wait_for(place, 0))
            continue;
        soak_expect(false, "jobs", "%s is not done, its executor closed",
                    (*place)->program->name);
        let_go(place);
    }
}

/* ------------------------------------------------------------------------
 * The executor.
 */

/* Until none can come any more. */
static void *give_out(void *unused)
{
    struct pollfd look = {viv_executor_fd(life.executor), POLLIN, 0};
    viv_job_result result;
    viv_job *job;

    for (;;) {
        bool is_over = life.has_closed;

        poll(&look, 1, 20);
        while ((job = viv_executor_next(life.executor)) != NULL) {
            atomic_fetch_add(&life.given_out, 1);
            soak_expect(viv_job_result_of(job, &result) == 0, "jobs",
                        "one is announced that is not done");
            viv_job_free(job);
        }
        if (is_over)
            return unused;
    }
}

void soak_job_begin(void)
{
    viv_executor_config config;
    viv_error err = {0};

    viv_executor_config_default(&config);
    config.threads = soak_options.carriers;
    config.queue_max = QUEUE_MAX;
    if (viv_executor_new(&config, &life.executor, &err) < 0)
        bench_die("%s", err.text);
    life.submitted = life.done = life.announced = life.given_out = 0;
    life.has_closed = false;
    memset(life.counts, 0, sizeof(life.counts));
    if (pthread_create(&life.announcer, NULL, give_out, NULL) != 0)
        bench_die("no thread");
}

static void *close_too(void *unused)
{
    soak_expect(viv_executor_close(life.executor, 20 * SOAK_MS, NULL) == 0,
                "executor", "a second one cannot close it");
    return unused;
}

static void close_at_once(void)
{
    viv_executor_close(life.executor, 0, NULL);
}

static void close_pools_first(void)
{
    soak_place_close();
    viv_executor_close(life.executor, 2 * VIV_NS_PER_S, NULL);
}

static void close_together(void)
{
    pthread_t other;

    if (pthread_create(&other, NULL, close_too, NULL) != 0)
        bench_die("no thread");
    viv_executor_close(life.executor, 100 * SOAK_MS, NULL);
    pthread_join(other, NULL);
}

static void close_patiently(void)
{
    viv_executor_close(life.executor, VIV_NS_PER_S, NULL);
    soak_place_close();
}

static void compare_meters(void)
{
    viv_executor_meters m;
    uint64_t submitted = atomic_load(&life.submitted);

    viv_executor_meters_of(life.executor, &m);
    soak_expect(m.queued == 0 && m.running == 0 && m.waiting == 0, "executor",
                "jobs are left in a closed one");
    soak_expect(m.finished + m.cancelled + m.failed == submitted, "executor",
                "finished %" PRIu64 ", cancelled %" PRIu64 ", failed %" PRIu64
                ", of %" PRIu64,
                m.finished, m.cancelled, m.failed, submitted);
    soak_expect(atomic_load(&life.done) == submitted, "executor",
                "%" PRIu64 " of %" PRIu64 " were done", atomic_load(&life.done),
                submitted);
}

void soak_job_close(struct soak_random *random)
{
    static void (*const ways[])(void) = {close_at_once, close_pools_first,
                                         close_together, close_patiently};

    soak_place_end(true);
    ways[soak_below(random, 4)]();
}

void soak_job_end(void)
{
    compare_meters();
    life.has_closed = true;
    pthread_join(life.announcer, NULL);
    soak_expect(life.given_out == life.announced, "executor",
                "%" PRIu64 " of %" PRIu64 " were given out",
                atomic_load(&life.given_out), atomic_load(&life.announced));
    soak_expect(viv_executor_free(life.executor) == 0, "executor",
                "it cannot be freed");
    life.executor = NULL;
}

viv_executor_meters soak_job_meters(void)
{
    viv_executor_meters meters = {0};

    if (life.executor != NULL)
        viv_executor_meters_of(life.executor, &meters);
    return meters;
}
