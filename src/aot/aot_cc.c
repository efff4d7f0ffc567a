/* aot_cc.c - the C compiler and the linker, as programs to run.
 *
 * The linker is run by itself and not through the compiler's driver: starting
 * the driver once more costs as much as compiling a small module.  Instrumented
 * code (--pgo-generate) needs the compiler's runtime and goes through it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_cc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aot/aot_profile.h"
#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_abi.h"
#include "os/os_file.h"
#include "os/os_path.h"

/* What a compiler prints, at most; more is not read. */
#define LOG_BYTES_MAX 65536u

/* Arguments of every compile, and why.
 *     -pipe                   gcc keeps no files in TMPDIR, which a killed
 *                             compile would leave there
 *     -fwrapv                 integers wrap, as the guest's do
 *     -fno-strict-aliasing    memory has no types
 *     -ffp-contract=off       a * b + c is rounded twice
 *     -fno-math-errno         sqrt is an instruction
 *     -fno-builtin            no loop becomes a call of memcpy
 *     -fstack-clash-protection  large frames touch every page of the stack, so
 *                             that none steps over the guard
 *     -fno-stack-protector    the distribution's defaults do not belong here
 *     -ffreestanding          no header of the system is needed
 *     -fasynchronous-unwind-tables  gdb and perf walk through guest frames */
static const char *const always[] = {
    "-c",
    "-pipe",
    "-std=gnu11",
    "-w",
    "-I.",
    "-fPIC",
    "-fvisibility=hidden",
    "-ffreestanding",
    "-fno-builtin",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fstack-clash-protection",
    "-fno-stack-protector",
    "-fasynchronous-unwind-tables",
    NULL,
};

/* Arguments of clang alone, and why.
 *     -x86-cmov-converter-force-mem-operand=false
 *         what a guest loads for a conditional move is loaded in any case.
 *         Else LLVM makes a branch around the load, volatile or not (its issue
 *         42267), and the load does not trap that should. */
static const char *const of_clang[] = {
    "-mllvm",
    "-x86-cmov-converter-force-mem-operand=false",
    NULL,
};

/* Arguments of clang 19 alone, and why.
 *     -tail-dup-pred-size, -tail-dup-succ-size
 *         the head of an interpreter's loop is copied to all operations,
 *         however many there are: LLVM 19 stops at 16 (its issue 106846); older
 *         ones do not know the arguments, and later ones do not need them. */
static const char *const of_clang_19[] = {
    "-mllvm", "-tail-dup-pred-size=100000",
    "-mllvm", "-tail-dup-succ-size=100000",
    NULL,
};

static const struct {
    const char *name;
    uint64_t bit;
} cpus[] = {
    {"x86-64", 0},
    {"x86-64-v2", ENGINE_CPU_X86_64_V2},
    {"x86-64-v3", ENGINE_CPU_X86_64_V2 | ENGINE_CPU_X86_64_V3},
    {"x86-64-v4",
     ENGINE_CPU_X86_64_V2 | ENGINE_CPU_X86_64_V3 | ENGINE_CPU_X86_64_V4},
};

static void add(struct aot_cc *cc, const char *arg)
{
    CHECK(cc->arg_count + 1 < AOT_CC_ARGS_MAX);
    cc->args[cc->arg_count++] = arg;
    cc->args[cc->arg_count] = NULL;
}

/* Paths are the caller's and may be of any length. */
static int add_format(struct aot_cc *cc, viv_error *err, const char *format,
                      ...)
{
    size_t room = sizeof(cc->text) - cc->text_len;
    char *at = cc->text + cc->text_len;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(at, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room)
        return base_error(err, VIV_EINVAL, "a path is too long: %s", at);
    cc->text_len += (size_t)len + 1;
    add(cc, at);
    return 0;
}

/* For any CPU that has the instructions, but arranged for one of this decade.
 * What compilers take for any CPU computes a sum of three by two instructions,
 * lest it be slow before Ice Lake (2019); and every address that a guest
 * computes is such a sum. */
#define TUNE "-mtune=icelake-server"

static int add_cpu(struct aot_cc *cc, viv_error *err)
{
    const char *cpu = cc->options->cpu;

    for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
        if (strcmp(cpu, cpus[i].name) != 0)
            continue;
        cc->cpu = cpus[i].bit;
        add(cc, TUNE);
        return add_format(cc, err, "-march=%s", cpu);
    }
    return base_error(err, VIV_EINVAL,
                      "unknown CPU \"%s\": there are x86-64, x86-64-v2, "
                      "x86-64-v3 and x86-64-v4",
                      cpu);
}

