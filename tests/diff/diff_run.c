/* diff_run.c - run generated modules in Vivarium.
 *
 *     diff_run [OPTIONS] FOLDER SEED...
 *
 * For every seed compiles FOLDER/SEED.wasm, does with it what FOLDER/SEED.calls
 * says, and writes what happened into FOLDER/SEED.gs or .portable, in the words
 * of diff_node.mjs.  Each seed has a process of its own; one that dies leaves
 * that as the last line.  diff_options.h has the options.
 *
 * A module that diff_compile_gen has compiled already is not compiled again;
 * in any case its compiled form is gone afterwards.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff_options.h"
#include "diff_script.h"

#define VALUES_MAX  80
#define IMPORTS_MAX 32
#define SECONDS_MAX 120
#define HASH_BYTES  8192
#define HASH_ALL    UINT64_MAX
#define HOST_FAILED (-77)

/* One imported function; the module's state is shared by all. */
struct host {
    const char *name;
    const char *params; /* of `:results`, not terminated by NUL */
    const char *results;
    uint8_t types[VALUES_MAX];
    struct run *run;
};

struct run {
    FILE *log;
    int32_t host_state;
    struct host hosts[IMPORTS_MAX];
    viv_import imports[IMPORTS_MAX];
    uint32_t import_count;
    viv_module *module;
    viv_sandbox *sandbox;
    bool has_memory;
};

static struct diff_options options;

/* --- the host: what its functions return depends on how often they are called
 */

static int32_t next(struct run *run)
{
    run->host_state =
        (int32_t)((uint32_t)run->host_state * 1664525u + 1013904223u);
    return run->host_state;
}

static viv_value make(struct run *run, char type)
{
    viv_value value = {.v128 = {0}};

    switch (type) {
    case 'i':
        value.i32 = (uint32_t)next(run);
        break;
    case 'I':
        value.i64 = (uint64_t)(uint32_t)next(run) << 32;
        value.i64 |= (uint32_t)next(run);
        break;
    case 'f':
        value.f32 = (float)(next(run) / 65536);
        break;
    case 'F':
        value.f64 = next(run) / 1024.0;
        break;
    case 'e':
        value.ref = ((uint32_t)next(run) >> 8) % 5;
        break;
    default:
        break;
    }
    return value;
}

static int host_call(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    struct host *host = cookie;
    size_t i;

    (void)call;
    fprintf(host->run->log, "host %s", host->name);
    for (i = 0; host->params[i] != ':'; i++)
        diff_script_print(host->run->log, host->params[i], args[i]);
    fputc('\n', host->run->log);
    if (((uint32_t)next(host->run) >> 8) % 61 == 0)
        return HOST_FAILED;
    for (i = 0; host->results[i]; i++)
        results[i] = make(host->run, host->results[i]);
    return 0;
}

/* --- imports ----------------------------------------------------------------
 */

static void import_func(struct run *run, viv_import *import,
                        const struct diff_line *line)
{
    struct host *host = &run->hosts[run->import_count];
    size_t params = strcspn(line->word[3], ":");

    host->name = line->word[2];
    host->params = line->word[3];
    host->results = line->word[3] + params + 1;
    host->run = run;
    diff_script_types(host->params, params, host->types);
    diff_script_types(host->results, strlen(host->results),
                      host->types + params);
    import->kind = VIV_FUNC;
    import->func = host_call;
    import->cookie = host;
    import->func_type =
        (viv_func_type){host->types, host->types + params, (uint32_t)params,
                        (uint32_t)strlen(host->results)};
}

static void import_limits(viv_import *import, const char *min, const char *max)
{
    import->min = strtoull(min, NULL, 10);
    import->has_max = max[0] != '-';
    import->max = import->has_max ? strtoull(max, NULL, 10) : 0;
}

static void import_other(viv_import *import, const struct diff_line *line)
{
    uint8_t type;

    switch (line->word[0][0]) {
    case 'g':
        diff_script_types(line->word[3], 1, &type);
        import->kind = VIV_GLOBAL;
        import->type = type;
        import->value = diff_script_value(line->word[3][0], line->word[4]);
        break;
    case 'm':
        import->kind = VIV_MEMORY;
        import_limits(import, line->word[3], line->word[4]);
        break;
    default:
        diff_script_types(line->word[3], 1, &type);
        import->kind = VIV_TABLE;
        import->type = type;
        import_limits(import, line->word[4], line->word[5]);
        break;
    }
}

static void import(struct run *run, const struct diff_line *line)
{
    viv_import *row = &run->imports[run->import_count];

    row->module = line->word[1];
    row->name = line->word[2];
    if (line->word[0][0] == 'f')
        import_func(run, row, line);
    else
        import_other(row, line);
    run->import_count++;
}

/* --- calls ------------------------------------------------------------------
 */

static const char *trap_name(const viv_outcome *outcome)
{
    static const char *const names[] = {
        "?",      "unreachable", "memory", "table", "func", "func",
        "divide", "range",       "range",  "stack", "host",
    };

    return outcome->kind == VIV_TRAPPED && outcome->trap <= VIV_TRAP_HOST
               ? names[outcome->trap]
               : "?";
}

static void print_memory(struct run *run, uint64_t bytes)
{
    uint64_t size = viv_memory_bytes(run->sandbox), at;
    uint32_t hash = 0x811c9dc5, words[1024];

    if (!run->has_memory)
        return;
    if (bytes > size)
        bytes = size;
    for (at = 0; at < bytes; at += sizeof(words)) {
        size_t i;

        if (viv_memory_read(run->sandbox, at, words, sizeof(words)) < 0)
            return;
        for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            hash = (hash ^ words[i]) * 0x01000193;
    }
    fprintf(run->log, " memory %llu %x", (unsigned long long)(size / 65536),
            hash);
}

