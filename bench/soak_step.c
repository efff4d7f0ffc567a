/* soak_step.c - steps with a sandbox in the driver's own hands.
 *
 * What a job never does: pauses that the host sees, halted calls that are
 * dropped, released, refused, dumped and forked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* ------------------------------------------------------------------------
 * Having one.
 */

/* NULL: none in time. */
static viv_sandbox *acquire(enum soak_place place, const char *key,
                            uint64_t max_ns)
{
    viv_sandbox *sandbox = NULL;
    viv_error err = {0};
    int code = viv_pool_acquire(soak_pools[place], key, max_ns, &sandbox, &err);

    soak_tally("acquiring",
               soak_place_is_ending() ? "taken|VIV_ETIME|VIV_ECLOSED"
                                      : "taken|VIV_ETIME",
               code < 0 ? viv_error_name(code) : "taken", err.text);
    if (code == VIV_ECLOSED)
        soak_sleep(2 * SOAK_MS); /* it comes at once */
    return code < 0 ? NULL : sandbox;
}

static void release(enum soak_place place, viv_sandbox *sandbox)
{
    viv_pool_release(soak_pools[place], sandbox);
}

/* Run it until it ends, whatever it waits for. */
static int finish_python(viv_sandbox *sandbox, viv_python_result *result,
                         viv_error *err)
{
    int code = 0;

    while (code == 0 && (result->outcome.kind == VIV_WAITING ||
                         result->outcome.kind == VIV_PAUSED)) {
        viv_call_wait(sandbox, 100 * SOAK_MS, NULL);
        code = viv_python_resume(sandbox, result, err);
    }
    return code;
}

/* Its value must be this. */
static void expect_value(const char *step, viv_sandbox *sandbox,
                         const char *source, const char *value)
{
    const struct soak_program program = {
        .name = step, .kind = SOAK_RUN, .value = value};
    struct soak_label label = {0};
    viv_python_result result;
    viv_error err = {0};
    int code;

    if (source != NULL) {
        code = viv_python_run(sandbox, source, strlen(source), NULL,
                              VIV_PYTHON_VALUE, &result, &err);
    } else {
        code = viv_python_resume(sandbox, &result, &err);
    }
    if (code == 0)
        code = finish_python(sandbox, &result, &err);
    if (code < 0)
        snprintf(label.words, sizeof(label.words), "failed %s",
                 viv_error_name(code));
    else
        soak_label_python(&program, sandbox, &result, &label);
    soak_tally(step, "returned", label.words,
               code < 0 ? err.text : label.detail);
}

/* ------------------------------------------------------------------------
 * In slices.
 */

static void refuse_all(viv_sandbox *sandbox)
{
    viv_sandbox *copy = NULL;
    int codes[3];

    codes[0] = viv_sandbox_reset(sandbox, NULL);
    codes[1] = viv_sandbox_free(sandbox);
    codes[2] = viv_sandbox_state(sandbox) == VIV_IS_PAUSED
                   ? viv_sandbox_fork(sandbox, 1, &copy, NULL)
                   : VIV_EWAITING; /* what is parked may be forked */
    for (int i = 0; i < 3; i++)
        soak_expect(codes[i] == VIV_EWAITING, "in slices",
                    "disturbance %d of a halted call: %s", i,
                    viv_error_name(codes[i]));
}

/* What may be done to a halted call.  Returns the label that it has then, or
 * NULL: it goes on. */
static const char *disturb(struct soak_random *random, viv_sandbox *sandbox,
                           bool *is_cancelled)
{
    uint32_t at = soak_below(random, 1000);

    if (at < 20)
        refuse_all(sandbox);
    if (at == 30 || at == 31) {
        *is_cancelled = true;
        soak_expect(viv_call_cancel(sandbox) == 0, "in slices",
                    "a halted call cannot be cancelled");
    }
    if (at == 40 && viv_call_drop(sandbox) == 0)
        return "dropped";
    return at == 50 ? "released" : NULL;
}

