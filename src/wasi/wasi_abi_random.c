/* wasi_abi_random.c - preview 1: chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_random.h"
#include "sandbox/sandbox_call.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_random.h"

/* Of 4 GiB, which take seconds, a call that is over gets no more than this. */
#define STEP_BYTES (UINT32_C(1) << 20)

/* The next bytes of the row. */
static int by_seed(struct wasi *wasi, char *to, uint32_t len)
{
    struct wasi_head *head = wasi_head(wasi);

    if (head == NULL)
        return WASI_ENOMEM;
    wasi_random_row(wasi->grant.said.random_seed, head->random_at, to, len);
    head->random_at += len;
    return 0;
}

static int fill(struct wasi *wasi, char *to, uint32_t len)
{
    if (wasi->grant.said.random == VIV_RANDOM_SEED)
        return by_seed(wasi, to, len);
    return os_random_fill(to, len) < 0 ? WASI_EIO : 0;
}

int wasi_abi_random_get(struct wasi *wasi, const viv_value *args)
{
    uint32_t len = args[1].i32, step;
    char *to;
    int code = wasi_guest_span(&wasi->guest, wasi_at(args[0].i32), len, &to);

    for (; code == 0 && len > 0; len -= step, to += step) {
        step = len < STEP_BYTES ? len : STEP_BYTES;
        code = fill(wasi, to, step);
        if (sandbox_call_is_done(wasi->sandbox))
            break; /* the guest will not look */
    }
    return code;
}
