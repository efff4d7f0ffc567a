/* aot_header.c - what a compiled module says of itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_header.h"

#include <stdio.h>
#include <string.h>

#include "base/base_check.h"
#include "base/base_sha256.h"

_Static_assert((int)AOT_GS == (int)ENGINE_TARGET_GS, "targets");
_Static_assert((int)AOT_PORTABLE == (int)ENGINE_TARGET_PORTABLE, "targets");

static uint32_t flags_of(const struct aot_options *options)
{
    return (options->fuel ? ENGINE_FLAG_FUEL : 0) |
           (options->pgo_generate != NULL ? ENGINE_FLAG_PGO_GENERATE : 0) |
           (options->pgo_use != NULL ? ENGINE_FLAG_PGO_USE : 0);
}

/* A text for humans: what does not fit is cut. */
static void say(char *to, size_t size, const char *what)
{
    size_t len = strlen(what);

    if (len >= size)
        len = size - 1;
    memcpy(to, what, len);
    to[len] = '\0';
}

void aot_header_make(const struct wasm_module *module,
                     const struct engine_layout *layout,
                     const struct base_buf *skeleton, const struct aot_cc *cc,
                     struct engine_header *ret_header)
{
    const struct aot_options *options = cc->options;
    struct engine_header *header = ret_header;

    memset(header, 0, sizeof(*header));
    header->magic = ENGINE_HEADER_MAGIC;
    header->abi_version = ENGINE_ABI_VERSION;
    header->target = (uint32_t)options->target;
    header->flags = flags_of(options);
    header->cpu = cc->cpu;
    header->state_bytes = layout->state_bytes;
    header->features = module->features;
    base_sha256(module->bytes, module->bytes_len, header->source_digest);
    base_sha256(skeleton->at, skeleton->len, header->skeleton_digest);
    header->source_bytes = module->bytes_len;
    header->skeleton_bytes = (uint32_t)skeleton->len;
    say(header->viv_version, sizeof(header->viv_version), VIV_VERSION);
    say(header->cc, sizeof(header->cc), cc->program.path);
    (void)!snprintf(header->options, sizeof(header->options), "-O%d -march=%s",
                    options->opt_level, options->cpu);
}