/* Until it has ended.  Returns what was done to it then, or NULL: nothing. */
static const char *resume_in_slices(struct soak_random *random,
                                    viv_sandbox *sandbox,
                                    viv_python_result *result,
                                    bool *is_cancelled, viv_error *err)
{
    int code = 0;

    while (code == 0 && (result->outcome.kind == VIV_PAUSED ||
                         result->outcome.kind == VIV_WAITING)) {
        const char *words = disturb(random, sandbox, is_cancelled);

        if (words != NULL)
            return words;
        viv_call_wait(sandbox, 5 * SOAK_MS, NULL);
        code = viv_python_resume(sandbox, result, err);
    }
    return NULL;
}

static void run_in_slices(struct soak_random *random,
                          const struct soak_program *program,
                          viv_sandbox *sandbox)
{
    struct soak_label label = {0};
    viv_python_result result;
    const char *words = NULL;
    bool is_cancelled = false;
    viv_error err = {0};
    char expected[400];
    int code;

    viv_call_slice(sandbox, (20 + soak_below(random, 2000)) * 1000);
    code = viv_python_run(sandbox, program->source, strlen(program->source),
                          NULL, VIV_PYTHON_VALUE, &result, &err);
    err.code = code;
    if (code == 0)
        words = resume_in_slices(random, sandbox, &result, &is_cancelled, &err);
    if (words == NULL && err.code == 0)
        soak_label_python(program, sandbox, &result, &label);
    else
        snprintf(label.words, sizeof(label.words), "%s",
                 words != NULL ? words : viv_error_name(err.code));
    snprintf(expected, sizeof(expected), "%s|" SOAK_LATE "|dropped|released%s",
             program->expected, is_cancelled ? "|cancelled" : "");
    soak_tally(program->name, expected, label.words,
               err.code < 0 ? err.text : label.detail);
}

static void slice(struct soak_random *random)
{
    const struct soak_program *program =
        soak_program_choose(SOAK_MIXED, random);
    viv_sandbox *sandbox = acquire(SOAK_MIXED, NULL, 100 * SOAK_MS);

    if (sandbox == NULL)
        return;
    if (program->kind == SOAK_RUN)
        run_in_slices(random, program, sandbox);
    release(SOAK_MIXED, sandbox);
}

/* ------------------------------------------------------------------------
 * Sessions of one's own: whoever has one finds what was left in it, or nothing.
 */

enum { OWN_SESSIONS = 4 };

/* What was left; 0: nothing, or what has to be gone. */
static _Atomic uint32_t left[OWN_SESSIONS];

static void use_session(viv_sandbox *sandbox, uint32_t n)
{
    static const char source[] = "try: own\nexcept NameError: own = 0\n"
                                 "own += 1\nown";
    viv_python_result result = {0};
    viv_error err = {0};
    char text[32] = "";
    uint32_t now, before = atomic_load(&left[n]);

    if (!soak_expect(viv_python_run(sandbox, source, strlen(source), NULL,
                                    VIV_PYTHON_VALUE, &result, &err) == 0,
                     "own session", "%s", err.text))
        return;
    if (result.value != NULL)
        viv_data_text(result.value, result.value_len, text, sizeof(text));
    now = (uint32_t)strtoul(text, NULL, 10);
    soak_tally("own session", "goes on|begins",
               now > 1 && now == before + 1 ? "goes on"
               : now == 1                   ? "begins"
                                            : "is another's",
               text);
    atomic_store(&left[n], now);
}

/* Some end with a call that is dropped by that. */
static void own_session(struct soak_random *random)
{
    static const char wait[] = "import time; time.sleep(99)";
    uint32_t n = soak_below(random, OWN_SESSIONS);
    viv_python_result result;
    viv_sandbox *sandbox;
    char key[16];

    snprintf(key, sizeof(key), "own%u", n);
    sandbox = acquire(SOAK_KEPT, key, 50 * SOAK_MS);
    if (sandbox == NULL)
        return;
    use_session(sandbox, n);
    if (soak_chance(random, 20)) {
        atomic_store(&left[n], 0);
        viv_python_run(sandbox, wait, strlen(wait), NULL, 0, &result, NULL);
    }
    release(SOAK_KEPT, sandbox);
}

