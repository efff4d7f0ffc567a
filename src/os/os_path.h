/* os_path.h - paths, as the embedder gives them.
 *
 * Floor 1.  Never for paths that a guest gives.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_PATH_H
#define OS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"

/* `path`, seen from the root.  It need not exist. */
int os_path_absolute(const char *path, char *ret_path, size_t size,
                     viv_error *err);

bool os_path_is_folder(const char *path);

/* Make the folder `path`, and those above it that are missing.  It is fine if
 * it is there. */
int os_path_make_folder(const char *path, viv_error *err);

/* Names in the folder `path` that end with `suffix`, sorted, as an array that
 * ends with NULL; one base_free() frees it and them. */
int os_path_list(const char *path, const char *suffix, char ***ret_names,
                 viv_error *err);

#endif /* OS_PATH_H */