static int add_profile(struct aot_cc *cc, const struct os_scratch *scratch,
                       viv_error *err)
{
    const struct aot_options *options = cc->options;
    char path[AOT_PROFILE_PATH_MAX];
    char arg[AOT_PROFILE_ARG_MAX];
    int r = 0;

    if (options->pgo_generate != NULL) {
        r = os_path_absolute(options->pgo_generate, path, sizeof(path), err);
        if (r == 0)
            r = add_format(cc, err, "-fprofile-generate=%s", path);
    }
    if (r == 0 && options->pgo_use != NULL) {
        r = aot_profile_find(options->pgo_use, scratch, arg, err);
        if (r == 0)
            r = add_format(cc, err, "%s", arg);
    }
    return r;
}

/* By its name, links followed: to ask it would take as long as a compile. */
static bool is_clang(const struct os_program *program)
{
    const char *slash = strrchr(program->path, '/');
    const char *name = slash != NULL ? slash + 1 : program->path;

    return strncmp(name, "clang", 5) == 0;
}

/* By where it lies, or its name: llvm-19/bin/clang, clang-19. */
static bool is_clang_19(const struct os_program *program)
{
    return strstr(program->path, "llvm-19/bin/clang") != NULL ||
           strstr(program->path, "/clang-19") != NULL;
}

static void add_all(struct aot_cc *cc, const char *const *args)
{
    for (size_t i = 0; args[i] != NULL; i++)
        add(cc, args[i]);
}

int aot_cc_init(struct aot_cc *cc, const struct aot_options *options,
                const struct os_scratch *scratch, viv_error *err)
{
    int r;

    memset(cc, 0, sizeof(*cc));
    cc->options = options;
    r = os_process_find(options->cc, &cc->program, err);
    if (r == 0)
        r = os_process_find("ld", &cc->linker, err);
    if (r < 0)
        return r;
    add(cc, options->cc);
    add_all(cc, always);
    if (is_clang(&cc->program))
        add_all(cc, of_clang);
    if (is_clang_19(&cc->program))
        add_all(cc, of_clang_19);
    r = add_format(cc, err, "-O%d", options->opt_level);
    if (r == 0)
        r = add_cpu(cc, err);
    if (options->target == AOT_PORTABLE)
        add(cc, "-DVIV_PORTABLE");
    if (r == 0)
        r = add_profile(cc, scratch, err);
    return r;
}

/* A program's file: another version is another file. */
static void digest_program(struct base_sha256 *sha,
                           const struct os_program *program)
{
    base_sha256_add(sha, program->path, strlen(program->path) + 1);
    base_sha256_add(sha, &program->bytes, sizeof(program->bytes));
    base_sha256_add(sha, &program->changed_ns, sizeof(program->changed_ns));
}

void aot_cc_tail_calls(struct aot_cc *cc, bool has_tail_calls)
{
    add(cc, has_tail_calls ? "-foptimize-sibling-calls"
                           : "-fno-optimize-sibling-calls");
    if (has_tail_calls)
        add(cc, "-DVIV_TAIL_CALLS");
}

void aot_cc_digest(const struct aot_cc *cc, struct base_sha256 *sha)
{
    uint64_t count = cc->arg_count;

    base_sha256_add(sha, &count, sizeof(count));
    for (size_t i = 0; i < cc->arg_count; i++)
        base_sha256_add(sha, cc->args[i], strlen(cc->args[i]) + 1);
    digest_program(sha, &cc->program);
    digest_program(sha, &cc->linker);
}

void aot_cc_unit_name(char ret_name[32], uint32_t unit, char suffix)
{
    snprintf(ret_name, 32, "unit%u.%c", unit, suffix);
}

/* The first line of what a program printed that says what is wrong. */
static int fail(const struct os_scratch *scratch, const char *log,
                const char *program, const struct os_exit *how, viv_error *err)
{
    char path[OS_SCRATCH_PATH_MAX];
    uint8_t *text = NULL;
    size_t len = 0;
    int r;

    os_scratch_path(scratch, log, path, sizeof(path));
    if (os_file_read_all(path, LOG_BYTES_MAX, &text, &len, NULL) < 0)
        len = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\n')
            len = i;
    if (how->signal != 0)
        r = base_error(err, VIV_EIO, "%s was ended by signal %d: %.*s", program,
                       how->signal, (int)len, (const char *)text);
    else
        r = base_error(err, VIV_EIO, "%s failed with exit code %d: %.*s",
                       program, how->code, (int)len, (const char *)text);
    base_free(text);
    return r;
}

/* A place where one compiler runs at a time. */
struct job {
    uint32_t unit;
    char log[32];
};

static int start(const struct aot_cc *cc, const struct os_scratch *scratch,
                 uint32_t unit, struct job *job, struct os_process *process,
                 viv_error *err)
{
    const char *args[AOT_CC_ARGS_MAX + 4];
    char source[32], object[32], log[OS_SCRATCH_PATH_MAX];
    size_t n = cc->arg_count;

    job->unit = unit;
    aot_cc_unit_name(source, unit, 'c');
    aot_cc_unit_name(object, unit, 'o');
    aot_cc_unit_name(job->log, unit, 'l');
    os_scratch_path(scratch, job->log, log, sizeof(log));
    memcpy(args, cc->args, n * sizeof(args[0]));
    args[n++] = "-o";
    args[n++] = object;
    args[n++] = source;
    args[n] = NULL;
    return os_process_start(args, scratch->path, log, process, err);
}

