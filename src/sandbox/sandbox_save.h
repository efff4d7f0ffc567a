/* sandbox_save.h - images and sandboxes as bytes, here or in another process.
 *
 * Floor 5.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_SAVE_H
#define SANDBOX_SAVE_H

#include <stddef.h>

#include "sandbox/sandbox.h"
#include "sandbox/sandbox_image.h"
#include "vivarium.h"

/* viv_image_save(); viv_image_load() after linking. */
int sandbox_save_image(const struct sandbox_image *image,
                       const struct sandbox_image *over, const viv_key *key,
                       const char *path, viv_error *err);
int sandbox_save_load_image(struct engine_link *link,
                            const struct sandbox_image *over,
                            const viv_key *key, const char *path,
                            struct sandbox_image **ret_image, viv_error *err);

/* The same by mem_place.h: the image is used where it lies. */
int sandbox_save_place(const struct sandbox_image *image, const char *path,
                       viv_error *err);
int sandbox_save_open(struct engine_link *link, const char *path,
                      struct sandbox_image **ret_image, viv_error *err);

/* A file that nobody can change and that the above opens, in another process,
 * too, if it is given the descriptor `*ret_fd`: the image's own, if it was
 * opened so; else a copy in memory.  The caller owns it. */
int sandbox_save_share(const struct sandbox_image *image, int *ret_fd,
                       viv_error *err);

/* viv_sandbox_dump(), of a sandbox that the caller has taken; and
 * viv_sandbox_load(), with limits that were checked. */
int sandbox_save_dump(struct sandbox *sandbox, const viv_key *key,
                      void **ret_bytes, size_t *ret_len, viv_error *err);
int sandbox_save_load(struct sandbox_image *image, const viv_limits *limits,
                      const viv_key *key, const void *bytes, size_t len,
                      struct sandbox **ret_sandbox, viv_error *err);

#endif /* SANDBOX_SAVE_H */
