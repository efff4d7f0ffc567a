/* bench.h - what a measurement in C is written with.
 *
 * `int main(int argc, char **argv) { bench_begin(argc, argv, "what, against
 * whom"); ... }` and then a bench_row() for each thing measured.  Whatever
 * fails ends the program with a sentence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vivarium.h"

#define BENCH_UNUSED __attribute__((unused)) static

__attribute__((noreturn, format(printf, 1, 2))) BENCH_UNUSED void
bench_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/* Answer --describe, and end. */
BENCH_UNUSED void bench_begin(int argc, char **argv, const char *what)
{
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        puts(what);
        exit(0);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Only to see whether it works? */
BENCH_UNUSED bool bench_is_smoke(void)
{
    const char *smoke = getenv("VIV_BENCH_SMOKE");

    return smoke != NULL && strcmp(smoke, "1") == 0;
}

/* `full` rounds, or `few` for a smoke test. */
BENCH_UNUSED uint64_t bench_rounds(uint64_t full, uint64_t few)
{
    return bench_is_smoke() ? few : full;
}

BENCH_UNUSED uint64_t bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

BENCH_UNUSED void bench_row(const char *name, double value, const char *unit)
{
    printf("%s\t%.6g\t%s\n", name, value, unit);
}

BENCH_UNUSED void bench_row_peer(const char *name, double value,
                                 const char *unit, const char *peer,
                                 double peer_value)
{
    printf("%s\t%.6g\t%s\t%s\t%.6g\n", name, value, unit, peer, peer_value);
}

/* ------------------------------------------------------------------------
 * Numbers.
 */

BENCH_UNUSED int bench_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Sorts, and gives the value that a share of `per_mille` is not above. */
BENCH_UNUSED uint64_t bench_quantile(uint64_t *values, size_t count,
                                     unsigned per_mille)
{
    size_t at = count * per_mille / 1000;

    qsort(values, count, sizeof(*values), bench_order);
    return values[at < count ? at : count - 1];
}

/* A number of /proc/self/status, such as "VmRSS", in bytes. */
BENCH_UNUSED uint64_t bench_status(const char *field)
{
    FILE *file = fopen("/proc/self/status", "r");
    size_t len = strlen(field);
    unsigned long long kib = 0;
    char line[256];

    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, field, len) == 0 && line[len] == ':')
            sscanf(line + len + 1, "%llu", &kib);
    if (file != NULL)
        fclose(file);
    return (uint64_t)kib * 1024;
}

/* ------------------------------------------------------------------------
 * Guests.
 */

/* Compile WebAssembly text with the command, and load it. */
BENCH_UNUSED viv_module *bench_module_with(const char *wat, const char *options)
{
    const char *viv = getenv("VIV"), *folder = getenv("TMPDIR");
    char base[1024], path[1100], command[6000];
    viv_module *module = NULL;
    viv_error err = {0};
    FILE *file;
    int code;

    snprintf(base, sizeof(base), "%s/viv-bench-%ld",
             folder != NULL ? folder : "/tmp", (long)getpid());
    snprintf(path, sizeof(path), "%s.wat", base);
    file = fopen(path, "w");
    if (file == NULL || fputs(wat, file) < 0 || fclose(file) != 0)
        bench_die("cannot write %s", path);
    snprintf(command, sizeof(command),
             "wat2wasm '%s.wat' -o '%s.wasm' && '%s' compile --quiet %s "
             "'%s.wasm' -o '%s.viv'",
             base, base, viv != NULL ? viv : "build/viv", options, base, base);
    code = system(command);
    snprintf(path, sizeof(path), "%s.viv", base);
    if (code == 0 && viv_module_load(path, &module, &err) < 0)
        bench_die("%s", err.text);
    snprintf(command, sizeof(command), "rm -f '%s'.*", base);
    if (system(command) != 0 || code != 0)
        bench_die("a guest does not compile");
    return module;
}

BENCH_UNUSED viv_module *bench_module(const char *wat)
{
    return bench_module_with(wat, "-O2");
}

/* A sandbox, or the end. */
BENCH_UNUSED viv_sandbox *bench_sandbox(viv_module *module,
                                        const viv_import *imports, size_t count,
                                        const viv_limits *limits)
{
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_sandbox_new(module, imports, count, limits, &sandbox, &outcome,
                        &err) < 0)
        bench_die("%s", err.text);
    if (sandbox == NULL)
        bench_die("a guest does not survive its birth: outcome %u",
                  outcome.kind);
    return sandbox;
}

/* Call `name` with one i32 that returns one i32; the outcome. */
BENCH_UNUSED uint32_t bench_call(viv_sandbox *sandbox, const char *name,
                                 uint32_t arg, uint32_t *ret_result)
{
    viv_value args = {.i32 = arg}, results = {.i32 = 0};
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_call(sandbox, name, strlen(name), &args, 1, &results, 1, &outcome,
                 &err) < 0)
        bench_die("%s: %s", name, err.text);
    if (ret_result != NULL)
        *ret_result = results.i32;
    return outcome.kind;
}

#endif /* BENCH_H */
