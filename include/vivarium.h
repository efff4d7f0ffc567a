/* vivarium.h - run code you do not trust, and get your program back.
 *
 * A MODULE is compiled guest code, made from WebAssembly by `viv compile`.  It
 * never changes and any number of sandboxes share it.  A SANDBOX is one living
 * guest: its memory, globals, tables and stack, in one region of address space.
 * An IMAGE is a sandbox frozen at a quiet moment, from which any number of
 * others start, and to which they go back.  A CALL is one run of an exported
 * function; it ends with an OUTCOME, or waits.  A HOST CALL is the guest asking
 * the host: a function that you gave when the sandbox was made.
 *
 *     viv_module_load --> viv_sandbox_new --> viv_call --> viv_sandbox_free
 *                              |   ^             |
 *                viv_image_new |   | viv_sandbox_from      viv_sandbox_reset
 *                              v   |             |         after each call:
 *                            an image <----------+         fresh, in some us
 *
 * Functions that can fail return 0 or a negative VIV_E code, write what they
 * return through `ret_` pointers only on success, and put one sentence for
 * humans into the caller's viv_error.  A failure is the host's: bad arguments,
 * no memory, a file that is not there.  What the GUEST does - return, trap,
 * run out of a limit, wait - is never a failure of these functions; it is an
 * outcome that you read.
 *
 * THREADS.  Modules and images may be shared by all threads.  A sandbox belongs
 * to one thread at a time, but not to the same thread for ever: a call that
 * waits may go on on another.  Whoever comes at the wrong time is refused at
 * once and changes nothing.  Only viv_call_cancel() and the functions of
 * tokens, pools, executors and jobs are for any thread at any time.  The
 * library never prints, never exits, and never aborts for what a guest does or
 * for a bad argument.
 *
 * SIGNALS.  The first sandbox installs handlers for SIGSEGV, SIGBUS and SIGFPE,
 * because faults are how a guest's bad address becomes a trap, and for SIGURG,
 * which is how a guest is stopped.  What is not meant for a guest goes on to
 * the handler that was there before.  A handler of yours that is installed
 * later must hand on, too, what it does not know.  Each thread that runs guests
 * gets a signal stack, unless it has one, and a timer.
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
typedef struct viv_image viv_image;
typedef struct viv_sandbox viv_sandbox;

/* The version of this library, such as "0.1.0".  Any thread. */
VIV_API const char *viv_version(void);

/* ------------------------------------------------------------------------
 * Errors: what the host failed at.
 */

#define VIV_EINVAL       (-1)  /* an argument is wrong: your mistake */
#define VIV_ENOMEM       (-2)  /* memory or address space ran out */
#define VIV_EIO          (-3)  /* the system said no: the sentence says what */
#define VIV_EFORMAT      (-4)  /* the bytes are not what they should be */
#define VIV_EVERSION     (-5)  /* made for another version, CPU or library */
#define VIV_ELINK        (-6)  /* an import has no answer, or a wrong one */
#define VIV_ENOTFOUND    (-7)  /* no export of that name and kind */
#define VIV_EBUSY        (-8)  /* the sandbox is running: this is its call */
#define VIV_EUNSUPPORTED (-9)  /* valid, but not to be had here */
#define VIV_EWAITING     (-10) /* the sandbox has a call that waits */
#define VIV_ESTOPPED     (-11) /* its call was stopped: reset it first */
#define VIV_ENOCALL      (-12) /* there is no call to do this to */
#define VIV_ETOKEN       (-13) /* answered before, or nobody waits any more */
#define VIV_ETIME        (-14) /* the time to wait for it is over */
#define VIV_EOPEN        (-15) /* it has a file of the host open */
#define VIV_ECLOSED      (-16) /* the pool or executor is closed */
#define VIV_EFULL        (-17) /* the queue has no room for one more */

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

/* One host call in progress: which sandbox asks.  Dies when the host function
 * returns. */
typedef struct viv_host_call viv_host_call;

/* What a host function may return besides 0 and negative numbers. */
enum {
    VIV_LATER = 1, /* a token was taken, or it sleeps: the answer comes then */
    VIV_EXIT = 2   /* what viv_host_call_exit() returns */
};

/* A host function.  Reads `args`, writes `results`, both as long as its type
 * says, and returns
 *     0                   the answer is in `results`;
 *     a negative number   it failed: the guest traps with VIV_TRAP_HOST, and
 *                         the number is in the outcome;
 *     VIV_LATER           the call waits for viv_token_answer(), or sleeps;
 *     viv_host_call_exit()  the guest is done.
 *
 * Runs on the host's own stack, on the thread that made or resumed the call,
 * and must not leave by longjmp or an exception.  It may use other sandboxes;
 * calling, resetting or freeing the one that asks is refused with VIV_EBUSY.
 * Its time counts as the guest's, and a limit of time that passes meanwhile
 * takes effect when it returns: what may take long is answered later. */
typedef int viv_host_func(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie);

/* The sandbox that is asking, to read and write its memory. */
VIV_API viv_sandbox *viv_host_call_sandbox(viv_host_call *call);

/* End the guest's call with the outcome VIV_EXITED and this code, once the host
 * function returns what this returns. */
VIV_API int viv_host_call_exit(viv_host_call *call, int32_t code);

/* ------------------------------------------------------------------------
 * Answering later.
 */

/* The right to answer one host call, once. */
typedef struct viv_token viv_token;

/* In a host function, which then returns VIV_LATER: take the token for its
 * answer.  The host owns it, until viv_token_free(), however the sandbox ends.
 *
 * Fails with VIV_EUNSUPPORTED while the module is initialised, which has nobody
 * to wait for it, and with VIV_ENOMEM. */
VIV_API int viv_host_call_later(viv_host_call *call, viv_token **ret_token,
                                viv_error *err);

/* Answer: the results, as many as the host function's type has; or a failure,
 * a negative number, which traps the guest as if the host function had returned
 * it.  The call can be resumed from then on; nothing of the guest runs here.
 *
 * Fails with VIV_ETOKEN, and does nothing, if it was answered before or its
 * call has ended, and with VIV_EINVAL for a wrong count or a reference to no
 * function of the module.  Any thread, even before the host function that took
 * the token has returned. */
VIV_API int viv_token_answer(viv_token *token, const viv_value *results,
                             size_t count);
VIV_API int viv_token_fail(viv_token *token, int32_t code);

/* In a host function, which then returns VIV_LATER: the answer is what it has
 * written to `results`, and is given when `ns` have passed.  No thread waits
 * meanwhile, and limits and cancel cut it.  Together with a token, whichever
 * comes first is the answer.  Fails with VIV_EUNSUPPORTED as above. */
VIV_API int viv_host_call_sleep(viv_host_call *call, uint64_t ns,
                                viv_error *err);

/* Give the token back.  If it was not answered, it is failed with VIV_ETOKEN.
 * NULL is ignored.  Any thread, once. */
VIV_API void viv_token_free(viv_token *token);

/* ------------------------------------------------------------------------
 * Imports.
 */

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
 * Limits and meters.
 */

#define VIV_NS_PER_S UINT64_C(1000000000)

/* For a limit: none.  It is the largest that any limit can be. */
#define VIV_ENDLESS ((uint64_t)INT64_MAX)

/* Every limit, in one table: what is spent, its name, the field, the unit, the
 * default, and what it means.  A guest that passes one of the first four is
 * refused more, or traps; the others end the call with VIV_SPENT. */
#define VIV_LIMIT_ROWS(ROW)                                                    \
    ROW(MEMORY, "memory", memory_bytes, "bytes", UINT64_C(1) << 30,            \
        "linear memory, at birth and by growing")                              \
    ROW(STACK, "stack", stack_bytes, "bytes", UINT64_C(8) << 20,               \
        "native stack; its end is a trap")                                     \
    ROW(TABLES, "tables", table_entries, "entries", UINT64_C(1000000),         \
        "entries of all tables together, at birth and by growing")             \
    ROW(FILES, "files", file_bytes, "bytes", UINT64_C(64) << 20,               \
        "files in memory, and what tells of open ones; at most 1 GiB")         \
    ROW(FUEL, "fuel", fuel, "instructions", VIV_ENDLESS,                       \
        "instructions of a call, in modules compiled with --fuel")             \
    ROW(RUN_TIME, "run-time", run_ns, "ns", 10 * VIV_NS_PER_S,                 \
        "time that a call runs, without what it waits or is paused")           \
    ROW(WALL_TIME, "wall-time", wall_ns, "ns", 60 * VIV_NS_PER_S,              \
        "time from the beginning of a call, whatever it does")                 \
    ROW(HOST_CALLS, "host-calls", host_calls, "calls", UINT64_C(100000000),    \
        "host calls of a call")                                                \
    ROW(WAITS, "waits", waits, "times", UINT64_C(1000000),                     \
        "host calls of a call that are answered later")                        \
    ROW(OUTPUT, "output", output_bytes, "bytes", UINT64_C(16) << 20,           \
        "what a call writes to standard output and standard error")

