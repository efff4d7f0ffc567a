/* os_lockdown.h - a process gives up what it will not need.
 *
 * Floor 1.  In this order:
 *
 *     os_lockdown_begin()    no rights but those of its user, and of root only
 *                            those to files; no program that it starts has more
 *     os_landlock_enter()    no files but these, for this thread and those
 *                            that it starts
 *     threads are started
 *     os_lockdown_limit()    no core file, few descriptors, no more processes
 *     os_seccomp_enter()     no system calls but these, for all threads
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_LOCKDOWN_H
#define OS_LOCKDOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "vivarium.h"

/* For this thread, and those that it starts.  When memory is short the process
 * is among the first that the kernel ends.  Fails with VIV_EIO. */
int os_lockdown_begin(viv_error *err);

/* At most `files` descriptors, if that is less than now; no file is made larger
 * unless `may_write`; no core file; no process that was not there before; and
 * nobody of the same user can look into this one.  Fails with VIV_EIO. */
int os_lockdown_limit(uint64_t files, bool may_write, viv_error *err);

#endif /* OS_LOCKDOWN_H */
