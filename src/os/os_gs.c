/* os_gs.c - the segment base of %gs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_gs.h"

#include <asm/prctl.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_check.h"
#include "os/os_cpu.h"

/* Written by every os_gs_init() with the same value. */
static bool by_instruction;

void os_gs_init(void)
{
    __atomic_store_n(&by_instruction, os_cpu_has_fsgsbase(), __ATOMIC_RELAXED);
}

static bool is_by_instruction(void)
{
    return __atomic_load_n(&by_instruction, __ATOMIC_RELAXED);
}

/* arch_prctl fails only for addresses that are no user's. */
uint64_t os_gs_get(void)
{
    uint64_t base;

    if (is_by_instruction())
        __asm__ volatile("rdgsbase %0" : "=r"(base));
    else
        CHECK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base) == 0);
    return base;
}

void os_gs_set(uint64_t base)
{
    if (is_by_instruction())
        __asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
    else
        CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, base) == 0);
}
