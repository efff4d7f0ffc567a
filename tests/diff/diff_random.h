/* diff_random.h - numbers from a seed, with a liking for the edges.
 *
 * The same seed gives the same numbers on every machine.  One thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_RANDOM_H
#define DIFF_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct diff_random {
    uint64_t state;
};

void diff_random_init(struct diff_random *random, uint64_t seed);

uint64_t diff_random_u64(struct diff_random *random);

/* From 0 to `below` - 1; 0 if `below` is 0. */
uint32_t diff_random_below(struct diff_random *random, uint32_t below);

/* True in `permille` of 1,000 cases. */
bool diff_random_chance(struct diff_random *random, uint32_t permille);

/* Values: zeros, ones, extremes, powers of two and their neighbours, small
 * numbers, and now and then any bits.  Floats come as their bits, NaNs of any
 * payload among them. */
uint32_t diff_random_i32(struct diff_random *random);
uint64_t diff_random_i64(struct diff_random *random);
uint32_t diff_random_f32(struct diff_random *random);
uint64_t diff_random_f64(struct diff_random *random);
void diff_random_v128(struct diff_random *random, uint8_t ret_bytes[16]);

#endif /* DIFF_RANDOM_H */
