/* engine_skeleton.h - what a compiled file says of its module, read without
 * mapping it.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_SKELETON_H
#define ENGINE_SKELETON_H

#include <stdint.h>

#include "engine/engine_abi.h"
#include "os/os_file.h"
#include "vivarium.h"

/* Read the skeleton out of `file`, which engine_object_open() opened as `path`
 * and found `header` in: header->skeleton_bytes bytes, whose digest is checked.
 * The caller owns `*ret_bytes` until base_free().  Fails with VIV_EFORMAT,
 * VIV_EIO or VIV_ENOMEM.  Any thread. */
int engine_skeleton_read(const struct os_file *file, const char *path,
                         const struct engine_header *header,
                         uint8_t **ret_bytes, viv_error *err);

#endif /* ENGINE_SKELETON_H */
