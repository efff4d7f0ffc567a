/* wasi_abi_clock.c - preview 1: clocks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_abi.h"
#include "wasi/wasi_clock.h"

int wasi_abi_clock_res_get(struct wasi *wasi, const viv_value *args)
{
    if (args[0].i32 >= WASI_CLOCK_COUNT)
        return WASI_EINVAL;
    return wasi_guest_put_u64(&wasi->guest, wasi_at(args[1].i32),
                              wasi_clock_resolution(wasi));
}

/* args[1] is how exact it need be, which costs us nothing. */
int wasi_abi_clock_time_get(struct wasi *wasi, const viv_value *args)
{
    if (args[0].i32 >= WASI_CLOCK_COUNT)
        return WASI_EINVAL;
    return wasi_guest_put_u64(
        &wasi->guest, wasi_at(args[2].i32),
        wasi_clock_now(wasi, (enum wasi_clock)args[0].i32));
}
