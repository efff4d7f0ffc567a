/* cli_proc.h - what the kernel says in files of /proc, a line each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_PROC_H
#define CLI_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number in the first line that begins with `key`; 0 if there is none. */
uint64_t cli_proc_number(const char *path, const char *key);

/* What follows the colon there, or "". */
void cli_proc_text(const char *path, const char *key, char *to, size_t size);

#endif /* CLI_PROC_H */
