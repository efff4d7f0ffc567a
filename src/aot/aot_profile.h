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

/* What `-fprofile-use=` wants for `path`, as an absolute path.  A merged
 * profile (.profdata) is taken as it is; a folder of raw ones, as clang's
 * runtime writes them, or one raw file (.profraw) is merged into `scratch` by
 * llvm-profdata; a folder with gcc's .gcda files is taken as it is. */
int aot_profile_find(const char *path, const struct os_scratch *scratch,
                     char ret_path[AOT_PROFILE_PATH_MAX], viv_error *err);

#endif /* AOT_PROFILE_H */
