/* sandbox_token.h - the right to answer one host call, once.
 *
 * Floor 5.  A token is between two owners that know nothing of each other's
 * lives: the host, which will answer from some thread, and the sandbox, whose
 * call may end before.
 *
 *               sandbox_token_take
 *                      |
 *                      v       sandbox_token_answer, _fail
 *                   ATTACHED --------------------------> ANSWERED
 *                      |                                    |
 *                      | sandbox_token_detach               | sandbox_token_use
 *                      v                                    v
 *                   DETACHED <------------------------------+
 *
 * Invariants, under the token's lock:
 *     1. while `sandbox` is not NULL, the token is sandbox->token, and the
 *        sandbox lives
 *     2. it is answered at most once, and only while it is attached
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_TOKEN_H
#define SANDBOX_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"
#include "vivarium.h"

/* In a host function of `sandbox`: a token for its answer.  The caller owns it
 * until sandbox_token_free().  Fails with VIV_EUNSUPPORTED, VIV_ENOMEM. */
int sandbox_token_take(struct sandbox *sandbox,
                       struct sandbox_token **ret_token, viv_error *err);

/* In a host function of `sandbox`: what it has written to its results is the
 * answer at the time `until`.  Fails with VIV_EUNSUPPORTED. */
int sandbox_token_sleep(struct sandbox *sandbox, uint64_t until,
                        viv_error *err);

/* In a host function of `sandbox`: it shall be called once more, with the same
 * arguments, when the call is resumed; at `until` at the latest, or when
 * somebody pokes.  Fails with VIV_EUNSUPPORTED. */
int sandbox_token_again(struct sandbox *sandbox, uint64_t until,
                        viv_error *err);

/* viv_token_answer(), viv_token_fail(), viv_token_free().  Any thread. */
int sandbox_token_answer(struct sandbox_token *token, const viv_value *results,
                         size_t count);
int sandbox_token_fail(struct sandbox_token *token, int32_t code);
void sandbox_token_free(struct sandbox_token *token);

/* The owner of a sandbox whose call waits and has been answered: hand the
 * answer to the guest.  False: it is a failure, which is in instance->end. */
bool sandbox_token_use(struct sandbox *sandbox);

/* The same for one that has slept. */
bool sandbox_token_wake(struct sandbox *sandbox);

/* The owner of a sandbox: its token, if it has one, is of no use any more. */
void sandbox_token_detach(struct sandbox *sandbox);

#endif /* SANDBOX_TOKEN_H */
