/* wasm_error.c - the sentence that says what is wrong, and where.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/base_error.h"

/* The place must survive whatever long names the sentence holds: it is what
 * one looks for. */
#define TEXT_BYTES 340

_Static_assert(TEXT_BYTES + sizeof(" at byte 18446744073709551615") <
                   sizeof(((viv_error *)0)->text),
               "a sentence and its place fit");

int wasm_error(viv_error *err, int code, uint64_t at, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return base_error(err, code, "%s at byte %" PRIu64, text, at);
}

int wasm_error_read(viv_error *err, const struct base_read *read)
{
    return wasm_error(err, VIV_EFORMAT, base_read_offset(read), "%s",
                      base_read_text(read->status));
}
