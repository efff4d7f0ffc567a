/* os_thread.h - which thread is this?
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <stdint.h>

/* A number, not 0, for this thread in this process: no other thread, before or
 * after, has the same, nor has this one after a fork().  Costs a few loads.
 * Any thread. */
uint64_t os_thread_id(void);

#endif /* OS_THREAD_H */
