/* wasi_abi_proc.c - preview 1: the program itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_abi.h"

#define SIGNAL_COUNT 31

/* Those that end nothing: CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, WINCH; and
 * 0, which is none. */
#define HARMLESS                                                               \
    (1u << 0 | 1u << 16 | 1u << 17 | 1u << 18 | 1u << 19 | 1u << 20 |          \
     1u << 21 | 1u << 22 | 1u << 27)

int wasi_abi_proc_exit(struct wasi *wasi, const viv_value *args)
{
    wasi->exit_code = (int32_t)args[0].i32;
    return WASI_EXITED;
}

/* Nobody can handle a signal here, so it does what it does by default: most end
 * the program, and a shell says then that it exited with 128 and the signal. */
int wasi_abi_proc_raise(struct wasi *wasi, const viv_value *args)
{
    uint32_t signal = args[0].i32;

    if (signal >= SIGNAL_COUNT)
        return WASI_EINVAL;
    if ((HARMLESS >> signal & 1) != 0)
        return 0;
    wasi->exit_code = 128 + (int32_t)signal;
    return WASI_EXITED;
}
