/* crew_charter.h - what a worker is to be: all that a pool is, as data.
 *
 * Floor 9.  Written once for each pool, from the pool and from what its
 * `prepare` has permitted to a sandbox; read by each worker, which has nothing
 * else.  Two descriptors go with it: the compiled module, and the image, in a
 * file that is used where it lies.
 *
 * What cannot be data is refused: functions of the host, but for those that
 * Python asks (crew_ask.h); streams that are functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_CHARTER_H
#define CREW_CHARTER_H

#include <stdbool.h>

#include "crew/crew_message.h"
#include "pool/pool.h"
#include "sandbox/sandbox_image.h"
#include "vivarium.h"
#include "wasi/wasi_files.h"

enum { CREW_FD_MODULE, CREW_FD_IMAGE, CREW_FDS };

/* For the parent.  All zeros may be ended. */
struct crew_charter {
    struct base_buf message; /* a whole one */
    int fds[CREW_FDS];
    uint32_t max; /* sandboxes that a worker may have */
};

/* Write it: a worker gets its part of `count` of the pool's sandboxes.  Makes a
 * sandbox and prepares it.  Fails with VIV_EUNSUPPORTED and a sentence that
 * names what cannot be data, as `prepare`, and with VIV_ENOMEM, VIV_EIO. */
int crew_charter_init(struct crew_charter *charter, struct pool *pool,
                      uint32_t count, uint64_t slice_ns, viv_error *err);
void crew_charter_fini(struct crew_charter *charter);

/* ------------------------------------------------------------------------
 * For the worker.
 */

/* What was read; texts are borrowed from the message. */
struct crew_terms {
    uint64_t slice_ns;
    bool is_python;
    const char *pack;               /* of Python: the library */
    viv_python_function *functions; /* owned; without `func` */
    size_t function_count;
    viv_limits limits;
    viv_pool_config config; /* but `limits`, `prepare` */
    bool has_wasi;
    viv_wasi wasi;
    viv_mount mounts[WASI_MOUNTS_MAX];
    const char **texts; /* owned: of arguments and environment */
};

/* Read it.  Fails with VIV_EFORMAT, VIV_ENOMEM. */
int crew_charter_read(const void *body, size_t len,
                      struct crew_terms *ret_terms, viv_error *err);
void crew_terms_fini(struct crew_terms *terms);

#endif /* CREW_CHARTER_H */
