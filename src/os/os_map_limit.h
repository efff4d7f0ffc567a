/* os_map_limit.h - how many mappings this process may have.
 *
 * Floor 1.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_MAP_LIMIT_H
#define OS_MAP_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

/* How many mappings this process has; 0 if the system does not say.  Reads a
 * line for each: 100 ms when there are as many as there may be. */
size_t os_map_limit_used(void);

/* How many the kernel allows (vm.max_map_count); 0 if it does not say. */
size_t os_map_limit_max(void);

#endif /* OS_MAP_LIMIT_H */
