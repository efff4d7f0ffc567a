/* diff_compile_gen.c - many modules by one start of the C compiler.
 *
 *     diff_compile_gen [OPTIONS] FOLDER SEED...
 *
 * Makes FOLDER/SEED.gs.viv or .portable.viv of FOLDER/SEED.wasm; diff_options.h
 * has the options.  Byte for byte what aot_compile_file() makes, but cheaper:
 * to start the C compiler and to write down what it reads costs as much as to
 * compile a generated module.
 *
 *     each module   decode, emit   FOLDER/N.d/unit0.c, and what it takes in
 *     all of them   compile        N.d/unit0.o; diff_cc1.h
 *     each module   link           SEED.gs.viv
 *
 * What goes wrong here is not told: the module is left out.  diff_run compiles
 * by itself what it misses, and so hears why.  That is also how it goes with
 * compilers that have no -cc1, and with modules that are in the cache.  FOLDER
 * keeps the C and the objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aot/aot_cache.h"
#include "aot/aot_cc.h"
#include "aot/aot_header.h"
#include "aot/aot_prelude_files.h"
#include "aot/aot_skeleton.h"
#include "aot/aot_source.h"
#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "diff_cc1.h"
#include "diff_options.h"
#include "os/os_file.h"
#include "os/os_path.h"
#include "wasm/wasm_decode.h"

#define OBJECT_BYTES_MAX ((uint64_t)1 << 26)

enum state { LEFT_OUT, PLAIN, TAIL_CALLS };

/* The modules, and how both kinds of them are compiled: with tail calls and
 * without, for then other arguments are needed. */
struct batch {
    struct diff_options options;
    struct os_scratch folder;
    char **seeds;
    uint32_t count;
    enum state *states;
    char (*keys)[AOT_CACHE_KEY_BYTES]; /* of the cache */
    struct aot_cc cc[TAIL_CALLS + 1];
};

/* A module while it is emitted. */
struct emission {
    uint8_t *bytes;
    size_t len;
    struct base_arena arena;
    struct wasm_module module;
    struct engine_layout layout;
    struct base_buf skeleton;
    struct aot_source source;
};

/* --- the C ------------------------------------------------------------------
 */

/* Where module `number` is, in the folder of the batch. */
static void name_folder(char ret_name[16], uint32_t number)
{
    snprintf(ret_name, 16, "%u.d", number);
}

static bool open_folder(const struct batch *batch, uint32_t number,
                        struct os_scratch *ret_folder)
{
    char path[OS_SCRATCH_PATH_MAX], name[16];

    name_folder(name, number);
    os_scratch_path(&batch->folder, name, path, sizeof(path));
    return os_scratch_adopt(path, ret_folder, NULL) == 0;
}

/* The C compiler works in the folder of the batch, where files that the unit
 * takes in are not: put the module's folder before their names. */
static bool write_unit(const struct os_scratch *folder, uint32_t number,
                       const struct base_buf *unit)
{
    static const char word[] = ".incbin \\\"";
    const char *at = unit->at, *end = unit->at + unit->len, *found;
    struct base_buf out;
    char name[16];
    bool done;

    name_folder(name, number);
    base_buf_init(&out, unit->len + 64);
    while ((found = memmem(at, (size_t)(end - at), word, strlen(word)))) {
        found += strlen(word);
        base_buf_bytes(&out, at, (size_t)(found - at));
        base_buf_text(&out, name);
        base_buf_char(&out, '/');
        at = found;
    }
    base_buf_bytes(&out, at, (size_t)(end - at));
    done = !out.failed &&
           os_scratch_write(folder, "unit0.c", out.at, out.len, NULL) == 0;
    base_buf_fini(&out);
    return done;
}

/* Does diff_run find it in the cache? */
static bool is_cached(const struct batch *batch, const char *key)
{
    const char *cache = batch->options.aot.cache;
    uint8_t *bytes;
    size_t len;

    if (cache == NULL || aot_cache_get(cache, key, &bytes, &len) < 0)
        return false;
    base_free(bytes);
    return true;
}

static enum state write_all(const struct batch *batch, uint32_t number,
                            const struct emission *e)
{
    bool tail_calls = e->module.features & WASM_FEATURE_TAIL_CALLS;
    enum state state = tail_calls ? TAIL_CALLS : PLAIN;
    struct engine_header header;
    struct os_scratch folder;
    bool done;

    if (e->source.unit_count != 1 || !open_folder(batch, number, &folder))
        return LEFT_OUT;
    aot_header_make(&e->module, &e->layout, &e->skeleton, &batch->cc[state],
                    &header);
    aot_cache_key(&batch->cc[state], &e->source, &header, batch->keys[number]);
    done = !is_cached(batch, batch->keys[number]) &&
           write_unit(&folder, number, &e->source.units[0]) &&
           os_scratch_write(&folder, AOT_SKELETON_FILE, e->skeleton.at,
                            e->skeleton.len, NULL) == 0 &&
           os_scratch_write(&folder, AOT_HEADER_FILE, &header, sizeof(header),
                            NULL) == 0;
    (void)unlinkat(folder.fd, "unit0.o", 0); /* another time's */
    os_scratch_release(&folder);
    return done ? state : LEFT_OUT;
}

