/* wasi.h - the system that one guest sees.
 *
 * Floor 6.  What the host gave and has open for a guest is here, beside its
 * sandbox.  What is the guest's own - descriptors, positions, files in memory,
 * how far its clocks and its random numbers are - lies in the store, in the
 * region, and goes where the region goes:
 *
 *     store   [ struct wasi_head, a page ][ arena of src/vfs ... ]
 *
 * The head needs no making: zeros are how it begins.
 *
 * One thread at a time: whoever has taken the sandbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_H
#define WASI_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/sandbox.h"
#include "vivarium.h"
#include "wasi/wasi_errno.h"
#include "wasi/wasi_files.h"
#include "wasi/wasi_grant.h"
#include "wasi/wasi_guest.h"

#define WASI_HEAD_BYTES 4096

/* Time that goes on by itself, and time that the guest was at work. */
enum { WASI_SEEN_MONOTONIC, WASI_SEEN_WORK, WASI_SEEN };

/* In the store: may have been forged, and holds nothing that could do harm. */
struct wasi_head {
    uint64_t ticks;           /* ns that VIV_CLOCK_STEPS has gone */
    uint64_t random_at;       /* bytes that VIV_RANDOM_SEED has given */
    uint64_t seen[WASI_SEEN]; /* the most that each clock has shown */
};

struct wasi {
    struct sandbox_beside beside; /* first */
    struct sandbox *sandbox;
    struct wasi_grant grant;
    struct wasi_files files;
    uint64_t
        origin[WASI_SEEN]; /* what the host's clock says at the guest's 0 */
    bool has_origin[WASI_SEEN];

    /* The host call that runs. */
    struct wasi_guest guest;
    struct wasi_parts parts;
    bool is_again;        /* it was asked before, and is asked again */
    uint64_t first_asked; /* when, by os_clock_now(): for poll_oneoff */

    /* Why it has no answer. */
    int32_t exit_code; /* WASI_EXITED */
    uint32_t spent;    /* WASI_SPENT */
    uint64_t wakes_at; /* WASI_AGAIN */
    uint64_t
        again_call; /* what it then is: call and host call of the sandbox */
    uint64_t again_serial;
};

/* The system of this sandbox; with what viv_wasi_default() permits, if it had
 * none yet.  It is the sandbox's, and freed with it.  Fails with VIV_ENOMEM. */
int wasi_of(struct sandbox *sandbox, struct wasi **ret_wasi, viv_error *err);

/* Was anything permitted to it, or has it asked for anything? */
bool wasi_is_applied(const struct sandbox *sandbox);

/* viv_wasi_apply(), of a sandbox that the caller has taken. */
int wasi_apply(struct sandbox *sandbox, const viv_wasi *said, viv_error *err);

/* viv_wasi_output(). */
const char *wasi_output(const struct sandbox *sandbox, int descriptor,
                        size_t *ret_len);

/* The head of the store; NULL if the store is too small for one. */
struct wasi_head *wasi_head(const struct wasi *wasi);

#endif /* WASI_H */
