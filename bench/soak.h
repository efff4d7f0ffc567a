/* soak.h - good and evil guests for hours: what the parts share.
 *
 * A soak is a row of ROUNDS.  In each, an executor and pools of every policy
 * are made, DRIVERS - threads - take one random step after another, and then
 * all is closed while it is at work.  After a round nothing is left, which is
 * the QUIET POINT at which it is looked what the process holds.
 *
 * What runs is a PROGRAM: a row of a table, which says how it may end.  A JOB
 * is one running of it.  How it ended is a LABEL, a few words: "returned",
 * "spent run-time".  Labels are counted, program by program, and one that was
 * not expected fails the soak.
 *
 *     soak_run.c        rounds, and the whole
 *     soak_options.c    what was asked for
 *     soak_program.c    tables of programs, and which is next
 *     soak_python.c     programs in Python that mean well, or leave things
 *     soak_evil.c       programs in Python that mean harm
 *     soak_wasm.c       a guest in WebAssembly, its programs and its host
 *     soak_host.c       the functions that Python can ask
 *     soak_answer.c     those who answer later, from other threads
 *     soak_place.c      images and pools
 *     soak_label.c      how something ended, in words
 *     soak_job.c        programs as jobs of an executor
 *     soak_drive.c      drivers, and which step is next
 *     soak_step.c       steps with a sandbox in the driver's own hands
 *     soak_clean.c      a fresh sandbox is compared with a new one
 *     soak_press.c      somebody else takes all the memory
 *     soak_tally.c      labels, counted
 *     soak_watch.c      whoever does not go on; what the process holds
 *     soak_report.c     tables for people, JSON for programs
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SOAK_H
#define SOAK_H

#include <pthread.h>
#include <stdatomic.h>

#include "bench.h"

#define SOAK_MS  UINT64_C(1000000)
#define SOAK_MIB (UINT64_C(1) << 20)

/* ------------------------------------------------------------------------
 * What was asked for.
 */

struct soak_options {
    uint64_t ns; /* how long */
    uint64_t seed;
    uint32_t drivers;
    uint32_t carriers; /* threads of the executor; 0: as many as cores */
    bool is_json;
    bool has_python;
    const char *only;     /* a program's name, or NULL */
    const char *programs; /* folder of whole programs and what they print */
};

extern struct soak_options soak_options;

void soak_options_parse(int argc, char **argv);

/* Is this the mode of ./test: "plain", "asan", "tsan"? */
bool soak_is_mode(const char *name);

/* ------------------------------------------------------------------------
 * Chance.
 */

struct soak_random {
    uint64_t state;
};

uint32_t soak_random(struct soak_random *random);

/* Below `count`. */
uint32_t soak_below(struct soak_random *random, uint32_t count);

/* In `percent` of all cases. */
bool soak_chance(struct soak_random *random, uint32_t percent);

void soak_sleep(uint64_t ns);

/* ------------------------------------------------------------------------
 * Places: pools.
 */

enum soak_place {
    SOAK_MIXED,    /* Python, fresh, short of time: the good beside the evil */
    SOAK_LONG,     /* Python, fresh, with time for whole programs */
    SOAK_TIGHT,    /* Python, fresh, one sandbox, little memory */
    SOAK_KEPT,     /* Python, sessions */
    SOAK_RECYCLED, /* Python, state for anybody until there is much */
    SOAK_WASM,     /* the other guest, the same three policies */
    SOAK_WASM_KEPT,
    SOAK_WASM_RECYCLED,
    SOAK_PLACES
};

#define SOAK_IN(place) (1u << (place))

/* Of this round. */
extern viv_pool *soak_pools[SOAK_PLACES];

/* Load guests, and make images; give them back. */
void soak_place_init(void);
void soak_place_fini(void);

bool soak_place_is_python(enum soak_place place);

/* Is time so short there that what computes for a millisecond may be late where
 * the machine has others to serve?  It may be that anything has SOAK_LATE as
 * its end then. */
bool soak_place_is_short(enum soak_place place);

#define SOAK_LATE "spent run-time|spent wall-time"

