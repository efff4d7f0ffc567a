/* base_error.c - the sentence for the human.
 *
 * SECURITY.  Names from untrusted files pass through here on their way to
 * terminals and logs.  Whatever is not printable ASCII is replaced after
 * formatting, so no escape sequence, line break or half a character of UTF-8
 * gets through, wherever in the sentence it came from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_error.h"

#include <stdarg.h>
#include <stdio.h>

int base_error(viv_error *err, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    base_error_list(err, code, format, args);
    va_end(args);
    return code;
}

int base_error_list(viv_error *err, int code, const char *format, va_list args)
{
    if (err == NULL)
        return code;

    err->code = code;
    err->text[0] = '\0';
    vsnprintf(err->text, sizeof(err->text), format, args);
    for (char *c = err->text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
    return code;
}

int base_error_memory(viv_error *err)
{
    return base_error(err, VIV_ENOMEM, "out of memory");
}
