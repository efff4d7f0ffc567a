/* spec_module.h - a script's modules: read, judged, compiled, loaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_MODULE_H
#define SPEC_MODULE_H

#include <stddef.h>
#include <stdint.h>

#include "aot/aot.h"
#include "vivarium.h"

/* Opaque types. */
struct base_arena;

/* How modules are compiled, and where: `cache` keeps what was compiled for
 * the next run, `scratch` is a folder that the caller owns and empties. */
struct spec_compiler {
    struct aot_options options;
    const char *scratch;
};

/* The whole file `path`, in `arena`.  Fails with VIV_EIO or VIV_ENOMEM. */
int spec_module_read(const char *path, struct base_arena *arena,
                     const uint8_t **ret_bytes, size_t *ret_len,
                     viv_error *err);

/* Is this a valid module?  0 if so; else what the decoder or the validator
 * says: VIV_EFORMAT, or VIV_EUNSUPPORTED for what might be valid elsewhere. */
int spec_module_judge(const uint8_t *bytes, size_t len, viv_error *err);

/* Compile and load.  The caller owns `*ret_module`.  Fails with whatever
 * aot_compile() or viv_module_load() fail with. */
int spec_module_load(const struct spec_compiler *compiler, const uint8_t *bytes,
                     size_t len, viv_module **ret_module, viv_error *err);

/* Make of the sentence of a refusal the name of the feature that it refuses,
 * so that equal reasons are equal. */
void spec_module_reason(viv_error *err);

#endif /* SPEC_MODULE_H */
