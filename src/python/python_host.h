/* python_host.h - what all sandboxes of one Python have in common on the host.
 *
 * Floor 8.  Made when the guest is loaded and linked; owned by the link, so
 * that it lives as long as any image or sandbox of it.  Never changes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_HOST_H
#define PYTHON_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "engine/engine_link.h"
#include "engine/engine_module.h"
#include "sandbox/sandbox.h"
#include "vivarium.h"

struct python_host {
    char *pack; /* the path of the library */
    viv_python_function *functions;
    uint32_t function_count;
    uint32_t room_func, do_func; /* function indices of the door */
};

/* Make the host's half for the guest whose library is the pack `pack`, and link
 * `module` with it and WASI.  Copies everything but the cookies' targets.  The
 * caller owns one reference.  Fails with VIV_EFORMAT when the module is not a
 * Python guest of our door, VIV_EINVAL for a row without name, VIV_ENOMEM. */
int python_host_link(struct engine_module *module, const char *pack,
                     const viv_python_function *functions, size_t count,
                     struct engine_link **ret_link, viv_error *err);

/* The host's half of this link or sandbox; NULL: it is no Python. */
struct python_host *python_host_of_link(const struct engine_link *link);
struct python_host *python_host_of(const struct sandbox *sandbox);

#endif /* PYTHON_HOST_H */
