/* engine_abi.h - what generated code and the engine agree on.
 *
 * Floor 3.  This file is read twice: by the engine, and by every unit of
 * generated C, into which the compiler copies it word for word.  It therefore
 * includes nothing but the freestanding <stdint.h> and <stddef.h>, and holds
 * layouts only.  docs/internals/abi.md walks through it.
 *
 * A region, and where `base` points:
 *
 *     low                                                            high
 *     [ guard ][ tables | flags | globals | transfer | state ][ linear memory ]
 *                                                             ^ base
 *
 * Guest addresses count up from `base`.  Everything below it is host-only: no
 * guest address, being unsigned, reaches it.  `struct engine_state` ends
 * exactly at `base`; what lies below that is placed by engine_layout.c, which
 * compiler and engine both call.
 *
 * Two flavours of generated code:
 *     gs        x86-64: `base` is the %gs segment base; no function has a
 *               context parameter.
 *     portable  `base` is a hidden first parameter of every function.
 * All else is the same: an image made by one can be used by the other.
 *
 * Nothing in the state pages is a pointer, except the three host fields of
 * `struct engine_state`, which the engine writes anew whenever it maps a
 * region.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_ABI_H
#define ENGINE_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Raised by every change of this file that old compiled modules notice. */
#define ENGINE_ABI_VERSION 1

/* The guard above the 4 GiB of linear memory.  An access whose constant offset
 * is below ENGINE_OFFSET_FAR needs no check: any 32-bit address plus any such
 * offset plus 16 bytes lands in memory or guard.  Farther ones are compared
 * with memory_bytes by the generated code. */
#define ENGINE_GUARD_BYTES 0x80000000ull
#define ENGINE_OFFSET_FAR  0x7fff0000u

#define ENGINE_WASM_PAGE_BYTES 65536u
#define ENGINE_WASM_PAGES_MAX  65536u

/* Entries that a table can have at most, and how far a table without a
 * maximum can grow (more, if it is born larger). */
#define ENGINE_TABLE_ENTRIES_MAX  10000000u
#define ENGINE_TABLE_ENTRIES_GROW 1048576u

/* References, in tables, globals, locals and at the border, are 64 bits:
 *     funcref    low half: function index + 1; high half: canonical type + 1
 *     externref  the host's number
 * and 0 is null. */
typedef uint64_t engine_ref;

#define ENGINE_REF_FUNC(index, type)                                           \
    ((uint64_t)((index) + 1u) | (uint64_t)((type) + 1u) << 32)

/* A value in transit between host and guest.  Aligned so that a v128 can be
 * moved with one instruction. */
union engine_slot {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    engine_ref ref;
    uint8_t v128[16];
    uint64_t half[2];
} __attribute__((aligned(16)));

/* Why guest code stops by itself.  The numbers are those of VIV_TRAP_... in
 * vivarium.h; engine_trap.c asserts it. */
enum engine_trap {
    ENGINE_TRAP_UNREACHABLE = 1,
    ENGINE_TRAP_MEMORY = 2,
    ENGINE_TRAP_TABLE = 3,
    ENGINE_TRAP_NULL_FUNC = 4,
    ENGINE_TRAP_FUNC_TYPE = 5,
    ENGINE_TRAP_DIVIDE_BY_ZERO = 6,
    ENGINE_TRAP_INT_OVERFLOW = 7,
    ENGINE_TRAP_BAD_CONVERSION = 8,
    ENGINE_TRAP_STACK = 9,
    ENGINE_TRAP_HOST = 10,
    ENGINE_TRAP_FUEL = 11 /* becomes VIV_SPENT, not VIV_TRAPPED */
};

/* What generated code asks of the engine.  Each takes the base of the region
 * that asks; those that can trap do not return then.  Addresses, indices and
 * lengths are the guest's and are checked by the callee. */
struct engine_helpers {
    void (*trap)(char *base, uint32_t trap) __attribute__((noreturn));
    /* Arguments and results are in the transfer slots, from 0 up. */
    void (*host_call)(char *base, uint32_t import_index);
    /* The old size in pages, or 0xffffffff. */
    uint32_t (*memory_grow)(char *base, uint32_t pages);
    void (*memory_copy)(char *base, uint32_t to, uint32_t from, uint32_t len);
    void (*memory_fill)(char *base, uint32_t to, uint32_t byte, uint32_t len);
    void (*memory_init)(char *base, uint32_t segment, uint32_t to,
                        uint32_t from, uint32_t len);
    void (*data_drop)(char *base, uint32_t segment);
    /* The old size in entries, or 0xffffffff. */
    uint32_t (*table_grow)(char *base, uint32_t table, engine_ref value,
                           uint32_t entries);
    void (*table_fill)(char *base, uint32_t table, uint32_t at,
                       engine_ref value, uint32_t len);
    void (*table_copy)(char *base, uint32_t to_table, uint32_t from_table,
                       uint32_t to, uint32_t from, uint32_t len);
    void (*table_init)(char *base, uint32_t table, uint32_t segment,
                       uint32_t to, uint32_t from, uint32_t len);
    void (*elem_drop)(char *base, uint32_t segment);
};

/* The topmost state, ending at `base`. */
struct engine_state {
    uint64_t spare[2];
    void *instance;                       /* host field: the engine's own */
    int64_t fuel;                         /* left to spend; metered code only */
    uint64_t memory_bytes;                /* linear memory now */
    const struct engine_helpers *helpers; /* host field */
    char *base;                           /* host field */
    uint64_t end;                         /* 0: keeps base 16-byte aligned */
};

