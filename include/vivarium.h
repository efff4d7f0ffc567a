/* vivarium.h - run code you do not trust, and get your program back.
 *
 * A MODULE is compiled guest code, made from WebAssembly by `viv compile`.  It
 * never changes and any number of sandboxes share it.  A SANDBOX is one living
 * guest: its memory, globals and tables, in one region of address space.  A
 * CALL is one run of an exported function.  A HOST CALL is the guest asking
 * the host: a function that you gave when the sandbox was made.
 *
 * Functions that can fail return 0 or a negative VIV_E code, write what they
 * return through `ret_` pointers only on success, and put one sentence for
 * humans into the caller's viv_error.  A failure is the host's: bad arguments,
 * no memory, a file that is not there.  What the GUEST does - return, trap -
 * is never a failure of these functions; it is an outcome that you read.
 *
 * Modules may be shared by all threads.  A sandbox belongs to one thread at a
 * time, but not to the same thread for ever.  The library never prints, never
 * exits, and never aborts for what a guest does or for a bad argument.
 *
 * The first sandbox installs handlers for SIGSEGV, SIGBUS and SIGFPE: faults
 * are how a guest's bad address becomes a trap.  Faults that are not a
 * guest's go on to whatever handler was there before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VIVARIUM_H
#define VIVARIUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VIV_API __attribute__((visibility("default")))

typedef struct viv_module viv_module;
typedef struct viv_sandbox viv_sandbox;

/* The version of this library, such as "0.1.0".  Any thread. */
VIV_API const char *viv_version(void);

/* ------------------------------------------------------------------------
 * Errors: what the host failed at.
 */

#define VIV_EINVAL       (-1) /* an argument is wrong: your mistake */
#define VIV_ENOMEM       (-2) /* memory or address space ran out */
#define VIV_EIO          (-3) /* the system said no: the sentence says what */
#define VIV_EFORMAT      (-4) /* the bytes are not what they should be */
#define VIV_EVERSION     (-5) /* made for another version, CPU or library */
#define VIV_ELINK        (-6) /* an import has no answer, or a wrong one */
#define VIV_ENOTFOUND    (-7) /* no export of that name and kind */
#define VIV_EBUSY        (-8) /* the sandbox is running: this is its call */
#define VIV_EUNSUPPORTED (-9) /* valid, but not to be had here */

/* Words for the human who reads the log.  The caller owns it, nothing is
 * allocated for it, and every function that takes one also takes NULL.
 * `text` is one sentence that names the thing and the value. */
typedef struct viv_error {
    int code;
    char text[400];
} viv_error;

/* The name of a code, such as "VIV_EINVAL"; "?" if there is no such code. */
VIV_API const char *viv_error_name(int code);

/* ------------------------------------------------------------------------
 * Values: what crosses the border.
 */

enum {
    VIV_I32 = 0x7f,
    VIV_I64 = 0x7e,
    VIV_F32 = 0x7d,
    VIV_F64 = 0x7c,
    VIV_V128 = 0x7b,
    VIV_FUNCREF = 0x70,  /* a function of the sandbox it came from */
    VIV_EXTERNREF = 0x6f /* a number of the host's choice */
};

/* One value, without its type: types are the function's.  References are
 * carried in `ref`, 0 being null; the guest can neither make nor read them. */
typedef union viv_value {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    uint64_t ref;
    uint8_t v128[16];
} viv_value;

/* The type of a function: VIV_I32 and so on, one byte each. */
typedef struct viv_func_type {
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
} viv_func_type;

/* ------------------------------------------------------------------------
 * Modules.
 */

/* Load the compiled module in the file `path`.
 *
 * The file's header is read and compared first: format, ABI version, target,
 * the CPU features its code needs.  What differs is refused with VIV_EVERSION
 * and a sentence naming both sides; nothing of the file has run by then.  The
 * code in the file is native code and is trusted from there on: load what your
 * own compiler wrote.
 *
 * The caller owns `*ret_module` until viv_module_unref().  Any thread. */
VIV_API int viv_module_load(const char *path, viv_module **ret_module,
                            viv_error *err);

/* One more owner.  Any thread. */
VIV_API viv_module *viv_module_ref(viv_module *module);

