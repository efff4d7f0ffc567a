/* wasm_error.h - the sentence that says what is wrong, and where.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_ERROR_H
#define WASM_ERROR_H

#include <stdint.h>

#include "base/base_read.h"
#include "vivarium.h"

/* As base_error(), with ` at byte N` behind the sentence, however long that
 * is.  Returns `code`. */
int wasm_error(viv_error *err, int code, uint64_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* What stopped `read`, in words.  Returns VIV_EFORMAT. */
int wasm_error_read(viv_error *err, const struct base_read *read)
    __attribute__((cold));

#endif /* WASM_ERROR_H */
