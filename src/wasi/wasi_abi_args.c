/* wasi_abi_args.c - preview 1: the arguments of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_abi.h"
#include "wasi/wasi_texts.h"

int wasi_abi_args_get(struct wasi *wasi, const viv_value *args)
{
    return wasi_texts_put(&wasi->grant.args, &wasi->guest, wasi_at(args[0].i32),
                          wasi_at(args[1].i32));
}

int wasi_abi_args_sizes_get(struct wasi *wasi, const viv_value *args)
{
    return wasi_texts_put_sizes(&wasi->grant.args, &wasi->guest,
                                wasi_at(args[0].i32), wasi_at(args[1].i32));
}
