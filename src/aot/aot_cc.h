/* aot_cc.h - the C compiler and the linker, as programs to run.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_CC_H
#define AOT_CC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aot/aot.h"
#include "base/base_sha256.h"
#include "os/os_process.h"
#include "os/os_scratch.h"
#include "vivarium.h"

#define AOT_CC_ARGS_MAX 64
#define AOT_CC_TEXT_MAX 2048

/* How units are compiled and linked: what the options come to. */
struct aot_cc {
    const struct aot_options *options;
    struct os_program program; /* the C compiler */
    struct os_program linker;
    char text[AOT_CC_TEXT_MAX]; /* storage of arguments made up */
    size_t text_len;
    const char *args[AOT_CC_ARGS_MAX]; /* of every compile */
    size_t arg_count;
    uint64_t cpu; /* ENGINE_CPU_... that the code will need */
};

/* Find the programs, and turn `options` into arguments.  A profile in
 * `options->pgo_use` that is not merged yet is merged into `scratch`. */
int aot_cc_init(struct aot_cc *cc, const struct aot_options *options,
                const struct os_scratch *scratch, viv_error *err);

/* Does the module have tail calls?  If not, no call may become a jump: endless
 * recursion has to exhaust the stack, not to turn into a loop.  To be said
 * once, before anything is digested or compiled. */
void aot_cc_tail_calls(struct aot_cc *cc, bool has_tail_calls);

/* Put everything about compiler, linker and arguments that decides what comes
 * out into a digest. */
void aot_cc_digest(const struct aot_cc *cc, struct base_sha256 *sha);

/* Compile `unit0.c` ... of `scratch` into `unit0.o` ..., several at a time.
 * On failure the sentence has the first line that the compiler said. */
int aot_cc_compile(const struct aot_cc *cc, const struct os_scratch *scratch,
                   uint32_t unit_count, viv_error *err);

/* Link them into `module.so` of `scratch`. */
int aot_cc_link(const struct aot_cc *cc, const struct os_scratch *scratch,
                uint32_t unit_count, viv_error *err);

/* What is written into the name of a unit's file. */
void aot_cc_unit_name(char ret_name[32], uint32_t unit, char suffix);

#endif /* AOT_CC_H */