/* A new sandbox, as those of the pool are. */
viv_sandbox *soak_place_sandbox(enum soak_place place);

viv_image *soak_place_image(enum soak_place place);
viv_limits soak_place_limits(enum soak_place place);

/* Permit what sandboxes of pools have. */
int soak_place_prepare(viv_sandbox *sandbox, void *cookie, viv_error *err);

/* Open all pools for a round; refuse more from then on; give them up when
 * nobody holds anything, and compare their meters.  The first that is closed
 * has one that is released after even the pool was given up. */
void soak_place_open(void);
void soak_place_close(void);
void soak_place_leave(void);

/* Is the round ending, so that whatever comes may be refused? */
void soak_place_end(bool is_ending);
bool soak_place_is_ending(void);

/* It is open, and there is a guest for it. */
bool soak_place_has(enum soak_place place);

/* One for which there is a program, too. */
enum soak_place soak_place_choose(struct soak_random *random);

/* ------------------------------------------------------------------------
 * Programs.
 */

enum soak_kind {
    SOAK_RUN,     /* viv_python_run() */
    SOAK_PROGRAM, /* the same, as a whole program, whose output counts */
    SOAK_CALL, /* viv_python_call() of a function of a module, no arguments */
    SOAK_WASM_CALL
};

struct soak_program {
    const char *name;
    enum soak_kind kind;
    uint32_t places;      /* SOAK_IN() of where it may run */
    uint32_t weight;      /* how often among those of its place */
    const char *expected; /* labels, "|" between them */
    const char *source;   /* or "module.function", or the export */
    const char *value;    /* that must be returned, as viv_data_text() writes */
                          /* it, or what must be printed; NULL: any */
    uint32_t arg;         /* SOAK_WASM_CALL */
};

/* Tables, each of which ends with a row without name. */
extern const struct soak_program soak_python_programs[], soak_evil_programs[],
    soak_wasm_programs[];

/* Whole programs, from a folder, in such a table. */
void soak_python_init(void);
void soak_python_fini(void);
const struct soak_program *soak_python_whole(void);

/* Read the tables; give them back. */
void soak_program_init(void);
void soak_program_fini(void);

/* A program that may run there, by weight; and a place that has any. */
const struct soak_program *soak_program_choose(enum soak_place place,
                                               struct soak_random *random);
bool soak_program_has(enum soak_place place);

/* ------------------------------------------------------------------------
 * Guests and their hosts.
 */

extern const viv_python_function soak_host_functions[];
extern const size_t soak_host_function_count;

viv_module *soak_wasm_module(void);
viv_sandbox *soak_wasm_sandbox(viv_module *module);

/* In a host function: everything that would disturb the guest that asks is
 * tried, here and on another thread, and refused.  Returns how often. */
int soak_host_misuse(viv_sandbox *asking);

/* ------------------------------------------------------------------------
 * Answers.
 */

enum soak_plan {
    SOAK_ANSWER,
    SOAK_ANSWER_TWICE, /* the second is refused */
    SOAK_ANSWER_WRONG, /* what is no answer first, which is refused */
    SOAK_FAIL,
    SOAK_LOSE,  /* given back without answer */
    SOAK_NEVER, /* until the round is over */
    SOAK_PLANS
};

/* Owed: a token, or a promise. */
struct soak_debt {
    viv_token *token;
    viv_promise *promise;
    enum soak_plan plan;
    int64_t value;
    uint64_t due; /* 0: at once */
};

void soak_answer_begin(void);

/* Somebody will see to it.  Takes the token or promise. */
void soak_answer_owe(const struct soak_debt *debt);

/* Here and now. */
void soak_answer_settle(const struct soak_debt *debt);

/* Give back what nobody ever answers. */
void soak_answer_end(void);

/* ------------------------------------------------------------------------
 * Jobs.
 */

struct soak_job;
struct soak_driver;

/* Start an executor. */
void soak_job_begin(void);

/* Hand in a job, or look after one that was. */
void soak_job_submit(struct soak_driver *driver);
void soak_job_tend(struct soak_driver *driver);