/* ------------------------------------------------------------------------
 * Other lives.
 */

static void end_copy(viv_sandbox *copy)
{
    viv_call_drop(copy);
    soak_expect(viv_sandbox_free(copy) == 0, "other lives",
                "a copy cannot be freed");
}

/* What awaits can be dumped; here and there it goes on, each for itself. */
static void dump_awaiting(viv_sandbox *sandbox)
{
    viv_limits limits = soak_place_limits(SOAK_LONG);
    viv_sandbox *copy = NULL;
    void *bytes = NULL;
    size_t len = 0;
    viv_error err = {0};

    if (!soak_expect(viv_sandbox_dump(sandbox, NULL, &bytes, &len, &err) == 0,
                     "awaiting, dumped", "%s", err.text))
        return;
    if (soak_expect(viv_sandbox_load(soak_place_image(SOAK_LONG), &limits, NULL,
                                     bytes, len, &copy, &err) == 0 &&
                        soak_place_prepare(copy, NULL, &err) == 0,
                    "awaiting, dumped", "%s", err.text))
        expect_value("awaiting, dumped", copy, NULL, "12");
    viv_free(bytes);
    if (copy != NULL)
        end_copy(copy);
}

static void fork_awaiting(viv_sandbox *sandbox)
{
    viv_sandbox *copies[2];
    viv_error err = {0};

    if (!soak_expect(viv_sandbox_fork(sandbox, 2, copies, &err) == 0,
                     "awaiting, forked", "%s", err.text))
        return;
    for (int i = 0; i < 2; i++) {
        if (soak_expect(soak_place_prepare(copies[i], NULL, &err) == 0,
                        "awaiting, forked", "%s", err.text))
            expect_value("awaiting, forked", copies[i], NULL, "12");
        end_copy(copies[i]);
    }
}

/* Half of the time the answer comes while it is at that. */
static void await(struct soak_random *random)
{
    static const char source[] = "import host\nx = 5\n"
                                 "x + await host.await_(0, 6)";
    viv_sandbox *sandbox = acquire(SOAK_LONG, NULL, 100 * SOAK_MS);
    viv_python_result result = {0};
    struct soak_label label = {0};
    viv_error err = {0};
    int code;

    if (sandbox == NULL)
        return;
    code = viv_python_run(sandbox, source, strlen(source), NULL,
                          VIV_PYTHON_VALUE, &result, &err);
    soak_label_outcome(&result.outcome, &label);
    soak_tally("awaiting", "waiting|returned",
               code < 0 ? viv_error_name(code) : label.words, err.text);
    if (result.outcome.kind == VIV_WAITING) {
        if (soak_chance(random, 50))
            dump_awaiting(sandbox);
        else
            fork_awaiting(sandbox);
        if (soak_chance(random, 80))
            expect_value("awaiting", sandbox, NULL, "12");
    }
    release(SOAK_LONG, sandbox);
}

/* At a quiet moment. */
static void fork_python(struct soak_random *random)
{
    viv_sandbox *sandbox = acquire(SOAK_LONG, NULL, 100 * SOAK_MS);
    viv_sandbox *copies[3];
    viv_error err = {0};
    char value[64];

    if (sandbox == NULL)
        return;
    expect_value("forked", sandbox, "x = ['first']; x", "['first']");
    if (soak_expect(viv_sandbox_fork(sandbox, 3, copies, &err) == 0, "forked",
                    "%s", err.text)) {
        for (int i = 0; i < 3; i++)
            soak_place_prepare(copies[i], NULL, NULL);
        expect_value("forked", copies[1], "x.append('copy'); x",
                     "['first', 'copy']");
        expect_value("forked", sandbox, "x.append('own'); x",
                     "['first', 'own']");
        snprintf(value, sizeof(value), "['first']");
        expect_value("forked", copies[soak_below(random, 2) * 2], "x", value);
        for (int i = 0; i < 3; i++)
            end_copy(copies[i]);
    }
    release(SOAK_LONG, sandbox);
}