/* One owner less; the last one unloads the code.  NULL is ignored. */
VIV_API void viv_module_unref(viv_module *module);

enum { VIV_FUNC = 0, VIV_TABLE = 1, VIV_MEMORY = 2, VIV_GLOBAL = 3 };

/* One import or export.  All pointers are borrowed from the module.  Names are
 * UTF-8 and end with a NUL; one that has NULs in it is as long as its length
 * says. */
typedef struct viv_extern {
    const char *module; /* imports only, else NULL */
    const char *name;
    size_t module_len;
    size_t name_len;
    uint32_t kind;      /* VIV_FUNC ... */
    uint32_t type;      /* globals: value type; tables: element type */
    uint32_t mutable_;  /* globals */
    uint32_t has_max;   /* memories and tables */
    uint64_t min, max;  /* memories: pages of 64 KiB; tables: entries */
    viv_func_type func; /* functions */
} viv_extern;

/* How many things the module wants from its host. */
VIV_API uint32_t viv_module_import_count(const viv_module *module);

/* How many things it offers. */
VIV_API uint32_t viv_module_export_count(const viv_module *module);

/* The import or export number `index`, in the order of the module.  Fails
 * with VIV_EINVAL when there is none.  Any thread. */
VIV_API int viv_module_import(const viv_module *module, uint32_t index,
                              viv_extern *ret_import);
VIV_API int viv_module_export(const viv_module *module, uint32_t index,
                              viv_extern *ret_export);

/* ------------------------------------------------------------------------
 * What the host gives.
 */

/* One host call in progress: which sandbox asks.  Dies when the function
 * returns. */
typedef struct viv_host_call viv_host_call;

/* A host function.  Reads `args`, writes `results`, both as long as its type
 * says, and returns 0; or returns a negative number, and the guest traps with
 * VIV_TRAP_HOST and that number as its code.  Runs on the host's own stack.
 * It may use other sandboxes; calling into the one that asks is refused with
 * VIV_EBUSY. */
typedef int viv_host_func(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie);

/* The sandbox that is asking, to read and write its memory. */
VIV_API viv_sandbox *viv_host_call_sandbox(viv_host_call *call);

/* One thing a guest may import.  A row of a table that ends where you say.
 * Names are matched exactly, as bytes.
 *
 * A function needs its type, and the types must be equal.  A global is an
 * immutable value.  A memory or table is not shared with anybody: the row
 * says how large the sandbox's own shall be at birth and at most. */
typedef struct viv_import {
    const char *module;
    const char *name;
    uint32_t kind;
    viv_func_type func_type; /* VIV_FUNC */
    viv_host_func *func;
    void *cookie;
    uint32_t type;    /* VIV_GLOBAL, VIV_TABLE */
    viv_value value;  /* VIV_GLOBAL */
    uint32_t has_max; /* VIV_MEMORY, VIV_TABLE */
    uint64_t min, max;
} viv_import;

/* ------------------------------------------------------------------------
 * Limits.
 */

/* What a sandbox may use.  Fill it by viv_limits_default(), then change what
 * you want.  What a guest declares is clamped to it. */
typedef struct viv_limits {
    size_t size;            /* sizeof(viv_limits): lets the struct grow */
    uint64_t memory_bytes;  /* linear memory; default 4 GiB, the most */
    uint64_t stack_bytes;   /* the guest's native stack; default 8 MiB */
    uint64_t table_entries; /* all tables together; default 1,000,000 */
    uint64_t fuel;          /* per call, metered modules; default no end */
} viv_limits;

#define VIV_FUEL_ENDLESS INT64_MAX

/* Fill in the defaults, and the size. */
VIV_API void viv_limits_default(viv_limits *ret_limits);

/* ------------------------------------------------------------------------
 * Outcomes: how a call ended.
 */

enum {
    VIV_RETURNED = 1,
    VIV_TRAPPED = 2, /* the guest broke a rule of the machine */
    VIV_SPENT = 3    /* the guest used up a limit; `limit` says which */
};

