/* base_sha256_x86.h - SHA-256 by the instructions that x86 has for it.
 *
 * Floor 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SHA256_X86_H
#define BASE_SHA256_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does this CPU have them?  Asks it, which takes 100 ns and more. */
bool base_sha256_x86_is_there(void);

/* Work `count` blocks of 64 bytes into `state`.  Before: they are there. */
void base_sha256_x86_add(uint32_t state[8], const uint8_t *blocks,
                         size_t count);

#endif /* BASE_SHA256_X86_H */
