/* diff_calls_gen.c - a script for a module that somebody else has generated.
 *
 *     diff_calls_gen FOLDER SEED...
 *
 * Writes FOLDER/SEED.calls for FOLDER/SEED.wasm: every imported function, and
 * calls of every exported one with arguments from the edges.  Before each comes
 * the call of `hangLimitInitializer`, if there is one: so do modules of
 * `wasm-opt -ttf` end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_arena.h"
#include "diff_random.h"
#include "wasm/wasm_decode.h"

#define ROUNDS   4
#define FILE_MAX (1 << 20)

static const char init_name[] = "hangLimitInitializer";

struct script {
    FILE *out;
    const struct wasm_module *module;
    struct diff_random random;
};

static char letter(uint8_t type)
{
    switch (type) {
    case WASM_I32:
        return 'i';
    case WASM_I64:
        return 'I';
    case WASM_F32:
        return 'f';
    case WASM_F64:
        return 'F';
    case WASM_V128:
        return 'v';
    case WASM_FUNCREF:
        return 'r';
    default:
        return 'e';
    }
}

static void say_name(FILE *out, struct wasm_bytes name)
{
    fputc(' ', out);
    fwrite(name.at, 1, name.len, out);
}

static void say_type(FILE *out, const struct wasm_func_type *type)
{
    uint32_t i;

    fputc(' ', out);
    for (i = 0; i < type->param_count; i++)
        fputc(letter(type->params[i]), out);
    fputc(':', out);
    for (i = 0; i < type->result_count; i++)
        fputc(letter(type->results[i]), out);
}

static void say_imports(struct script *script)
{
    const struct wasm_module *module = script->module;
    uint32_t i;

    for (i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];

        if (import->kind != WASM_FUNC)
            continue;
        fputs("func", script->out);
        say_name(script->out, import->module);
        say_name(script->out, import->name);
        say_type(script->out, wasm_type_of_func(module, import->index));
        fputc('\n', script->out);
    }
}

/* No NaN but the one that JavaScript hands on as it is. */
static uint64_t argument(struct script *script, uint8_t type)
{
    uint64_t bits;

    switch (type) {
    case WASM_I32:
        return diff_random_i32(&script->random);
    case WASM_I64:
        return diff_random_i64(&script->random);
    case WASM_F32:
        bits = diff_random_f32(&script->random);
        return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
    case WASM_F64:
        bits = diff_random_f64(&script->random);
        return bits << 1 > 0xffe0ull << 48 ? 0x7ff8ull << 48 : bits;
    default:
        return 0;
    }
}

static bool is_called(const struct wasm_func_type *type)
{
    return (type->param_count == 0 ||
            !memchr(type->params, WASM_V128, type->param_count)) &&
           (type->result_count == 0 ||
            !memchr(type->results, WASM_V128, type->result_count));
}

static void say_call(struct script *script, const struct wasm_export *export)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(script->module, export->index);
    uint32_t i;

    if (!is_called(type))
        return;
    fprintf(script->out, "call %s :\ncall", init_name);
    say_name(script->out, export->name);
    say_type(script->out, type);
    for (i = 0; i < type->param_count; i++)
        fprintf(script->out, " %llx",
                (unsigned long long)argument(script, type->params[i]));
    fputc('\n', script->out);
}

static void say_all(struct script *script)
{
    const struct wasm_module *module = script->module;
    uint32_t i, round;

    say_imports(script);
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < module->export_count; i++) {
            if (module->exports[i].kind == WASM_FUNC)
                say_call(script, &module->exports[i]);
        }
    }
}

static FILE *open_file(const char *folder, const char *seed, const char *ending,
                       const char *mode)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s.%s", folder, seed, ending);
    file = fopen(path, mode);
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    return file;
}

static void write_script(const char *folder, const char *seed)
{
    static uint8_t bytes[FILE_MAX];
    FILE *in = open_file(folder, seed, "wasm", "rb");
    size_t len = fread(bytes, 1, sizeof(bytes), in);
    struct script script = {.out = open_file(folder, seed, "calls", "w")};
    struct base_arena arena;
    struct wasm_module module;
    viv_error err;

    fclose(in);
    diff_random_init(&script.random, strtoull(seed, NULL, 10));
    base_arena_init(&arena);
    script.module = &module;
    if (wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, &err) == 0)
        say_all(&script);
    else
        fprintf(stderr, "diff_calls_gen: %s: %s\n", seed, err.text);
    base_arena_fini(&arena);
    fclose(script.out);
}

int main(int argc, char **argv)
{
    int i;

    for (i = 2; i < argc; i++)
        write_script(argv[1], argv[i]);
    return 0;
}
