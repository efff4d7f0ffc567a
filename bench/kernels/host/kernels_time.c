/* kernels_time.c - run the same kernels in several builds, in turns.
 *
 *     kernels_time KERNELS REPEATS LABEL=KIND:FILE...
 *
 * A COLUMN is one build of all kernels; columns of one label, which stand in a
 * row, are layouts of the same build.  The kind says how it is called:
 *
 *     viv   a compiled module, through the public API, as an embedder does
 *     so    a shared object with functions `unsigned kernel_NAME(unsigned)`
 *     pipe  a program that answers requests: another engine, in its process
 *
 * Every repeat runs every kernel once in every column, one column after the
 * other, so that a slow moment of the machine hits them all.  The checksums of
 * all columns must agree.  Prints one row per kernel and label, separated by
 * tabs: kernel, label, minimum and median of the repeats in nanoseconds per
 * round, both the geometric mean over the layouts.
 *
 * A library of this project is linked, and nothing of its inside is used.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* pipe2 */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vivarium.h"

enum { MAX_COLUMNS = 32, MAX_KERNELS = 32, MAX_REPEATS = 1000 };

/* How long the first column shall run in one repeat: long against the clock
 * and the switch into a guest, short against the slice of the scheduler, so
 * that some repeats are not interrupted at all. */
#define SLICE_NS 1500000

struct column {
    const char *label;
    /* Run `rounds` rounds; returns the checksum and how long it took. */
    uint32_t (*run)(struct column *, const char *kernel, uint32_t rounds,
                    uint64_t *ret_ns);
    viv_module *module;
    viv_sandbox *sandbox;
    void *library;
    FILE *to, *from;
    uint64_t ns[MAX_KERNELS][MAX_REPEATS]; /* of all rounds of a repeat */
};

static struct column columns[MAX_COLUMNS];
static int column_count;
static char *kernels[MAX_KERNELS];
static uint32_t rounds[MAX_KERNELS];
static int kernel_count;

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("kernels_time: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- viv: a compiled module ---------------------------------------------- */

static uint32_t run_viv(struct column *c, const char *kernel, uint32_t count,
                        uint64_t *ret_ns)
{
    viv_value argument = {.i32 = count};
    viv_value result = {.i32 = 0};
    viv_outcome outcome;
    viv_error err;
    uint64_t start = now_ns();
    int code = viv_call(c->sandbox, kernel, strlen(kernel), &argument, 1,
                        &result, 1, &outcome, &err);

    *ret_ns = now_ns() - start;
    if (code < 0)
        die("%s: %s: %s", c->label, kernel, err.text);
    if (outcome.kind != VIV_RETURNED)
        die("%s: %s: %s", c->label, kernel, viv_trap_text(outcome.trap));
    return result.i32;
}

static void open_viv(struct column *c, const char *path)
{
    viv_outcome outcome;
    viv_error err;

    c->run = run_viv;
    if (viv_module_load(path, &c->module, &err) < 0 ||
        viv_sandbox_new(c->module, NULL, 0, NULL, &c->sandbox, &outcome, &err) <
            0)
        die("%s: %s", c->label, err.text);
    if (!c->sandbox)
        die("%s: %s", c->label, viv_trap_text(outcome.trap));
}

static void close_viv(struct column *c)
{
    viv_sandbox_free(c->sandbox);
    viv_module_unref(c->module);
}

/* --- so: native code, or another compiler's ------------------------------ */

static uint32_t run_so(struct column *c, const char *kernel, uint32_t count,
                       uint64_t *ret_ns)
{
    uint32_t (*function)(uint32_t);
    char name[64];
    uint32_t sum;
    uint64_t start;

    snprintf(name, sizeof name, "kernel_%s", kernel);
    *(void **)&function = dlsym(c->library, name);
    if (!function)
        die("%s: no function %s", c->label, name);
    start = now_ns();
    sum = function(count);
    *ret_ns = now_ns() - start;
    return sum;
}

static void open_so(struct column *c, const char *path)
{
    c->run = run_so;
    c->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!c->library)
        die("%s: %s", c->label, dlerror());
}

/* --- pipe: another process, which uses its own clock ---------------------- */

static uint32_t run_pipe(struct column *c, const char *kernel, uint32_t count,
                         uint64_t *ret_ns)
{
    uint32_t sum;

    fprintf(c->to, "%s %" PRIu32 "\n", kernel, count);
    fflush(c->to);
    if (fscanf(c->from, "%" SCNu32 " %" SCNu64, &sum, ret_ns) != 2)
        die("%s: %s: no answer", c->label, kernel);
    return sum;
}

