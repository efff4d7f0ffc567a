/* base_text.c - text that is counted, and kept as far as there is room.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_text.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/base_alloc.h"

#define FORMAT_BYTES 200

void base_text_format(struct base_text *out, const char *format, ...)
{
    char text[FORMAT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    base_text_string(out, text);
}

char *base_text_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = base_alloc(size);

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}
