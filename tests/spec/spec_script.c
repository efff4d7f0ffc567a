/* spec_script.c - carries out the commands of one script.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_script.h"

#include <stdio.h>
#include <string.h>

#include "base/base_error.h"
#include "spec_host.h"
#include "spec_json.h"
#include "spec_state.h"

#define LINE_BYTES 32

static char *copy_text(struct spec_state *state, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = base_arena_alloc(&state->arena, bytes, 1);

    return copy == NULL ? NULL : memcpy(copy, text, bytes);
}

/* --- instances ------------------------------------------------------------ */

static void free_instance(struct spec_instance *instance)
{
    viv_sandbox_free(instance->sandbox);
    viv_module_unref(instance->module);
    instance->sandbox = NULL;
    instance->module = NULL;
}

/* A new current instance, still without a sandbox.  The one before it goes
 * unless it has a name or was registered. */
static struct spec_instance *add_instance(struct spec_state *state)
{
    struct spec_instance *old = state->instances;
    struct spec_instance *new =
        base_arena_alloc(&state->arena, 1, sizeof(*new));

    if (new == NULL)
        return NULL;
    if (old != NULL && !old->kept)
        free_instance(old);
    new->name = spec_json_text(state->command, "name", NULL);
    new->kept = new->name != NULL;
    new->next = old;
    state->instances = new;
    return new;
}

/* Read the module of the command.  Fails for reasons that are told in `err`. */
static int read_module(struct spec_state *state, const uint8_t **ret_bytes,
                       size_t *ret_len, viv_error *err)
{
    char path[8192];

    snprintf(path, sizeof(path), "%s/%s", state->folder,
             spec_json_text(state->command, "filename", "?"));
    return spec_module_read(path, &state->arena, ret_bytes, ret_len, err);
}

/* The module in `bytes` is skipped: so is what shares something with it, for
 * that would look different now. */
static void taint(struct spec_state *state, const uint8_t *bytes, size_t len,
                  const char *reason)
{
    for (struct spec_exporter *exporter = state->exporters; exporter != NULL;
         exporter = exporter->next) {
        if (exporter->sandbox == NULL ||
            !spec_host_shares(exporter, bytes, len))
            continue;
        for (struct spec_instance *i = state->instances; i != NULL; i = i->next)
            if (i->sandbox == exporter->sandbox)
                i->skip = reason;
        exporter->skip = reason;
        exporter->sandbox = NULL;
    }
}

/* Compile and load the module of the command, and find what it imports.  As
 * for every function here that returns false, the command is then counted. */
static bool load_module(struct spec_state *state, viv_module **ret_module,
                        struct spec_rows *ret_rows, const char **ret_skip)
{
    const uint8_t *bytes;
    size_t len;
    viv_error err;
    viv_module *module = NULL;
    int code = read_module(state, &bytes, &len, &err);

    *ret_skip = NULL;
    if (code == 0)
        code = spec_module_load(state->compiler, bytes, len, &module, &err);
    if (code == 0)
        code = spec_host_rows(module, state->exporters, &state->arena, ret_rows,
                              &err);
    if (code == 0) {
        *ret_module = module;
        if (ret_rows->skip != NULL && state->kind != SPEC_UNLINKABLE)
            taint(state, bytes, len, ret_rows->skip);
        return true;
    }
    viv_module_unref(module);
    if (code == VIV_EUNSUPPORTED) {
        spec_module_reason(&err);
        *ret_skip = copy_text(state, err.text);
        spec_state_skip(state, err.text);
        if (state->kind != SPEC_UNLINKABLE)
            taint(state, bytes, len, *ret_skip);
    } else {
        spec_state_fail(state, "%s: %s", viv_error_name(code), err.text);
    }
    return false;
}

/* As large and as long as a script likes; the driver has a watch of its own. */
static const viv_limits *whole_machine(void)
{
    static viv_limits limits;

    viv_limits_default(&limits);
    limits.memory_bytes = limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    return &limits;
}

static void run_module(struct spec_state *state)
{
    struct spec_instance *instance = add_instance(state);
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    int code;

    if (instance == NULL) {
        spec_state_fail(state, "out of memory");
        return;
    }
    if (!load_module(state, &instance->module, &rows, &instance->skip))
        return;
    if (rows.skip != NULL) {
        instance->skip = rows.skip;
        spec_state_skip(state, rows.skip);
        return;
    }
    code = viv_sandbox_new(instance->module, rows.rows, rows.count,
                           whole_machine(), &instance->sandbox, &outcome, &err);
    if (code != 0)
        spec_state_fail(state, "%s: %s", viv_error_name(code), err.text);
    else if (instance->sandbox == NULL)
        spec_state_fail(state, "trap while starting: %s",
                        viv_trap_text(outcome.trap));
    else
        spec_state_pass(state);
}

static void run_register(struct spec_state *state)
{
    const char *name = spec_json_text(state->command, "name", NULL);
    struct spec_instance *instance = spec_state_find(state, name);
    struct spec_exporter *exporter =
        base_arena_alloc(&state->arena, 1, sizeof(*exporter));

    if (instance == NULL || exporter == NULL) {
        spec_state_fail(state, "no module %s", name ? name : "yet");
        return;
    }
    instance->kept = true;
    exporter->as = spec_json_text(state->command, "as", "");
    exporter->module = instance->module;
    exporter->sandbox = instance->sandbox;
    exporter->skip = instance->skip ? instance->skip : "a broken module";
    exporter->next = state->exporters;
    state->exporters = exporter;
    if (instance->skip != NULL)
        spec_state_skip(state, instance->skip);
    else if (instance->sandbox == NULL)
        spec_state_fail(state, "the module is broken");
    else
        spec_state_pass(state);
}

