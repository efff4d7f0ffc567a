/* spec_script.c - carries out the commands of one script.
 *
 * A module that cannot be had here (a feature that is refused, something
 * shared with another instance) is skipped, and so is every command that needs
 * it, for the same reason.  A module that should have worked and did not is
 * broken: then the commands that need it fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_script.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/base_arena.h"
#include "base/base_error.h"
#include "spec_host.h"
#include "spec_json.h"
#include "spec_value.h"

#define LINE_BYTES 32

/* One module of the script that was made an instance, or would have been. */
struct instance {
    struct instance *next;
    const char *name; /* `$name` in the script, or NULL */
    viv_module *module;
    viv_sandbox *sandbox; /* NULL: skipped or broken */
    const char *skip;     /* why it is skipped, or NULL */
    bool kept;            /* something may still refer to it */
};

struct script {
    struct base_arena arena;
    char folder[4096];
    const struct spec_compiler *compiler;
    struct spec_tally *tally;
    struct instance *instances; /* the newest first, which is `current` */
    const struct spec_exporter *exporters;
    const struct spec_json *command;
    enum spec_kind kind;
    const char *line;
};

/* How an action ended, if it could be carried out at all. */
struct answer {
    viv_outcome outcome;
    viv_value *values;
    const uint8_t *types;
    uint32_t count;
};

static void pass(struct script *script)
{
    spec_tally_pass(script->tally, script->kind);
}

static void skip(struct script *script, const char *reason)
{
    spec_tally_skip(script->tally, script->kind, reason);
}

#define fail(script, ...)                                                      \
    spec_tally_fail((script)->tally, (script)->kind, (script)->line,           \
                    __VA_ARGS__)

static char *copy_text(struct script *script, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = base_arena_alloc(&script->arena, bytes, 1);

    return copy == NULL ? NULL : memcpy(copy, text, bytes);
}

/* --- instances ------------------------------------------------------------ */

static void free_instance(struct instance *instance)
{
    viv_sandbox_free(instance->sandbox);
    viv_module_unref(instance->module);
    instance->sandbox = NULL;
    instance->module = NULL;
}

/* A new current instance, still without a sandbox.  The one before it goes
 * unless it has a name or was registered. */
static struct instance *add_instance(struct script *script)
{
    struct instance *old = script->instances;
    struct instance *new = base_arena_alloc(&script->arena, 1, sizeof(*new));

    if (new == NULL)
        return NULL;
    if (old != NULL && !old->kept)
        free_instance(old);
    new->name = spec_json_text(script->command, "name", NULL);
    new->kept = new->name != NULL;
    new->next = old;
    script->instances = new;
    return new;
}

/* The instance that is called `name`, the current one for NULL. */
static struct instance *find_instance(struct script *script, const char *name)
{
    struct instance *instance = script->instances;

    while (name != NULL && instance != NULL &&
           (instance->name == NULL || strcmp(instance->name, name) != 0))
        instance = instance->next;
    return instance;
}

/* Read the module of the command.  Fails for reasons that are told in `err`. */
static int read_module(struct script *script, const uint8_t **ret_bytes,
                       size_t *ret_len, viv_error *err)
{
    char path[8192];

    snprintf(path, sizeof(path), "%s/%s", script->folder,
             spec_json_text(script->command, "filename", "?"));
    return spec_module_read(path, &script->arena, ret_bytes, ret_len, err);
}

/* Compile and load the module of the command, and find what it imports.  As
 * for every function here that returns false, the command is then counted. */
static bool load_module(struct script *script, viv_module **ret_module,
                        struct spec_rows *ret_rows, const char **ret_skip)
{
    const uint8_t *bytes;
    size_t len;
    viv_error err;
    viv_module *module = NULL;
    int code = read_module(script, &bytes, &len, &err);

    *ret_skip = NULL;
    if (code == 0)
        code = spec_module_load(script->compiler, bytes, len, &module, &err);
    if (code == 0)
        code = spec_host_rows(module, script->exporters, &script->arena,
                              ret_rows, &err);
    if (code == 0) {
        *ret_module = module;
        return true;
    }
    viv_module_unref(module);
    if (code == VIV_EUNSUPPORTED) {
        spec_module_reason(&err);
        *ret_skip = copy_text(script, err.text);
        skip(script, err.text);
    } else {
        fail(script, "%s: %s", viv_error_name(code), err.text);
    }
    return false;
}

