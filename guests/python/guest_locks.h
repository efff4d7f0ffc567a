/* guest_locks.h - locks of files, which SQLite asks for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GUEST_LOCKS_H
#define GUEST_LOCKS_H

/* fcntl(), with locks.  SQLite is compiled with this in its place. */
int guest_locks_fcntl(int fd, int command, ...);

#endif /* GUEST_LOCKS_H */
