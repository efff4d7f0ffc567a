/* wasi.c - the system that one guest sees.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi.h"

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "wasi/wasi_clock.h"

_Static_assert(sizeof(struct wasi_head) <= WASI_HEAD_BYTES,
               "the head has a page");

/* ------------------------------------------------------------------------
 * What its sandbox wants of it.
 */

static void was_reset(struct sandbox_beside *beside)
{
    struct wasi *wasi = (struct wasi *)beside;

    for (int i = 0; i < WASI_SEEN; i++)
        wasi->has_origin[i] = false;
    wasi_files_reset(&wasi->files, &wasi->grant.said);
}

static int may_freeze(struct sandbox_beside *beside, viv_error *err)
{
    struct wasi *wasi = (struct wasi *)beside;

    if (vfs_check_image(&wasi->files.vfs, err) == 0)
        return 0;
    if (err != NULL)
        err->code = VIV_EOPEN;
    return VIV_EOPEN;
}

static void free_it(struct sandbox_beside *beside)
{
    struct wasi *wasi = (struct wasi *)beside;

    wasi_files_fini(&wasi->files);
    wasi_grant_fini(&wasi->grant);
    base_free(wasi);
}

/* ------------------------------------------------------------------------
 * Making one.
 */

/* Files have the guest's time. */
static uint64_t wall(void *cookie)
{
    return wasi_clock_wall(cookie);
}

/* The store without its head. */
static char *arena_of(const struct sandbox *sandbox, size_t *ret_bytes)
{
    size_t bytes;
    char *store = engine_instance_store(&sandbox->instance, &bytes);

    *ret_bytes = bytes > WASI_HEAD_BYTES ? bytes - WASI_HEAD_BYTES : 0;
    return store + WASI_HEAD_BYTES;
}

static int fill(struct wasi *wasi, struct sandbox *sandbox,
                const viv_wasi *said, viv_error *err)
{
    struct vfs_clock clock = {wall, wasi};
    size_t bytes;
    char *arena = arena_of(sandbox, &bytes);
    int code = wasi_grant_init(&wasi->grant, said, err);

    return code < 0 ? code
                    : wasi_files_init(&wasi->files, &wasi->grant.said, &clock,
                                      arena, bytes, err);
}

/* Made, but the sandbox still has what it had. */
static int make(struct sandbox *sandbox, const viv_wasi *said,
                struct wasi **ret_wasi, viv_error *err)
{
    struct wasi *wasi = base_alloc_zero(1, sizeof(*wasi));
    int code;

    if (wasi == NULL)
        return base_error_memory(err);
    wasi->beside =
        (struct sandbox_beside){NULL, may_freeze, was_reset, free_it, NULL};
    wasi->sandbox = sandbox;
    code = fill(wasi, sandbox, said, err);
    if (code < 0)
        free_it(&wasi->beside);
    else
        *ret_wasi = wasi;
    return code;
}

static struct wasi *find(const struct sandbox *sandbox)
{
    return (struct wasi *)sandbox_beside_find(sandbox, free_it);
}

int wasi_of(struct sandbox *sandbox, struct wasi **ret_wasi, viv_error *err)
{
    struct wasi *wasi = find(sandbox);
    int code;

    if (wasi == NULL) {
        code = make(sandbox, NULL, &wasi, err);
        if (code < 0)
            return code;
        sandbox_beside_add(sandbox, &wasi->beside);
    }
    *ret_wasi = wasi;
    return 0;
}

bool wasi_is_applied(const struct sandbox *sandbox)
{
    return find(sandbox) != NULL;
}

int wasi_apply(struct sandbox *sandbox, const viv_wasi *said, viv_error *err)
{
    struct wasi *before = find(sandbox), *wasi;
    int code = make(sandbox, said, &wasi, err);

    if (code < 0)
        return code;
    code = wasi_files_check(&wasi->files, err);
    if (code < 0) {
        free_it(&wasi->beside);
        return code;
    }
    if (before != NULL) {
        sandbox_beside_remove(sandbox, &before->beside);
        free_it(&before->beside);
    }
    sandbox_beside_add(sandbox, &wasi->beside);
    return 0;
}

struct wasi_head *wasi_head(const struct wasi *wasi)
{
    size_t bytes;
    char *store = engine_instance_store(&wasi->sandbox->instance, &bytes);

    return bytes >= WASI_HEAD_BYTES ? (struct wasi_head *)store : NULL;
}

const char *wasi_output(const struct sandbox *sandbox, int descriptor,
                        size_t *ret_len)
{
    const struct wasi *wasi = find(sandbox);

    *ret_len = 0;
    if (wasi == NULL || descriptor < 1 || descriptor >= WASI_STREAMS ||
        wasi->files.serial != sandbox_serial(sandbox))
        return "";
    return vfs_pipe_waiting(wasi->files.pipes[descriptor], ret_len);
}