static void run_module(struct script *script)
{
    struct instance *instance = add_instance(script);
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    int code;

    if (instance == NULL) {
        fail(script, "out of memory");
        return;
    }
    if (!load_module(script, &instance->module, &rows, &instance->skip))
        return;
    if (rows.skip != NULL) {
        instance->skip = rows.skip;
        skip(script, rows.skip);
        return;
    }
    code = viv_sandbox_new(instance->module, rows.rows, rows.count, NULL,
                           &instance->sandbox, &outcome, &err);
    if (code != 0)
        fail(script, "%s: %s", viv_error_name(code), err.text);
    else if (instance->sandbox == NULL)
        fail(script, "trap while starting: %s", viv_trap_text(outcome.trap));
    else
        pass(script);
}

static void run_register(struct script *script)
{
    const char *name = spec_json_text(script->command, "name", NULL);
    struct instance *instance = find_instance(script, name);
    struct spec_exporter *exporter =
        base_arena_alloc(&script->arena, 1, sizeof(*exporter));

    if (instance == NULL || exporter == NULL) {
        fail(script, "no module %s", name ? name : "yet");
        return;
    }
    instance->kept = true;
    exporter->as = spec_json_text(script->command, "as", "");
    exporter->module = instance->module;
    exporter->sandbox = instance->sandbox;
    exporter->skip = instance->skip ? instance->skip : "a broken module";
    exporter->next = script->exporters;
    script->exporters = exporter;
    if (instance->skip != NULL)
        skip(script, instance->skip);
    else if (instance->sandbox == NULL)
        fail(script, "the module is broken");
    else
        pass(script);
}

/* --- actions -------------------------------------------------------------- */

static bool read_args(struct script *script, const struct spec_json *action,
                      viv_value *args)
{
    const struct spec_json *list = spec_json_get(action, "args");
    struct spec_value value;
    viv_error err;

    list = list != NULL ? list->first : NULL;
    for (; list != NULL; list = list->next) {
        if (spec_value_read(list, &value, &err) != 0) {
            fail(script, "%s", err.text);
            return false;
        }
        *args++ = value.value;
    }
    return true;
}

static bool get_global(struct script *script, struct instance *instance,
                       const struct spec_json *field, struct answer *ret_answer)
{
    uint8_t *type = base_arena_alloc(&script->arena, 1, 1);
    viv_value *value = base_arena_alloc(&script->arena, 1, sizeof(*value));
    uint32_t its_type;

    if (type == NULL || value == NULL ||
        viv_global_get(instance->sandbox, field->text, field->len, value,
                       &its_type) != 0) {
        fail(script, "no global %s", field->text);
        return false;
    }
    *type = (uint8_t)its_type;
    *ret_answer = (struct answer){.outcome = {.kind = VIV_RETURNED},
                                  .values = value,
                                  .types = type,
                                  .count = 1};
    return true;
}

static bool call_func(struct script *script, struct instance *instance,
                      const struct spec_json *field,
                      const struct spec_json *action, struct answer *ret_answer)
{
    size_t arg_count = spec_json_count(spec_json_get(action, "args"));
    viv_value *args =
        base_arena_alloc(&script->arena, arg_count, sizeof(*args));
    viv_func_type type;
    viv_error err;

    if (viv_func_type_of(instance->module, field->text, field->len, &type) !=
        0) {
        fail(script, "no function %s", field->text);
        return false;
    }
    ret_answer->types = type.results;
    ret_answer->count = type.result_count;
    ret_answer->values =
        base_arena_alloc(&script->arena, type.result_count, sizeof(viv_value));
    if (args == NULL || ret_answer->values == NULL) {
        fail(script, "out of memory");
        return false;
    }
    if (!read_args(script, action, args))
        return false;
    if (viv_call(instance->sandbox, field->text, field->len, args, arg_count,
                 ret_answer->values, ret_answer->count, &ret_answer->outcome,
                 &err) != 0) {
        fail(script, "%s: %s", field->text, err.text);
        return false;
    }
    return true;
}

/* Carry out the action of the command. */
static bool act(struct script *script, struct answer *ret_answer)
{
    const struct spec_json *action = spec_json_get(script->command, "action");
    const struct spec_json *field = spec_json_get(action, "field");
    struct instance *instance =
        find_instance(script, spec_json_text(action, "module", NULL));

    if (instance == NULL || field == NULL) {
        fail(script, "no module to act on");
    } else if (instance->skip != NULL) {
        skip(script, instance->skip);
    } else if (instance->sandbox == NULL) {
        fail(script, "its module is broken");
    } else if (strcmp(spec_json_text(action, "type", "?"), "get") == 0) {
        return get_global(script, instance, field, ret_answer);
    } else {
        return call_func(script, instance, field, action, ret_answer);
    }
    return false;
}

