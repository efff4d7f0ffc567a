/* aot_compile.c - from a file of WebAssembly to a file of native code.
 *
 *     decode -> layout -> skeleton -> C -> [cache?] -> compile -> link -> file
 *
 * All scratch files are in one folder, which goes with the compile; the output
 * is written by one rename.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "aot/aot.h"
#include "aot/aot_cache.h"
#include "aot/aot_cc.h"
#include "aot/aot_header.h"
#include "aot/aot_prelude_files.h"
#include "aot/aot_skeleton.h"
#include "aot/aot_source.h"
#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_buf.h"
#include "base/base_error.h"
#include "engine/engine_layout.h"
#include "os/os_clock.h"
#include "os/os_file.h"
#include "os/os_path.h"
#include "os/os_scratch.h"
#include "wasm/wasm_decode.h"

/* And so is what a linker made, if it is larger than this. */
#define OBJECT_BYTES_MAX ((uint64_t)1 << 32)

#define OBJECT_FILE "module.so"

/* One compile. */
struct compile {
    const struct aot_options *options;
    struct aot_report *report;
    const char *out_path;
    struct base_arena arena;
    struct wasm_module module;
    struct engine_layout layout;
    struct base_buf skeleton;
    struct aot_source source;
    struct engine_header header;
    struct os_scratch scratch;
    struct aot_cc cc;
};

void aot_options_default(struct aot_options *ret_options)
{
    memset(ret_options, 0, sizeof(*ret_options));
    ret_options->target = AOT_GS;
    ret_options->opt_level = 2;
    ret_options->cc = "clang-19";
    ret_options->cpu = "x86-64-v2";
}

static void stage(const struct compile *compile, enum aot_stage which)
{
    const struct aot_options *options = compile->options;

    if (options->progress != NULL)
        options->progress(options->progress_cookie, which, 0, 0);
}

static double ms_since(uint64_t start)
{
    return (double)(os_clock_now() - start) / 1e6;
}

static int decode(struct compile *compile, const uint8_t *bytes, size_t len,
                  viv_error *err)
{
    uint64_t start = os_clock_now();
    int r;

    stage(compile, AOT_DECODE);
    r = wasm_decode(bytes, len, WASM_WHOLE, &compile->arena, &compile->module,
                    err);
    if (r == 0)
        r = engine_layout(&compile->module, &compile->arena, &compile->layout,
                          err);
    if (r == 0)
        r = aot_skeleton(&compile->module, &compile->skeleton, err);
    compile->report->decode_ms = ms_since(start);
    return r;
}

static int emit(struct compile *compile, viv_error *err)
{
    uint64_t start = os_clock_now();
    struct aot_report *report = compile->report;
    int r =
        aot_source_make(&compile->module, &compile->layout,
                        compile->options->fuel, (uint32_t)compile->skeleton.len,
                        compile->options, &compile->source, err);

    report->emit_ms = ms_since(start);
    report->units = compile->source.unit_count;
    report->functions =
        compile->module.func_count - compile->module.func_import_count;
    for (uint32_t i = 0; i < compile->source.unit_count; i++)
        report->c_bytes += compile->source.units[i].len;
    return r;
}

/* Write all that the C compiler reads into `scratch`. */
static int write_sources(const struct compile *compile,
                         const struct os_scratch *scratch, viv_error *err)
{
    char name[32];
    int r = 0;

    for (const struct aot_prelude_file *file = aot_prelude_files;
         r == 0 && file->name != NULL; file++)
        r = os_scratch_write(scratch, file->name, file->text,
                             strlen(file->text), err);
    for (uint32_t i = 0; r == 0 && i < compile->source.unit_count; i++) {
        aot_cc_unit_name(name, i, 'c');
        r = os_scratch_write(scratch, name, compile->source.units[i].at,
                             compile->source.units[i].len, err);
    }
    if (r == 0)
        r = os_scratch_write(scratch, AOT_SKELETON_FILE, compile->skeleton.at,
                             compile->skeleton.len, err);
    if (r == 0)
        r = os_scratch_write(scratch, AOT_HEADER_FILE, &compile->header,
                             sizeof(compile->header), err);
    return r;
}

static int keep_c(const struct compile *compile, viv_error *err)
{
    struct os_scratch folder;
    int r = os_scratch_adopt(compile->options->keep_c, &folder, err);

    if (r < 0)
        return r;
    r = write_sources(compile, &folder, err);
    os_scratch_release(&folder);
    return r;
}

