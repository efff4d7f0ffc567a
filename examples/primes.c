/* primes.c - a guest: counts primes, in memory of its own.
 *
 * This is what runs inside.  `./run primes.c` makes WebAssembly of it by
 *
 *     clang-19 --target=wasm32 -O2 -nostdlib -fno-builtin -Wl,--no-entry \
 *         -Wl,--strip-all -o primes.wasm primes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define LIMIT 10000000

static unsigned char is_composite[LIMIT];

/* How many primes there are below `limit`; -1 if that is too many. */
__attribute__((export_name("run"))) int run(int limit)
{
    int count = 0;

    if (limit < 0 || limit > LIMIT)
        return -1;
    for (int i = 0; i < limit; i++)
        is_composite[i] = 0;
    for (int i = 2; i < limit; i++) {
        if (is_composite[i])
            continue;
        count++;
        for (long long k = (long long)i * i; k < limit; k += i)
            is_composite[k] = 1;
    }
    return count;
}