static void open_pipe(struct column *c, const char *command)
{
    int to[2], from[2];

    c->run = run_pipe;
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
        die("%s: no pipe", c->label);
    switch (fork()) {
    case -1:
        die("%s: no process", c->label);
    case 0:
        dup2(to[0], 0);
        dup2(from[1], 1);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    default:
        close(to[0]);
        close(from[1]);
        c->to = fdopen(to[1], "w");
        c->from = fdopen(from[0], "r");
    }
}

/* At the end of its input the process ends. */
static void close_pipe(struct column *c)
{
    fclose(c->to);
    fclose(c->from);
    wait(NULL);
}

/* --- measuring ------------------------------------------------------------ */

static void open_column(char *argument)
{
    struct column *c = &columns[column_count++];
    char *equals = strchr(argument, '=');
    char *colon = equals ? strchr(equals, ':') : NULL;

    if (!colon || column_count > MAX_COLUMNS)
        die("not a column: %s", argument);
    *equals = *colon = 0;
    c->label = argument;
    if (!strcmp(equals + 1, "viv"))
        open_viv(c, colon + 1);
    else if (!strcmp(equals + 1, "so"))
        open_so(c, colon + 1);
    else if (!strcmp(equals + 1, "pipe"))
        open_pipe(c, colon + 1);
    else
        die("%s: no kind of column is called %s", c->label, equals + 1);
}

static void close_columns(void)
{
    for (struct column *c = columns; c < columns + column_count; c++) {
        if (c->run == run_viv)
            close_viv(c);
        else if (c->run == run_so)
            dlclose(c->library);
        else
            close_pipe(c);
    }
}

static void run_all(int kernel, int repeat)
{
    const char *name = kernels[kernel];
    uint32_t expected = 0;

    for (int i = 0; i < column_count; i++) {
        uint32_t sum = columns[i].run(&columns[i], name, rounds[kernel],
                                      &columns[i].ns[kernel][repeat]);

        if (i == 0)
            expected = sum;
        if (sum != expected)
            die("%s: the checksum is %" PRIu32 " in %s and %" PRIu32 " in %s",
                name, expected, columns[0].label, sum, columns[i].label);
    }
}

/* Let every build make its first run, which sets up inputs and touches pages,
 * then find how many rounds fill the slice. */
static void warm_up(int kernel)
{
    uint64_t ns = UINT64_MAX;

    for (rounds[kernel] = 1; rounds[kernel] < 4; rounds[kernel]++)
        run_all(kernel, 0);
    rounds[kernel] = 1;
    for (int i = 0; i < 3; i++) {
        run_all(kernel, 0);
        if (columns[0].ns[kernel][0] < ns)
            ns = columns[0].ns[kernel][0];
    }
    rounds[kernel] = 1 + (uint32_t)(SLICE_NS / (ns ? ns : 1));
}

static int compare_ns(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The geometric mean, over the layouts of a build, of one of the sorted
 * repeats. */
static double mean(const char *label, int kernel, int repeat)
{
    double sum = 0;
    int count = 0;

    for (struct column *c = columns; c < columns + column_count; c++)
        if (!strcmp(c->label, label)) {
            sum += log((double)c->ns[kernel][repeat]);
            count++;
        }
    return exp(sum / count) / rounds[kernel];
}

static void print_kernel(int kernel, int repeats)
{
    const char *last = "";

    for (struct column *c = columns; c < columns + column_count; c++)
        qsort(c->ns[kernel], (size_t)repeats, sizeof *c->ns[kernel],
              compare_ns);
    for (struct column *c = columns; c < columns + column_count; c++) {
        if (strcmp(c->label, last) != 0)
            printf("%s\t%s\t%.1f\t%.1f\n", kernels[kernel], c->label,
                   mean(c->label, kernel, 0),
                   mean(c->label, kernel, repeats / 2));
        last = c->label;
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int repeats = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;

    if (repeats < 1 || repeats > MAX_REPEATS)
        die("usage: kernels_time KERNELS REPEATS LABEL=KIND:FILE...");
    for (char *word = strtok(argv[1], " "); word; word = strtok(NULL, " ")) {
        if (kernel_count == MAX_KERNELS)
            die("more than %d kernels", MAX_KERNELS);
        kernels[kernel_count++] = word;
    }
    for (int i = 3; i < argc; i++)
        open_column(argv[i]);
    for (int i = 0; i < kernel_count; i++) {
        warm_up(i);
        for (int repeat = 0; repeat < repeats; repeat++)
            run_all(i, repeat);
        print_kernel(i, repeats);
    }
    close_columns();
    return 0;
}