/* Close the executor in one of the ways in which it can be closed, and the
 * pools with it, while others may still be at work; then look after all that is
 * left, whose owners were these. */
void soak_job_close(struct soak_random *random);
void soak_job_harvest(struct soak_driver *driver);
void soak_job_end(void);

viv_executor_meters soak_job_meters(void);

/* ------------------------------------------------------------------------
 * Labels.
 */

struct soak_label {
    char words[64];    /* "returned", "raised TypeError", "spent output" */
    char detail[1000]; /* what else there is to say of one not expected */
};

void soak_label_outcome(const viv_outcome *outcome, struct soak_label *label);

/* Of a run of Python.  What is not the value or output of the program is
 * "returned otherwise". */
void soak_label_python(const struct soak_program *program, viv_sandbox *sandbox,
                       const viv_python_result *result,
                       struct soak_label *label);
void soak_label_wasm(const struct soak_program *program,
                     const viv_outcome *outcome, const viv_value *value,
                     struct soak_label *label);

/* ------------------------------------------------------------------------
 * Drivers.
 */

enum { SOAK_OWN_MAX = 12 };

struct soak_driver {
    pthread_t thread;
    uint32_t number;
    struct soak_random random;
    const char *_Atomic doing;
    _Atomic uint64_t steps;
    struct soak_job *own[SOAK_OWN_MAX]; /* jobs, or NULL */
};

/* Start them; let them end, with jobs under way; look after these. */
void soak_drive_begin(uint64_t round);
void soak_drive_stop(void);
void soak_drive_harvest(void);

/* Those of this round; and how many there are. */
const struct soak_driver *soak_drive_all(uint32_t *ret_count);

struct soak_step {
    const char *name;
    void (*take)(struct soak_random *random);
    uint32_t weight;
    bool is_python; /* only if there is one */
};

/* Ends with a row without name. */
extern const struct soak_step soak_steps[];

void soak_clean_init(void);
void soak_clean_fini(void);
void soak_clean_python(struct soak_random *random);
void soak_clean_wasm(struct soak_random *random);

void soak_press_begin(void);
void soak_press_end(void);

/* ------------------------------------------------------------------------
 * Counting.
 */

/* One more of `what` - a program's or step's name - ended so.  If it should
 * not have, that is said at once. */
void soak_tally(const char *what, const char *expected, const char *label,
                const char *detail);

/* What a step of the soak itself must find; else it is counted as wrong. */
__attribute__((format(printf, 3, 4))) bool
soak_expect(bool is_so, const char *what, const char *format, ...);

uint64_t soak_tally_all(void);
uint64_t soak_tally_wrong(void);

struct soak_count {
    const char *what;
    char label[64];
    uint64_t count;
    bool is_wrong;
};

/* Sorted by name; borrowed. */
size_t soak_tally_read(const struct soak_count **ret_counts);

/* ------------------------------------------------------------------------
 * Watching.
 */

/* What the process holds. */
struct soak_sample {
    uint64_t at_ns; /* since the beginning */
    uint64_t rss_bytes, pss_bytes;
    uint64_t heap_bytes; /* that were allocated and not freed */
    uint32_t descriptors, mappings, threads;
};

struct soak_growth {
    size_t count;         /* of samples after the warm-up */
    double slope;         /* bytes of RSS a second, by least squares */
    double by_slope;      /* what that makes from first to last */
    double by_difference; /* last less first */
    double heap;          /* the same of the heap */
};

void soak_watch_begin(void);
void soak_watch_end(void);

uint64_t soak_watch_ns(void); /* since the beginning */
void soak_watch_round(uint64_t round);
uint64_t soak_watch_rounds(void);

/* At a quiet point.  Complains if there is more than there was. */
void soak_watch_sample(void);
size_t soak_watch_samples(const struct soak_sample **ret_samples);
struct soak_growth soak_watch_growth(void);

/* ------------------------------------------------------------------------
 * Reporting.
 */

/* Returns whether all was as it should be. */
bool soak_report(void);

/* One line, of how far it is. */
void soak_report_progress(bool is_terminal);

#endif /* SOAK_H */
