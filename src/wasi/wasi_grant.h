/* wasi_grant.h - what the host permits one guest: a copy of its viv_wasi.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_GRANT_H
#define WASI_GRANT_H

#include <stddef.h>

#include "vivarium.h"
#include "wasi/wasi_texts.h"

/* Nothing in it is borrowed from the host but functions and their cookie. */
struct wasi_grant {
    viv_wasi said; /* its arrays are ours, or NULL */
    struct wasi_texts args, env;
};

/* The default. */
void wasi_grant_default(viv_wasi *ret_said);

/* Check what the host said (NULL: the default) and copy it.  The caller owns
 * it until wasi_grant_fini().  Fails with VIV_EINVAL and a sentence that names
 * what is wrong, VIV_EUNSUPPORTED for what this library does not know,
 * VIV_ENOMEM. */
int wasi_grant_init(struct wasi_grant *grant, const viv_wasi *said,
                    viv_error *err);

/* One that is all zeros is ignored. */
void wasi_grant_fini(struct wasi_grant *grant);

#endif /* WASI_GRANT_H */
