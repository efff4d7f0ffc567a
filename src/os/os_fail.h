/* os_fail.h - system calls that fail on demand.
 *
 * Floor 1.  Every door to the system whose failure a caller must survive asks
 * here first, so that tests can walk a failure through all of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_FAIL_H
#define OS_FAIL_H

#include <stdbool.h>
#include <stdint.h>

/* Let system call number `n` from now (1: the next) and all after it fail with
 * ENOMEM; 0: none.  For tests; process-wide.  Giving things back (unmap, close)
 * never fails this way. */
void os_fail_at(uint64_t n);

/* To be asked before a system call: must this one fail?  Sets errno then. */
bool os_fail_now(void);

#endif /* OS_FAIL_H */
