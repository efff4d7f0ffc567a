/* wasi_random.h - what a guest gets when it asks for chance.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_RANDOM_H
#define WASI_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Bytes [at, at + len) of the endless row that `seed` stands for: the same
 * everywhere, and equally likely to be anything.  5 ns a byte. */
void wasi_random_row(uint64_t seed, uint64_t at, char *to, size_t len);

#endif /* WASI_RANDOM_H */
