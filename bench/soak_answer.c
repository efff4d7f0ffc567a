/* soak_answer.c - those who answer later, from other threads.
 *
 * Debts are settled in no order by two threads that have nothing to do with the
 * guests.  What nobody ever answers is kept until the round is over, or until
 * there are too many of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

enum { ANSWERERS = 2, DEBTS_MAX = 4096, NEVER_MAX = 512 };

static struct {
    pthread_t threads[ANSWERERS];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct soak_debt debts[DEBTS_MAX];
    size_t count;
    struct soak_debt never[NEVER_MAX];
    size_t never_next;
    bool is_over;
} answer = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .changed = PTHREAD_COND_INITIALIZER};

/* ------------------------------------------------------------------------
 * Settling.
 */

static void give_back(const struct soak_debt *debt)
{
    viv_token_free(debt->token);
    viv_promise_free(debt->promise);
}

static int keep(const struct soak_debt *debt)
{
    viv_value result = {.i32 = (uint32_t)debt->value};
    uint8_t bytes[16];
    viv_writer writer;
    const void *written = NULL;
    size_t len = 0;

    if (debt->token != NULL)
        return viv_token_answer(debt->token, &result, 1);
    viv_writer_init(&writer, bytes, sizeof(bytes));
    viv_write_int(&writer, debt->value);
    if (viv_writer_end(&writer, &written, &len, NULL) < 0)
        bench_die("an integer cannot be written");
    return viv_promise_keep(debt->promise, written, len);
}

static int refuse(const struct soak_debt *debt)
{
    if (debt->token != NULL)
        return viv_token_fail(debt->token, -76);
    return viv_promise_break(debt->promise, "OSError", "the host is out");
}

/* Two values for one, or half a one. */
static int keep_wrongly(const struct soak_debt *debt)
{
    static const viv_value two[2];

    if (debt->token != NULL)
        return viv_token_answer(debt->token, two, 2);
    return viv_promise_keep(debt->promise, "\x82\x01", 2);
}

/* The call may be over by now, as many are cancelled. */
static void expect_taken(int code, const char *what)
{
    soak_expect(code == 0 || code == VIV_ETOKEN, "answers", "%s: %s", what,
                viv_error_name(code));
}

void soak_answer_settle(const struct soak_debt *debt)
{
    int wrong;

    switch (debt->plan) {
    case SOAK_ANSWER:
        expect_taken(keep(debt), "an answer");
        break;
    case SOAK_ANSWER_TWICE:
        expect_taken(keep(debt), "the first of two answers");
        soak_expect(keep(debt) == VIV_ETOKEN, "answers", "a second is taken");
        soak_expect(refuse(debt) == VIV_ETOKEN, "answers", "a third is taken");
        break;
    case SOAK_ANSWER_WRONG:
        wrong = keep_wrongly(debt);
        soak_expect(wrong == VIV_ETOKEN || wrong == VIV_EINVAL ||
                        wrong == VIV_EFORMAT,
                    "answers", "a wrong one: %s", viv_error_name(wrong));
        expect_taken(keep(debt), "the right one of two");
        break;
    case SOAK_FAIL:
        expect_taken(refuse(debt), "a failure");
        break;
    default:
        break;
    }
    give_back(debt);
}

/* ------------------------------------------------------------------------
 * Owing.
 */

/* Under the lock: the oldest has to go; it is not answered even so. */
static struct soak_debt never(const struct soak_debt *debt)
{
    size_t at = answer.never_next++ % NEVER_MAX;
    struct soak_debt old = answer.never[at];

    answer.never[at] = *debt;
    return old;
}

void soak_answer_owe(const struct soak_debt *debt)
{
    struct soak_debt old = {0};
    bool is_full = false;

    pthread_mutex_lock(&answer.lock);
    if (debt->plan == SOAK_NEVER)
        old = never(debt);
    else if (answer.count < DEBTS_MAX)
        answer.debts[answer.count++] = *debt;
    else
        is_full = true;
    pthread_cond_signal(&answer.changed);
    pthread_mutex_unlock(&answer.lock);
    give_back(&old);
    if (is_full)
        soak_answer_settle(debt);
}

/* ------------------------------------------------------------------------
 * Threads.
 */

/* Under the lock: one that is due; or in how many ns one will be. */
static bool take_due(struct soak_debt *ret_debt, uint64_t *ret_ns)
{
    uint64_t now = bench_now(), ns = 50 * SOAK_MS;

    for (size_t i = 0; i < answer.count; i++) {
        struct soak_debt *debt = &answer.debts[i];

        if (debt->due <= now || answer.is_over) {
            *ret_debt = *debt;
            *debt = answer.debts[--answer.count];
            return true;
        }
        if (debt->due - now < ns)
            ns = debt->due - now;
    }
    *ret_ns = ns;
    return false;
}

/* Under the lock. */
static void wait_for(uint64_t ns)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    ns += (uint64_t)until.tv_nsec;
    until.tv_sec += (time_t)(ns / VIV_NS_PER_S);
    until.tv_nsec = (long)(ns % VIV_NS_PER_S);
    pthread_cond_timedwait(&answer.changed, &answer.lock, &until);
}

static void *settle_all(void *unused)
{
    struct soak_debt debt;
    uint64_t ns;

    pthread_mutex_lock(&answer.lock);
    for (;;) {
        if (take_due(&debt, &ns)) {
            pthread_mutex_unlock(&answer.lock);
            soak_answer_settle(&debt);
            pthread_mutex_lock(&answer.lock);
        } else if (answer.is_over) {
            break;
        } else {
            wait_for(ns);
        }
    }
    pthread_mutex_unlock(&answer.lock);
    return unused;
}

void soak_answer_begin(void)
{
    answer.is_over = false;
    for (size_t i = 0; i < ANSWERERS; i++)
        if (pthread_create(&answer.threads[i], NULL, settle_all, NULL) != 0)
            bench_die("no thread");
}

void soak_answer_end(void)
{
    pthread_mutex_lock(&answer.lock);
    answer.is_over = true;
    pthread_cond_broadcast(&answer.changed);
    pthread_mutex_unlock(&answer.lock);
    for (size_t i = 0; i < ANSWERERS; i++)
        pthread_join(answer.threads[i], NULL);
    for (size_t i = 0; i < NEVER_MAX; i++) {
        give_back(&answer.never[i]);
        answer.never[i] = (struct soak_debt){0};
    }
    answer.never_next = 0;
}
