/* soak_tally.c - labels, counted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

enum { COUNTS_MAX = 2000 };

static struct {
    pthread_mutex_t lock;
    struct soak_count counts[COUNTS_MAX];
    size_t count;
    _Atomic uint64_t all, wrong;
} tally = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int order(const void *a, const void *b)
{
    const struct soak_count *x = a, *y = b;
    int names = strcmp(x->what, y->what);

    return names != 0 ? names : strcmp(x->label, y->label);
}

/* Is the label one of those that stand in `expected`? */
static bool is_one_of(const char *expected, const char *label)
{
    size_t len = strlen(label);

    for (const char *at = expected; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, label, len) == 0 && (at[len] == '|' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* Under the lock. */
static struct soak_count *find(const char *what, const char *label)
{
    struct soak_count *count;

    for (size_t i = 0; i < tally.count; i++) {
        count = &tally.counts[i];
        if (strcmp(count->what, what) == 0 && strcmp(count->label, label) == 0)
            return count;
    }
    if (tally.count == COUNTS_MAX)
        bench_die("more than %d different outcomes", COUNTS_MAX);
    count = &tally.counts[tally.count++];
    count->what = what;
    snprintf(count->label, sizeof(count->label), "%s", label);
    return count;
}

static void complain(const char *what, const char *expected, const char *label,
                     const char *detail)
{
    fprintf(stderr,
            "%s"
            "unexpected: %s: %s (expected: %s), round %" PRIu64 "%s%s\n"
            "    again: bench/soak --seed %" PRIu64 " --threads %u --seconds "
            "%" PRIu64 ", or with --only %s\n",
            isatty(2) ? "\r\033[K" : "", what, label, expected,
            soak_watch_rounds(), detail[0] != '\0' ? ": " : "", detail,
            soak_options.seed, soak_options.drivers,
            soak_options.ns / VIV_NS_PER_S, what);
}

void soak_tally(const char *what, const char *expected, const char *label,
                const char *detail)
{
    bool is_wrong = !is_one_of(expected, label);
    struct soak_count *count;
    char cut[64];

    snprintf(cut, sizeof(cut), "%s", label);
    pthread_mutex_lock(&tally.lock);
    count = find(what, cut);
    count->count++;
    count->is_wrong |= is_wrong;
    pthread_mutex_unlock(&tally.lock);
    atomic_fetch_add(&tally.all, 1);
    if (!is_wrong)
        return;
    atomic_fetch_add(&tally.wrong, 1);
    complain(what, expected, label, detail != NULL ? detail : "");
}

bool soak_expect(bool is_so, const char *what, const char *format, ...)
{
    char detail[1000];
    va_list args;

    if (is_so)
        return true;
    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    soak_tally(what, "-", "wrong", detail);
    return false;
}

uint64_t soak_tally_all(void)
{
    return atomic_load(&tally.all);
}

uint64_t soak_tally_wrong(void)
{
    return atomic_load(&tally.wrong);
}

size_t soak_tally_read(const struct soak_count **ret_counts)
{
    pthread_mutex_lock(&tally.lock);
    qsort(tally.counts, tally.count, sizeof(tally.counts[0]), order);
    *ret_counts = tally.counts;
    pthread_mutex_unlock(&tally.lock);
    return tally.count;
}
