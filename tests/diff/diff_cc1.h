/* diff_cc1.h - many files by one start of the C compiler.
 *
 * clang is a driver, which for every file starts `clang -cc1` with more and
 * other arguments; that one takes any number of files, and writes each object
 * beside its source.  The driver says what it would start when it is asked to
 * (-###).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_CC1_H
#define DIFF_CC1_H

#include <stddef.h>

#include "aot/aot_cc.h"

/* Compile `sources`, which are below `folder`, by the arguments of `cc`; they
 * must be called the same, and lie in folders of their own.  Tells nothing: a
 * source that could not be compiled has no object.  None has one if `cc` is
 * not clang. */
void diff_cc1_compile(const struct aot_cc *cc, const struct os_scratch *folder,
                      const char *const *sources, size_t count);

#endif /* DIFF_CC1_H */
