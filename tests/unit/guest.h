/* guest.h - small guests for unit tests, written as WebAssembly text.
 *
 *     struct guest guest = guest_start("(module (func (export \"f\")))");
 *
 *     EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 0), VIV_RETURNED);
 *     guest_end(&guest);
 *
 * The text is compiled for the flavour that VIV_TARGET names, by the command
 * VIV if there is one, through a cache beside the test program.  Whatever fails
 * ends the test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GUEST_H
#define GUEST_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aot/aot.h"
#include "test.h"
#include "vivarium.h"

#define GUEST_RESULTS 16

struct guest {
    viv_module *module;
    viv_sandbox *sandbox;
    viv_outcome outcome; /* of the last call, or of birth */
    viv_value results[GUEST_RESULTS];
    viv_error err;
};

/* Values for arguments. */
#define GUEST_ARGS(...) ((const viv_value[]){__VA_ARGS__})
#define GUEST_I32(n)                                                           \
    {                                                                          \
        .i32 = (uint32_t)(n)                                                   \
    }
#define GUEST_I64(n)                                                           \
    {                                                                          \
        .i64 = (uint64_t)(n)                                                   \
    }
#define GUEST_F32(n)                                                           \
    {                                                                          \
        .f32 = (n)                                                             \
    }
#define GUEST_F64(n)                                                           \
    {                                                                          \
        .f64 = (n)                                                             \
    }
#define GUEST_REF(n)                                                           \
    {                                                                          \
        .ref = (n)                                                             \
    }

/* An import of a function with these types. */
#define GUEST_TYPES(...) ((const uint8_t[]){__VA_ARGS__})
#define GUEST_FUNC(func_name, params_, param_count_, results_, result_count_,  \
                   func_, cookie_)                                             \
    {                                                                          \
        .module = "env", .name = func_name, .kind = VIV_FUNC,                  \
        .func_type = {params_, results_, param_count_, result_count_},         \
        .func = func_, .cookie = cookie_                                       \
    }

static inline bool guest_is_gs(void)
{
    const char *target = getenv("VIV_TARGET");

    return target == NULL || strcmp(target, "portable") != 0;
}

/* A path for a file of this test's own. */
static inline void guest_path(const char *name, char path[PATH_MAX])
{
    const char *folder = getenv("TMPDIR");

    snprintf(path, PATH_MAX, "%s/viv-test-%ld-%s",
             folder != NULL ? folder : "/tmp", (long)getpid(), name);
}

/* `cache` beside the running program. */
static inline void guest_cache(char path[PATH_MAX])
{
    char program[PATH_MAX - 16];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

    EXPECT(len > 0);
    program[len] = '\0';
    *strrchr(program, '/') = '\0';
    snprintf(path, PATH_MAX, "%s/guests", program);
    mkdir(path, 0777);
}

static inline void guest_write(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    EXPECT(file != NULL && fwrite(bytes, 1, len, file) == len);
    EXPECT_EQ_INT(fclose(file), 0);
}

/* How a guest is compiled. */
struct guest_how {
    const char *cc;
    int level;
    bool fuel;
    bool names; /* of functions, for backtraces */
};

#define GUEST_HOW(with_fuel)                                                   \
    (&(const struct guest_how){.cc = "clang-19", .level = 1, .fuel = with_fuel})

/* Text to bytes: `out` is the path of the .wasm. */
static inline void
guest_assemble_as(const char *wat, const struct guest_how *how, const char *out)
{
    char path[PATH_MAX], command[3 * PATH_MAX];

    guest_path("guest.wat", path);
    guest_write(path, wat, strlen(wat));
    snprintf(
        command, sizeof(command),
        "wat2wasm --enable-extended-const --enable-tail-call %s '%s' -o '%s'",
        how->names ? "--debug-names" : "", path, out);
    EXPECT_EQ_INT(system(command), 0);
    unlink(path);
}

static inline void guest_assemble(const char *wat, const char *out)
{
    guest_assemble_as(wat, GUEST_HOW(false), out);
}

/* By the command: valgrind would not follow the compiler here. */
static inline void guest_compile_by(const char *viv, const char *wasm,
                                    const char *cache,
                                    const struct guest_how *how,
                                    const char *out)
{
    char command[4 * PATH_MAX];

    snprintf(command, sizeof(command),
             "'%s' compile --quiet --target %s -O%d %s --cc %s --cache '%s' "
             "'%s' -o '%s'",
             viv, guest_is_gs() ? "gs" : "portable", how->level,
             how->fuel ? "--fuel" : "", how->cc, cache, wasm, out);
    EXPECT_EQ_INT(system(command), 0);
}

