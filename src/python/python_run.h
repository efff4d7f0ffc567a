/* python_run.h - requests to the guest, and going on with them.
 *
 * Floor 8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_RUN_H
#define PYTHON_RUN_H

#include "python/python_box.h"
#include "vivarium.h"

/* viv_python_run(), viv_python_call(), viv_python_resume(). */
int python_run(struct sandbox *sandbox, const char *source, size_t len,
               const char *name, uint32_t flags, viv_python_result *ret_result,
               viv_error *err);
int python_call(struct sandbox *sandbox, const char *module,
                const char *function, const void *args, size_t args_len,
                const void *named, size_t named_len, uint32_t flags,
                viv_python_result *ret_result, viv_error *err);
int python_resume(struct sandbox *sandbox, viv_python_result *ret_result,
                  viv_error *err);

/* Tell the guest of the functions of its host; VIV_EINVAL with Python's words
 * if a signature is none. */
int python_declare(struct sandbox *sandbox, viv_error *err);

#endif /* PYTHON_RUN_H */