/* Compile and link in the scratch folder; the object's bytes are the
 * caller's to base_free(). */
static int build(struct compile *compile, uint8_t **ret_bytes, size_t *ret_len,
                 viv_error *err)
{
    uint64_t start = os_clock_now();
    struct aot_report *report = compile->report;
    char path[OS_SCRATCH_PATH_MAX];
    int r = write_sources(compile, &compile->scratch, err);

    if (r == 0)
        r = aot_cc_compile(&compile->cc, &compile->scratch,
                           compile->source.unit_count, err);
    report->compile_ms = ms_since(start);
    if (r < 0)
        return r;
    stage(compile, AOT_LINK);
    start = os_clock_now();
    r = aot_cc_link(&compile->cc, &compile->scratch, compile->source.unit_count,
                    err);
    os_scratch_path(&compile->scratch, OBJECT_FILE, path, sizeof(path));
    if (r == 0)
        r = os_file_read_all(path, OBJECT_BYTES_MAX, ret_bytes, ret_len, err);
    report->link_ms = ms_since(start);
    return r;
}

/* From the cache, or built and put there. */
static int make_object(struct compile *compile, uint8_t **ret_bytes,
                       size_t *ret_len, viv_error *err)
{
    const char *folder = compile->options->cache;
    char key[AOT_CACHE_KEY_BYTES];
    int r;

    if (folder == NULL || compile->options->pgo_use != NULL)
        return build(compile, ret_bytes, ret_len, err);
    aot_cache_key(&compile->cc, &compile->source, &compile->header, key);
    if (aot_cache_get(folder, key, ret_bytes, ret_len) == 0) {
        compile->report->cached = true;
        return 0;
    }
    r = build(compile, ret_bytes, ret_len, err);
    if (r == 0)
        aot_cache_put(folder, key, *ret_bytes, *ret_len);
    return r;
}

static int write_object(struct compile *compile, viv_error *err)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    int r = make_object(compile, &bytes, &len, err);

    if (r == 0)
        r = os_file_write(compile->out_path, bytes, len, 0777, err);
    compile->report->object_bytes = len;
    base_free(bytes);
    return r;
}

/* What comes after the C: the programs, in a scratch folder. */
static int finish(struct compile *compile, viv_error *err)
{
    int r = os_scratch_open(&compile->scratch, err);

    if (r < 0)
        return r;
    r = aot_cc_init(&compile->cc, compile->options, &compile->scratch, err);
    if (r == 0) {
        aot_cc_tail_calls(&compile->cc, (compile->module.features &
                                         WASM_FEATURE_TAIL_CALLS) != 0);
        aot_header_make(&compile->module, &compile->layout, &compile->skeleton,
                        &compile->cc, &compile->header);
        if (compile->options->keep_c != NULL)
            r = keep_c(compile, err);
    }
    if (r == 0 && !compile->options->emit_only)
        r = write_object(compile, err);
    os_scratch_close(&compile->scratch);
    return r;
}

int aot_compile(const uint8_t *bytes, size_t len, const char *out_path,
                const struct aot_options *options, struct aot_report *report,
                viv_error *err)
{
    struct aot_report ignored;
    struct compile compile = {
        .options = options,
        .report = report != NULL ? report : &ignored,
        .out_path = out_path,
        .scratch = {.fd = -1},
    };
    uint64_t start = os_clock_now();
    int r;

    memset(compile.report, 0, sizeof(*compile.report));
    base_arena_init(&compile.arena);
    base_buf_init(&compile.skeleton, WASM_BYTES_MAX);
    r = decode(&compile, bytes, len, err);
    if (r == 0)
        r = emit(&compile, err);
    if (r == 0)
        r = finish(&compile, err);
    aot_source_fini(&compile.source);
    base_buf_fini(&compile.skeleton);
    base_arena_fini(&compile.arena);
    compile.report->total_ms = ms_since(start);
    if (r == 0)
        stage(&compile, AOT_DONE);
    return r;
}

int aot_compile_file(const char *in_path, const char *out_path,
                     const struct aot_options *options,
                     struct aot_report *report, viv_error *err)
{
    uint8_t *bytes;
    size_t len;
    int r = os_file_read_all(in_path, WASM_BYTES_MAX, &bytes, &len, err);

    if (r < 0)
        return r;
    r = aot_compile(bytes, len, out_path, options, report, err);
    base_free(bytes);
    return r;
}
