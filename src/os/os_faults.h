/* os_faults.h - how many page faults has this thread taken?
 *
 * Floor 1.  A page comes to a mapping by a page fault, and the kernel counts
 * the faults of each thread: those of its own instructions, and those that the
 * kernel takes while it writes to memory on the thread's behalf.  A count that
 * has not moved says that this thread has brought no page in since.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_FAULTS_H
#define OS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* The count for the calling thread.  False if it cannot be had or does not do
 * what is said above: that is tried out, once in a process, with pages of our
 * own.  Costs a system call, 0.2 us.  Any thread. */
bool os_faults_count(uint64_t *ret_count);

/* Does the count do what is said above?  `read` reads it.  For tests, which
 * have kernels of their own invention. */
bool os_faults_is_exact(bool (*read)(uint64_t *ret_count));

/* Say from now on that there is no count, or no longer.  For tests;
 * process-wide. */
void os_faults_pretend(bool is_absent);

#endif /* OS_FAULTS_H */
