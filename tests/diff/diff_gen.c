/* diff_gen.c - from a seed to a valid WebAssembly module that ends.
 *
 *     diff_gen FOLDER SEED [COUNT]
 *
 * Writes FOLDER/SEED.wasm, and FOLDER/SEED.calls, which says what to do with
 * it, for COUNT seeds from SEED on.  The same seed gives the same module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff_model.h"
#include "diff_ops.h"

static void write_file(const char *folder, uint64_t seed, const char *ending,
                       const struct diff_bytes *bytes)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%llu.%s", folder, (unsigned long long)seed,
             ending);
    out = fopen(path, "wb");
    if (out == NULL || fwrite(bytes->at, 1, bytes->len, out) != bytes->len ||
        fclose(out) != 0) {
        perror(path);
        exit(2);
    }
}

static void generate(const char *folder, uint64_t seed)
{
    struct diff_module *m = calloc(1, sizeof(*m));
    struct diff_bytes file = {0};

    if (m == NULL)
        exit(2);
    diff_random_init(&m->random, seed * 1000003 + 17);
    diff_plan(m);
    diff_funcs(m);
    diff_calls(m);
    diff_write(m, &file);
    write_file(folder, seed, "wasm", &file);
    write_file(folder, seed, "calls", &m->script);
    diff_bytes_fini(&file);
    diff_bytes_fini(&m->script);
    free(m);
}

int main(int argc, char **argv)
{
    uint64_t seed, count;

    if (argc < 3) {
        fputs("usage: diff_gen FOLDER SEED [COUNT]\n", stderr);
        return 2;
    }
    diff_ops_init();
    seed = strtoull(argv[2], NULL, 10);
    count = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    for (; count > 0; count--)
        generate(argv[1], seed++);
    return 0;
}
