/* cli_outcome.h - how a guest ended: for people, for programs, for the shell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "cli.h"
#include "cli_json.h"
#include "vivarium.h"

/* The exit code of the command. */
int cli_outcome_code(const viv_outcome *outcome);

/* On stderr, one sentence about `what` the guest did, and where `sandbox` was
 * then (NULL: nobody knows); nothing if it just came to its end. */
void cli_outcome_say(const char *what, const viv_outcome *outcome,
                     const viv_sandbox *sandbox);

/* All of it as members of an object that is open; `python` is NULL for other
 * guests. */
void cli_outcome_json(struct cli_json *json, const viv_outcome *outcome,
                      const viv_python_result *python);

/* What was used, as a member. */
void cli_outcome_meters(struct cli_json *json, const viv_meters *meters);

#endif /* CLI_OUTCOME_H */
