/* cli_progress.h - one line on the terminal that says how far a compile is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "aot/aot.h"

/* Have `options` report to the line, if stderr is a terminal. */
void cli_progress_watch(struct aot_options *options);

/* Remove the line. */
void cli_progress_end(void);

#endif /* CLI_PROGRESS_H */
