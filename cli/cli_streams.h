/* cli_streams.h - the guest's standard streams are the command's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_STREAMS_H
#define CLI_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Let the guest have them: what it writes goes out at once, or is kept if
 * `is_kept`. */
void cli_streams_give(viv_wasi *wasi, bool is_kept);

/* What it has written so far to descriptor 1 or 2, if that is kept: the bytes
 * are borrowed until it runs on. */
const char *cli_streams_kept(int descriptor, size_t *ret_len);

/* Until a call of `sandbox` that waits can be gone on with: for time, for
 * standard input, or because of Ctrl-C. */
void cli_streams_wait(viv_sandbox *sandbox);

/* The next line of standard input, with its newline if it has one, in memory
 * that is the next line's, too; NULL at the end, and NULL with
 * `*ret_is_stopped` for Ctrl-C.  Takes no byte of what follows it. */
const char *cli_streams_line(size_t *ret_len, bool *ret_is_stopped);

#endif /* CLI_STREAMS_H */
