/* os_landlock.h - no files but these.
 *
 * Floor 1.  Landlock, of Linux 5.13 and later: a thread gives up the right to
 * open whatever it does not name, for itself and for all threads and programs
 * that it starts, for good.  Of what it does not name it can still learn that
 * it exists, how large it is and when it was changed; where the kernel is new
 * enough (6.7, 6.12), connecting to the network, to sockets of others by
 * abstract names, and signals to others are given up as well.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"

/* What may still be opened: a file, or a directory with all in it. */
struct os_landlock_path {
    const char *path;
    bool is_directory;
    bool is_writable; /* a directory: what is in it can be made and unmade, too;
                         but for devices, sockets and FIFOs */
};

/* How much of it this kernel has, as the number that it gives itself; 0: it has
 * none, or it is switched off. */
int os_landlock_version(void);

/* Give up all but these, for this thread.  Before: os_lockdown_begin().  Fails
 * with VIV_EUNSUPPORTED when there is no Landlock here, with VIV_EIO. */
int os_landlock_enter(const struct os_landlock_path *paths, size_t count,
                      viv_error *err);

#endif /* OS_LANDLOCK_H */
