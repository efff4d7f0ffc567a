/* diff_model.h - a module in the making.
 *
 * Types are letters: i I f F are i32 i64 f32 f64, v is v128, r and e are
 * funcref and externref.  A list of types is a string.
 *
 * The life of a module: diff_plan() decides what there is besides code,
 * diff_body_*() write the functions one by one, adding types as they need
 * them, and diff_write() puts the file together.
 *
 * Every module ends.  A global, FUEL, is spent by entering a function and by
 * going round a loop; who finds it empty returns or leaves the loop.  The
 * exported function `refuel` fills it.
 *
 * No module lets out the bits of a NaN that an instruction made, for these are
 * not determined: see diff_exact() and diff_canonical_v128().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_MODEL_H
#define DIFF_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "diff_bytes.h"
#include "diff_random.h"

#define DIFF_LETTERS "iIfFvre"
#define DIFF_ARITY   64 /* types in a list, and its NUL; v128 counts double */
#define DIFF_TYPES   200
#define DIFF_FUNCS   64
#define DIFF_TABLES  4
#define DIFF_GLOBALS 24
#define DIFF_ELEMS   8
#define DIFF_DATAS   6
#define DIFF_LOCALS  96
#define DIFF_LABELS  200
#define DIFF_ENTRIES 48 /* of a table, at birth */

#define DIFF_FUEL       400 /* for one call from outside */
#define DIFF_FUEL_ENTER 8   /* what entering a function costs */

/* What this module is like. */
struct diff_profile {
    bool simd;
    bool refs;
    bool tail_calls;
    bool extended_const;
    bool memory;
    bool deep;            /* blocks in blocks in blocks */
    uint32_t traps;       /* permille of places that may trap which do */
    uint32_t budget;      /* nodes of a function's tree */
    uint32_t big_funcs;   /* functions of all instructions mixed */
    uint32_t small_funcs; /* functions of one instruction each */
};

struct diff_type {
    char params[DIFF_ARITY];
    char results[DIFF_ARITY];
};

struct diff_func {
    uint32_t type;
    bool imported;
    bool named_by_ref; /* by a ref.func in some body */
    bool exported;
    struct diff_bytes body; /* locals and code */
};

struct diff_table {
    char type; /* r or e */
    bool imported;
    bool has_max;
    uint32_t min, max;
    int32_t entry[DIFF_ENTRIES]; /* function at birth, or -1 */
};

struct diff_global {
    char type;
    bool imported;
    bool is_mutable;
    bool exported;
    uint64_t value; /* imported: the bits, or the host's number */
};

struct diff_elem {
    char type;
    uint8_t mode; /* 0 active, 1 passive, 2 declarative */
    uint32_t table;
    uint32_t at;
    uint32_t count;
    int32_t func[DIFF_ENTRIES]; /* or -1 for null */
};

struct diff_data {
    bool passive;
    uint32_t at;
    uint32_t len;
};

struct diff_label {
    char types[DIFF_ARITY]; /* what a branch to it carries */
    bool is_loop;
};

/* What is called from outside. */
struct diff_callee {
    char name[16];
    uint32_t type;
};

/* The function that is being written. */
struct diff_body {
    const struct diff_type *type;
    char locals[DIFF_LOCALS + 1];
    uint32_t param_count;
    uint32_t scratch[256]; /* by letter: a local that nobody else uses */
    struct diff_label labels[DIFF_LABELS];
    uint32_t label_count;
    uint32_t depth;
    int32_t budget;
    struct diff_bytes code;
};

struct diff_module {
    struct diff_random random;
    struct diff_profile profile;
    struct diff_type types[DIFF_TYPES];
    uint32_t type_count;
    struct diff_func funcs[DIFF_FUNCS];
    uint32_t func_count;
    uint32_t func_imports;
    struct diff_table tables[DIFF_TABLES];
    uint32_t table_count;
    struct diff_global globals[DIFF_GLOBALS];
    uint32_t global_count;
    uint32_t fuel;   /* the global of that name */
    uint32_t opaque; /* a mutable i32 global that is always 0 */
    struct diff_elem elems[DIFF_ELEMS];
    uint32_t elem_count;
    struct diff_data datas[DIFF_DATAS];
    uint32_t data_count;
    bool memory_imported;
    bool memory_has_max;
    uint32_t memory_min, memory_max;
    int32_t start; /* function, or -1 */
    struct diff_bytes exports;
    uint32_t export_count;
    struct diff_callee callees[DIFF_FUNCS];
    uint32_t callee_count;
    struct diff_bytes script;
    struct diff_body body;
};

/* Letters. */
uint8_t diff_type_byte(char letter);
bool diff_is_ref(char letter);
char diff_any_letter(struct diff_module *m);

/* The index of the function type, new or already there (now and then a
 * second copy of it); DIFF_TYPES if there is no room. */
uint32_t diff_type(struct diff_module *m, const char *params,
                   const char *results);

/* diff_plan.c: all but code.  Before: `m` is zero but for random. */
void diff_plan(struct diff_module *m);

/* diff_func.c: write the bodies and exports. */
void diff_funcs(struct diff_module *m);

/* diff_calls.c: write the script. */
void diff_calls(struct diff_module *m);

/* diff_write.c: the whole file. */
void diff_write(struct diff_module *m, struct diff_bytes *ret_file);

#endif /* DIFF_MODEL_H */