/* Did the action return?  If not, say what it did. */
static bool has_returned(struct script *script, const struct answer *answer)
{
    const struct spec_json *action = spec_json_get(script->command, "action");

    if (answer->outcome.kind == VIV_RETURNED)
        return true;
    fail(script, "%s: trap: %s", spec_json_text(action, "field", "?"),
         viv_trap_text(spec_host_trap(&answer->outcome)));
    return false;
}

static void run_action(struct script *script)
{
    struct answer answer;

    if (act(script, &answer) && has_returned(script, &answer))
        pass(script);
}

/* Compare one result; false if it is not what the script asks for. */
static bool compare(struct script *script, const struct spec_json *json,
                    uint8_t type, const viv_value *actual)
{
    const struct spec_json *action = spec_json_get(script->command, "action");
    char want[SPEC_VALUE_TEXT], got[SPEC_VALUE_TEXT];
    struct spec_value expected;
    viv_error err;

    if (spec_value_read(json, &expected, &err) != 0) {
        fail(script, "%s", err.text);
        return false;
    }
    if (expected.type == type && spec_value_matches(&expected, actual))
        return true;
    spec_value_show(&expected, want);
    spec_value_show_actual(type, actual, got);
    fail(script, "%s: %s, not %s", spec_json_text(action, "field", "?"), got,
         want);
    return false;
}

static void run_return(struct script *script)
{
    const struct spec_json *list = spec_json_get(script->command, "expected");
    struct answer answer;

    if (!act(script, &answer) || !has_returned(script, &answer))
        return;
    if (list == NULL || spec_json_count(list) != answer.count) {
        fail(script, "%u results", answer.count);
        return;
    }
    list = list->first;
    for (uint32_t i = 0; i < answer.count; i++, list = list->next)
        if (!compare(script, list, answer.types[i], &answer.values[i]))
            return;
    pass(script);
}

/* Is the trap the one that scripts describe by `text`?  Scripts add details
 * to the words, such as the index of the element. */
static bool is_trap(uint32_t trap, const char *text)
{
    static const struct {
        uint32_t trap;
        const char *text;
    } traps[] = {
        {VIV_TRAP_UNREACHABLE, "unreachable"},
        {VIV_TRAP_MEMORY, "out of bounds memory access"},
        {VIV_TRAP_TABLE, "out of bounds table access"},
        {VIV_TRAP_TABLE, "undefined element"},
        {VIV_TRAP_NULL_FUNC, "uninitialized element"},
        {VIV_TRAP_FUNC_TYPE, "indirect call type mismatch"},
        {VIV_TRAP_DIVIDE_BY_ZERO, "integer divide by zero"},
        {VIV_TRAP_INT_OVERFLOW, "integer overflow"},
        {VIV_TRAP_BAD_CONVERSION, "invalid conversion to integer"},
        {VIV_TRAP_STACK, "call stack exhausted"},
    };

    for (size_t i = 0; i < sizeof(traps) / sizeof(*traps); i++)
        if (strncmp(text, traps[i].text, strlen(traps[i].text)) == 0)
            return traps[i].trap == trap;
    return false;
}

/* Count the command by how `outcome` compares to the trap it asks for. */
static void judge_trap(struct script *script, const viv_outcome *outcome)
{
    const char *text = spec_json_text(script->command, "text", "?");
    uint32_t trap = spec_host_trap(outcome);

    if (trap == 0)
        fail(script, "no trap, not %s", text);
    else if (!is_trap(trap, text))
        fail(script, "trap: %s, not %s", viv_trap_text(trap), text);
    else
        pass(script);
}

static void run_trap(struct script *script)
{
    struct answer answer;

    if (act(script, &answer))
        judge_trap(script, &answer.outcome);
}

/* --- modules that must be refused ----------------------------------------- */

/* assert_invalid, assert_malformed: the validator refuses it, and so does the
 * whole compiler, in the same words. */
