/* engine_object.h - is this file a compiled module that can run here?
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_OBJECT_H
#define ENGINE_OBJECT_H

#include "engine/engine_abi.h"
#include "os/os_file.h"
#include "vivarium.h"

/* Open `path` and read the header of the compiled module in it.  Maps and runs
 * nothing.  Everything that can be wrong with a file has one sentence of its
 * own, which names the path: VIV_EIO, VIV_EFORMAT, or VIV_EVERSION for another
 * CPU or another ABI version.
 *
 * The caller owns `*ret_file`.  Any thread. */
int engine_object_open(const char *path, struct os_file *ret_file,
                       struct engine_header *ret_header, viv_error *err);

/* Can code with this header run on this machine and by this library?  Fails
 * with VIV_EVERSION and a sentence that names both sides, or VIV_EFORMAT for
 * sizes that cannot be.  Any thread. */
int engine_object_check(const char *path, const struct engine_header *header,
                        viv_error *err);

#endif /* ENGINE_OBJECT_H */
