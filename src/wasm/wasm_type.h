/* wasm_type.h - value types: which there are, and what they are called.
 *
 * Floor 1.  A type is the byte that the format spells it with; 0 stands for a
 * type that nobody knows, in code that cannot run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_TYPE_H
#define WASM_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "vivarium.h"
#include "wasm/wasm_module.h"

static inline bool wasm_type_is_ref(uint8_t type)
{
    return type == WASM_FUNCREF || type == WASM_EXTERNREF;
}

static inline bool wasm_type_is_value(uint8_t type)
{
    return (type >= WASM_V128 && type <= WASM_I32) || wasm_type_is_ref(type);
}

/* "i32" and so on; "unknown" for 0. */
const char *wasm_type_text(uint8_t type);

/* The features (enum wasm_feature) that a value of this type is part of. */
uint32_t wasm_type_feature(uint8_t type);

/* Refuse `byte`, found at `at` where a type belongs, by its name if it has
 * one: VIV_EUNSUPPORTED, else VIV_EFORMAT. */
int wasm_type_refuse(viv_error *err, uint8_t byte, uint64_t at)
    __attribute__((cold));

/* Where a type stands as a list of one: points to a byte that is `type` and
 * lives for ever.  Before: wasm_type_is_value(type). */
const uint8_t *wasm_type_alone(uint8_t type);

#endif /* WASM_TYPE_H */
