/* viv.c - blocks of small runs and calls in fresh sandboxes; see blocks.cjs.
 *
 *     viv pool | executor THREADS
 *
 * As an embedder would do it.  `pool`: each thread acquires a sandbox of a pool
 * that keeps them fresh, uses it, releases it.  `executor`: twice as many jobs
 * as threads, each of which hands in the next one when it is done.  Either way
 * a sandbox is reset after each use, and the value is looked at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE

#include <pthread.h>

#include "bench_python.h"

enum {
    PREPARED_MAX = 64, /* programs and functions */
    JOBS_EACH = 2,     /* jobs at a time for each thread of an executor */
    VALUE_BYTES = 4096
};

/* A program, or a function that is in an image. */
struct prepared {
    char key[PATH_MAX + 8];
    bool is_call;
    char *source;
    size_t source_len;
    uint16_t arg;
    viv_pool *pool;
};

/* A thread of ours, or a row of jobs of which each hands in the next one. */
struct runner {
    _Alignas(64) struct block *block;
    pthread_t thread;
    size_t count;
};

/* What runs for some time.  The value is that of the first use. */
struct block {
    struct prepared *what;
    uint64_t end;
    struct runner *runners;
    size_t runner_count;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    size_t going; /* runners that are not done */
    uint8_t value[VALUE_BYTES];
    size_t value_len;
};

static viv_image *base;
static viv_executor *executor; /* NULL: threads of our own */
static size_t threads;

/* ------------------------------------------------------------------------
 * One use.
 */

/* The value of the block, if it has none yet; else this must be the same. */
static void compare_values(struct block *block, const void *value, size_t len)
{
    pthread_mutex_lock(&block->lock);
    if (block->value_len == 0 && len <= VALUE_BYTES) {
        memcpy(block->value, value, len);
        block->value_len = len;
    }
    pthread_mutex_unlock(&block->lock);
    if (len != block->value_len || memcmp(block->value, value, len) != 0)
        bench_die("%s: not the same each time", block->what->key);
}

/* A runner takes the lock for its first value only. */
static void look_at(struct runner *runner, const viv_python_result *result)
{
    struct block *block = runner->block;

    if (result->outcome.kind != VIV_RETURNED || result->value == NULL)
        bench_die("%s: outcome %u: %s", block->what->key, result->outcome.kind,
                  result->traceback != NULL ? result->traceback : "no value");
    if (runner->count++ == 0)
        compare_values(block, result->value, result->value_len);
    else if (result->value_len != block->value_len ||
             memcmp(block->value, result->value, block->value_len) != 0)
        bench_die("%s: not the same each time", block->what->key);
}

static int start(viv_sandbox *sandbox, const struct prepared *what,
                 viv_python_result *ret_result, viv_error *err)
{
    /* A list of one integer of two bytes. */
    uint8_t args[] = {0x81, 0x19, (uint8_t)(what->arg >> 8),
                      (uint8_t)what->arg};

    if (!what->is_call)
        return viv_python_run(sandbox, what->source, what->source_len, NULL,
                              VIV_PYTHON_VALUE, ret_result, err);
    return viv_python_call(sandbox, "__main__", "run", args, sizeof(args), NULL,
                           0, 0, ret_result, err);
}

/* ------------------------------------------------------------------------
 * By threads of our own.
 */

static void *use_until_end(void *cookie)
{
    struct runner *runner = cookie;
    struct prepared *what = runner->block->what;
    viv_python_result result;
    viv_sandbox *sandbox;
    viv_error err = {0};

    do {
        if (viv_pool_acquire(what->pool, NULL, VIV_ENDLESS, &sandbox, &err) <
                0 ||
            start(sandbox, what, &result, &err) < 0)
            bench_die("%s", err.text);
        look_at(runner, &result);
        viv_pool_release(what->pool, sandbox);
    } while (bench_now() < runner->block->end);
    return NULL;
}

/* The first runner is this thread. */
static void block_by_threads(struct block *block)
{
    struct runner *runners = block->runners;

    for (size_t i = 1; i < block->runner_count; i++)
        if (pthread_create(&runners[i].thread, NULL, use_until_end,
                           &runners[i]) != 0)
            bench_die("no thread");
    use_until_end(&runners[0]);
    for (size_t i = 1; i < block->runner_count; i++)
        pthread_join(runners[i].thread, NULL);
}

/* ------------------------------------------------------------------------
 * By an executor.
 */

static int job_done(struct runner *runner, int code,
                    const viv_python_result *result, viv_outcome *ret_outcome)
{
    if (code < 0)
        return code;
    *ret_outcome = result->outcome;
    if (result->outcome.kind != VIV_PAUSED)
        look_at(runner, result);
    return 0;
}

static int job_start(viv_sandbox *sandbox, void *cookie,
                     viv_outcome *ret_outcome, viv_error *err)
{
    struct runner *runner = cookie;
    viv_python_result result;
    int code = start(sandbox, runner->block->what, &result, err);

    return job_done(runner, code, &result, ret_outcome);
}

static int job_resume(viv_sandbox *sandbox, void *cookie,
                      viv_outcome *ret_outcome, viv_error *err)
{
    viv_python_result result;
    int code = viv_python_resume(sandbox, &result, err);

    return job_done(cookie, code, &result, ret_outcome);
}

static void hand_in(viv_job *job, void *cookie);

static void submit(struct runner *runner)
{
    viv_task task = {
        .size = sizeof(task),
        .start = job_start,
        .resume = job_resume,
        .cookie = runner,
        .done = hand_in,
    };
    viv_error err = {0};

    if (viv_submit(executor, runner->block->what->pool, &task, NULL, &err) < 0)
        bench_die("%s", err.text);
}