/* What makes the next call end is not part of what is compared. */
static bool is_silent(const char *name)
{
    return strcmp(name, "refuel") == 0 ||
           strcmp(name, "hangLimitInitializer") == 0;
}

static void call(struct run *run, const struct diff_line *line)
{
    const char *name = line->word[1], *types = line->word[2];
    size_t params = strcspn(types, ":"), count = strlen(types + params + 1), i;
    viv_value args[VALUES_MAX], results[VALUES_MAX];
    viv_outcome outcome;
    viv_error err;
    int code;

    for (i = 0; i < params; i++)
        args[i] = diff_script_value(types[i], line->word[3 + i]);
    code = viv_call(run->sandbox, name, strlen(name), args, params, results,
                    count, &outcome, &err);
    if (code < 0) {
        fprintf(run->log, "%s %s\n", name,
                code == VIV_ENOTFOUND ? "missing" : err.text);
        return;
    }
    if (is_silent(name))
        return;
    fprintf(run->log, "%s", name);
    if (outcome.kind == VIV_RETURNED)
        for (i = 0; i < count; i++)
            diff_script_print(run->log, types[params + 1 + i], results[i]);
    else
        fprintf(run->log, " trap %s", trap_name(&outcome));
    print_memory(run, HASH_BYTES);
    fputc('\n', run->log);
}

static void read_global(struct run *run, const struct diff_line *line)
{
    const char *name = line->word[1];
    viv_value value;
    uint32_t type;

    if (viv_global_get(run->sandbox, name, strlen(name), &value, &type) == 0) {
        fprintf(run->log, "%s", name);
        diff_script_print(run->log, line->word[2][0], value);
        fputc('\n', run->log);
    }
}

/* --- a module ---------------------------------------------------------------
 */

static bool exports_memory(const viv_module *module)
{
    uint32_t i;
    viv_extern export;

    for (i = 0; viv_module_export(module, i, &export) == 0; i++) {
        if (export.kind == VIV_MEMORY)
            return true;
    }
    return false;
}

static void do_lines(struct run *run, const struct diff_script *script)
{
    size_t i;

    run->has_memory = exports_memory(run->module);
    for (i = 0; i < script->count; i++) {
        if (script->lines[i].word[0][0] == 'c')
            call(run, &script->lines[i]);
        else if (script->lines[i].word[0][0] == 'r')
            read_global(run, &script->lines[i]);
    }
    if (run->has_memory) {
        fputs("end", run->log);
        print_memory(run, HASH_ALL);
        fputc('\n', run->log);
    }
}

static void instantiate(struct run *run, const struct diff_script *script)
{
    viv_limits limits;
    viv_outcome outcome;
    viv_error err;
    size_t i;

    for (i = 0; i < script->count; i++) {
        if (strchr("fgmt", script->lines[i].word[0][0]))
            import(run, &script->lines[i]);
    }
    viv_limits_default(&limits);
    limits.memory_bytes = VIV_ENDLESS;
    if (viv_sandbox_new(run->module, run->imports, run->import_count, &limits,
                        &run->sandbox, &outcome, &err) < 0)
        fprintf(run->log, "no instance: %s\n", err.text);
    else if (run->sandbox == NULL)
        fprintf(run->log, "no instance: %s\n", trap_name(&outcome));
    else
        do_lines(run, script);
    viv_sandbox_free(run->sandbox);
}

static void run_seed(const char *folder, const char *seed, FILE *log)
{
    static struct run run;
    struct diff_script script;
    char path[4096], out[4096];
    viv_error err;

    run.log = log;
    run.host_state = 1;
    snprintf(path, sizeof(path), "%s/%s.wasm", folder, seed);
    snprintf(out, sizeof(out), "%s/%s.%s.viv", folder, seed,
             options.target_name);
    if ((access(out, R_OK) < 0 &&
         aot_compile_file(path, out, &options.aot, NULL, &err) < 0) ||
        viv_module_load(out, &run.module, &err) < 0) {
        fprintf(log, "invalid %s\n", err.text);
        return;
    }
    snprintf(path, sizeof(path), "%s/%s.calls", folder, seed);
    diff_script_read(&script, path);
    instantiate(&run, &script);
    diff_script_free(&script);
    viv_module_unref(run.module);
    unlink(out);
}

static void run_apart(const char *folder, const char *seed)
{
    char path[4096];
    FILE *log;
    pid_t pid;
    int status = 0;

    snprintf(path, sizeof(path), "%s/%s.%s", folder, seed, options.target_name);
    log = fopen(path, "w");
    if (log == NULL) {
        perror(path);
        exit(2);
    }
    setvbuf(log, NULL, _IOLBF, 0);
    pid = fork();
    if (pid == 0) {
        alarm(SECONDS_MAX);
        run_seed(folder, seed, log);
        fclose(log);
        exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("fork");
        exit(2);
    }
    if (status != 0) {
        fseek(log, 0, SEEK_END);
        fprintf(log, "died: %s %d\n", WIFSIGNALED(status) ? "signal" : "exit",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    fclose(log);
}

int main(int argc, char **argv)
{
    int at = diff_options_read(&options, argc, argv), i;

    for (i = at + 1; i < argc; i++)
        run_apart(argv[at], argv[i]);
    return 0;
}
