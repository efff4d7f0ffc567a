/* cli_compile.c - `viv compile`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "aot/aot.h"
#include "cli.h"
#include "cli_progress.h"

/* What the command line said. */
static struct {
    const char *out;
    const char *target;
    const char *cc;
    const char *cpu;
    const char *keep_c;
    const char *cache;
    const char *pgo_generate;
    const char *pgo_use;
    uint64_t jobs;
    int opt_level;
    bool fuel;
    bool emit_only;
    bool quiet;
    bool timings;
} said = {.opt_level = 2, .target = "gs"};

static const struct cli_option options[] = {
    {"-o", "OUT.viv", "the compiled module to write", CLI_TEXT, &said.out},
    {"--target", "TARGET", "gs (x86-64, the default) or portable", CLI_TEXT,
     &said.target},
    {"-O", "LEVEL", "0 to 3, as C compilers understand it; default -O2",
     CLI_LEVEL, &said.opt_level},
    {"--cpu", "CPU", "x86-64, x86-64-v2 (the default), -v3 or -v4", CLI_TEXT,
     &said.cpu},
    {"--fuel", NULL, "meter: the guest pays for what it executes", CLI_FLAG,
     &said.fuel},
    {"--jobs", "N", "C compilers at a time; default one per core", CLI_NUMBER,
     &said.jobs},
    {"--cc", "CC", "the C compiler; default clang-19", CLI_TEXT, &said.cc},
    {"--keep-c", "DIR", "keep the generated C in DIR", CLI_TEXT, &said.keep_c},
    {"--emit-only", NULL, "stop after the C", CLI_FLAG, &said.emit_only},
    {"--cache", "DIR", "keep compiled modules in DIR, by digest", CLI_TEXT,
     &said.cache},
    {"--pgo-generate", "DIR", "a module whose runs write profiles to DIR",
     CLI_TEXT, &said.pgo_generate},
    {"--pgo-use", "FILE", "optimise by a profile, or a folder of them",
     CLI_TEXT, &said.pgo_use},
    {"--timings", NULL, "print what each step took, in milliseconds", CLI_FLAG,
     &said.timings},
    {"--quiet", NULL, "no progress", CLI_FLAG, &said.quiet},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_compile = {
    .name = "compile",
    .usage = "IN.wasm -o OUT.viv [OPTIONS]",
    .summary = "Compile WebAssembly to a native module",
    .options = options,
    .run = run,
};

static int make_options(struct aot_options *ret_options)
{
    aot_options_default(ret_options);
    if (strcmp(said.target, "portable") == 0)
        ret_options->target = AOT_PORTABLE;
    else if (strcmp(said.target, "gs") != 0)
        return cli_usage(&cli_compile,
                         "unknown target \"%s\": there are gs and portable",
                         said.target);
    if (said.opt_level > 3)
        return cli_usage(&cli_compile, "there is no -O%d", said.opt_level);
    if (said.pgo_generate != NULL && said.pgo_use != NULL)
        return cli_usage(&cli_compile,
                         "--pgo-generate and --pgo-use exclude each other");
    ret_options->opt_level = said.opt_level;
    ret_options->jobs = (unsigned)said.jobs;
    ret_options->fuel = said.fuel;
    ret_options->emit_only = said.emit_only;
    ret_options->keep_c = said.keep_c;
    ret_options->cache = said.cache;
    ret_options->pgo_generate = said.pgo_generate;
    ret_options->pgo_use = said.pgo_use;
    if (said.cc != NULL)
        ret_options->cc = said.cc;
    if (said.cpu != NULL)
        ret_options->cpu = said.cpu;
    if (!said.quiet)
        cli_progress_watch(ret_options);
    return CLI_OK;
}

static void print_timings(const struct aot_report *report)
{
    printf("decode_ms\t%.1f\nemit_ms\t%.1f\ncompile_ms\t%.1f\n"
           "link_ms\t%.1f\ntotal_ms\t%.1f\n",
           report->decode_ms, report->emit_ms, report->compile_ms,
           report->link_ms, report->total_ms);
    printf("functions\t%u\nunits\t%u\nc_bytes\t%llu\nobject_bytes\t%llu\n"
           "cached\t%d\n",
           report->functions, report->units,
           (unsigned long long)report->c_bytes,
           (unsigned long long)report->object_bytes, report->cached);
}

static int run(int argc, char **argv)
{
    struct aot_options aot;
    struct aot_report report;
    viv_error err;
    int r = cli_options_parse(&cli_compile, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    if (argc != 1)
        return cli_usage(&cli_compile,
                         argc == 0 ? "which file?" : "one file at a time");
    if (said.out == NULL && !said.emit_only)
        return cli_usage(&cli_compile, "where to? -o OUT.viv is missing");
    if (said.emit_only && said.keep_c == NULL && !said.timings)
        return cli_usage(&cli_compile, "--emit-only wants --keep-c DIR");
    r = make_options(&aot);
    if (r != CLI_OK)
        return r;
    r = aot_compile_file(argv[0], said.out, &aot, &report, &err);
    cli_progress_end();
    if (r < 0)
        return cli_fail_file(argv[0], &err);
    if (said.timings)
        print_timings(&report);
    return CLI_OK;
}
