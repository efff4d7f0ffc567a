/* wasi_abi.h - the functions of preview 1.
 *
 * Floor 6.  One file for each topic; wasi_list.h is the list.  Each is given
 * the arguments of the guest's call, as many as its list says, and returns what
 * the guest is told: enum wasi_errno, or one of the negative WASI_ codes.  What
 * a function returns through pointers it writes to guest memory only when it
 * returns 0.
 *
 * Every number among the arguments may be anything.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_ABI_H
#define WASI_ABI_H

#include "vivarium.h"
#include "wasi/wasi.h"
#include "wasi/wasi_list.h"

#define WASI_ABI_PROTOTYPE(name, params, permission)                           \
    int wasi_abi_##name(struct wasi *wasi, const viv_value *args);
WASI_FUNCTIONS(WASI_ABI_PROTOTYPE)
#undef WASI_ABI_PROTOTYPE

#endif /* WASI_ABI_H */
