/* cli_backtrace.h - where a guest was, for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BACKTRACE_H
#define CLI_BACKTRACE_H

#include "vivarium.h"

/* On stderr, below the sentence that says how the last call ended: one line for
 * each function that the guest was in. */
void cli_backtrace(const viv_sandbox *sandbox);

#endif /* CLI_BACKTRACE_H */
