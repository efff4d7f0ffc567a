/* bench_sessions.c - Python that asks its host, and many of them that wait.
 *
 * A function of the host is called from a loop in Python: answered on the spot,
 * as Pyodide and Monty do with theirs; or by another thread, while the call is
 * suspended.  That thread polls, as one does that is awake anyway; or it sleeps
 * until it is woken, and so does ours: then the peer is two threads that wake
 * each other in the same way, without any Python.
 *
 * Then 10,000 sessions, each of which has run something, wait at the same time.
 * The peer is a process of python3 that has done the same and waits for a line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench_python.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    TURNS = 20,
    CALLS = 20000,    /* in each turn */
    ANSWERS = 2000,   /* in each turn, by another thread */
    PEER_CALLS = 1000 /* in each run of a peer's */
};

static const char LOOPS[] = "import sys, types\n"
                            "from host import add, later\n"
                            "def ask(n):\n"
                            "    for i in range(n):\n"
                            "        add(i, 2)\n"
                            "    return add(n, 0)\n"
                            "def stay(n):\n"
                            "    for i in range(n):\n"
                            "        abs(i)\n"
                            "    return n\n"
                            "def wait(n):\n"
                            "    for i in range(n):\n"
                            "        later(i)\n"
                            "    return later(n)\n"
                            "loops = types.ModuleType('loops')\n"
                            "loops.ask, loops.stay, loops.wait = "
                            "ask, stay, wait\n"
                            "sys.modules['loops'] = loops\n";

/* ------------------------------------------------------------------------
 * The host's functions, and the thread that answers.
 */

/* What is to be answered, or NULL; the value is as it was asked for. */
static _Atomic(viv_promise *) asked;
static viv_promise *held; /* of the sessions: nobody answers yet */
static atomic_bool is_over, is_asleep;
static int64_t asked_value;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static int add(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    int64_t a = bench_read_int(args), b = bench_read_int(args);

    (void)question, (void)count, (void)cookie;
    viv_write_int(answer, a + b);
    return 0;
}

static void wake(void)
{
    pthread_mutex_lock(&lock);
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static int later(viv_question *question, viv_reader *args, size_t count,
                 viv_writer *answer, void *cookie)
{
    viv_promise *promise = NULL;

    (void)count, (void)answer, (void)cookie;
    asked_value = bench_read_int(args);
    if (viv_question_later(question, &promise, NULL) < 0)
        bench_die("no promise");
    atomic_store(&asked, promise);
    if (atomic_load(&is_asleep))
        wake();
    return VIV_LATER;
}

static int hold(viv_question *question, viv_reader *args, size_t count,
                viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)answer, (void)cookie;
    return viv_question_later(question, &held, NULL) < 0 ? -1 : VIV_LATER;
}

static const viv_python_function FUNCTIONS[] = {
    {"host", "add", "(a: int, b: int) -> int", NULL, 0, add, NULL},
    {"host", "later", "(n: int) -> int", NULL, 0, later, NULL},
    {"host", "hold", "() -> int", NULL, 0, hold, NULL},
};

/* Waits for the next question, as is measured; NULL: it is over. */
static viv_promise *next_question(void)
{
    viv_promise *promise;

    while ((promise = atomic_exchange(&asked, NULL)) == NULL &&
           !atomic_load(&is_over)) {
        if (!atomic_load(&is_asleep))
            continue;
        pthread_mutex_lock(&lock);
        while (atomic_load(&asked) == NULL && !atomic_load(&is_over))
            pthread_cond_wait(&changed, &lock);
        pthread_mutex_unlock(&lock);
    }
    return promise;
}

static void *answer_all(void *unused)
{
    viv_promise *promise;

    while ((promise = next_question()) != NULL)
        bench_keep(promise, asked_value);
    return unused;
}

/* ------------------------------------------------------------------------
 * There and back.
 */

/* Nanoseconds of each round of `function`. */
static double loop_ns(viv_sandbox *sandbox, const char *function, size_t count)
{
    uint64_t begin = bench_now();
    viv_python_result result;

    bench_python_call(sandbox, "loops", function, (uint16_t)count, &result);
    if (bench_python_int(&result) != (int64_t)count)
        bench_die("%s returns something else", function);
    return (double)(bench_now() - begin) / (double)count;
}

static double peer_ns(struct bench_peer *peer)
{
    static const char SOURCE[] =
        "for i in range(1000): add(i, 2)"; /* PEER_CALLS */
    uint64_t took[10], least = UINT64_MAX;

    if (peer->pid == 0)
        return 0;
    bench_peer_runs(peer, SOURCE, 10, took);
    for (int i = 0; i < 10; i++)
        least = took[i] < least ? took[i] : least;
    return (double)least / PEER_CALLS;
}