static enum state emit(const struct batch *batch, uint32_t number)
{
    const struct aot_options *options = &batch->options.aot;
    struct emission e = {0};
    enum state state = LEFT_OUT;
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s.wasm", batch->folder.path,
             batch->seeds[number]);
    base_arena_init(&e.arena);
    base_buf_init(&e.skeleton, WASM_BYTES_MAX);
    if (os_file_read_all(path, WASM_BYTES_MAX, &e.bytes, &e.len, NULL) == 0 &&
        wasm_decode(e.bytes, e.len, WASM_WHOLE, &e.arena, &e.module, NULL) ==
            0 &&
        engine_layout(&e.module, &e.arena, &e.layout, NULL) == 0 &&
        aot_skeleton(&e.module, &e.skeleton, NULL) == 0 &&
        aot_source_make(&e.module, &e.layout, options->fuel,
                        (uint32_t)e.skeleton.len, options, &e.source,
                        NULL) == 0)
        state = write_all(batch, number, &e);
    aot_source_fini(&e.source);
    base_buf_fini(&e.skeleton);
    base_arena_fini(&e.arena);
    base_free(e.bytes);
    return state;
}

/* --- the objects ------------------------------------------------------------
 */

static void compile(const struct batch *batch, enum state state)
{
    char(*names)[32] = base_alloc_zero(batch->count, sizeof(*names));
    const char **sources = base_alloc_zero(batch->count, sizeof(*sources));
    size_t n = 0;
    uint32_t i;

    for (i = 0; names != NULL && sources != NULL && i < batch->count; i++) {
        if (batch->states[i] != state)
            continue;
        snprintf(names[i], sizeof(names[i]), "%u.d/unit0.c", i);
        sources[n++] = names[i];
    }
    if (n > 0)
        diff_cc1_compile(&batch->cc[state], &batch->folder, sources, n);
    base_free(sources);
    base_free(names);
}

/* --- the modules ------------------------------------------------------------
 */

static void keep(const struct batch *batch, uint32_t number, const char *path)
{
    const char *cache = batch->options.aot.cache;
    uint8_t *bytes;
    size_t len;

    if (cache == NULL ||
        os_file_read_all(path, OBJECT_BYTES_MAX, &bytes, &len, NULL) < 0)
        return;
    aot_cache_put(cache, batch->keys[number], bytes, len);
    base_free(bytes);
}

static void link_one(const struct batch *batch, uint32_t number)
{
    char name[64], from[OS_SCRATCH_PATH_MAX], to[OS_SCRATCH_PATH_MAX];
    struct os_scratch folder;

    if (!open_folder(batch, number, &folder))
        return;
    snprintf(name, sizeof(name), "%s.%s.viv", batch->seeds[number],
             batch->options.target_name);
    os_scratch_path(&folder, "module.so", from, sizeof(from));
    os_scratch_path(&batch->folder, name, to, sizeof(to));
    if (aot_cc_link(&batch->cc[batch->states[number]], &folder, 1, NULL) == 0) {
        keep(batch, number, from);
        (void)rename(from, to);
    }
    os_scratch_release(&folder);
}

static bool prepare(struct batch *batch, const char *folder)
{
    const struct aot_prelude_file *file = aot_prelude_files;
    struct aot_cc *cc = batch->cc;
    char path[OS_SCRATCH_PATH_MAX];

    batch->states = base_alloc_zero(batch->count, sizeof(*batch->states));
    batch->keys = base_alloc_zero(batch->count, sizeof(*batch->keys));
    if (batch->states == NULL || batch->keys == NULL ||
        os_path_absolute(folder, path, sizeof(path), NULL) < 0 ||
        os_scratch_adopt(path, &batch->folder, NULL) < 0)
        return false;
    for (; file->name != NULL; file++)
        if (os_scratch_write(&batch->folder, file->name, file->text,
                             strlen(file->text), NULL) < 0)
            return false;
    for (enum state state = PLAIN; state <= TAIL_CALLS; state++) {
        if (aot_cc_init(&cc[state], &batch->options.aot, &batch->folder, NULL))
            return false;
        aot_cc_tail_calls(&cc[state], state == TAIL_CALLS);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct batch batch = {0};
    int at = diff_options_read(&batch.options, argc, argv);
    uint32_t i;

    if (argc - at < 2)
        return 2;
    batch.seeds = argv + at + 1;
    batch.count = (uint32_t)(argc - at - 1);
    if (!prepare(&batch, argv[at]))
        return 2;
    for (i = 0; i < batch.count; i++)
        batch.states[i] = emit(&batch, i);
    compile(&batch, PLAIN);
    compile(&batch, TAIL_CALLS);
    for (i = 0; i < batch.count; i++)
        if (batch.states[i] != LEFT_OUT)
            link_one(&batch, i);
    os_scratch_release(&batch.folder);
    base_free(batch.states);
    base_free(batch.keys);
    return 0;
}
