/* sandbox_save.c - images and sandboxes as bytes, here or in another process.
 *
 * SECURITY.  What is loaded may have been made by anybody.  src/mem proves that
 * the bytes are whole, say what they are for, and fit; engine_verify proves
 * that the state in them cannot mislead generated code.  Nothing runs before
 * both.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_save.h"

#include "base/base_alloc.h"
#include "base/base_buf.h"
#include "base/base_error.h"
#include "base/base_sha256.h"
#include "engine/engine_verify.h"
#include "mem/mem_dirty.h"
#include "mem/mem_load.h"
#include "mem/mem_place.h"
#include "mem/mem_save.h"
#include "os/os_file.h"

/* No file of ours is larger: all memory, all state, and what tells of them. */
#define FILE_BYTES_MAX (UINT64_C(6) << 30)

/* ------------------------------------------------------------------------
 * What a file must be for.
 */

/* The module's WebAssembly, and how its state is laid out.  The flavour of its
 * code does not matter: state is the same in both. */
static void identify(const struct engine_module *module,
                     uint8_t ret_identity[32])
{
    const struct engine_header *header = &module->header;
    struct base_sha256 sha;

    base_sha256_init(&sha);
    base_sha256_add(&sha, "vivarium", 8);
    base_sha256_add(&sha, &header->abi_version, sizeof(header->abi_version));
    base_sha256_add(&sha, &header->state_bytes, sizeof(header->state_bytes));
    base_sha256_add(&sha, header->source_digest, sizeof(header->source_digest));
    base_sha256_end(&sha, ret_identity);
}

/* No key is one without bytes. */
static viv_key proof_of(const viv_key *key)
{
    static const viv_key none;

    return key != NULL ? *key : none;
}

/* What linear memory of the link's module can have at most. */
static uint64_t linear_most(const struct engine_link *link)
{
    if (link->module->wasm.memory_count == 0)
        return 0;
    return link->memories[0].has_max &&
                   link->memories[0].max < ENGINE_WASM_PAGES_MAX
               ? link->memories[0].max * ENGINE_WASM_PAGE_BYTES
               : (uint64_t)ENGINE_WASM_PAGES_MAX * ENGINE_WASM_PAGE_BYTES;
}

/* ------------------------------------------------------------------------
 * Images.
 */

int sandbox_save_image(const struct sandbox_image *image,
                       const struct sandbox_image *over, const viv_key *key,
                       const char *path, viv_error *err)
{
    viv_key proof = proof_of(key);
    struct base_buf file;
    uint8_t identity[32];
    int code;

    if (over != NULL && over->link->module != image->link->module)
        return base_error(err, VIV_EINVAL,
                          "the image and the one it is saved over are of two "
                          "modules");
    identify(image->link->module, identity);
    base_buf_init(&file, FILE_BYTES_MAX);
    code = mem_save_image(image->pages, over != NULL ? over->pages : NULL,
                          identity, proof.bytes, proof.len, &file, err);
    if (code == 0)
        code = os_file_write(path, file.at, file.len, 0666, err);
    base_buf_fini(&file);
    return code;
}

/* Takes `pages`. */
static int verify_and_wrap(struct engine_link *link, struct mem_image *pages,
                           struct sandbox_image **ret_image, viv_error *err)
{
    int code = engine_verify_image(link->module, pages, err);

    if (code < 0) {
        mem_image_unref(pages);
        return code;
    }
    return sandbox_image_wrap(link, pages, ret_image, err);
}

int sandbox_save_load_image(struct engine_link *link,
                            const struct sandbox_image *over,
                            const viv_key *key, const char *path,
                            struct sandbox_image **ret_image, viv_error *err)
{
    viv_key proof = proof_of(key);
    struct mem_image *pages;
    uint8_t identity[32], *bytes;
    size_t len;
    int code = os_file_read_all(path, FILE_BYTES_MAX, &bytes, &len, err);

    if (code < 0)
        return code;
    identify(link->module, identity);
    code =
        mem_load_image(bytes, len, over != NULL ? over->pages : NULL, identity,
                       proof.bytes, proof.len, linear_most(link), &pages, err);
    base_free(bytes);
    return code < 0 ? code : verify_and_wrap(link, pages, ret_image, err);
}