static void lessen(double *least, double value)
{
    if (*least == 0 || value < *least)
        *least = value;
}

static void on_the_spot(viv_sandbox *sandbox)
{
    size_t turns = bench_rounds(TURNS, 1), calls = bench_rounds(CALLS, 100);
    double ask = 0, stay = 0, warm = 0, small = 0;
    struct bench_peer pyodide, monty;

    bench_peer_find(&pyodide, "Pyodide", "pyodide", "pyodide.mjs");
    bench_peer_find(&monty, "Monty", "monty", "monty.cjs");
    for (size_t i = 0; i < turns; i++) {
        lessen(&ask, loop_ns(sandbox, "ask", calls));
        lessen(&stay, loop_ns(sandbox, "stay", calls));
        lessen(&warm, peer_ns(&pyodide));
        lessen(&small, peer_ns(&monty));
    }
    bench_row_peer("host call there and back", ask / 1000, "us",
                   "abs() in Python", stay / 1000);
    if (warm != 0)
        bench_row_peer("host call there and back", ask / 1000, "us",
                       pyodide.name, warm / 1000);
    if (small != 0)
        bench_row_peer("host call there and back", ask / 1000, "us", monty.name,
                       small / 1000);
    bench_peer_end(&pyodide);
    bench_peer_end(&monty);
}

/* Until the call that waits has been answered. */
static void await_answer(viv_sandbox *sandbox)
{
    viv_error err = {0};

    if (!atomic_load(&is_asleep)) {
        while (viv_call_due(sandbox) != 0)
            ;
        return;
    }
    if (viv_call_wait(sandbox, VIV_NS_PER_S, &err) < 0)
        bench_die("%s", err.text);
}

/* Nanoseconds of each question that is suspended, answered and resumed. */
static double suspended_ns(viv_sandbox *sandbox, size_t count)
{
    uint64_t begin = bench_now();
    viv_python_result result;
    viv_error err = {0};

    bench_python_call(sandbox, "loops", "wait", (uint16_t)count, &result);
    while (result.outcome.kind == VIV_WAITING) {
        await_answer(sandbox);
        if (viv_python_resume(sandbox, &result, &err) < 0)
            bench_die("%s", err.text);
    }
    if (bench_python_int(&result) != (int64_t)count)
        bench_die("the answers are not what they should be");
    return (double)(bench_now() - begin) / (double)(count + 1);
}

/* ------------------------------------------------------------------------
 * The peer of two that sleep: a number that two threads raise in turns.
 */

static size_t raised;

static void raise_in_turns(size_t parity, size_t count)
{
    pthread_mutex_lock(&lock);
    while (raised < count) {
        if (raised % 2 == parity) {
            raised++;
            pthread_cond_signal(&changed);
        } else {
            pthread_cond_wait(&changed, &lock);
        }
    }
    pthread_mutex_unlock(&lock);
}

static void *raise_odd(void *count)
{
    raise_in_turns(1, *(size_t *)count);
    return NULL;
}

/* Nanoseconds of one waking and being woken. */
static double wakings_ns(size_t count)
{
    size_t numbers = 2 * count;
    uint64_t begin = bench_now();
    pthread_t other;

    raised = 0;
    if (pthread_create(&other, NULL, raise_odd, &numbers) != 0)
        bench_die("no thread");
    raise_in_turns(0, numbers);
    pthread_join(other, NULL);
    return (double)(bench_now() - begin) / (double)count;
}

/* Least of all turns, with a thread that answers as `asleep` says. */
static double by_another_thread(viv_sandbox *sandbox, bool asleep)
{
    size_t turns = bench_rounds(TURNS, 1), count = bench_rounds(ANSWERS, 20);
    pthread_t other;
    double least = 0;

    atomic_store(&is_asleep, asleep);
    atomic_store(&is_over, false);
    if (pthread_create(&other, NULL, answer_all, NULL) != 0)
        bench_die("no thread");
    for (size_t i = 0; i < turns; i++)
        lessen(&least, suspended_ns(sandbox, count));
    atomic_store(&is_over, true);
    wake();
    pthread_join(other, NULL);
    return least;
}

