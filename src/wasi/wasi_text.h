/* wasi_text.h - what the host permits, in words.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_TEXT_H
#define WASI_TEXT_H

#include <stddef.h>

#include "vivarium.h"

/* viv_wasi_text(), of permissions that need not be possible ones. */
size_t wasi_text(const viv_wasi *said, char *to, size_t size);

#endif /* WASI_TEXT_H */
