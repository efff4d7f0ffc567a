/* os_event.h - a descriptor that others can wait for with poll().
 *
 * Floor 1.  Set or not; it can be read from while it is set.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_EVENT_H
#define OS_EVENT_H

#include "vivarium.h"

/* A descriptor that is not set, in `*ret_fd`; to be closed by os_fd_close().
 * Fails with VIV_EIO. */
int os_event_new(int *ret_fd, viv_error *err);

void os_event_set(int fd);
void os_event_clear(int fd);

#endif /* OS_EVENT_H */
