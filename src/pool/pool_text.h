/* pool_text.h - meters as text for Prometheus.
 *
 * Floor 8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_TEXT_H
#define POOL_TEXT_H

#include <stddef.h>

#include "vivarium.h"

/* viv_pool_text(), of the pool `name`. */
size_t pool_text(const char *name, const viv_pool_meters *meters, char *to,
                 size_t size);

/* viv_executor_text(), of the executor `name`. */
size_t pool_text_executor(const char *name, const viv_executor_meters *meters,
                          char *to, size_t size);

#endif /* POOL_TEXT_H */