/* ------------------------------------------------------------------------
 * The other guest.
 */

/* Returns whether it answered; it may have been late. */
static bool ask(const char *step, viv_sandbox *sandbox, const char *name,
                uint32_t arg, uint32_t *ret_result)
{
    viv_value in = {.i32 = arg}, out = {.i32 = 0};
    struct soak_label label = {.words = "no call"};
    viv_outcome outcome = {0};
    viv_error err = {0};

    if (viv_call(sandbox, name, strlen(name), &in, 1, &out, 1, &outcome,
                 &err) == 0)
        soak_label_outcome(&outcome, &label);
    *ret_result = out.i32;
    if (outcome.kind == VIV_RETURNED)
        return true;
    soak_tally(step, SOAK_LATE, label.words, err.text);
    return false;
}

static void check_copy(viv_sandbox *copy, uint32_t tag)
{
    static const char step[] = "wasm forked";
    uint32_t seen, count;

    if (ask(step, copy, "seen", 0, &seen) &&
        ask(step, copy, "count", 0, &count))
        soak_tally(step, "as it was",
                   (seen & tag) == tag && count == 1 ? "as it was" : "changed",
                   "");
    end_copy(copy);
}

static void fork_wasm(struct soak_random *random)
{
    uint32_t tag = 1 + soak_below(random, 250), n = 1 + soak_below(random, 3);
    viv_sandbox *sandbox = acquire(SOAK_WASM, NULL, 20 * SOAK_MS);
    viv_sandbox *copies[3];
    viv_error err = {0};
    uint32_t unused;

    if (sandbox == NULL)
        return;
    if (ask("wasm forked", sandbox, "touch", tag, &unused) &&
        soak_expect(viv_sandbox_fork(sandbox, n, copies, &err) == 0,
                    "wasm forked", "%s", err.text)) {
        ask("wasm forked", sandbox, "count", 0, &unused);
        for (uint32_t i = 0; i < n; i++)
            check_copy(copies[i], tag);
    }
    release(SOAK_WASM, sandbox);
}

/* To a file, and back. */
static void save_wasm(struct soak_random *random)
{
    const char *folder = getenv("TMPDIR");
    const viv_key key = {"a key", soak_below(random, 2) * 5};
    viv_sandbox *sandbox = acquire(SOAK_WASM, NULL, 20 * SOAK_MS);
    viv_image *image = NULL;
    viv_error err = {0};
    char path[PATH_MAX];
    uint32_t unused;
    int code;

    if (sandbox == NULL)
        return;
    snprintf(path, sizeof(path), "%s/viv-soak-%ld-%u",
             folder != NULL ? folder : "/tmp", (long)getpid(),
             soak_random(random));
    if (ask("wasm saved", sandbox, "touch", 77, &unused)) {
        code = viv_image_new(sandbox, &image, &err);
        if (code == 0)
            code = viv_image_save(image, soak_place_image(SOAK_WASM), &key,
                                  path, &err);
        if (code == 0)
            code = viv_image_verify(path, &key, &err);
        viv_image_unref(image);
        unlink(path);
        soak_tally("wasm saved", "saved",
                   code < 0 ? viv_error_name(code) : "saved", err.text);
    }
    release(SOAK_WASM, sandbox);
}

/* Cancelled by another thread at some time: before, in the middle, after. */
struct cancelling {
    viv_sandbox *sandbox;
    uint64_t ns;
};

