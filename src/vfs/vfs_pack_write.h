/* vfs_pack_write.h - make a pack of a directory of the host.
 *
 * Floor 2.  The same directory always gives the same bytes, if the times are
 * not those of the files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_PACK_WRITE_H
#define VFS_PACK_WRITE_H

#include <stdint.h>

#include "vivarium.h"

/* Put all that is in the directory `from` into the pack `to`, as one step.
 * Every file has the time `modified`, or its own if that is UINT64_MAX.  Links
 * are put in as they are; nobody follows them here.  Takes as much memory as
 * twice the files together.
 *
 * Fails with VIV_EIO, VIV_ENOMEM, and VIV_EUNSUPPORTED for what a pack cannot
 * hold: FIFOs, sockets, devices, and names that are not UTF-8. */
int vfs_pack_write(const char *from, const char *to, uint64_t modified,
                   viv_error *err);

#endif /* VFS_PACK_WRITE_H */
