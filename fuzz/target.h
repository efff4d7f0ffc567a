/* target.h - what the fuzz targets share.
 *
 * A target is a file fuzz_NAME.c with the function below.  It feeds the bytes
 * to one part of Vivarium and asks, besides "does it crash", whether what
 * comes back is what the part's header promises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_check.h"
#include "vivarium.h"

/* Returns 0; aborts when a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The last number of `text` if it ends with `at byte N`, else UINT64_MAX. */
static inline uint64_t target_offset_in(const char *text)
{
    static const char words[] = "at byte ";
    const char *at = NULL, *next = text;
    char *end;
    uint64_t offset;

    while ((next = strstr(next, words)) != NULL)
        at = next++;
    if (at == NULL)
        return UINT64_MAX;
    offset = strtoull(at + sizeof(words) - 1, &end, 10);
    return *end == '\0' && end[-1] != ' ' ? offset : UINT64_MAX;
}

/* The reader of a file of `len` bytes failed with `code`: is that one of the
 * codes it may fail with, and does the sentence say where? */
static inline void target_expect_refusal(int code, const viv_error *err,
                                         size_t len)
{
    CHECK(code == err->code);
    CHECK(memchr(err->text, '\0', sizeof(err->text)) != NULL);
    if (code == VIV_ENOMEM)
        return;
    CHECK(code == VIV_EFORMAT || code == VIV_EUNSUPPORTED);
    CHECK(target_offset_in(err->text) <= len);
}

#endif /* TARGET_H */
