/* aot_prelude_files.h - the files that generated C includes.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_FILES_H
#define AOT_PRELUDE_FILES_H

struct aot_prelude_file {
    const char *name;
    const char *text;
};

/* Ends with a row whose name is NULL. */
extern const struct aot_prelude_file aot_prelude_files[];

#endif /* AOT_PRELUDE_FILES_H */
