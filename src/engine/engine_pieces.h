/* engine_pieces.h - which function a piece of code was taken out of.
 *
 * Floor 3.  Compilers move what is rarely executed out of a function, to where
 * it is in nobody's way, and make variants of functions.  Only the symbols in
 * the file tell whose such a piece is: `fn7_max.cold` is part of `fn7_max`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_PIECES_H
#define ENGINE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base_arena.h"
#include "os/os_file.h"
#include "vivarium.h"

struct engine_piece {
    uint64_t at; /* its address in the file */
    uint32_t func;
};

/* By address. */
struct engine_pieces {
    struct engine_piece *all;
    uint32_t count;
};

/* Read from the symbols of `file` what belongs to functions below `func_count`.
 * A file without symbols, or with broken ones, has no pieces.  Takes memory
 * from `arena`; fails with VIV_ENOMEM.  Time is linear in the symbols. */
int engine_pieces_read(struct engine_pieces *ret_pieces,
                       const struct os_file *file, uint32_t func_count,
                       struct base_arena *arena, viv_error *err);

/* The function that the piece at `at` belongs to.  False if none begins there.
 */
bool engine_pieces_find(const struct engine_pieces *pieces, uint64_t at,
                        uint32_t *ret_func);

#endif /* ENGINE_PIECES_H */