/* Negative offsets from `base`, for generated code. */
#define ENGINE_AT_INSTANCE     (-48)
#define ENGINE_AT_FUEL         (-40)
#define ENGINE_AT_MEMORY_BYTES (-32)
#define ENGINE_AT_HELPERS      (-24)
#define ENGINE_AT_BASE         (-16)

#define ENGINE_AT(field)                                                       \
    ((long)offsetof(struct engine_state, field) -                              \
     (long)sizeof(struct engine_state))

_Static_assert(sizeof(struct engine_state) == 64, "state is one cache line");
_Static_assert(ENGINE_AT(instance) == ENGINE_AT_INSTANCE, "instance");
_Static_assert(ENGINE_AT(fuel) == ENGINE_AT_FUEL, "fuel");
_Static_assert(ENGINE_AT(memory_bytes) == ENGINE_AT_MEMORY_BYTES, "memory");
_Static_assert(ENGINE_AT(helpers) == ENGINE_AT_HELPERS, "helpers");
_Static_assert(ENGINE_AT(base) == ENGINE_AT_BASE, "base");
_Static_assert(sizeof(union engine_slot) == 16, "a slot holds a v128");

/* The transfer slots lie directly below the state, slot 0 lowest:
 *     slot k at  base + layout.transfer_at + 16 * k
 * Three uses, all of which write the slots right before control passes on and
 * read them right after, so that they never hold anything across a call:
 *     - host calls and entering a guest: all arguments, all results;
 *     - results of a guest function: the first comes back in a register, the
 *       k-th in slot k (there are no structs);
 *     - arguments of a guest function beyond the registers: of the integers
 *       and references the first ENGINE_ARGS_INT, of the floats and vectors
 *       the first ENGINE_ARGS_FLOAT are C parameters; the k-th parameter, if
 *       it is beyond, is in slot k.  So every call fits the registers, and
 *       every tail call can be a jump. */
#define ENGINE_ARGS_INT   5
#define ENGINE_ARGS_FLOAT 8

/* A table is `entries` references of 8 bytes at layout.table_at[t]; its
 * current size is a uint32_t at layout.table_size_at[t].  A segment that was
 * dropped (or is active or declarative, and so dropped at birth) has a byte 1
 * at layout.elem_dropped_at + s or layout.data_dropped_at + s.
 * Globals have 8 bytes, v128 globals 16, at layout.global_at[g]. */

/* Guest functions have many types; this stands for all of them. */
typedef void (*engine_func)(void);

/* Calls `func`, whose type is the one that this trampoline was made for, with
 * arguments from the transfer slots, and leaves results there.  In the gs
 * flavour the segment base is set by then. */
typedef void (*engine_enter)(char *base, engine_func func);

/* What a compiled module is, once mapped: the symbol `viv_code`. */
struct engine_code {
    uint32_t abi_version;
    uint32_t func_count; /* imported functions first: thunks to host_call */
    uint32_t type_count;
    uint32_t skeleton_bytes;
    const engine_func *funcs;
    const engine_enter *enters; /* by type index; NULL for other than the */
                                /* first of equal types */
    const uint8_t *skeleton;    /* the module's wasm without its code */
};

#define ENGINE_CODE_SYMBOL "viv_code"

/* The ELF section that holds the skeleton, for those who read the file. */
#define ENGINE_SKELETON_SECTION ".viv.skeleton"

/* What is read and compared before any of the file is mapped: the descriptor
 * of an ELF note named "Vivarium" of type 1.  Little endian, no padding. */
#define ENGINE_NOTE_NAME    "Vivarium"
#define ENGINE_NOTE_HEADER  1u
#define ENGINE_HEADER_MAGIC 0x4d564956u /* "VIVM" */

enum engine_target { ENGINE_TARGET_GS = 1, ENGINE_TARGET_PORTABLE = 2 };

#define ENGINE_FLAG_FUEL         1u
#define ENGINE_FLAG_PGO_GENERATE 2u
#define ENGINE_FLAG_PGO_USE      4u

/* CPU features that the code of an x86-64 module may need. */
#define ENGINE_CPU_X86_64_V2 1u /* up to SSE4.2 and POPCNT */
#define ENGINE_CPU_X86_64_V3 2u /* up to AVX2, BMI2, LZCNT, MOVBE */
#define ENGINE_CPU_X86_64_V4 4u /* AVX-512 F BW CD DQ VL */

struct engine_header {
    uint32_t magic;
    uint32_t abi_version;
    uint32_t target; /* enum engine_target */
    uint32_t flags;
    uint64_t cpu;              /* ENGINE_CPU_..., all that are needed */
    uint64_t state_bytes;      /* layout.state_bytes, as the compiler saw it */
    uint64_t features;         /* enum wasm_feature: what the source uses */
    uint8_t source_digest[32]; /* SHA-256 of the .wasm file */
    uint8_t skeleton_digest[32]; /* SHA-256 of the skeleton */
    uint32_t source_bytes;
    uint32_t skeleton_bytes;
    char viv_version[24];
    char cc[104];     /* the C compiler and its version, for humans */
    char options[96]; /* -O2 and the like, for humans */
};

_Static_assert(sizeof(struct engine_header) == 336, "header layout");
_Static_assert(offsetof(struct engine_header, source_digest) == 40, "digest");

#endif /* ENGINE_ABI_H */
