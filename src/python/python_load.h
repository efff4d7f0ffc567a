/* python_load.h - a Python guest from its folder.
 *
 * Floor 8.  A folder has
 *     python.viv     the compiled module
 *     python.pack    the library
 *     python.image   a sandbox of the two that has just started
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_LOAD_H
#define PYTHON_LOAD_H

#include <stddef.h>

#include "sandbox/sandbox_image.h"
#include "vivarium.h"

/* viv_python_load(), viv_python_build(). */
int python_load(const char *folder, const viv_python_function *functions,
                size_t count, struct sandbox_image **ret_image, viv_error *err);
int python_load_build(const char *folder, viv_error *err);

#endif /* PYTHON_LOAD_H */
