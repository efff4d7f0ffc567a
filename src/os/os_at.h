/* os_at.h - names in an open directory.
 *
 * Floor 1.  `name` is one component, perhaps with slashes behind it, and none
 * in it or before it: then none of these follows a symbolic link, and `dir` is
 * the only directory that changes.  All return 0 or a negative errno.  Any
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_AT_H
#define OS_AT_H

/* With the permissions 0777. */
int os_at_make_directory(int dir, const char *name);

int os_at_remove_directory(int dir, const char *name);
int os_at_unlink(int dir, const char *name);

/* One more name for what `old` names; a symbolic link is not followed. */
int os_at_link(int old_dir, const char *old_name, int dir, const char *name);

int os_at_symlink(const char *target, int dir, const char *name);
int os_at_rename(int old_dir, const char *old_name, int dir, const char *name);

#endif /* OS_AT_H */