static void run_refused(struct script *script)
{
    struct aot_options options = script->compiler->options;
    const uint8_t *bytes;
    size_t len;
    viv_error err, again;
    int code, code_again;

    if (strcmp(spec_json_text(script->command, "module_type", "?"), "text") ==
        0) {
        skip(script, "the text format is not ours");
        return;
    }
    code = read_module(script, &bytes, &len, &err);
    if (code != 0) {
        fail(script, "%s", err.text);
        return;
    }
    code = spec_module_judge(bytes, len, &err);
    options.emit_only = true;
    code_again = aot_compile(bytes, len, "/dev/null", &options, NULL, &again);
    if (code != code_again || (code != 0 && strcmp(err.text, again.text) != 0))
        fail(script, "validator: %s; compiler: %s", code ? err.text : "valid",
             code_again ? again.text : "valid");
    else if (code == VIV_EFORMAT)
        pass(script);
    else if (code == VIV_EUNSUPPORTED) {
        spec_module_reason(&err);
        skip(script, err.text);
    } else {
        fail(script, "%s, not %s", code ? err.text : "valid",
             spec_json_text(script->command, "text", "?"));
    }
}

static void run_unlinkable(struct script *script)
{
    viv_module *module;
    viv_sandbox *sandbox = NULL;
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    const char *reason;
    int code;

    if (!load_module(script, &module, &rows, &reason))
        return;
    if (rows.hides != NULL) {
        skip(script, rows.hides);
    } else {
        code = viv_sandbox_new(module, rows.rows, rows.count, NULL, &sandbox,
                               &outcome, &err);
        if (code == VIV_ELINK)
            pass(script);
        else
            fail(script, "%s, not %s", code ? err.text : "linked",
                 spec_json_text(script->command, "text", "?"));
    }
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

static void run_uninstantiable(struct script *script)
{
    viv_module *module;
    viv_sandbox *sandbox = NULL;
    struct spec_rows rows;
    viv_outcome outcome;
    viv_error err;
    const char *reason;

    if (!load_module(script, &module, &rows, &reason))
        return;
    if (rows.skip != NULL)
        skip(script, rows.skip);
    else if (viv_sandbox_new(module, rows.rows, rows.count, NULL, &sandbox,
                             &outcome, &err) != 0)
        fail(script, "%s", err.text);
    else if (sandbox != NULL)
        fail(script, "it started");
    else
        judge_trap(script, &outcome);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

/* --- the script ----------------------------------------------------------- */

static void run_command(struct script *script)
{
    static void (*const run[SPEC_KINDS])(struct script *) = {
        [SPEC_MODULE] = run_module,
        [SPEC_ACTION] = run_action,
        [SPEC_REGISTER] = run_register,
        [SPEC_RETURN] = run_return,
        [SPEC_TRAP] = run_trap,
        [SPEC_EXHAUSTION] = run_trap,
        [SPEC_INVALID] = run_refused,
        [SPEC_MALFORMED] = run_refused,
        [SPEC_UNLINKABLE] = run_unlinkable,
        [SPEC_UNINSTANTIABLE] = run_uninstantiable,
    };
    const char *type = spec_json_text(script->command, "type", "?");

    script->kind = spec_kind_of(type);
    if (script->kind == SPEC_KINDS) {
        script->kind = SPEC_ACTION;
        fail(script, "unknown command %s", type);
    } else {
        run[script->kind](script);
    }
}

/* The folder of the file `path`, with `.` for a bare name. */
static void set_folder(struct script *script, const char *path)
{
    const char *slash = strrchr(path, '/');

    snprintf(script->folder, sizeof(script->folder), "%.*s",
             slash ? (int)(slash - path) : 1, slash ? path : ".");
}

static int read_script(struct script *script, const char *path,
                       const struct spec_json **ret_commands, viv_error *err)
{
    const uint8_t *bytes;
    size_t len;
    const struct spec_json *root;
    int code = spec_module_read(path, &script->arena, &bytes, &len, err);

    if (code == 0)
        code = spec_json_parse((const char *)bytes, len, &script->arena, &root,
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
    struct script script = {.compiler = compiler, .tally = tally};
    const struct spec_json *commands;
    int code;

    base_arena_init(&script.arena);
    set_folder(&script, json_path);
    code = read_script(&script, json_path, &commands, err);
    if (code == 0) {
        for (script.command = commands->first; script.command != NULL;
             script.command = script.command->next) {
            script.line = spec_json_text(script.command, "line", "?");
            snprintf(line_now, LINE_BYTES, "%s", script.line);
            run_command(&script);
        }
    }
    for (struct instance *i = script.instances; i != NULL; i = i->next)
        free_instance(i);
    base_arena_fini(&script.arena);
    return code;
}