#define VIV_LIMIT_ENUM(id, name, field, unit, value, meaning)  VIV_LIMIT_##id,
#define VIV_LIMIT_FIELD(id, name, field, unit, value, meaning) uint64_t field;

enum { VIV_LIMIT_NONE, VIV_LIMIT_ROWS(VIV_LIMIT_ENUM) VIV_LIMIT_END };

/* What a sandbox may use, a field for each row above.  Fill it by
 * viv_limits_default(), then change what you want; 0 is nothing at all, not
 * "no limit".  What a guest declares is clamped to it, and it holds for
 * initialisation as for any call. */
typedef struct viv_limits {
    size_t size; /* sizeof(viv_limits): lets the struct grow */
    VIV_LIMIT_ROWS(VIV_LIMIT_FIELD)
} viv_limits;

/* Fill in the defaults, and the size. */
VIV_API void viv_limits_default(viv_limits *ret_limits);

/* The name of a limit, such as "run-time"; "?" if there is none. */
VIV_API const char *viv_limit_name(uint32_t limit);

/* What was used.  Of a call, or of all that happened to a sandbox, summed up.
 * Pages are those of the machine, of 4 KiB. */
#define VIV_METER_ROWS(ROW)                                                    \
    ROW(calls, "calls", "calls that ended")                                    \
    ROW(run_ns, "ns", "time that they ran")                                    \
    ROW(wall_ns, "ns", "time from their beginnings to their ends")             \
    ROW(host_calls, "calls", "host calls")                                     \
    ROW(waits, "times", "host calls that were answered later")                 \
    ROW(slices, "times", "pauses because a slice of time was over")            \
    ROW(fuel, "instructions", "of modules compiled with --fuel")               \
    ROW(memory_bytes, "bytes", "linear memory: the most that there was")       \
    ROW(output_bytes, "bytes", "written to standard output and error")         \
    ROW(resets, "times", "resets")                                             \
    ROW(reset_ns, "ns", "time that they took")                                 \
    ROW(pages_dirtied, "pages", "pages that they found changed")

#define VIV_METER_FIELD(field, unit, meaning) uint64_t field;

typedef struct viv_meters {
    VIV_METER_ROWS(VIV_METER_FIELD)
} viv_meters;

/* ------------------------------------------------------------------------
 * Outcomes: how a call ended, or what it waits for.
 */

