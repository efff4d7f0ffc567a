/* spec_json.h - reads the JSON that wast2json writes.
 *
 * Nodes come from the caller's arena and are plain to walk: there is nothing
 * to free.  One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_JSON_H
#define SPEC_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Opaque types. */
struct base_arena;

enum spec_json_kind {
    SPEC_JSON_WORD, /* null, true, false and numbers, as they are spelt */
    SPEC_JSON_TEXT,
    SPEC_JSON_LIST,
    SPEC_JSON_OBJECT
};

struct spec_json {
    enum spec_json_kind kind;
    const char *text; /* TEXT, WORD: NUL-terminated; TEXT may hold NULs too */
    size_t len;
    const char *key;               /* in an object; NUL-terminated */
    const struct spec_json *first; /* LIST, OBJECT: what is in it, in order */
    const struct spec_json *next;  /* in the list or object that it is in */
};

/* Parse `len` bytes, which are one value.  Borrows nothing: texts are copied
 * into `arena`.  Fails with VIV_EFORMAT, the sentence naming the byte, or
 * VIV_ENOMEM. */
int spec_json_parse(const char *bytes, size_t len, struct base_arena *arena,
                    const struct spec_json **ret_root, viv_error *err);

/* The member `key` of an object; NULL if there is none, or no object. */
const struct spec_json *spec_json_get(const struct spec_json *object,
                                      const char *key);

/* The text of the member `key`, or `otherwise`. */
const char *spec_json_text(const struct spec_json *object, const char *key,
                           const char *otherwise);

/* How many values a list has; 0 for NULL. */
size_t spec_json_count(const struct spec_json *list);

#endif /* SPEC_JSON_H */