/* --- modules that must be refused ----------------------------------------- */

/* assert_invalid, assert_malformed: the validator refuses it, and so does the
 * whole compiler, in the same words. */
static void run_refused(struct spec_state *state)
{
    struct aot_options options = state->compiler->options;
    const uint8_t *bytes;
    size_t len;
    viv_error err, again;
    int code, code_again;

    if (strcmp(spec_json_text(state->command, "module_type", "?"), "text") ==
        0) {
        spec_state_skip(state, "the text format is not ours");
        return;
    }
    code = read_module(state, &bytes, &len, &err);
    if (code != 0) {
        spec_state_fail(state, "%s", err.text);
        return;
    }
    code = spec_module_judge(bytes, len, &err);
    options.emit_only = true;
    code_again = aot_compile(bytes, len, "/dev/null", &options, NULL, &again);
    if (code != code_again || (code != 0 && strcmp(err.text, again.text) != 0))
        spec_state_fail(state, "validator: %s; compiler: %s",
                        code ? err.text : "valid",
                        code_again ? again.text : "valid");
    else if (code == VIV_EFORMAT)
        spec_state_pass(state);
    else if (code == VIV_EUNSUPPORTED) {
        spec_module_reason(&err);
        spec_state_skip(state, err.text);
    } else {
        spec_state_fail(state, "%s, not %s", code ? err.text : "valid",
                        spec_json_text(state->command, "text", "?"));
    }
}

static void run_unlinkable(struct spec_state *state)
{
    viv_module *module;
    viv_sandbox *sandbox = NULL;
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    const char *reason;
    int code;

    if (!load_module(state, &module, &rows, &reason))
        return;
    if (rows.hides != NULL) {
        spec_state_skip(state, rows.hides);
    } else {
        code = viv_sandbox_new(module, rows.rows, rows.count, whole_machine(),
                               &sandbox, &outcome, &err);
        if (code == VIV_ELINK)
            spec_state_pass(state);
        else
            spec_state_fail(state, "%s, not %s", code ? err.text : "linked",
                            spec_json_text(state->command, "text", "?"));
    }
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

static void run_uninstantiable(struct spec_state *state)
{
    viv_module *module;
    viv_sandbox *sandbox = NULL;
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    const char *reason;

    if (!load_module(state, &module, &rows, &reason))
        return;
    if (rows.skip != NULL)
        spec_state_skip(state, rows.skip);
    else if (viv_sandbox_new(module, rows.rows, rows.count, whole_machine(),
                             &sandbox, &outcome, &err) != 0)
        spec_state_fail(state, "%s", err.text);
    else if (sandbox != NULL)
        spec_state_fail(state, "it started");
    else
        spec_state_judge_trap(state, &outcome);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

/* --- the script ----------------------------------------------------------- */

static void run_command(struct spec_state *state)
{
    static void (*const run[SPEC_KINDS])(struct spec_state *) = {
        [SPEC_MODULE] = run_module,
        [SPEC_ACTION] = spec_action_run,
        [SPEC_REGISTER] = run_register,
        [SPEC_RETURN] = spec_action_return,
        [SPEC_TRAP] = spec_action_trap,
        [SPEC_EXHAUSTION] = spec_action_trap,
        [SPEC_INVALID] = run_refused,
        [SPEC_MALFORMED] = run_refused,
        [SPEC_UNLINKABLE] = run_unlinkable,
        [SPEC_UNINSTANTIABLE] = run_uninstantiable,
    };
    const char *type = spec_json_text(state->command, "type", "?");

    state->kind = spec_kind_of(type);
    if (state->kind == SPEC_KINDS) {
        state->kind = SPEC_ACTION;
        spec_state_fail(state, "unknown command %s", type);
    } else {
        run[state->kind](state);
    }
}

/* The folder of the file `path`, with `.` for a bare name. */
static void set_folder(struct spec_state *state, const char *path)
{
    const char *slash = strrchr(path, '/');

    snprintf(state->folder, sizeof(state->folder), "%.*s",
             slash ? (int)(slash - path) : 1, slash ? path : ".");
}

static int read_script(struct spec_state *state, const char *path,
                       const struct spec_json **ret_commands, viv_error *err)
{
    const uint8_t *bytes;
    size_t len;
    const struct spec_json *root;
    int code = spec_module_read(path, &state->arena, &bytes, &len, err);

    if (code == 0)
        code = spec_json_parse((const char *)bytes, len, &state->arena, &root,
                               err);
    if (code != 0)
        return code;
    *ret_commands = spec_json_get(root, "commands");
    return *ret_commands != NULL
               ? 0
               : base_error(err, VIV_EFORMAT, "%s: no commands", path);
}

int spec_script_run(const char *json_path, const struct spec_compiler *compiler,
                    char *line_now, struct spec_tally *tally, viv_error *err)
{
    struct spec_state state = {.compiler = compiler, .tally = tally};
    const struct spec_json *commands;
    int code;

    base_arena_init(&state.arena);
    set_folder(&state, json_path);
    code = read_script(&state, json_path, &commands, err);
    if (code == 0) {
        for (state.command = commands->first; state.command != NULL;
             state.command = state.command->next) {
            state.line = spec_json_text(state.command, "line", "?");
            snprintf(line_now, LINE_BYTES, "%s", state.line);
            run_command(&state);
        }
    }
    for (struct spec_instance *i = state.instances; i != NULL; i = i->next)
        free_instance(i);
    base_arena_fini(&state.arena);
    return code;
}