static void *cancel_it(void *arg)
{
    struct cancelling *cancelling = arg;
    int code;

    soak_sleep(cancelling->ns);
    code = viv_call_cancel(cancelling->sandbox);
    soak_expect(code == 0 || code == VIV_ENOCALL, "wasm cancelled", "%s",
                viv_error_name(code));
    return NULL;
}

static void cancel_wasm(struct soak_random *random)
{
    viv_sandbox *sandbox = acquire(SOAK_WASM, NULL, 20 * SOAK_MS);
    struct cancelling cancelling = {sandbox, soak_below(random, 2500) * 1000};
    viv_value arg = {.i32 = 3000000}, result;
    struct soak_label label = {0};
    viv_outcome outcome = {0};
    pthread_t other;

    if (sandbox == NULL)
        return;
    if (pthread_create(&other, NULL, cancel_it, &cancelling) != 0)
        bench_die("no thread");
    if (soak_expect(viv_call(sandbox, "sum", 3, &arg, 1, &result, 1, &outcome,
                             NULL) == 0,
                    "wasm cancelled", "it cannot be called"))
        soak_label_outcome(&outcome, &label);
    soak_tally("wasm cancelled", "returned|cancelled|spent run-time",
               label.words, "");
    pthread_join(other, NULL);
    release(SOAK_WASM, sandbox);
}

/* ------------------------------------------------------------------------
 * Pools.
 */

static enum soak_place any_place(struct soak_random *random)
{
    enum soak_place place;

    do
        place = soak_below(random, SOAK_PLACES);
    while (!soak_place_has(place));
    return place;
}

/* Of one moment, so they must agree. */
static void look(struct soak_random *random)
{
    enum soak_place place = any_place(random);
    viv_pool_meters m;
    char text[20000];

    viv_pool_meters_of(soak_pools[place], &m);
    soak_expect(m.live >= m.idle + m.held, "looking",
                "live %" PRIu64 ", idle %" PRIu64 ", held %" PRIu64, m.live,
                m.idle, m.held);
    soak_expect(m.held >= m.running + m.waiting, "looking",
                "held %" PRIu64 ", running %" PRIu64 ", waiting %" PRIu64,
                m.held, m.running, m.waiting);
    soak_expect(m.acquired >= m.released, "looking", "more released than held");
    soak_expect(viv_pool_text(soak_pools[place], text, sizeof(text)) <
                    sizeof(text),
                "looking", "a long text");
    viv_pool_trim(soak_pools[place]);
    if (soak_chance(random, 10))
        viv_pool_ceiling(16 + soak_below(random, 32));
}

/* Of a pool that it is not of, and twice. */
static void misuse(struct soak_random *random)
{
    viv_sandbox *sandbox = acquire(SOAK_WASM, NULL, soak_below(random, 2000));
    viv_pool_meters before, after;
    uint32_t seen;

    if (sandbox == NULL)
        return;
    viv_pool_meters_of(soak_pools[SOAK_WASM_KEPT], &before);
    viv_pool_release(soak_pools[SOAK_WASM_KEPT], sandbox);
    viv_pool_meters_of(soak_pools[SOAK_WASM_KEPT], &after);
    soak_expect(after.misused > before.misused, "misuse",
                "a release to another pool is not counted");
    if (ask("misuse", sandbox, "seen", 0, &seen))
        soak_expect(seen == 0, "misuse", "it is not fresh");
    release(SOAK_WASM, sandbox);
}

const struct soak_step soak_steps[] = {
    {"in slices", slice, 6, true},
    {"own session", own_session, 4, true},
    {"awaiting", await, 4, true},
    {"forked", fork_python, 2, true},
    {"a clean Python", soak_clean_python, 4, true},
    {"a clean wasm", soak_clean_wasm, 4, false},
    {"wasm forked", fork_wasm, 4, false},
    {"wasm saved", save_wasm, 1, false},
    {"wasm cancelled", cancel_wasm, 4, false},
    {"looking", look, 3, false},
    {"misuse", misuse, 3, false},
    {NULL, NULL, 0, false},
};
