/* aot_tools.h - what the tests of the compiler share: text modules in, C or
 * running code out.
 *
 * A test is a process, so everything here is kept in static storage and in one
 * folder of the test's own, which goes with it.  What fails ends the test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_TOOLS_H
#define AOT_TOOLS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "aot/aot.h"
#include "aot/aot_func.h"
#include "aot/aot_name.h"
#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "engine/engine_layout.h"
#include "os/os_file.h"
#include "test.h"
#include "vivarium.h"
#include "wasm/wasm_decode.h"

static char tools_folder_path[256];

static inline void tools_remove_folder(void)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -rf '%s'", tools_folder_path);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", tools_folder_path);
}

/* The test's own folder. */
static inline const char *tools_folder(void)
{
    const char *parent = getenv("TMPDIR");

    if (tools_folder_path[0] == '\0') {
        snprintf(tools_folder_path, sizeof(tools_folder_path),
                 "%s/aot-test-XXXXXX", parent != NULL ? parent : "/tmp");
        EXPECT(mkdtemp(tools_folder_path) != NULL);
        atexit(tools_remove_folder);
    }
    return tools_folder_path;
}

/* A path in it, good for as long as the test runs. */
static inline const char *tools_path(const char *name)
{
    static char paths[64][512];
    char path[512];
    int i = 0;

    snprintf(path, sizeof(path), "%s/%s", tools_folder(), name);
    while (paths[i][0] != '\0' && strcmp(paths[i], path) != 0)
        i++;
    EXPECT(i < 63);
    memcpy(paths[i], path, sizeof(path));
    return paths[i];
}

static inline void tools_write(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(tools_path(name), "wb");

    EXPECT(file != NULL);
    EXPECT_EQ_INT(fwrite(bytes, 1, len, file), len);
    EXPECT_EQ_INT(fclose(file), 0);
}

/* A program of one's own: a shell script in the test's folder. */
static inline const char *tools_script(const char *name, const char *text)
{
    tools_write(name, text, strlen(text));
    EXPECT_EQ_INT(chmod(tools_path(name), 0755), 0);
    return tools_path(name);
}

/* How many files the folder `path` holds. */
static inline int tools_count_files(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int count = 0;

    EXPECT(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* Bytes that grow, for making modules and texts. */
static inline struct base_buf *tools_buf(void)
{
    static struct base_buf bufs[4];
    static unsigned next;
    struct base_buf *buf = &bufs[next++ % 4];

    base_buf_fini(buf);
    base_buf_init(buf, SIZE_MAX / 2);
    return buf;
}

/* A module that was decoded. */
struct tools_module {
    uint8_t *bytes;
    size_t len;
    struct base_arena arena;
    struct wasm_module module;
    struct engine_layout layout;
    const char *const *names;
};

static struct tools_module tools_it;

static inline void tools_close(void)
{
    base_arena_fini(&tools_it.arena);
    base_free(tools_it.bytes);
    memset(&tools_it, 0, sizeof(tools_it));
}

/* Assemble the text module `wat` into `module.wasm` of the folder. */
static inline void tools_assemble(const char *wat)
{
    char command[600];

    tools_write("module.wat", wat, strlen(wat));
    snprintf(command, sizeof(command),
             "wat2wasm --enable-all --debug-names '%s/module.wat' "
             "-o '%s/module.wasm'",
             tools_folder(), tools_folder());
    if (system("command -v wat2wasm >/dev/null") != 0)
        SKIP("there is no wat2wasm");
    EXPECT_EQ_INT(system(command), 0);
}

/* Decode `module.wasm` of the folder; tools_it is the module then. */
static inline struct tools_module *tools_decode(void)
{
    viv_error err = {0};

    tools_close();
    EXPECT_EQ_INT(os_file_read_all(tools_path("module.wasm"), WASM_BYTES_MAX,
                                   &tools_it.bytes, &tools_it.len, &err),
                  0);
    base_arena_init(&tools_it.arena);
    if (wasm_decode(tools_it.bytes, tools_it.len, WASM_WHOLE, &tools_it.arena,
                    &tools_it.module, &err) < 0)
        test_fail(TEST_AT, "cannot decode: %s", err.text);
    EXPECT_EQ_INT(engine_layout(&tools_it.module, &tools_it.arena,
                                &tools_it.layout, &err),
                  0);
    EXPECT_EQ_INT(
        aot_names(&tools_it.module, &tools_it.arena, &tools_it.names, &err), 0);
    return &tools_it;
}

static inline struct tools_module *tools_open(const char *wat)
{
    tools_assemble(wat);
    return tools_decode();
}

/* Translate function `index` of tools_it; the text, ending with NUL, is good
 * until the next.  On failure NULL, with the sentence in `err`. */
static inline const char *tools_try_emit(uint32_t index, bool fuel,
                                         viv_error *err)
{
    static struct base_buf out;
    struct aot_func func;
    uint8_t *needed = base_alloc_zero(tools_it.module.func_count + 1, 1);
    int r;

    base_buf_fini(&out);
    base_buf_init(&out, SIZE_MAX / 2);
    EXPECT(needed != NULL);
    aot_func_init(&func, &tools_it.module, &tools_it.layout, tools_it.names,
                  needed, fuel);
    r = aot_func_emit(&func, index, &out, err);
    aot_func_fini(&func);
    base_free(needed);
    base_buf_char(&out, '\0');
    return r < 0 ? NULL : out.at;
}

static inline const char *tools_emit(uint32_t index)
{
    viv_error err = {0};
    const char *text = tools_try_emit(index, false, &err);

    if (text == NULL)
        test_fail(TEST_AT, "cannot translate: %s", err.text);
    return text;
}

/* The C of the first function of `wat` that is not imported. */
static inline const char *tools_c(const char *wat)
{
    tools_open(wat);
    return tools_emit(tools_it.module.func_import_count);
}

/* How often `part` stands in `text`. */
static inline int tools_count(const char *text, const char *part)
{
    int count = 0;

    for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part))
        count++;
    return count;
}

