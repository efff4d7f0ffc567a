/* wasi_abi_sched.c - preview 1: making room for others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_abi.h"

/* A guest is one thread: there are no others of its own, and those of the host
 * do not depend on its manners. */
int wasi_abi_sched_yield(struct wasi *wasi, const viv_value *args)
{
    (void)wasi, (void)args;
    return 0;
}
