/* wasi_abi_environ.c - preview 1: the environment of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_abi.h"
#include "wasi/wasi_texts.h"

int wasi_abi_environ_get(struct wasi *wasi, const viv_value *args)
{
    return wasi_texts_put(&wasi->grant.env, &wasi->guest, wasi_at(args[0].i32),
                          wasi_at(args[1].i32));
}

int wasi_abi_environ_sizes_get(struct wasi *wasi, const viv_value *args)
{
    return wasi_texts_put_sizes(&wasi->grant.env, &wasi->guest,
                                wasi_at(args[0].i32), wasi_at(args[1].i32));
}
