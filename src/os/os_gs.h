/* os_gs.h - the segment base of %gs.
 *
 * Floor 1.  x86-64.  Compiled guests address their memory by it.  The base
 * belongs to the running thread; the C library leaves it alone, but a host may
 * use it, and so whoever sets it puts it back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_GS_H
#define OS_GS_H

#include <stdint.h>

/* Find out how it can be set here: by one instruction, or by a system call.
 * Idempotent; any thread.  To be called before the other two. */
void os_gs_init(void);

uint64_t os_gs_get(void);
void os_gs_set(uint64_t base);

#endif /* OS_GS_H */
