/* api_wasi.c - vivarium.h: WASI.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"
#include "sandbox/sandbox_wait.h"
#include "vfs/vfs_pack_write.h"
#include "wasi/wasi.h"
#include "wasi/wasi_imports.h"
#include "wasi/wasi_text.h"

void viv_wasi_default(viv_wasi *ret_wasi)
{
    wasi_grant_default(ret_wasi);
}

const viv_import *viv_wasi_imports(size_t *ret_count)
{
    return wasi_imports(ret_count);
}

const char *viv_wasi_permission(const char *module, const char *name)
{
    return module == NULL || name == NULL
               ? NULL
               : wasi_imports_permission(module, name);
}

size_t viv_wasi_text(const viv_wasi *wasi, char *to, size_t size)
{
    return wasi_text(wasi, to, size);
}

int viv_pack_write(const char *folder, const char *path, uint64_t modified_ns,
                   viv_error *err)
{
    if (folder == NULL || path == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_pack_write() needs a folder and a path");
    return vfs_pack_write(folder, path, modified_ns, err);
}

int viv_wasi_apply(viv_sandbox *sandbox, const viv_wasi *wasi, viv_error *err)
{
    enum sandbox_state was;
    int code;

    if (sandbox == NULL)
        return base_error(err, VIV_EINVAL, "viv_wasi_apply() needs a sandbox");
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_QUIET, SANDBOX_BUSY, &was,
                        err);
    if (code < 0)
        return code;
    code = wasi_apply(api_sandbox(sandbox), wasi, err);
    sandbox_put(api_sandbox(sandbox), was);
    return code;
}

const char *viv_wasi_output(const viv_sandbox *sandbox, int descriptor,
                            size_t *ret_len)
{
    return wasi_output(api_sandbox(sandbox), descriptor, ret_len);
}

void viv_wasi_ready(viv_sandbox *sandbox)
{
    sandbox_wait_poke(api_sandbox(sandbox));
}
