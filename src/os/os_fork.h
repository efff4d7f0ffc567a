/* os_fork.h - is this still the same process?
 *
 * Floor 1.  After fork() the child has a copy of everything its parent knew.
 * What was true of the parent only - whose memory a descriptor shows, what a
 * thread's counter stood at - must be told apart.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_FORK_H
#define OS_FORK_H

#include <stdint.h>

/* A number, not 0, that stays the same in a process and is another one than
 * any process had from which this one descends.  Costs two loads. */
uint64_t os_fork_id(void);

#endif /* OS_FORK_H */