static inline void guest_compile_here(const char *wasm, const char *cache,
                                      const struct guest_how *how,
                                      const char *out)
{
    struct aot_options options;
    viv_error err = {0};

    aot_options_default(&options);
    options.target = guest_is_gs() ? AOT_GS : AOT_PORTABLE;
    options.cc = how->cc;
    options.opt_level = how->level;
    options.fuel = how->fuel;
    options.cache = cache;
    if (aot_compile_file(wasm, out, &options, NULL, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* The file `wasm`, which is removed, to a compiled module at `out`. */
static inline void guest_compile_wasm(const char *wasm,
                                      const struct guest_how *how,
                                      const char *out)
{
    const char *viv = getenv("VIV");
    char cache[PATH_MAX];

    guest_cache(cache);
    if (viv != NULL)
        guest_compile_by(viv, wasm, cache, how, out);
    else
        guest_compile_here(wasm, cache, how, out);
    unlink(wasm);
}

/* Text to a compiled module at `out`. */
static inline void
guest_compile_as(const char *wat, const struct guest_how *how, const char *out)
{
    char wasm[PATH_MAX];

    guest_path("guest.wasm", wasm);
    guest_assemble_as(wat, how, wasm);
    guest_compile_wasm(wasm, how, out);
}

static inline void guest_compile(const char *wat, bool fuel, const char *out)
{
    guest_compile_as(wat, GUEST_HOW(fuel), out);
}

/* The module at `path`, which is removed. */
static inline viv_module *guest_load_file(const char *path)
{
    viv_module *module = NULL;
    viv_error err = {0};

    if (viv_module_load(path, &module, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    unlink(path);
    return module;
}

/* A path for a module; no two are the same, or valgrind takes one file for
 * the other. */
static inline void guest_module_path(char path[PATH_MAX])
{
    static int count;
    char name[32];

    snprintf(name, sizeof(name), "guest-%d.viv", count++);
    guest_path(name, path);
}

static inline viv_module *guest_load_as(const char *wat,
                                        const struct guest_how *how)
{
    char path[PATH_MAX];

    guest_module_path(path);
    guest_compile_as(wat, how, path);
    return guest_load_file(path);
}

static inline viv_module *guest_load(const char *wat, bool fuel)
{
    return guest_load_as(wat, GUEST_HOW(fuel));
}

/* For what the assembler does not know. */
static inline viv_module *guest_load_bytes(const void *bytes, size_t len)
{
    char wasm[PATH_MAX], path[PATH_MAX];

    guest_path("guest.wasm", wasm);
    guest_module_path(path);
    guest_write(wasm, bytes, len);
    guest_compile_wasm(wasm, GUEST_HOW(false), path);
    return guest_load_file(path);
}

/* A sandbox of `module`, which is shared. */
static inline struct guest guest_of(viv_module *module,
                                    const viv_import *imports, size_t count,
                                    const viv_limits *limits)
{
    struct guest guest = {.module = viv_module_ref(module)};

    if (viv_sandbox_new(module, imports, count, limits, &guest.sandbox,
                        &guest.outcome, &guest.err) < 0)
        test_fail(TEST_AT, "%s", guest.err.text);
    return guest;
}

static inline struct guest
guest_start_with(const char *wat, const viv_import *imports, size_t count)
{
    viv_module *module = guest_load(wat, false);
    struct guest guest = guest_of(module, imports, count, NULL);

    viv_module_unref(module);
    return guest;
}

static inline struct guest guest_start(const char *wat)
{
    return guest_start_with(wat, NULL, 0);
}

static inline void guest_end(struct guest *guest)
{
    EXPECT_EQ_INT(viv_sandbox_free(guest->sandbox), 0);
    viv_module_unref(guest->module);
}

/* Call an export; returns the kind of the outcome, the rest is in `guest`. */
static inline uint32_t guest_call(struct guest *guest, const char *name,
                                  const viv_value *args, size_t arg_count,
                                  size_t result_count)
{
    if (viv_call(guest->sandbox, name, strlen(name), args, arg_count,
                 guest->results, result_count, &guest->outcome,
                 &guest->err) < 0)
        test_fail(TEST_AT, "calling %s: %s", name, guest->err.text);
    return guest->outcome.kind;
}

/* One i32 in, one i32 out; the call returns. */
static inline uint32_t guest_ask(struct guest *guest, const char *name,
                                 uint32_t arg)
{
    EXPECT_EQ_INT(guest_call(guest, name, GUEST_ARGS(GUEST_I32(arg)), 1, 1),
                  VIV_RETURNED);
    return guest->results[0].i32;
}

/* One i32 in, one i32 out if it returned; the call traps, and how. */
static inline uint32_t guest_trap_of(struct guest *guest, const char *name,
                                     uint32_t arg)
{
    EXPECT_EQ_INT(guest_call(guest, name, GUEST_ARGS(GUEST_I32(arg)), 1, 1),
                  VIV_TRAPPED);
    return guest->outcome.trap;
}

#endif /* GUEST_H */
