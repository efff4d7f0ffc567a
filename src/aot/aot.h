/* aot.h - the compiler: WebAssembly in, a compiled module out.
 *
 * Top floor; never part of libvivarium.  The one header that the command line
 * tool includes besides vivarium.h.
 *
 *     decode -> check and emit C, function by function -> C compiler, several
 *     units at a time -> link -> one shared object, written whole or not at
 *     all
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_H
#define AOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

enum aot_target { AOT_GS = 1, AOT_PORTABLE = 2 };

/* Where a compile stands, for whoever shows progress. */
enum aot_stage { AOT_DECODE, AOT_EMIT, AOT_COMPILE, AOT_LINK, AOT_DONE };

/* `done` of `total` functions emitted (AOT_EMIT) or units compiled
 * (AOT_COMPILE). */
typedef void aot_progress_func(void *cookie, enum aot_stage stage,
                               uint32_t done, uint32_t total);

/* Fill it by aot_options_default(); all pointers are borrowed, and NULL means
 * the default or none. */
struct aot_options {
    enum aot_target target;
    int opt_level;            /* 0 to 3 */
    unsigned jobs;            /* C compilers at a time; 0: one per core */
    bool fuel;                /* meter: code that counts what it spends */
    bool emit_only;           /* stop after the C, which `keep_c` keeps */
    const char *cc;           /* the C compiler's command */
    const char *cpu;          /* x86-64, x86-64-v2, -v3 or -v4 */
    const char *keep_c;       /* a folder that gets the generated C */
    const char *cache;        /* a folder of compiled modules, by digest */
    const char *pgo_generate; /* a folder that runs will write profiles to */
    const char *pgo_use;      /* a profile, or a folder of them */
    aot_progress_func *progress;
    void *progress_cookie;
};

/* What a compile took, in milliseconds, and made. */
struct aot_report {
    double decode_ms;
    double emit_ms;
    double compile_ms;
    double link_ms;
    double total_ms;
    uint64_t c_bytes;
    uint64_t object_bytes;
    uint32_t functions;
    uint32_t units;
    bool cached;
};

void aot_options_default(struct aot_options *ret_options);

/* Compile the file `in_path` into the file `out_path`.
 *
 * The output appears whole, by rename, or not at all: a compile that fails or
 * is killed leaves what was there before.  Scratch files live in a folder of
 * its own under TMPDIR, which is removed at the end; folders that a killed
 * compile left behind are removed by the next one.  Any number of compiles,
 * also of the same files, may run at once.
 *
 * `report` may be NULL.  Fails with any VIV_E code; then the sentence says
 * what is wrong with the module and at which byte, or repeats the first line
 * of what the C compiler said.  One thread at a time per call; any number of
 * calls. */
int aot_compile_file(const char *in_path, const char *out_path,
                     const struct aot_options *options,
                     struct aot_report *report, viv_error *err);

/* The same for a module in memory. */
int aot_compile(const uint8_t *bytes, size_t len, const char *out_path,
                const struct aot_options *options, struct aot_report *report,
                viv_error *err);

/* What of a host's permissions a guest that imports this could use; NULL:
 * none.  viv_wasi_permission() is one. */
typedef const char *aot_permission_func(const char *module, const char *name);

/* Write what can be known of the .wasm or compiled file `path` without
 * running it into `*ret_text`, as lines for humans or as JSON.  With
 * `permission_of`, unless it is NULL, also what could be permitted to it.  The
 * caller owns the text, NUL-terminated, and frees it by aot_text_free(). */
int aot_inspect_file(const char *path, bool json,
                     aot_permission_func *permission_of, char **ret_text,
                     viv_error *err);
void aot_text_free(char *text);

#endif /* AOT_H */