/* Do `a` and `b` both stand in `text`, the first before the second? */
static inline bool tools_in_order(const char *text, const char *a,
                                  const char *b)
{
    const char *at = strstr(text, a);

    return at != NULL && strstr(at + strlen(a), b) != NULL;
}

static inline double tools_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The flavour that this run of the tests can execute. */
static inline enum aot_target tools_target(void)
{
    const char *target = getenv("VIV_TARGET");

    return target != NULL && strcmp(target, "portable") == 0 ? AOT_PORTABLE
                                                             : AOT_GS;
}

/* Options as the tests want them: the cache that lives between runs. */
static inline struct aot_options tools_options(void)
{
    static char cache[512];
    const char *folder = getenv("VIV_CACHE");
    struct aot_options options;

    aot_options_default(&options);
    options.target = tools_target();
    if (folder != NULL)
        snprintf(cache, sizeof(cache), "%s/modules", folder);
    else
        snprintf(cache, sizeof(cache), "%s/.cache/vivarium/modules",
                 getenv("HOME"));
    options.cache = cache;
    return options;
}

/* Compile `module.wasm` of the folder, and load it.  The caller owns it. */
static inline viv_module *tools_load(const struct aot_options *options)
{
    viv_error err = {0};
    viv_module *module = NULL;

    if (aot_compile_file(tools_path("module.wasm"), tools_path("module.viv"),
                         options, NULL, &err) < 0)
        test_fail(TEST_AT, "cannot compile: %s", err.text);
    if (viv_module_load(tools_path("module.viv"), &module, &err) < 0)
        test_fail(TEST_AT, "cannot load: %s", err.text);
    return module;
}

static inline viv_sandbox *tools_sandbox(viv_module *module, uint64_t fuel)
{
    viv_error err = {0};
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_limits limits;

    viv_limits_default(&limits);
    if (fuel != 0)
        limits.fuel = fuel;
    if (viv_sandbox_new(module, NULL, 0, &limits, &sandbox, &outcome, &err) < 0)
        test_fail(TEST_AT, "cannot make a sandbox: %s", err.text);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    return sandbox;
}

/* Call `name` with up to one i32, and give what it returned, up to one i32,
 * in `*ret_result`. */
static inline viv_outcome tools_call(viv_sandbox *sandbox, const char *name,
                                     size_t arg_count, uint32_t arg,
                                     size_t result_count, uint32_t *ret_result)
{
    viv_value args = {.i32 = arg}, results = {0};
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_call(sandbox, name, strlen(name), &args, arg_count, &results,
                 result_count, &outcome, &err) < 0)
        test_fail(TEST_AT, "cannot call %s: %s", name, err.text);
    if (ret_result != NULL)
        *ret_result = results.i32;
    return outcome;
}

#endif /* AOT_TOOLS_H */
