/* soak_host.c - the functions that Python can ask.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* ------------------------------------------------------------------------
 * Misuse.
 */

static int refused(int code)
{
    return code == VIV_EBUSY;
}

/* Whoever comes at the wrong time is refused, and changes nothing. */
static int misuse_here(viv_sandbox *asking)
{
    viv_sandbox *copy = NULL;
    viv_image *image = NULL;
    void *bytes = NULL;
    size_t len;
    int count = 0;

    count += refused(viv_sandbox_reset(asking, NULL));
    count += refused(viv_sandbox_free(asking));
    count += refused(viv_call_wait(asking, 0, NULL));
    count += refused(viv_image_new(asking, &image, NULL));
    count += refused(viv_sandbox_fork(asking, 1, &copy, NULL));
    count += refused(viv_sandbox_dump(asking, NULL, &bytes, &len, NULL));
    return count;
}

struct misuse {
    viv_sandbox *asking;
    int count;
};

static void *misuse_there(void *arg)
{
    struct misuse *misuse = arg;

    misuse->count = misuse_here(misuse->asking);
    return NULL;
}

int soak_host_misuse(viv_sandbox *asking)
{
    struct misuse misuse = {.asking = asking};
    pthread_t other;

    if (pthread_create(&other, NULL, misuse_there, &misuse) != 0)
        bench_die("no thread");
    pthread_join(other, NULL);
    for (enum soak_place place = 0; place < SOAK_PLACES; place++)
        if (soak_pools[place] != NULL) /* it runs: it stays held */
            viv_pool_release(soak_pools[place], asking);
    return misuse.count + misuse_here(asking);
}

/* ------------------------------------------------------------------------
 * Answers at once.
 */

static int64_t integer(viv_reader *args)
{
    viv_item item = {0};

    soak_expect(viv_read(args, &item, NULL) == 0 && item.kind == VIV_DATA_INT,
                "host", "an argument is no integer");
    return item.integer;
}

static int add(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    int64_t a = integer(args), b = integer(args);

    (void)question, (void)count, (void)cookie;
    viv_write_int(answer, a + b);
    return 0;
}

static int boast(viv_question *question, viv_reader *args, size_t count,
                 viv_writer *answer, void *cookie)
{
    static const char bytes[1 << 20];

    (void)question, (void)count, (void)cookie, (void)args;
    viv_write_bytes(answer, bytes, sizeof(bytes));
    return 0;
}

static int complain(viv_question *question, viv_reader *args, size_t count,
                    viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)answer, (void)cookie;
    return viv_question_raise(question, "LookupError", "the host says no");
}

static int fail(viv_question *question, viv_reader *args, size_t count,
                viv_writer *answer, void *cookie)
{
    (void)question, (void)args, (void)count, (void)answer, (void)cookie;
    return -75;
}

static int misuse(viv_question *question, viv_reader *args, size_t count,
                  viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)cookie;
    viv_write_int(answer, soak_host_misuse(viv_question_sandbox(question)));
    return 0;
}

/* Another guest does the work, if there is one to be had. */
static int nested(viv_question *question, viv_reader *args, size_t count,
                  viv_writer *answer, void *cookie)
{
    viv_value arg = {.i32 = (uint32_t)integer(args)}, result = {.i32 = 0};
    viv_sandbox *inner = NULL;
    viv_outcome outcome = {0};

    (void)question, (void)count, (void)cookie;
    if (viv_pool_acquire(soak_pools[SOAK_WASM], NULL, 0, &inner, NULL) < 0) {
        viv_write_int(answer, arg.i32 * (arg.i32 + 1) / 2);
        return 0;
    }
    if (viv_call(inner, "sum", 3, &arg, 1, &result, 1, &outcome, NULL) < 0 ||
        outcome.kind != VIV_RETURNED)
        result.i32 = 0;
    viv_pool_release(soak_pools[SOAK_WASM], inner);
    viv_write_int(answer, result.i32);
    return 0;
}

/* ------------------------------------------------------------------------
 * Answers later: (plan, ms).
 */

static int owe(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    struct soak_debt debt = {.plan = (enum soak_plan)integer(args), .value = 7};
    int64_t ms = integer(args);

    (void)count, (void)answer, (void)cookie;
    if (ms > 0)
        debt.due = bench_now() + (uint64_t)ms * SOAK_MS;
    if (viv_question_later(question, &debt.promise, NULL) < 0)
        return -74;
    soak_answer_owe(&debt);
    return VIV_LATER;
}

/* The answer is there before this function has returned. */
static void *settle(void *debt)
{
    soak_answer_settle(debt);
    return NULL;
}

static int early(viv_question *question, viv_reader *args, size_t count,
                 viv_writer *answer, void *cookie)
{
    struct soak_debt debt = {.plan = SOAK_ANSWER, .value = 7};
    pthread_t other;

    (void)args, (void)count, (void)answer, (void)cookie;
    if (viv_question_later(question, &debt.promise, NULL) < 0)
        return -74;
    if (pthread_create(&other, NULL, settle, &debt) != 0)
        bench_die("no thread");
    pthread_join(other, NULL);
    return VIV_LATER;
}

#define LATER "(plan: int, ms: int = 0)"

const viv_python_function soak_host_functions[] = {
    {"host", "add", "(a: int, b: int) -> int", NULL, 0, add, NULL},
    {"host", "boast", "() -> bytes", NULL, 0, boast, NULL},
    {"host", "complain", "()", NULL, 0, complain, NULL},
    {"host", "fail", "()", NULL, 0, fail, NULL},
    {"host", "misuse", "() -> int", NULL, 0, misuse, NULL},
    {"host", "nested", "(n: int) -> int", NULL, 0, nested, NULL},
    {"host", "owe", LATER, NULL, 0, owe, NULL},
    {"host", "early", "() -> int", NULL, 0, early, NULL},
    {"host", "await_", LATER, NULL, 1, owe, NULL},
};

const size_t soak_host_function_count =
    sizeof(soak_host_functions) / sizeof(soak_host_functions[0]);