/* A job is done: the next one, if there is time. */
static void hand_in(viv_job *job, void *cookie)
{
    struct runner *runner = cookie;
    struct block *block = runner->block;
    viv_job_result result;

    if (viv_job_result_of(job, &result) < 0 || result.code < 0)
        bench_die("a job has failed: %s", result.err.text);
    if (bench_now() < block->end) {
        submit(runner);
        return;
    }
    pthread_mutex_lock(&block->lock);
    if (--block->going == 0)
        pthread_cond_signal(&block->is_done);
    pthread_mutex_unlock(&block->lock);
}

static void block_by_executor(struct block *block)
{
    block->going = block->runner_count;
    for (size_t i = 0; i < block->runner_count; i++)
        submit(&block->runners[i]);
    pthread_mutex_lock(&block->lock);
    while (block->going > 0)
        pthread_cond_wait(&block->is_done, &block->lock);
    pthread_mutex_unlock(&block->lock);
}

/* ------------------------------------------------------------------------
 * What is asked for.
 */

static char *read_file(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 16);

    if (file == NULL || text == NULL)
        bench_die("cannot read %s", path);
    *ret_len = fread(text, 1, (1 << 16) - 1, file);
    fclose(file);
    return text;
}

/* A Python in which the functions are that the source defines. */
static viv_image *image_with(const char *source)
{
    viv_sandbox *sandbox = bench_sandbox_from(base);
    viv_image *image = NULL;
    viv_error err = {0};

    bench_run(sandbox, source, VIV_RETURNED);
    if (viv_image_new(sandbox, &image, &err) < 0)
        bench_die("%s", err.text);
    viv_sandbox_free(sandbox);
    return image;
}

static viv_pool *pool_of(viv_image *image)
{
    viv_pool_config config;
    viv_pool *pool = NULL;
    viv_error err = {0};

    viv_pool_config_default(&config);
    config.min = (uint32_t)threads;
    config.max = (uint32_t)(JOBS_EACH * threads);
    if (viv_pool_new(image, &config, &pool, &err) < 0)
        bench_die("%s", err.text);
    viv_image_unref(image);
    return pool;
}

/* `run` or `call`, and the file. */
static struct prepared *prepare(const char *mode, const char *path, long arg)
{
    static struct prepared all[PREPARED_MAX];
    char key[sizeof(all[0].key)];
    struct prepared *at = all;

    snprintf(key, sizeof(key), "%s %s", mode, path);
    while (at->source != NULL && strcmp(at->key, key) != 0)
        if (++at == all + PREPARED_MAX)
            bench_die("too many programs");
    if (at->source != NULL)
        return at;
    memcpy(at->key, key, sizeof(key));
    at->is_call = strcmp(mode, "call") == 0;
    at->arg = (uint16_t)arg;
    at->source = read_file(path, &at->source_len);
    at->pool =
        pool_of(at->is_call ? image_with(at->source) : viv_image_ref(base));
    return at;
}

static void print_value(const struct block *block)
{
    viv_reader reader;
    viv_item item = {0};

    viv_reader_init(&reader, block->value, block->value_len);
    if (viv_read(&reader, &item, NULL) < 0)
        bench_die("%s: the value is none", block->what->key);
    if (item.kind == VIV_DATA_NONE)
        printf("None\n");
    else if (item.kind == VIV_DATA_INT)
        printf("%" PRId64 "\n", item.integer);
    else if (item.kind == VIV_DATA_TEXT)
        printf("%.*s\n", (int)item.len, item.bytes);
    else
        bench_die("%s: neither text nor integer", block->what->key);
}

static void take_block(struct prepared *what, long ms)
{
    size_t count = executor != NULL ? JOBS_EACH * threads : threads;
    struct runner *runners = aligned_alloc(64, count * sizeof(*runners));
    struct block block = {
        .what = what,
        .end = bench_now() + (uint64_t)ms * 1000000u,
        .runners = runners,
        .runner_count = count,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .is_done = PTHREAD_COND_INITIALIZER,
    };
    uint64_t begin = bench_now();
    size_t sum = 0;

    if (runners == NULL)
        bench_die("no memory");
    for (size_t i = 0; i < count; i++)
        runners[i] = (struct runner){.block = &block};
    if (executor != NULL)
        block_by_executor(&block);
    else
        block_by_threads(&block);
    for (size_t i = 0; i < count; i++)
        sum += runners[i].count;
    printf("%zu\t%" PRIu64 "\t", sum, bench_now() - begin);
    print_value(&block);
    free(runners);
}

int main(int argc, char **argv)
{
    char line[PATH_MAX + 100], mode[8], path[PATH_MAX];
    viv_executor_config config;
    viv_error err = {0};
    long arg, ms;

    if (argc != 3 || (threads = strtoul(argv[2], NULL, 10)) == 0)
        bench_die("usage: viv pool | executor THREADS");
    setvbuf(stdout, NULL, _IOLBF, 0);
    base = bench_python(NULL, 0);
    viv_executor_config_default(&config);
    config.threads = (uint32_t)threads;
    if (strcmp(argv[1], "executor") == 0 &&
        viv_executor_new(&config, &executor, &err) < 0)
        bench_die("%s", err.text);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (sscanf(line, "%7[^\t]\t%4095[^\t]\t%ld\t%ld", mode, path, &arg,
                   &ms) != 4)
            bench_die("what is this: %s", line);
        take_block(prepare(mode, path, arg), ms);
    }
    return 0;
}
