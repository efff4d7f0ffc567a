/* os_random.h - bytes that nobody can guess.
 *
 * Floor 1.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stddef.h>

/* Fill `len` bytes by the kernel's generator.  Costs 4 ns a byte when they are
 * many.  Returns 0 or a negative errno. */
int os_random_fill(void *to, size_t len);

#endif /* OS_RANDOM_H */