enum {
    VIV_TRAP_UNREACHABLE = 1,
    VIV_TRAP_MEMORY = 2,    /* address outside linear memory */
    VIV_TRAP_TABLE = 3,     /* index outside a table */
    VIV_TRAP_NULL_FUNC = 4, /* indirect call of a null entry */
    VIV_TRAP_FUNC_TYPE = 5, /* indirect call of a function of other type */
    VIV_TRAP_DIVIDE_BY_ZERO = 6,
    VIV_TRAP_INT_OVERFLOW = 7,   /* also: too large a float to convert */
    VIV_TRAP_BAD_CONVERSION = 8, /* NaN to integer */
    VIV_TRAP_STACK = 9,          /* call stack exhausted */
    VIV_TRAP_HOST = 10           /* a host function returned a failure */
};

enum { VIV_LIMIT_NONE = 0, VIV_LIMIT_FUEL = 1 };

typedef struct viv_outcome {
    uint32_t kind;     /* VIV_RETURNED ... */
    uint32_t trap;     /* VIV_TRAP_..., when trapped */
    uint32_t limit;    /* VIV_LIMIT_..., when spent */
    int32_t host_code; /* what the host function returned: VIV_TRAP_HOST */
    uint64_t address;  /* guest address: VIV_TRAP_MEMORY, where known */
    uint32_t has_address;
    uint64_t fuel_used; /* metered modules */
} viv_outcome;

/* A trap in one sentence, such as "integer divide by zero". */
VIV_API const char *viv_trap_text(uint32_t trap);

/* ------------------------------------------------------------------------
 * Sandboxes and calls.
 */

/* Make a sandbox from `module`: reserve its region, set globals and tables,
 * copy data in, and run the start function if there is one.
 *
 * Shares `module` (takes its own reference) and copies `imports`, `limits`
 * (NULL: the default) - not the cookies' targets.  The caller owns
 * `*ret_sandbox` until viv_sandbox_free().
 *
 * Fails with VIV_ELINK when an import finds no row or one that does not fit.
 * Initialisation is guest work: when a segment does not fit or the start
 * function traps, this returns 0 with the outcome in `*ret_outcome` and no
 * sandbox (`*ret_sandbox` is set to NULL).  Any thread. */
VIV_API int viv_sandbox_new(viv_module *module, const viv_import *imports,
                            size_t import_count, const viv_limits *limits,
                            viv_sandbox **ret_sandbox, viv_outcome *ret_outcome,
                            viv_error *err);

/* Give everything back.  NULL is ignored.  Fails with VIV_EBUSY, and changes
 * nothing, while a call is running: from inside a host function. */
VIV_API int viv_sandbox_free(viv_sandbox *sandbox);

/* Run the exported function `name` (name_len bytes).
 *
 * `args` and `results` are as long as the function's type says and the counts
 * must agree with it, else VIV_EINVAL.  `results` is written only when the
 * outcome is VIV_RETURNED.  After a trap the sandbox keeps what the guest had
 * written; it may be called again, and whether that makes sense is the
 * guest's affair.
 *
 * Fails with VIV_ENOTFOUND and VIV_EBUSY; then no guest code ran. */
VIV_API int viv_call(viv_sandbox *sandbox, const char *name, size_t name_len,
                     const viv_value *args, size_t arg_count,
                     viv_value *results, size_t result_count,
                     viv_outcome *ret_outcome, viv_error *err);

/* The type of the exported function `name`, borrowed from the module. */
VIV_API int viv_func_type_of(const viv_module *module, const char *name,
                             size_t name_len, viv_func_type *ret_type);

/* The value of the exported global `name`. */
VIV_API int viv_global_get(viv_sandbox *sandbox, const char *name,
                           size_t name_len, viv_value *ret_value,
                           uint32_t *ret_type);

/* Copy guest memory out, or in.  Fails with VIV_EINVAL, and copies nothing,
 * when the stretch is not wholly inside the sandbox's memory. */
VIV_API int viv_memory_read(viv_sandbox *sandbox, uint64_t address, void *to,
                            size_t len);
VIV_API int viv_memory_write(viv_sandbox *sandbox, uint64_t address,
                             const void *from, size_t len);

/* Bytes of linear memory now; 0 if there is none. */
VIV_API uint64_t viv_memory_bytes(const viv_sandbox *sandbox);

#ifdef __cplusplus
}
#endif

#endif /* VIVARIUM_H */
