/* base_error.h - the sentence for the human.
 *
 * Floor 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include "vivarium.h"

/* Write `code` and a formatted sentence into `err`, unless it is NULL.  Cut,
 * never overrun, if it is too long; bytes that are not printable ASCII (names
 * from untrusted files) come out as `?`.  Returns `code`, so that one can say
 * `return base_error(err, VIV_EFORMAT, "...")`. */
int base_error(viv_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, for those who have a format of their own to pass on. */
int base_error_list(viv_error *err, int code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Out of memory, in the same words everywhere.  Returns VIV_ENOMEM. */
int base_error_memory(viv_error *err);

#endif /* BASE_ERROR_H */
