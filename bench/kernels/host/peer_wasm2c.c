/* peer_wasm2c.c - the kernels as compiled by Debian's wasm2c.
 *
 * Gives wasm2c's functions, which take an instance, the form that kernels_time
 * calls.  LIST is X(NAME) for every kernel; the header is what wasm2c wrote.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm2c.h"

static Z_kernels_instance_t instance;

__attribute__((constructor)) static void start(void)
{
    wasm_rt_init();
    Z_kernels_init_module();
    Z_kernels_instantiate(&instance);
}

#define X(name)                                                                \
    __attribute__((visibility("default"))) u32 kernel_##name(u32 rounds);      \
    u32 kernel_##name(u32 rounds)                                              \
    {                                                                          \
        return Z_kernelsZ_##name(&instance, rounds);                           \
    }

LIST
