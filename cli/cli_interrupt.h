/* cli_interrupt.h - Ctrl-C stops the guest, and not the command.
 *
 * A thread waits for SIGINT.  It cancels the call of the sandbox that is
 * watched, if there is one, and makes a descriptor readable, for whoever waits
 * for something else meanwhile.  When a second one comes before anybody took
 * the first, nobody can, and the command ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

#include "vivarium.h"

/* From now on, unless it is to be ignored, as it is in the background.
 * Programs that are started later would ignore it. */
void cli_interrupt_begin(void);

/* Cancel the call of this sandbox, when one comes; NULL: of none. */
void cli_interrupt_watch(viv_sandbox *sandbox);

/* Readable from when one has come until it is taken; -1: it is not watched. */
int cli_interrupt_fd(void);

/* Has one come since the last time? */
bool cli_interrupt_take(void);

#endif /* CLI_INTERRUPT_H */