int sandbox_save_place(const struct sandbox_image *image, const char *path,
                       viv_error *err)
{
    struct base_buf file;
    uint8_t identity[32];
    int code;

    identify(image->link->module, identity);
    base_buf_init(&file, FILE_BYTES_MAX);
    code = mem_place_save(image->pages, identity, &file, err);
    if (code == 0)
        code = os_file_write(path, file.at, file.len, 0644, err);
    base_buf_fini(&file);
    return code;
}

int sandbox_save_share(const struct sandbox_image *image, int *ret_fd,
                       viv_error *err)
{
    uint8_t identity[32];

    identify(image->link->module, identity);
    return mem_place_share(image->pages, identity, ret_fd, err);
}

int sandbox_save_open(struct engine_link *link, const char *path,
                      struct sandbox_image **ret_image, viv_error *err)
{
    struct mem_image *pages;
    uint8_t identity[32];
    int code;

    identify(link->module, identity);
    code = mem_place_open(path, identity, linear_most(link), &pages, err);
    return code < 0 ? code : verify_and_wrap(link, pages, ret_image, err);
}

/* ------------------------------------------------------------------------
 * Dumps.
 */

int sandbox_save_dump(struct sandbox *sandbox, const viv_key *key,
                      void **ret_bytes, size_t *ret_len, viv_error *err)
{
    struct engine_instance *instance = &sandbox->instance;
    viv_key proof = proof_of(key);
    struct base_buf dump;
    uint8_t identity[32];
    int code = sandbox_image_may(sandbox, err);

    if (code < 0)
        return code;
    identify(instance->module, identity);
    base_buf_init(&dump, FILE_BYTES_MAX);
    engine_instance_sleep(instance);
    code = mem_save_region(&instance->region, identity, proof.bytes, proof.len,
                           &dump, err);
    engine_instance_wake(instance);
    if (code < 0) {
        base_buf_fini(&dump);
        return code;
    }
    *ret_bytes = dump.at;
    *ret_len = dump.len;
    return 0;
}

/* Which pages of the state the dump has changed: a bit for each. */
static uint64_t *changed_pages(const struct mem_region *region)
{
    size_t pages = region->shape.state_bytes / OS_PAGE_BYTES, page, count;
    uint64_t *bits = base_alloc_zero(pages / 64 + 1, sizeof(*bits));
    struct mem_dirty dirty;

    if (bits == NULL)
        return NULL;
    mem_dirty_begin(&dirty, region);
    while (mem_dirty_next(&dirty, &page, &count))
        for (; count > 0 && page < pages; page++, count--)
            bits[page / 64] |= UINT64_C(1) << page % 64;
    return bits;
}

static int undump(struct sandbox *sandbox, const viv_key *key,
                  const void *bytes, size_t len, viv_error *err)
{
    struct engine_instance *instance = &sandbox->instance;
    viv_key proof = proof_of(key);
    uint8_t identity[32];
    uint64_t *changed;
    int code;

    identify(instance->module, identity);
    mem_reset_enter(&sandbox->reset);
    engine_instance_sleep(instance);
    code = mem_load_region(
        &instance->region, bytes, len, identity, proof.bytes, proof.len,
        (uint64_t)instance->memory_max_pages * ENGINE_WASM_PAGE_BYTES, err);
    if (code < 0)
        return code;
    changed = changed_pages(&instance->region);
    if (changed == NULL)
        return base_error_memory(err);
    code = engine_verify_region(instance, changed, err);
    base_free(changed);
    if (code == 0)
        engine_instance_wake(instance);
    return code;
}

int sandbox_save_load(struct sandbox_image *image, const viv_limits *limits,
                      const viv_key *key, const void *bytes, size_t len,
                      struct sandbox **ret_sandbox, viv_error *err)
{
    struct sandbox *sandbox;
    int code = sandbox_from(image, limits, &sandbox, err);

    if (code < 0)
        return code;
    code = undump(sandbox, key, bytes, len, err);
    if (code < 0)
        sandbox_free(sandbox);
    else
        *ret_sandbox = sandbox;
    return code;
}
