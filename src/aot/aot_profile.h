/* aot_profile.h - profiles that runs of an instrumented module left.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PROFILE_H
#define AOT_PROFILE_H

#include "os/os_scratch.h"
#include "vivarium.h"

#define AOT_PROFILE_PATH_MAX 1024
#define AOT_PROFILE_ARG_MAX  (AOT_PROFILE_PATH_MAX + 32)

/* The compiler's argument that makes it use what is at `path`.
 *
 * clang's: a merged profile (.profdata) is taken as it is; a raw one
 * (.profraw), or a folder of them, is merged into `scratch` by llvm-profdata.
 * gcc's: a folder of .gcda files, one for each unit, which are copied into
 * `scratch`, because gcc looks for them by the folder it works in.
 *
 * Fails with VIV_ENOTFOUND when there are none, with VIV_EINVAL when those of
 * two modules of gcc's lie in one folder, with VIV_EFORMAT when they cannot be
 * merged. */
int aot_profile_find(const char *path, const struct os_scratch *scratch,
                     char ret_arg[AOT_PROFILE_ARG_MAX], viv_error *err);

#endif /* AOT_PROFILE_H */