static void suspended(viv_sandbox *sandbox)
{
    size_t turns = bench_rounds(TURNS, 1), count = bench_rounds(ANSWERS, 20);
    double awake = by_another_thread(sandbox, false);
    double asleep = by_another_thread(sandbox, true), wakings = 0;

    for (size_t i = 0; i < turns; i++)
        lessen(&wakings, wakings_ns(count));
    bench_row("suspended, both awake", awake / 1000, "us");
    bench_row_peer("suspended, both sleep", asleep / 1000, "us", "two threads",
                   wakings / 1000);
}

/* ------------------------------------------------------------------------
 * Many that wait.
 */

static const char WORK[] = "words = {n: str(n) for n in range(100)}\n"
                           "def total():\n"
                           "    return sum(map(len, words.values()))\n";
static const char WAIT[] = "from host import hold\n"
                           "hold() + total()\n";

struct session {
    viv_sandbox *sandbox;
    viv_promise *promise;
};

static void session_begin(viv_image *image, struct session *session)
{
    session->sandbox = bench_sandbox_from(image);
    bench_run(session->sandbox, WORK, VIV_RETURNED);
    bench_run(session->sandbox, WAIT, VIV_WAITING);
    session->promise = held;
}

static void session_end(struct session *session, int64_t number)
{
    viv_python_result result;
    viv_error err = {0};

    bench_keep(session->promise, number);
    if (viv_python_resume(session->sandbox, &result, &err) < 0)
        bench_die("%s", err.text);
    if (bench_python_int(&result) != number + 190)
        bench_die("session %" PRId64 " has forgotten something", number);
    viv_sandbox_free(session->sandbox);
}

/* Bytes of `what` of a process, and of its page tables.  "Pss" counts a page
 * that is mapped n times as an nth of one each time, where VmRSS would count
 * what all sessions share as often as there are sessions. */
static double held_bytes(pid_t pid, const char *what)
{
    unsigned long long kib = 0, sum = 0;
    char command[256];
    FILE *file;

    snprintf(command, sizeof(command),
             "awk '/^(%s|VmPTE):/ { print $2 }' /proc/%ld/smaps_rollup "
             "/proc/%ld/status",
             what, (long)pid, (long)pid);
    file = popen(command, "r");
    while (file != NULL && fscanf(file, "%llu", &kib) == 1)
        sum += kib;
    if (file == NULL || pclose(file) != 0)
        bench_die("cannot read of process %ld", (long)pid);
    return (double)sum * 1024;
}

static double python3_bytes(void)
{
    struct bench_peer python3;
    char command[1024], line[64];
    double bytes;

    snprintf(command, sizeof(command),
             "exec " BENCH_PYTHON3
             " -c '%sprint(total(), flush=True)\ninput()'",
             WORK);
    bench_peer_start(&python3, "python3", command);
    if (fgets(line, sizeof(line), python3.from) == NULL)
        bench_die("python3 does not run");
    bytes = held_bytes(python3.pid, "Private_Clean|Private_Dirty");
    fputs("\n", python3.to);
    bench_peer_end(&python3);
    return bytes;
}

static void waiting(viv_image *image)
{
    size_t count = bench_rounds(10000, 20), i;
    struct session *sessions = calloc(count, sizeof(*sessions));
    double bytes = held_bytes(getpid(), "Pss");
    double tables = (double)bench_status("VmPTE");
    uint64_t begin = bench_now(), begun;

    for (i = 0; i < count; i++)
        session_begin(image, &sessions[i]);
    begun = bench_now();
    bytes = held_bytes(getpid(), "Pss") - bytes;
    tables = (double)bench_status("VmPTE") - tables;
    for (i = 0; i < count; i++)
        session_end(&sessions[i], (int64_t)i);
    free(sessions);
    bench_row("sessions waiting at once", (double)count, "sessions");
    bench_row("memory, in all", bytes / 1e9, "GB");
    bench_row("of it page tables", tables / 1e9, "GB");
    bench_row_peer("memory, each", bytes / (double)count / 1e3, "KB",
                   "a python3 that waits", python3_bytes() / 1e3);
    bench_row("begin, run, run to its wait",
              (double)(begun - begin) / (double)count / 1000, "us");
}

/* ------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    viv_sandbox *sandbox;
    viv_image *image;

    bench_begin(argc, argv,
                "Python that asks its host: there and back, suspended, 10,000 "
                "waiting; against Pyodide, Monty, python3");
    image = bench_python(FUNCTIONS, sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]));
    sandbox = bench_sandbox_from(image);
    bench_run(sandbox, LOOPS, VIV_RETURNED);
    on_the_spot(sandbox);
    suspended(sandbox);
    viv_sandbox_free(sandbox);
    waiting(image);
    viv_image_unref(image);
    return 0;
}
