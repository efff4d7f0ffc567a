/* base_utf8.h - is this text?
 *
 * Floor 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are these bytes UTF-8 as Unicode defines it: no overlong forms, no
 * surrogates, nothing above U+10FFFF?  NULs are fine; so is nothing at all. */
bool base_utf8_is_valid(const uint8_t *bytes, size_t len);

#endif /* BASE_UTF8_H */
