/* wasi_grant.c - what the host permits one guest: a copy of its viv_wasi.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_grant.h"

#include <stdbool.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_text.h"
#include "base/base_utf8.h"
#include "wasi/wasi_files.h"

void wasi_grant_default(viv_wasi *ret_said)
{
    *ret_said = (viv_wasi){
        .size = sizeof(*ret_said),
        .stdout_max = VIV_ENDLESS,
        .stderr_max = VIV_ENDLESS,
    };
}

/* ------------------------------------------------------------------------
 * Is it possible?
 */

/* Fields that we do not know are permissions that we cannot give. */
static int check_size(const viv_wasi *said, viv_error *err)
{
    const char *bytes = (const char *)said;
    size_t i;

    if (said->size < sizeof(*said) || said->size > 64 * sizeof(*said))
        return base_error(err, VIV_EINVAL,
                          "the permissions have %zu bytes, this library needs "
                          "%zu: begin with viv_wasi_default()",
                          said->size, sizeof(*said));
    for (i = sizeof(*said); i < said->size; i++)
        if (bytes[i] != 0)
            return base_error(err, VIV_EUNSUPPORTED,
                              "the permissions set something that this "
                              "library, version %s, does not know",
                              VIV_VERSION);
    return 0;
}

static int check_counts(const viv_wasi *said, viv_error *err)
{
    if ((said->args == NULL && said->arg_count > 0) ||
        (said->env == NULL && said->env_count > 0) ||
        (said->mounts == NULL && said->mount_count > 0) ||
        (said->stdin_bytes == NULL && said->stdin_len > 0))
        return base_error(err, VIV_EINVAL,
                          "the permissions count something that is not there");
    if (said->mount_count > WASI_MOUNTS_MAX)
        return base_error(err, VIV_EINVAL, "%zu mounts; %d is the most",
                          said->mount_count, WASI_MOUNTS_MAX);
    return 0;
}

static int check_choices(const viv_wasi *said, viv_error *err)
{
    if (said->clock > VIV_CLOCK_STEPS)
        return base_error(err, VIV_EINVAL, "there is no clock %u", said->clock);
    if (said->random > VIV_RANDOM_SEED)
        return base_error(err, VIV_EINVAL, "there is no chance %u",
                          said->random);
    if (said->terminals > 7)
        return base_error(err, VIV_EINVAL,
                          "terminals are descriptors 0 to 2: the bits are %#x",
                          said->terminals);
    return 0;
}

static int check_mount(const viv_mount *mount, size_t number, viv_error *err)
{
    if (mount->kind > VIV_MOUNT_HOST)
        return base_error(err, VIV_EINVAL, "mount %zu is of no known kind",
                          number);
    if (mount->guest == NULL || mount->guest[0] == '\0' ||
        !base_utf8_is_valid((const uint8_t *)mount->guest,
                            strlen(mount->guest)))
        return base_error(err, VIV_EINVAL,
                          "mount %zu has no guest path that is text", number);
    if (mount->host == NULL && mount->kind != VIV_MOUNT_MEMORY)
        return base_error(err, VIV_EINVAL, "mount %zu (%s) has no host path",
                          number, mount->guest);
    return 0;
}

static int check_mounts(const viv_wasi *said, viv_error *err)
{
    int code = 0;
    size_t i;

    for (i = 0; i < said->mount_count && code == 0; i++)
        code = check_mount(&said->mounts[i], i, err);
    return code;
}

static int check(const viv_wasi *said, viv_error *err)
{
    int code = check_size(said, err);

    if (code == 0)
        code = check_counts(said, err);
    if (code == 0)
        code = check_choices(said, err);
    return code < 0 ? code : check_mounts(said, err);
}

/* ------------------------------------------------------------------------
 * Copying.
 */

static int copy_input(viv_wasi *ours, const viv_wasi *theirs, viv_error *err)
{
    void *copy;

    if (theirs->stdin_len == 0)
        return 0;
    copy = base_alloc(theirs->stdin_len);
    if (copy == NULL)
        return base_error_memory(err);
    memcpy(copy, theirs->stdin_bytes, theirs->stdin_len);
    ours->stdin_bytes = copy;
    return 0;
}

static int copy_mount(viv_mount *ours, const viv_mount *theirs, viv_error *err)
{
    bool has_host = theirs->kind != VIV_MOUNT_MEMORY;

    *ours = *theirs;
    ours->guest = base_text_copy(theirs->guest);
    ours->host = has_host ? base_text_copy(theirs->host) : NULL;
    if (ours->guest == NULL || (has_host && ours->host == NULL))
        return base_error_memory(err);
    return 0;
}

static int copy_mounts(viv_wasi *ours, const viv_wasi *theirs, viv_error *err)
{
    viv_mount *mounts =
        base_alloc_zero(theirs->mount_count + 1, sizeof(*mounts));
    int code = 0;
    size_t i;

    ours->mounts = mounts;
    if (mounts == NULL)
        return base_error_memory(err);
    for (i = 0; i < theirs->mount_count && code == 0; i++)
        code = copy_mount(&mounts[i], &theirs->mounts[i], err);
    return code;
}

/* What is not copied yet is NULL, so that it can be given back at any time. */
static int copy(struct wasi_grant *grant, const viv_wasi *said, viv_error *err)
{
    int code;

    grant->said = *said;
    grant->said.size = sizeof(grant->said);
    grant->said.args = grant->said.env = NULL;
    grant->said.mounts = NULL;
    grant->said.stdin_bytes = NULL;
    code = copy_mounts(&grant->said, said, err);
    if (code == 0)
        code = copy_input(&grant->said, said, err);
    if (code == 0)
        code = wasi_texts_init(&grant->args, said->args, said->arg_count,
                               "argument", err);
    if (code == 0)
        code = wasi_texts_init(&grant->env, said->env, said->env_count,
                               "environment variable", err);
    return code;
}

int wasi_grant_init(struct wasi_grant *grant, const viv_wasi *said,
                    viv_error *err)
{
    viv_wasi nothing;
    int code;

    memset(grant, 0, sizeof(*grant));
    wasi_grant_default(&nothing);
    if (said == NULL)
        said = &nothing;
    code = check(said, err);
    if (code < 0)
        return code;
    code = copy(grant, said, err);
    if (code < 0)
        wasi_grant_fini(grant);
    return code;
}

void wasi_grant_fini(struct wasi_grant *grant)
{
    size_t i;

    if (grant->said.mounts != NULL) {
        for (i = 0; i < grant->said.mount_count; i++) {
            base_free((char *)grant->said.mounts[i].guest);
            base_free((char *)grant->said.mounts[i].host);
        }
    }
    base_free((viv_mount *)grant->said.mounts);
    base_free((void *)grant->said.stdin_bytes);
    wasi_texts_fini(&grant->args);
    wasi_texts_fini(&grant->env);
    memset(grant, 0, sizeof(*grant));
}