static int finish(const struct aot_cc *cc, const struct os_scratch *scratch,
                  struct job *job, struct os_process *process, viv_error *err)
{
    struct os_exit how;
    int r = os_process_wait(process, &how, err);

    if (r == 0 && how.code != 0)
        r = fail(scratch, job->log, cc->options->cc, &how, err);
    return r;
}

static void report(const struct aot_cc *cc, uint32_t done, uint32_t total)
{
    const struct aot_options *options = cc->options;

    if (options->progress != NULL)
        options->progress(options->progress_cookie, AOT_COMPILE, done, total);
}

/* The last unit first: it has the tables as well. */
static int run_jobs(const struct aot_cc *cc, const struct os_scratch *scratch,
                    uint32_t unit_count, struct job *jobs,
                    struct os_process *processes, size_t job_count,
                    viv_error *err)
{
    uint32_t started = 0, done = 0;

    report(cc, 0, unit_count);
    while (done < unit_count) {
        size_t at = started;
        int r = 0;

        if (started >= job_count || started == unit_count) {
            r = os_process_wait_any(processes, job_count, &at, err);
            if (r == 0)
                r = finish(cc, scratch, &jobs[at], &processes[at], err);
            report(cc, ++done, unit_count);
        }
        if (r == 0 && started < unit_count) {
            r = start(cc, scratch, unit_count - 1 - started, &jobs[at],
                      &processes[at], err);
            started++;
        }
        if (r < 0)
            return r;
    }
    return 0;
}

int aot_cc_compile(const struct aot_cc *cc, const struct os_scratch *scratch,
                   uint32_t unit_count, viv_error *err)
{
    size_t count = cc->options->jobs;
    struct os_process *processes;
    struct job *jobs;
    int r;

    if (count == 0)
        count = os_process_cores();
    if (count > unit_count)
        count = unit_count;
    jobs = base_alloc_zero(count, sizeof(*jobs));
    processes = base_alloc_zero(count, sizeof(*processes));
    if (jobs == NULL || processes == NULL)
        r = base_error_memory(err);
    else
        r = run_jobs(cc, scratch, unit_count, jobs, processes, count, err);
    for (size_t i = 0; processes != NULL && i < count; i++)
        os_process_kill(&processes[i]);
    base_free(jobs);
    base_free(processes);
    return r;
}

/* Arguments of the linker, and why.
 *     -z now, relro    nothing is writable that need not be
 *     -z noexecstack   nor executable
 *     --as-needed -lm  rounding, on CPUs without the instruction */
static const char *const link_before[] = {
    "ld",
    "-shared",
    "-z",
    "now",
    "-z",
    "relro",
    "-z",
    "noexecstack",
    "-z",
    "defs",
    "--hash-style=gnu",
    "--eh-frame-hdr",
    "--build-id=none",
    "-o",
    "module.so",
    NULL,
};

static const char *const link_after[] = {"--as-needed", "-lm", NULL};

static size_t copy_args(const char **to, const char *const *from)
{
    size_t n = 0;

    for (; from[n] != NULL; n++)
        to[n] = from[n];
    return n;
}

static int run_link(const char **args, const struct os_scratch *scratch,
                    viv_error *err)
{
    struct os_process process;
    struct os_exit how;
    char log[OS_SCRATCH_PATH_MAX];
    int r;

    os_scratch_path(scratch, "link.l", log, sizeof(log));
    r = os_process_start(args, scratch->path, log, &process, err);
    if (r == 0)
        r = os_process_wait(&process, &how, err);
    if (r == 0 && how.code != 0)
        r = fail(scratch, "link.l", args[0], &how, err);
    return r;
}

int aot_cc_link(const struct aot_cc *cc, const struct os_scratch *scratch,
                uint32_t unit_count, viv_error *err)
{
    size_t room = unit_count + AOT_CC_ARGS_MAX;
    const char **args = base_alloc_zero(room, sizeof(*args));
    char(*names)[32] = base_alloc_zero(unit_count, sizeof(*names));
    size_t n = 0;
    int r;

    if (args == NULL || names == NULL) {
        base_free(args);
        base_free(names);
        return base_error_memory(err);
    }
    if (cc->options->pgo_generate != NULL) {
        n += copy_args(args, cc->args);
        args[1] = "-shared"; /* in the place of -c */
        args[n++] = "-o";
        args[n++] = "module.so";
    } else {
        n += copy_args(args, link_before);
    }
    for (uint32_t i = 0; i < unit_count; i++) {
        aot_cc_unit_name(names[i], i, 'o');
        args[n++] = names[i];
    }
    if (cc->options->pgo_generate == NULL)
        n += copy_args(args + n, link_after);
    CHECK(n < room);
    r = run_link(args, scratch, err);
    base_free(args);
    base_free(names);
    return r;
}