enum {
    VIV_RETURNED = 1,
    VIV_TRAPPED = 2,   /* the guest broke a rule of the machine */
    VIV_SPENT = 3,     /* the guest used up a limit; `limit` says which */
    VIV_EXITED = 4,    /* a host function ended it; `exit_code` */
    VIV_CANCELLED = 5, /* by viv_call_cancel() */
    VIV_WAITING = 6,   /* for the answer of a host call: not over */
    VIV_PAUSED = 7,    /* its slice of time is over: not over */
    VIV_RAISED = 8,    /* Python only: an exception that nobody caught */
    VIV_LOST = 9       /* jobs only: the worker process that it was in died */
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

typedef struct viv_outcome {
    uint32_t kind;     /* VIV_RETURNED ... */
    uint32_t trap;     /* VIV_TRAP_..., when trapped */
    uint32_t limit;    /* VIV_LIMIT_..., when spent */
    int32_t host_code; /* what the host function returned: VIV_TRAP_HOST */
    int32_t exit_code; /* when exited */
    uint32_t has_address;
    uint64_t address; /* guest address: VIV_TRAP_MEMORY, where known */
    viv_meters used;  /* by this call, so far */
} viv_outcome;

/* A trap in one sentence, such as "integer divide by zero". */
VIV_API const char *viv_trap_text(uint32_t trap);

/* ------------------------------------------------------------------------
 * Sandboxes.
 */

/* Make a sandbox from `module`: reserve its region, set globals and tables,
 * copy data in, and run the start function if there is one.
 *
 * Shares `module` (takes its own reference) and copies `imports`, `limits`
 * (NULL: the default) - not the cookies' targets.  The caller owns
 * `*ret_sandbox` until viv_sandbox_free().
 *
 * Takes tens of microseconds and a file descriptor: for many sandboxes, make
 * one, freeze it, and start the others from the image.
 *
 * Fails with VIV_ELINK when an import finds no row or one that does not fit,
 * with VIV_EUNSUPPORTED for a limit that cannot be kept here, with VIV_ENOMEM
 * when there is no room for one more region.  Initialisation is guest work:
 * when a segment does not fit, or the start function does not return, this
 * returns 0 with the outcome in `*ret_outcome` and no sandbox (`*ret_sandbox`
 * is set to NULL).  Any thread. */
VIV_API int viv_sandbox_new(viv_module *module, const viv_import *imports,
                            size_t import_count, const viv_limits *limits,
                            viv_sandbox **ret_sandbox, viv_outcome *ret_outcome,
                            viv_error *err);

/* Make a sandbox that is what `image` was made from, with the same host
 * functions, and limits of its own (NULL: the default).  No guest code runs.
 * Memory is shared with the image until it is written to.  Takes some
 * microseconds, of which most are the kernel's.
 *
 * Shares `image`.  Fails with VIV_EINVAL when the image is larger than the
 * limits, and as viv_sandbox_new().  Any thread. */
VIV_API int viv_sandbox_from(viv_image *image, const viv_limits *limits,
                             viv_sandbox **ret_sandbox, viv_error *err);

/* Make the sandbox what it was when it began: by viv_sandbox_new(), after the
 * start function; by viv_sandbox_from(), the image.  Memory and its size,
 * globals, tables, all of it; what is copied is what was changed.  A sandbox
 * that was stopped is fit again.
 *
 * Fails with VIV_EBUSY, VIV_EWAITING; then nothing has changed.  After VIV_EIO
 * the sandbox can only be freed. */
VIV_API int viv_sandbox_reset(viv_sandbox *sandbox, viv_error *err);

/* Make `count` sandboxes that are what this one is now, with its limits.  They
 * share their memory until they write to it.  All or none.  Fails as
 * viv_image_new() and viv_sandbox_from(). */
VIV_API int viv_sandbox_fork(viv_sandbox *sandbox, size_t count,
                             viv_sandbox **ret_sandboxes, viv_error *err);

/* Give everything back.  NULL is ignored.  Fails with VIV_EBUSY while it runs:
 * from inside a host function, or from another thread; with VIV_EWAITING while
 * a call waits or is paused, which viv_call_drop() ends. */
VIV_API int viv_sandbox_free(viv_sandbox *sandbox);

/* Where a sandbox stands. */
enum {
    VIV_IDLE = 0,       /* no call: a quiet moment */
    VIV_RUNNING = 1,    /* in the guest, or in a host function for it */
    VIV_IS_WAITING = 2, /* for an answer */
    VIV_IS_PAUSED = 3,  /* until it is resumed */
    VIV_STOPPED = 4     /* no call; the last one was stopped: reset it */
};

/* What of the above; it may have changed when you read it.  Any thread. */
VIV_API uint32_t viv_sandbox_state(const viv_sandbox *sandbox);

/* What the latest call used, and the reset after it if there was one; and the
 * sum of all.  Either may be NULL. */
VIV_API void viv_sandbox_meters(const viv_sandbox *sandbox,
                                viv_meters *ret_last, viv_meters *ret_sum);

/* ------------------------------------------------------------------------
 * Images.
 */

/* Freeze the sandbox as it is now, at a quiet moment.  It goes on as before,
 * and goes back to where it went back to before.  Takes time and memory for the
 * pages that are not zero.
 *
 * The caller owns `*ret_image` until viv_image_unref().  Fails with VIV_EBUSY,
 * VIV_EWAITING, VIV_ESTOPPED, VIV_EOPEN, VIV_ENOMEM. */
VIV_API int viv_image_new(viv_sandbox *sandbox, viv_image **ret_image,
                          viv_error *err);

/* One more owner; one less.  Sandboxes own the image that they started from.
 * NULL is ignored by the latter.  Any thread. */
VIV_API viv_image *viv_image_ref(viv_image *image);
VIV_API void viv_image_unref(viv_image *image);

/* How large it is: linear memory, and what is stored of memory and state. */
VIV_API void viv_image_bytes(const viv_image *image, uint64_t *ret_memory,
                             uint64_t *ret_stored);

/* Bytes that prove where something comes from; NULL or no bytes: none. */
typedef struct viv_key {
    const void *bytes;
    size_t len;
} viv_key;

/* Write the image into the file `path`, which is replaced as one step: all of
 * it; or, with `over`, only where it differs from that image, which must be
 * given again when it is loaded.  The file has a check value: a digest, or with
 * `key` an HMAC.  Fails with VIV_EIO, VIV_ENOMEM, VIV_EINVAL.  Any thread. */
VIV_API int viv_image_save(const viv_image *image, const viv_image *over,
                           const viv_key *key, const char *path,
                           viv_error *err);

/* Load what viv_image_save() wrote, in this process or another, for the same
 * `module`, with host functions of your own.  It is checked before any of it is
 * used, and a file that is not ours, or was changed, is refused, and so is one
 * that was saved with a key if none is given, and the other way round.
 *
 * Fails with VIV_EFORMAT, with VIV_EVERSION when it was made for another module
 * or over another image, with VIV_ELINK, VIV_EIO, VIV_ENOMEM.  Any thread. */
VIV_API int viv_image_load(viv_module *module, const viv_import *imports,
                           size_t import_count, const viv_image *over,
                           const viv_key *key, const char *path,
                           viv_image **ret_image, viv_error *err);

/* Write the sandbox, at a quiet moment, as its difference from the image that
 * it began as: some pages, for a guest that did not do much.  The caller gives
 * `*ret_bytes` back by viv_free().  Fails as viv_image_new(). */
VIV_API int viv_sandbox_dump(viv_sandbox *sandbox, const viv_key *key,
                             void **ret_bytes, size_t *ret_len, viv_error *err);

/* Make a sandbox that is what was dumped: in this process or another, from the
 * same image, which may itself have been loaded.  Fails as viv_image_load() and
 * viv_sandbox_from().  Any thread. */
VIV_API int viv_sandbox_load(viv_image *image, const viv_limits *limits,
                             const viv_key *key, const void *bytes, size_t len,
                             viv_sandbox **ret_sandbox, viv_error *err);

/* Give back what the library allocated for you.  NULL is ignored. */
VIV_API void viv_free(void *bytes);

/* Kinds of files with memory of guests. */
enum {
    VIV_FILE_IMAGE = 1,   /* viv_image_save() */
    VIV_FILE_DELTA = 2,   /* the same, over another image */
    VIV_FILE_SANDBOX = 3, /* viv_sandbox_dump() */
    VIV_FILE_PLACED = 4   /* viv_python_build(): used where it lies */
};

/* What such a file says of itself. */
typedef struct viv_image_file {
    uint32_t kind;    /* VIV_FILE_... */
    uint32_t version; /* of the format */
    uint64_t file_bytes;
    uint64_t memory_bytes; /* linear memory of who starts from it */
    uint64_t state_bytes;  /* and all the rest */
    uint64_t stored_bytes; /* of both, what is not zero, or differs */
    uint8_t module[32];    /* for which: the same for the same WebAssembly */
    uint8_t over[32];      /* DELTA, SANDBOX: digest of the image below it */
    uint8_t digest[32];    /* of sizes and pages: for a whole image, its own */
} viv_image_file;

/* Read what the file `path` says of itself.  The first check value is compared,
 * which covers what is read, not the pages.  Fails with VIV_EIO, VIV_EFORMAT,
 * VIV_EVERSION.  Any thread. */
VIV_API int viv_image_look(const char *path, const viv_key *key,
                           viv_image_file *ret_file, viv_error *err);

/* Compare all check values of the file `path`: is it what was saved, every page
 * of it?  Takes some ms for each 10 MiB.  Fails as viv_image_look(), and with
 * VIV_ENOMEM. */
VIV_API int viv_image_verify(const char *path, const viv_key *key,
                             viv_error *err);

/* ------------------------------------------------------------------------
 * Calls.
 *
 *               viv_call            the guest is done        viv_sandbox_reset
 *      IDLE ---------------> RUNNING ---------------> IDLE    (from IDLE, too)
 *                             |   ^ \                           ^
 *      VIV_WAITING, VIV_PAUSED|   |  \ VIV_SPENT, VIV_CANCELLED |
 *                             v   | viv_call_resume            |
 *                  WAITING or PAUSED ------------> STOPPED ----+
 *                                    viv_call_drop
 */

/* Run the exported function `name` (name_len bytes), until it ends, waits, or
 * its slice is over.
 *
 * `args` and `results` are as long as the function's type says and the counts
 * must agree with it, else VIV_EINVAL.  `results` is written only when the
 * outcome is VIV_RETURNED.  After a trap or an exit the sandbox keeps what the
 * guest had written; it may be called again, and whether that makes sense is
 * the guest's affair.  After VIV_SPENT and VIV_CANCELLED, which hit it
 * anywhere, it must be reset.
 *
 * Fails with VIV_ENOTFOUND, VIV_EBUSY, VIV_EWAITING, VIV_ESTOPPED; then no
 * guest code ran. */
VIV_API int viv_call(viv_sandbox *sandbox, const char *name, size_t name_len,
                     const viv_value *args, size_t arg_count,
                     viv_value *results, size_t result_count,
                     viv_outcome *ret_outcome, viv_error *err);

/* Go on with a call that waits or was paused, on this thread.  If it waits and
 * has not been answered, the outcome is VIV_WAITING again.  If it has meanwhile
 * been cancelled, or its wall time is over, it ends.
 *
 * Fails with VIV_ENOCALL when there is none, VIV_EBUSY, and VIV_EINVAL when
 * `result_count` is not that of the function. */
VIV_API int viv_call_resume(viv_sandbox *sandbox, viv_value *results,
                            size_t result_count, viv_outcome *ret_outcome,
                            viv_error *err);

/* Block this thread until the call can be resumed with a purpose - it was
 * answered, it has slept, it was cancelled, its wall time is over, or it is
 * paused - but at most `max_ns`: then VIV_ETIME.  Fails with VIV_ENOCALL,
 * VIV_EBUSY. */
VIV_API int viv_call_wait(viv_sandbox *sandbox, uint64_t max_ns,
                          viv_error *err);

/* For hosts with a loop of their own: `func` is called whenever a call of this
 * sandbox that waits has been answered or cancelled, on the thread that did it,
 * and shall do no more than wake up somebody.  NULL: nobody.  Sleep and wall
 * time are yours to watch then: viv_call_due() tells. */
typedef void viv_ready_func(viv_sandbox *sandbox, void *cookie);
VIV_API int viv_call_watch(viv_sandbox *sandbox, viv_ready_func *func,
                           void *cookie);

/* In how many ns a call that waits should be resumed at the latest, though
 * nobody answers: it has slept then, or its wall time is over.  0: now, also
 * when it is paused; UINT64_MAX: there is no such time, or no such call. */
VIV_API uint64_t viv_call_due(const viv_sandbox *sandbox);

/* End the call that is running, waiting or paused, with VIV_CANCELLED: a
 * running one at once, in the middle of whatever it computes, or when its host
 * function returns; the others when they are resumed.  Does not block.
 *
 * Returns VIV_ENOCALL if there is no call.  Any thread, as long as the sandbox
 * is not freed. */
VIV_API int viv_call_cancel(viv_sandbox *sandbox);

/* End a call that waits or is paused, here and now; its token is of no use any
 * more.  The sandbox is stopped then: to be reset, or freed.  Fails with
 * VIV_ENOCALL, VIV_EBUSY. */
VIV_API int viv_call_drop(viv_sandbox *sandbox);

/* Let calls run for `ns` at a time, after which they are paused, so that one
 * thread can carry several guests that compute.  0, as it is at first: until
 * they are done.  Not shorter than 10,000, lest all time goes into pausing. */
VIV_API int viv_call_slice(viv_sandbox *sandbox, uint64_t ns);

/* ------------------------------------------------------------------------
 * Values in bytes: what a Python guest and its host say to each other.
 *
 * One VALUE - None, a number, text, a list of values - is written as CBOR (RFC
 * 8949), in a profile that has one tag for each type of Python that CBOR does
 * not know; docs/internals/data.md has the table.  It is read and written as a
 * row of ITEMS: a list is an item that says how many values follow, and then
 * these values.  `[1, 'a']`, written and read:
 *
 *     viv_writer_init(&writer, NULL, 1 << 20);
 *     viv_write_list(&writer, 2);
 *     viv_write_int(&writer, 1);
 *     viv_write_text(&writer, "a", 1);
 *     code = viv_writer_end(&writer, &bytes, &len, &err);
 *
 *     viv_reader_init(&reader, bytes, len);
 *     viv_read(&reader, &item, &err);    VIV_DATA_LIST, count 2
 *     viv_read(&reader, &item, &err);    VIV_DATA_INT, integer 1
 *     viv_read(&reader, &item, &err);    VIV_DATA_TEXT, bytes "a", len 1
 *     viv_writer_fini(&writer);
 *
 * Readers and writers belong to one thread at a time.
 */

/* How deep lists and the like may stand in each other. */
#define VIV_DATA_DEPTH_MAX 256

enum {
    VIV_DATA_NONE = 0,
    VIV_DATA_BOOL = 1,
    VIV_DATA_INT = 2, /* that fits int64_t */
    VIV_DATA_BIG = 3, /* any other integer */
    VIV_DATA_FLOAT = 4,
    VIV_DATA_TEXT = 5,
    VIV_DATA_BYTES = 6,
    VIV_DATA_LIST = 7,
    VIV_DATA_TUPLE = 8,
    VIV_DATA_SET = 9,
    VIV_DATA_FROZENSET = 10,
    VIV_DATA_DICT = 11,
    VIV_DATA_DATETIME = 12, /* "2026-11-26T10:00:00", perhaps with ".000001", */
                            /* perhaps with "Z" or "+01:00" */
    VIV_DATA_DATE = 13,     /* "2026-11-26" */
    VIV_DATA_TIME = 14,     /* "10:00:00", as in DATETIME */
    VIV_DATA_TIMEDELTA = 15 /* normal as in Python: only days are negative */
};

/* One item.  Only the fields of its kind are set. */
typedef struct viv_item {
    uint32_t kind;     /* VIV_DATA_... */
    uint32_t negative; /* BIG: 1 if it is -1 - MAGNITUDE, else 0 */
    int64_t integer;   /* BOOL: 0 or 1; INT; TIMEDELTA: days */
    double real;       /* FLOAT */
    const char *bytes; /* TEXT (UTF-8), BYTES, DATETIME, DATE, TIME; BIG: the */
    size_t len;        /* magnitude, highest byte first, and that is not 0. */
                       /* Borrowed from what is read; no NUL at the end */
    size_t count;      /* LIST, TUPLE, SET, FROZENSET: so many values follow; */
                       /* DICT: so many pairs, each a key and its value */
    uint32_t seconds, microseconds; /* TIMEDELTA */
} viv_item;

/* Where one is in bytes that are being read.  `at` is where the next item
 * begins; what lies between two of these places may be taken as bytes. */
typedef struct viv_reader {
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *start;
} viv_reader;

/* Read these bytes, which are borrowed until the last use of the reader and of
 * the items that it gave. */
VIV_API void viv_reader_init(viv_reader *reader, const void *bytes, size_t len);

/* Read the next item.  Never allocates, and never believes a count or length
 * that is larger than the bytes that are left, so whoever wrote them may be
 * hostile; but only viv_data_check() says whether they are whole.
 *
 * Fails with VIV_ENOTFOUND at the end of the bytes, and with VIV_EFORMAT for
 * what is not of the profile; the sentence ends with the place, and the reader
 * stays there. */
VIV_API int viv_read(viv_reader *reader, viv_item *ret_item, viv_error *err);

/* Skip the next value, with all that belongs to it.  Fails as viv_read(), and
 * with VIV_EFORMAT if the value is not whole; the reader stays then. */
VIV_API int viv_read_skip(viv_reader *reader, viv_error *err);

/* Are these bytes exactly one value of the profile: whole, nothing after it,
 * not too deep, and with nothing in a set or as a key of a dict that Python
 * could not hash?  (Whether they are all different it does not say.)  The
 * library asks this of all that a guest hands out before anybody reads it.
 * Takes some ns an item.  Fails with VIV_EFORMAT.  Any thread. */
VIV_API int viv_data_check(const void *bytes, size_t len, viv_error *err);

/* Write the value as Python's repr() prints it, such as `{'a': (1, None)}`, for
 * people: at most `size` bytes with the NUL; returns how many it takes without.
 * What is not of the profile ends the text with `<?>`.  Characters that do
 * something to a terminal are escaped; integers that Python itself refuses to
 * print, of over 4,300 digits, are in hexadecimal.  Any thread. */
VIV_API size_t viv_data_text(const void *bytes, size_t len, char *to,
                             size_t size);

/* Bytes that are being written.  The fields are the library's. */
typedef struct viv_writer {
    uint8_t *bytes;
    size_t len;
    size_t limit; /* how long it may become without asking; len if it failed */
    size_t room;  /* how many bytes there are */
    size_t max;
    size_t owed; /* values that are still to come */
    const char *fault;
    int32_t code;
    uint32_t is_own; /* `bytes` is to be given back */
} viv_writer;

/* Write one value of at most `max` bytes: into `buffer`, which is as long and
 * borrowed, or, if that is NULL, into memory that grows as needed. */
VIV_API void viv_writer_init(viv_writer *writer, void *buffer, size_t max);

/* Forget what was written, and failures; keep the memory. */
VIV_API void viv_writer_clear(viv_writer *writer);

/* Give the memory back. */
VIV_API void viv_writer_fini(viv_writer *writer);

/* Write one item; what belongs to a list and the like is to follow.  The first
 * failure stays, the rest then does nothing, and viv_writer_end() tells. */
VIV_API void viv_write_none(viv_writer *writer);
VIV_API void viv_write_bool(viv_writer *writer, int value);
VIV_API void viv_write_int(viv_writer *writer, int64_t value);
VIV_API void viv_write_float(viv_writer *writer, double value);
VIV_API void viv_write_text(viv_writer *writer, const char *text, size_t len);
VIV_API void viv_write_bytes(viv_writer *writer, const void *bytes, size_t len);
VIV_API void viv_write_list(viv_writer *writer, size_t count);
VIV_API void viv_write_tuple(viv_writer *writer, size_t count);
VIV_API void viv_write_set(viv_writer *writer, size_t count);
VIV_API void viv_write_frozenset(viv_writer *writer, size_t count);
VIV_API void viv_write_dict(viv_writer *writer, size_t pair_count);

/* An integer of any size: the magnitude, highest byte first, or -1 - it.  One
 * that fits less is written as viv_write_int() would. */
VIV_API void viv_write_big(viv_writer *writer, int negative,
                           const void *magnitude, size_t len);

/* Texts as in viv_item; a timedelta is made normal. */
VIV_API void viv_write_datetime(viv_writer *writer, const char *text,
                                size_t len);
VIV_API void viv_write_date(viv_writer *writer, const char *text, size_t len);
VIV_API void viv_write_time(viv_writer *writer, const char *text, size_t len);
VIV_API void viv_write_timedelta(viv_writer *writer, int64_t days,
                                 int64_t seconds, int64_t microseconds);

/* A whole value that was written before: copied, not looked at. */
VIV_API void viv_write_value(viv_writer *writer, const void *bytes, size_t len);

/* What was written, borrowed from the writer until its next use.  It is one
 * value of the profile, if what viv_write_value() was given is, except that
 * depth and keys are as you wrote them.
 *
 * Fails with VIV_EINVAL if there is too much or too little for the counts, if a
 * text is not UTF-8, or not the date that it should be; with VIV_ENOMEM if it
 * is over `max`, or there is no memory. */
VIV_API int viv_writer_end(viv_writer *writer, const void **ret_bytes,
                           size_t *ret_len, viv_error *err);

/* ------------------------------------------------------------------------
 * WASI: files, clocks, chance, and words.
 *
 * C, Rust, Go and others compile programs for WASI preview 1, which import
 * their system from the module "wasi_snapshot_preview1".  Link them with the
 * rows of viv_wasi_imports(), and they find one: of nothing, until you permit
 * something, sandbox by sandbox.  A program that is done is VIV_EXITED.
 *
 *     viv_wasi wasi;
 *
 *     viv_wasi_default(&wasi);
 *     wasi.args = args, wasi.arg_count = 2;
 *     viv_wasi_apply(sandbox, &wasi, &err);
 *     viv_call(sandbox, "_start", 6, NULL, 0, NULL, 0, &outcome, &err);
 *     fwrite(viv_wasi_output(sandbox, 1, &len), 1, len, stdout);
 *
 * What the guest has open, where it is in it, and its files in memory are part
 * of its region: a reset takes them back, a fork has them, a dump carries them
 * along.  What it has open on the host is not: while there is any such file an
 * image or a dump is refused with VIV_EOPEN and its path, and a reset closes
 * it.  What you permit is no part of the region either: it stays through a
 * reset; forks and whatever is loaded begin with nothing.
 */

/* What a guest sees below one path. */
enum {
    VIV_MOUNT_MEMORY = 0,  /* files of its own, empty at first */
    VIV_MOUNT_PACK = 1,    /* the pack in the file `host`, read only */
    VIV_MOUNT_OVERLAY = 2, /* the same, with files of its own over it */
    VIV_MOUNT_HOST = 3     /* the directory `host` of this machine */
};

typedef struct viv_mount {
    const char *guest; /* how the guest calls it, such as "/data" or "." */
    const char *host;
    uint32_t kind;      /* VIV_MOUNT_... */
    uint32_t writable;  /* HOST; PACK never is, the others always are */
    uint64_t bytes_max; /* that the guest may add; VIV_ENDLESS: no ceiling */
    uint64_t files_max; /* the same of names */
} viv_mount;

/* Where standard input comes from, if not from bytes.  Copies at most `len`
 * bytes, and returns how many; 0 at the end; VIV_ETIME when there is nothing
 * yet: then the call waits until viv_wasi_ready(), or until somebody resumes
 * it.  Another negative number is an error for the guest, too.  Runs as a host
 * function does. */
typedef int64_t viv_read_func(void *cookie, void *to, size_t len);

/* Where standard output or error goes, if not to a buffer.  Takes all of it, or
 * returns a negative number: nobody reads it.  Runs as a host function does. */
typedef int viv_write_func(void *cookie, const void *bytes, size_t len);

enum {
    VIV_CLOCK_COARSE = 0, /* the host's, in steps of a millisecond */
    VIV_CLOCK_FINE = 1,   /* the host's */
    VIV_CLOCK_FROZEN = 2, /* always clock_start_ns */
    VIV_CLOCK_STEPS = 3   /* from there on: 1 us a look, and what it sleeps */
};

enum {
    VIV_RANDOM_KERNEL = 0, /* nobody can guess it */
    VIV_RANDOM_SEED = 1    /* from random_seed: the same in each run */
};

/* What a guest may use: all that there is to permit, and nothing else.  Fill it
 * by viv_wasi_default(), then change what you want. */
typedef struct viv_wasi {
    size_t size; /* sizeof(viv_wasi): lets the struct grow */

    const char *const *args; /* the first is the program's name */
    size_t arg_count;
    const char *const *env; /* "NAME=value" */
    size_t env_count;

    const viv_mount *mounts; /* at most 13; they are descriptors 3, 4, ... */
    size_t mount_count;

    const void *stdin_bytes; /* what can be read, when there is no function */
    size_t stdin_len;
    viv_read_func *stdin_func;
    viv_write_func *stdout_func; /* NULL: a buffer, see viv_wasi_output() */
    viv_write_func *stderr_func;
    void *cookie;        /* of these three */
    uint64_t stdout_max; /* bytes of a call; limits.output_bytes is for */
    uint64_t stderr_max; /* both together */
    uint32_t terminals;  /* bit n: descriptor n, 0 to 2, is a terminal */

    uint32_t clock;          /* VIV_CLOCK_... */
    uint64_t clock_start_ns; /* since 1970 */
    uint32_t random;         /* VIV_RANDOM_... */
    uint64_t random_seed;
} viv_wasi;

/* Nothing: no arguments, no environment, no files; standard input is at its
 * end, the other two are buffers, with the limit's ceiling; a coarse clock;
 * chance by the kernel.  A sandbox that nothing was applied to has this. */
VIV_API void viv_wasi_default(viv_wasi *ret_wasi);

/* The rows to link with, besides your own.  They are the library's, for good.
 * Any thread. */
VIV_API const viv_import *viv_wasi_imports(size_t *ret_count);

/* Put all that is in the directory `folder` into the pack `path`, as one step.
 * Its files have the time `modified_ns`, since 1970, or each its own if that is
 * UINT64_MAX.  A pack that is in use may be replaced, and must not be changed.
 *
 * Fails with VIV_EIO, VIV_ENOMEM, and VIV_EUNSUPPORTED for a FIFO, a socket, a
 * device, or a name that is not UTF-8.  Any thread. */
VIV_API int viv_pack_write(const char *folder, const char *path,
                           uint64_t modified_ns, viv_error *err);

/* Let the guest use what `wasi` says (NULL: the default) from now on, in place
 * of what was permitted before.  Copies all of it, and opens directories and
 * packs.  Not during a call.
 *
 * A guest knows its mounts by descriptors, which it may have kept.  So once it
 * has called a function of WASI, only the same mounts are taken, also by its
 * forks and by what is loaded from its dump: in the same order, of the same
 * kinds, with the same packs; VIV_EVERSION otherwise.  More may follow: they
 * get the lowest descriptors that are free, and it is up to the guest to look.
 *
 * Fails with VIV_EINVAL, VIV_EUNSUPPORTED, VIV_EIO, VIV_EFORMAT, VIV_ENOMEM,
 * VIV_EBUSY, VIV_EWAITING, VIV_ESTOPPED; then what was permitted before is. */
VIV_API int viv_wasi_apply(viv_sandbox *sandbox, const viv_wasi *wasi,
                           viv_error *err);

/* What the latest call has written to descriptor 1 or 2, if that is a buffer:
 * borrowed until the next call, reset or viv_wasi_apply(); not while it runs.
 * Never NULL. */
VIV_API const char *viv_wasi_output(const viv_sandbox *sandbox, int descriptor,
                                    size_t *ret_len);

/* stdin_func has something now: a call that waits for it can be resumed.  Any
 * thread, as long as the sandbox is not freed. */
VIV_API void viv_wasi_ready(viv_sandbox *sandbox);

/* Write all that is permitted as lines of text: two that permit the same give
 * the same.  At most `size` bytes with the NUL; returns how many without it. */
VIV_API size_t viv_wasi_text(const viv_wasi *wasi, char *to, size_t size);

/* What a guest that imports this could use if it is permitted: "files",
 * "streams", "arguments", "environment", "clock", "random", "sockets" (which
 * never are); NULL for an import that needs none of these or is not WASI's. */
VIV_API const char *viv_wasi_permission(const char *module, const char *name);

/* ------------------------------------------------------------------------
 * Python.
 *
 * CPython 3.13 is a module like any other, with a library in a pack and an
 * image that was taken when it had just started.  A sandbox from this image
 * runs source, and a reset makes it fresh:
 *
 *     viv_python_load(NULL, NULL, 0, &image, &err);
 *     viv_sandbox_from(image, NULL, &sandbox, &err);
 *     viv_python_run(sandbox, "6 * 7", 5, NULL, VIV_PYTHON_VALUE, &result,
 *                    &err);
 *     viv_data_text(result.value, result.value_len, text, sizeof(text));
 *     viv_sandbox_reset(sandbox, &err);
 *
 * Without resets it is a session: what one run defines the next one finds.
 * Images, forks, dumps, limits, meters, viv_call_cancel() and the like are
 * those of any sandbox.  Words, files and streams are those of WASI, but are
 * permitted by viv_python_apply(), which adds the library.
 *
 * A run or call that awaits something - a function of the host, time - while
 * nothing else is to be done is VIV_WAITING, and so is one that asked a
 * function of the host which answers later.  Between the two is a difference:
 * what awaits has nothing on its stack, and can be frozen, dumped, loaded
 * elsewhere, and resumed there, where the host is asked once more.
 */

/* Where the guest is kept: python.viv, python.pack, python.image. */
#define VIV_PYTHON_FOLDER "VIV_PYTHON" /* of the environment */

typedef struct viv_python_function viv_python_function;

/* One function of the host that Python has called, and that is to answer.  Dies
 * when the function returns. */
typedef struct viv_question viv_question;

/* The right, and the duty, to answer a question later. */
typedef struct viv_promise viv_promise;

/* Answer: read `args`, `count` values in the order of the signature, with
 * defaults filled in; write one value, or nothing for None, and return
 *     0                      what was written is the answer;
 *     viv_question_raise()   the guest has an exception instead;
 *     VIV_LATER              somebody has a promise, see there;
 *     a negative number      HostError is raised, which names it.
 *
 * Runs as a viv_host_func does.  The same promises hold: of what is `args` all
 * was checked, and nothing of the guest changes it any more. */
typedef int viv_python_func(viv_question *question, viv_reader *args,
                            size_t count, viv_writer *answer, void *cookie);

/* A function of the host, as a row of a table.  To the guest it is a function
 * of Python: `from host import fetch_price` finds it, help() shows signature
 * and documentation, wrong arguments are a TypeError. */
struct viv_python_function {
    const char *module;    /* such as "host", or "shop.prices" */
    const char *name;      /* such as "fetch_price" */
    const char *signature; /* such as "(sku: str, amount: int = 1) -> float"; */
                           /* str, int and the like are checked */
    const char *doc;       /* NULL: none */
    uint32_t awaited;      /* 1: it is `async def` */
    viv_python_func *func;
    void *cookie;
};

/* Load the guest from `folder`; NULL: the one that the environment's VIV_PYTHON
 * names, else where `viv` was built or installed with.  The guest's functions
 * of the host are `functions`, which are copied, not the cookies' targets.
 *
 * The caller owns `*ret_image` until viv_image_unref().  Fails with VIV_EINVAL,
 * and Python's words, for a signature that is none; VIV_EIO, VIV_EFORMAT,
 * VIV_EVERSION, VIV_ENOMEM.  Any thread. */
VIV_API int viv_python_load(const char *folder,
                            const viv_python_function *functions,
                            size_t function_count, viv_image **ret_image,
                            viv_error *err);

/* Load an image or delta that viv_image_save() wrote of a sandbox that began as
 * `base`, which may be `over`; its functions of the host are those of `base`.
 * */
VIV_API int viv_python_load_image(viv_image *base, const viv_image *over,
                                  const viv_key *key, const char *path,
                                  viv_image **ret_image, viv_error *err);

/* Start the Python in `folder`, which has python.viv and python.pack, once, and
 * write python.image there.  Takes a second or two. */
VIV_API int viv_python_build(const char *folder, viv_error *err);

/* viv_wasi_apply() of a Python guest: the library is mounted before the rest.
 * */
VIV_API int viv_python_apply(viv_sandbox *sandbox, const viv_wasi *wasi,
                             viv_error *err);

/* One line of a traceback.  Texts end with a NUL. */
typedef struct viv_python_frame {
    const char *file;
    const char *function;
    uint32_t line;
} viv_python_frame;

/* How a run or call ended.  All of it is borrowed from the sandbox, until its
 * next call, reset or end.  Texts are UTF-8 and end with a NUL. */
typedef struct viv_python_result {
    viv_outcome outcome; /* VIV_RETURNED, VIV_RAISED, VIV_EXITED, ... */

    /* VIV_RETURNED: the value of the last expression or of the function, None
     * if there is none; NULL if it is of a type that cannot leave. */
    const void *value;
    size_t value_len;
    const char *text; /* its repr(), if asked for and not None; else NULL */
    size_t text_len;

    /* VIV_RAISED: as Python names it, such as "json.decoder.JSONDecodeError";
     * str() of it; and the traceback, with this at its end. */
    const char *type;
    const char *message;
    const char *traceback;
    const viv_python_frame *frames; /* innermost last */
    size_t frame_count;

    /* What it has written to descriptors 1 and 2, as viv_wasi_output() has
     * it. */
    const char *output, *errors;
    size_t output_len, errors_len;
} viv_python_result;

enum {
    VIV_PYTHON_VALUE = 2,  /* the value of the last expression is wanted */
    VIV_PYTHON_TEXT = 4,   /* and its repr() */
    VIV_PYTHON_PROGRAM = 8 /* it is a whole program: atexit has its turn */
};

/* Run `source`, UTF-8, as if it were the file `name` (NULL: "<run>"), in
 * __main__.  Top-level await works.  sys.exit() is VIV_EXITED with its code.
 * After os._exit(), a trap, VIV_SPENT and VIV_CANCELLED the sandbox must be
 * reset.
 *
 * Fails with VIV_EINVAL if the sandbox is no Python's; VIV_EBUSY, VIV_EWAITING,
 * VIV_ESTOPPED; VIV_EFORMAT if what the guest said makes no sense, which only a
 * guest does that means harm; VIV_ENOMEM. */
VIV_API int viv_python_run(viv_sandbox *sandbox, const char *source, size_t len,
                           const char *name, uint32_t flags,
                           viv_python_result *ret_result, viv_error *err);

/* Call the function `function` of the module `module`, which is imported, with
 * `args`, a list in bytes, and `named`, a dict; NULL for none.  What it returns
 * must be able to leave, else there is a TypeError.  Fails as viv_python_run(),
 * and with VIV_EFORMAT for arguments that are not values. */
VIV_API int viv_python_call(viv_sandbox *sandbox, const char *module,
                            const char *function, const void *args,
                            size_t args_len, const void *named,
                            size_t named_len, uint32_t flags,
                            viv_python_result *ret_result, viv_error *err);

/* Go on with a run or call that waits or was paused; also with one that was
 * awaiting something when its sandbox was dumped, in the one that was loaded.
 * */
VIV_API int viv_python_resume(viv_sandbox *sandbox,
                              viv_python_result *ret_result, viv_error *err);

/* The sandbox that asks; NULL: it is in a worker process. */
VIV_API viv_sandbox *viv_question_sandbox(viv_question *question);

/* Was this asked before, by the same sandbox in another life: before a dump, or
 * a fork?  1 or 0. */
VIV_API int viv_question_is_again(const viv_question *question);

/* Let the answer be an exception: of the type `type`, of the builtins or as
 * "module.Name", if there is such an Exception, else HostError.  To be returned
 * by the function. */
VIV_API int viv_question_raise(viv_question *question, const char *type,
                               const char *message);

/* In a function that then returns VIV_LATER: take the right to answer.  The
 * host owns it until viv_promise_free(), however the sandbox ends.  What waits
 * is the call, or, if the function is awaited, one task of it.  Fails with
 * VIV_EUNSUPPORTED, VIV_ENOMEM. */
VIV_API int viv_question_later(viv_question *question,
                               viv_promise **ret_promise, viv_error *err);

/* Answer with the value in these bytes (no bytes: None), or with an exception.
 * Once; VIV_ETOKEN if it was answered or nobody waits any more, VIV_EFORMAT for
 * what is not one value.  Any thread. */
VIV_API int viv_promise_keep(viv_promise *promise, const void *bytes,
                             size_t len);
VIV_API int viv_promise_break(viv_promise *promise, const char *type,
                              const char *message);

/* Give it back.  If it was not answered, it is broken by a HostError.  NULL is
 * ignored.  Any thread, once. */
VIV_API void viv_promise_free(viv_promise *promise);

/* ------------------------------------------------------------------------
 * Pools: sandboxes kept ready.
 *
 *     viv_pool_config_default(&config);
 *     config.max = 16;
 *     viv_pool_new(image, &config, &pool, &err);
 *
 *     viv_pool_acquire(pool, NULL, VIV_NS_PER_S, &sandbox, &err);
 *     viv_call(sandbox, ...);
 *     viv_pool_release(pool, sandbox);      fresh for the next
 *
 * A pool begins with `min` sandboxes, makes others when all are held, up to
 * `max`, and gives back those that nobody has wanted for `idle_ns`.  That
 * happens when something is released, and in viv_pool_trim(): a pool has no
 * thread of its own.  Whoever acquires makes the sandbox, without holding up
 * anybody else.
 *
 * What is released goes back to the pool as its policy says.  A guest that was
 * stopped, trapped or exited, and one whose call was dropped, is reset whatever
 * the policy; one that cannot be reset is freed.
 */

typedef struct viv_pool viv_pool;

enum {
    VIV_POOL_FRESH = 0, /* reset after each use */
    VIV_POOL_KEPT = 1, /* its state stays with its key, until it was idle too */
                       /* long; what was acquired without a key is reset */
    VIV_POOL_RECYCLED = 2 /* its state stays, for anybody, until a line below */
                          /* is passed, and then it is reset */
};

/* Make a new sandbox fit for use, by viv_wasi_apply() or viv_python_apply():
 * permissions outlive resets, what a guest does here would not.  Who permits
 * more to a sandbox that is held permits it to the next holder, too.  Runs on
 * the thread that acquires.  A failure is the acquirer's. */
typedef int viv_prepare_func(viv_sandbox *sandbox, void *cookie,
                             viv_error *err);

typedef struct viv_pool_config {
    size_t size;      /* sizeof(viv_pool_config): lets the struct grow */
    const char *name; /* in the text of the meters; NULL: "pool" */
    uint32_t policy;  /* VIV_POOL_... */
    uint32_t min;     /* made at once, and never given back */
    uint32_t max;     /* at most 65,536 */
    const viv_limits *limits; /* of each sandbox; NULL: the default */
    uint64_t idle_ns; /* how long idle sandboxes and sessions are kept */

    /* VIV_POOL_RECYCLED: lines.  Checked when a sandbox is released. */
    uint64_t recycle_bytes; /* that it has of its own, or has grown by; or it */
                            /* may grow by no more than it has grown by */
    uint64_t recycle_calls; /* since it was fresh */
    uint64_t recycle_ns;    /* likewise */

    viv_prepare_func *prepare; /* NULL: nothing to do */
    void *cookie;
} viv_pool_config;

/* VIV_POOL_FRESH, 0 to 64 sandboxes, idle for a minute; recycled beyond 64 MiB,
 * 10,000 calls or an hour. */
VIV_API void viv_pool_config_default(viv_pool_config *ret_config);

/* Make a pool of sandboxes from `image`, which it shares; copies the config.
 * NULL: the default.  The caller owns `*ret_pool` until viv_pool_unref().
 *
 * Fails with VIV_EINVAL for a config that cannot be, and as viv_sandbox_from()
 * and `prepare`. */
VIV_API int viv_pool_new(viv_image *image, const viv_pool_config *config,
                         viv_pool **ret_pool, viv_error *err);

/* One more owner; one less, the last one closes it.  NULL is ignored by the
 * latter.  What is held may be released even after that.  Any thread. */
VIV_API viv_pool *viv_pool_ref(viv_pool *pool);
VIV_API void viv_pool_unref(viv_pool *pool);

/* Have a sandbox to oneself, until viv_pool_release().  `key`, for
 * VIV_POOL_KEPT: which session; NULL: none.  A session is never given to two at
 * once, and never up for another before it was idle for idle_ns.
 *
 * Waits for at most `max_ns`: 0 not at all, VIV_ENDLESS for ever.  First come,
 * first served; who wants a session that somebody has holds up nobody else.
 * Costs less than a microsecond when one is idle.
 *
 * 0: here it is.  VIV_ETIME: none in time.  VIV_ECLOSED: the pool is closed.
 * Otherwise none could be made: VIV_EINVAL for a key and a policy without,
 * VIV_ENOMEM, what `prepare` said.  Any thread. */
VIV_API int viv_pool_acquire(viv_pool *pool, const char *key, uint64_t max_ns,
                             viv_sandbox **ret_sandbox, viv_error *err);

/* Give it back: a call that waits or is paused is dropped.  Takes the reset, if
 * the policy asks for one.  Any thread, whoever acquired it.
 *
 * What is not held from this pool, or was released before, is refused, and so
 * is a sandbox that is running, which stays held: they are counted as misuse,
 * and nothing happens.  A second release is not noticed once somebody else has
 * acquired the sandbox. */
VIV_API void viv_pool_release(viv_pool *pool, viv_sandbox *sandbox);

/* Give back what was idle for longer than idle_ns.  Returns how many sandboxes
 * that were.  Any thread. */
VIV_API size_t viv_pool_trim(viv_pool *pool);

/* No more is acquired: whoever waits is told VIV_ECLOSED.  What is idle is
 * freed, and what is held when it is released.  Any thread; twice is fine. */
VIV_API void viv_pool_close(viv_pool *pool);

/* At most `count` sandboxes in all pools of this process; at first there is no
 * ceiling.  What is more than that already stays.  A pool that would wait
 * because of it makes others give back what is idle, beyond their `min`. */
VIV_API void viv_pool_ceiling(uint64_t count);

/* ------------------------------------------------------------------------
 * Meters of pools.
 */

/* How often something took how long.  Bucket n counts what took at most 4^n
 * microseconds and more than the bucket before; the last one has no end. */
#define VIV_HISTOGRAM_BUCKETS 14

typedef struct viv_histogram {
    uint64_t count;
    uint64_t sum_ns;
    uint64_t buckets[VIV_HISTOGRAM_BUCKETS];
} viv_histogram;

/* Every meter of a pool, in one table: its field, what it means.  A LEVEL goes
 * up and down, a COUNT up, a TIME is a histogram. */
#define VIV_POOL_METER_ROWS(LEVEL, COUNT, TIME)                                \
    LEVEL(live, "sandboxes that there are")                                    \
    LEVEL(idle, "sandboxes that nobody holds")                                 \
    LEVEL(held, "sandboxes that somebody holds")                               \
    LEVEL(running, "held ones whose guest runs")                               \
    LEVEL(waiting, "held ones whose call waits or is paused")                  \
    LEVEL(queued, "acquirers that wait for a sandbox")                         \
    LEVEL(sessions, "idle sandboxes whose state is kept for a key")            \
    LEVEL(shared_bytes, "memory of the image that all share")                  \
    LEVEL(private_bytes, "memory of their own of idle ones, when released")    \
    COUNT(made, "sandboxes made")                                              \
    COUNT(unmade, "sandboxes that could not be made")                          \
    COUNT(freed, "sandboxes freed")                                            \
    COUNT(acquired, "acquirers that got a sandbox")                            \
    COUNT(late, "acquirers that got none in time")                             \
    COUNT(turned_away, "acquirers that were told it is closed")                \
    COUNT(released, "sandboxes released")                                      \
    COUNT(misused, "releases that were refused")                               \
    COUNT(returned, "calls before a release that returned")                    \
    COUNT(trapped, "the same that trapped")                                    \
    COUNT(spent, "the same that used up a limit")                              \
    COUNT(exited, "the same that exited")                                      \
    COUNT(cancelled, "the same that were cancelled or dropped")                \
    COUNT(raised, "the same that raised")                                      \
    COUNT(lost, "jobs whose worker process died")                              \
    COUNT(resets, "resets")                                                    \
    COUNT(pages_dirtied, "pages that they found changed")                      \
    COUNT(recycled_use, "resets because a use was over")                       \
    COUNT(recycled_bad, "resets because a call did not return")                \
    COUNT(recycled_bytes, "resets because of retained memory")                 \
    COUNT(recycled_calls, "resets because of calls")                           \
    COUNT(recycled_age, "resets because of age")                               \
    COUNT(recycled_idle, "sessions that were idle too long")                   \
    COUNT(broken, "sandboxes freed because they could not be reset")           \
    TIME(acquire, "from asking for a sandbox to having it")                    \
    TIME(reset, "that a reset took")

#define VIV_METER_NUMBER(field, meaning) uint64_t field;
#define VIV_METER_TIME(field, meaning)   viv_histogram field;

typedef struct viv_pool_meters {
    VIV_POOL_METER_ROWS(VIV_METER_NUMBER, VIV_METER_NUMBER, VIV_METER_TIME)
} viv_pool_meters;

/* All of them, of one moment.  Takes a look at each sandbox.  Any thread. */
VIV_API void viv_pool_meters_of(viv_pool *pool, viv_pool_meters *ret_meters);

/* The same as text for Prometheus: at most `size` bytes with the NUL; returns
 * how many without it.  Any thread. */
VIV_API size_t viv_pool_text(viv_pool *pool, char *to, size_t size);

/* ------------------------------------------------------------------------
 * Executors: threads that carry any number of calls.
 *
 *     viv_executor_new(NULL, &executor, &err);
 *     call = (viv_call_task){"f", 1, args, 1, results, 1};
 *     viv_task_of_call(&call, &task);
 *     viv_submit(executor, pool, &task, &job, &err);
 *     viv_job_wait(job, VIV_ENDLESS, &result);
 *     viv_job_free(job);
 *
 * A JOB is a task that was handed in: it gets a sandbox of the pool, runs for a
 * slice at a time, and has no thread while it waits.
 *
 *     viv_submit     a thread,              the task ends, or
 *        |           a sandbox              viv_job_cancel
 *        v
 *      QUEUED ------------------> RUNNING ------------------> DONE
 *                                  |  ^
 *                       waits, or  v  |  answered, or its turn
 *                       is paused WAITING
 *
 * Of the jobs that are ready the one that is first in turn runs: before all,
 * interactive ones that have not used up a slice since they last waited; then
 * the other interactive ones; then batch.  Who is passed over eight times in a
 * row is next.  So a short call waits for the end of a slice, not for those who
 * compute.  Batch jobs without a key let others pass when they wait for a
 * sandbox, too, the first of them eight times at most.
 */

typedef struct viv_executor viv_executor;
typedef struct viv_job viv_job;

typedef struct viv_executor_config {
    size_t size;        /* sizeof(viv_executor_config) */
    const char *name;   /* in the text of the meters; NULL: "executor" */
    uint32_t threads;   /* at most 1,024; 0: as many as there are CPUs */
    uint32_t queue_max; /* jobs that have not begun to run, at most */
    uint64_t slice_ns;  /* at least 10,000 */
    const char *worker; /* NULL: threads of this process; see below */
} viv_executor_config;

/* A thread for each CPU, 1,024 jobs, a millisecond. */
VIV_API void viv_executor_config_default(viv_executor_config *ret_config);

/* Start the threads, which take no signals but those of guests.  NULL: the
 * default.  The caller owns `*ret_executor` until viv_executor_free().  Fails
 * with VIV_EINVAL, VIV_ENOMEM, VIV_EIO. */
VIV_API int viv_executor_new(const viv_executor_config *config,
                             viv_executor **ret_executor, viv_error *err);

/* What a task does to its sandbox, on a thread of the executor: a call, or some
 * other function that has an outcome.  Returns 0 with the outcome; or a failure
 * with a sentence, which ends the job.  An outcome is read where it is borrowed
 * from the sandbox, here; when the job is done the sandbox is another's. */
typedef int viv_task_func(viv_sandbox *sandbox, void *cookie,
                          viv_outcome *ret_outcome, viv_error *err);

/* It is done: on a thread of the executor, which waits for nobody there.  The
 * job lives until this returns, and longer for who has it. */
typedef void viv_done_func(viv_job *job, void *cookie);

enum { VIV_INTERACTIVE = 0, VIV_BATCH = 1 };

typedef struct viv_task {
    size_t size;           /* sizeof(viv_task) */
    viv_task_func *start;  /* such as viv_call() */
    viv_task_func *resume; /* after VIV_WAITING, VIV_PAUSED */
    void *cookie;          /* of all three */
    viv_done_func *done;   /* NULL: nobody is told so */
    uint32_t priority;     /* VIV_INTERACTIVE, VIV_BATCH */
    uint32_t announced;    /* 1: viv_executor_next() gives it out */
    const char *key;       /* as for viv_pool_acquire(); copied */
} viv_task;

/* A call, as viv_call() takes it. */
typedef struct viv_call_task {
    const char *name;
    size_t name_len;
    const viv_value *args;
    size_t arg_count;
    viv_value *results;
    size_t result_count;
} viv_call_task;

/* A task that is viv_call() of `call`, which is borrowed until it is done.  The
 * rest of the task is zeros, to be changed. */
VIV_API void viv_task_of_call(viv_call_task *call, viv_task *ret_task);

/* A run, as viv_python_run() takes it.  `take` is given the result, with what
 * is borrowed from the sandbox; NULL: it is not wanted.  There is no sandbox,
 * but NULL, when the run was in a worker process. */
typedef struct viv_python_task {
    const char *source;
    size_t len;
    const char *name;
    uint32_t flags; /* VIV_PYTHON_... */
    void (*take)(viv_sandbox *sandbox, const viv_python_result *result,
                 void *cookie);
    void *cookie;
} viv_python_task;

/* The same for viv_python_run() of `run`. */
VIV_API void viv_task_of_python(viv_python_task *run, viv_task *ret_task);

/* Hand in a task, for a sandbox of `pool`, which is shared.  `ret_job` may be
 * NULL; otherwise the caller owns the job until viv_job_free(), and it is there
 * before anything of the task runs.
 * Jobs with the same key have the session one after the other, in the order in
 * which they were handed in.
 *
 * Fails with VIV_EFULL: the queue is full; VIV_ECLOSED; VIV_EINVAL; VIV_ENOMEM.
 * Nothing was handed in then.  Any thread. */
VIV_API int viv_submit(viv_executor *executor, viv_pool *pool,
                       const viv_task *task, viv_job **ret_job, viv_error *err);

/* How a job ended, and what its time went into. */
typedef struct viv_job_result {
    int code;            /* 0, or why there is no outcome; `err` has words, */
                         /* and for VIV_LOST, too */
    viv_outcome outcome; /* its kind is never VIV_WAITING or VIV_PAUSED */
    uint64_t queue_ns;   /* until it began to run */
    uint64_t wait_ns;    /* for answers, and for its turn */
    uint64_t run_ns;
    viv_error err;
} viv_job_result;

/* Block until it is done, and its `done` has returned, for at most `max_ns`:
 * then VIV_ETIME.  On a thread of the executor it does not block, but is
 * VIV_EBUSY. */
VIV_API int viv_job_wait(viv_job *job, uint64_t max_ns,
                         viv_job_result *ret_result);

/* How it ended.  VIV_EBUSY if it has not.  Any thread. */
VIV_API int viv_job_result_of(const viv_job *job, viv_job_result *ret_result);

/* End it with VIV_CANCELLED, wherever it is: a guest that runs is stopped at
 * once, what has not begun never does.  Does not block.  VIV_ENOCALL if it is
 * done.  Any thread. */
VIV_API int viv_job_cancel(viv_job *job);

/* Be its owner no longer.  It goes on.  NULL is ignored.  Any thread. */
VIV_API void viv_job_free(viv_job *job);

/* For hosts with a loop of their own: a file descriptor, the executor's, that
 * can be read from as long as viv_executor_next() has something.  Reading it is
 * not for you to do. */
VIV_API int viv_executor_fd(const viv_executor *executor);

/* The first job that is done, was to be announced, and has not been given out;
 * the caller owns it until viv_job_free().  NULL: none.  Any thread. */
VIV_API viv_job *viv_executor_next(viv_executor *executor);

/* Every meter of an executor, as in VIV_POOL_METER_ROWS. */
#define VIV_EXECUTOR_METER_ROWS(LEVEL, COUNT, TIME)                            \
    LEVEL(queued, "jobs that have not begun to run")                           \
    LEVEL(running, "jobs that a thread or a worker is at")                     \
    LEVEL(waiting, "jobs that have begun and stand still")                     \
    COUNT(finished, "jobs that ended with any outcome but the next two")       \
    COUNT(cancelled, "jobs that were cancelled")                               \
    COUNT(lost, "jobs whose worker process died")                              \
    COUNT(failed, "jobs that ended without an outcome")                        \
    COUNT(refused, "tasks that found the queue full, or the executor closed")  \
    COUNT(slices, "pauses of jobs whose slice was over")                       \
    TIME(queue, "until a job began to run, or ended without that")             \
    TIME(wait, "that a job that had begun stood still")                        \
    TIME(run, "that a job that had begun ran")

/* What became of its jobs.  Each time is counted once, when the job is done. */
typedef struct viv_executor_meters {
    VIV_EXECUTOR_METER_ROWS(VIV_METER_NUMBER, VIV_METER_NUMBER, VIV_METER_TIME)
} viv_executor_meters;

/* All of them, of one moment.  Takes a look at each job.  Any thread. */
VIV_API void viv_executor_meters_of(viv_executor *executor,
                                    viv_executor_meters *ret_meters);

/* The same as text for Prometheus, as by viv_pool_text().  Any thread. */
VIV_API size_t viv_executor_text(viv_executor *executor, char *to, size_t size);

/* Take no more jobs, wait until all are done, and cancel those that are not
 * when `max_ns` have passed.  Then no job is left, and `*ret_meters` (may be
 * NULL) says what became of them.  Any thread; twice is fine.  On a thread of
 * the executor it only takes no more jobs, and returns VIV_EBUSY. */
VIV_API int viv_executor_close(viv_executor *executor, uint64_t max_ns,
                               viv_executor_meters *ret_meters);

/* viv_executor_close() at once, and give everything back; jobs stay with their
 * owners.  NULL is ignored.  VIV_EBUSY on a thread of the executor.  Once. */
VIV_API int viv_executor_free(viv_executor *executor);

/* ------------------------------------------------------------------------
 * Workers: processes of their own.
 *
 * Who wants a second wall names a program in viv_executor_config.worker: then
 * the guests are not in this process but in others, which can do nothing but
 * run them: `threads` for each pool that jobs are handed in for, but no more
 * than it has sandboxes.  They have no part of this process's memory,
 * environment or open files; seccomp leaves them the few system calls that
 * guests need, Landlock the files that are mounted, and they have no new
 * privileges, threads or processes.  `viv doctor` says what of it can be had;
 * without Landlock, on Linux before 5.13, a guest that breaks out and had files
 * may open what this process's user may.
 *
 *     config.worker = "/usr/bin/viv";
 *
 * or a program of yours, this one perhaps, whose main() begins with
 *
 *     int code = viv_worker_main(argc, argv);
 *
 *     if (code >= 0)
 *         return code;
 *
 * All else is as with threads, but for this:
 *   - Pools are data.  What `prepare` permits it permits to a first sandbox, in
 *     this process; the others, in the workers, are permitted the same.  Each
 *     worker has its part of `min` and `max`, and a session is with the worker
 *     that its key says.  The meters of the pool count jobs and their outcomes,
 *     not the sandboxes of its workers.
 *   - viv_submit() fails with VIV_EUNSUPPORTED for a task that is not one of
 *     viv_task_of_call() and viv_task_of_python(), and for a pool whose guests
 *     import functions of this process, or whose streams are such.
 *   - Functions that Python calls (viv_python_function) run in this process, on
 *     the thread that keeps the worker, which does nothing else meanwhile: what
 *     may take long is promised.
 *   - A worker that dies is replaced within milliseconds, and each job that it
 *     had is VIV_LOST: it may have run or not, and is not run again.  Which
 *     jobs that can be: those that had begun, and four more at most.  A job
 *     that was not sent to any worker stays in the queue.
 *   - What comes from a worker is checked like what comes from a guest.  One
 *     that says nonsense, or nothing when a limit of time is over, is killed.
 *     An externref may be any number, not only one that it was given.
 *   - Workers are children of this process: who waits for any child, or ignores
 *     SIGCHLD, hears of them, or they end unheard.  That does no harm.
 */

/* Be a worker, if this program was started as one: to be called before anything
 * else, and never returns then but with an exit code.  Otherwise -1, at once.
 */
VIV_API int viv_worker_main(int argc, char **argv);

/* ------------------------------------------------------------------------
 * Looking in.
 */

/* One function that the guest is in. */
typedef struct viv_frame {
    const char *name; /* UTF-8, borrowed from the module; or NULL.  It does */
    size_t name_len;  /* not end with a NUL */
    uint64_t offset;  /* where in the compiled file's code, as disassemblers */
                      /* of the file count */
    uint32_t func;    /* function index */
} viv_frame;

/* Where the guest is - in a host function, waiting, paused - or was when its
 * last call trapped or was stopped: the functions that it is in, innermost
 * first.  Writes up to `max` of them to `frames`, their number to `*ret_count`,
 * and 1 to `*ret_more` if there are others further out, else 0.  After a call
 * that returned, and after a reset, there are none.
 *
 * A host function that is running, waits or has failed comes first, as the
 * import that it answers.  Functions that the C compiler made part of their
 * callers do not show; compiled with -O0, all do.
 *
 * Costs nothing until it is asked for, and then below a microsecond a frame.
 * Fails with VIV_EINVAL for a missing argument, VIV_EBUSY. */
VIV_API int viv_backtrace(const viv_sandbox *sandbox, viv_frame *frames,
                          size_t max, size_t *ret_count, uint32_t *ret_more);

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
