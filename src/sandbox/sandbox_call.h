/* sandbox_call.h - a call: begun, stopped, paused, resumed, over.
 *
 * Floor 5.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_CALL_H
#define SANDBOX_CALL_H

#include "sandbox/sandbox.h"

/* Begin a call of function `index`: viv_call() after its arguments were looked
 * at. */
int sandbox_call_start(struct sandbox *sandbox, uint32_t index,
                       const viv_value *args, viv_value *results,
                       viv_outcome *ret_outcome, viv_error *err);

/* viv_call_resume(). */
int sandbox_call_resume(struct sandbox *sandbox, viv_value *results,
                        size_t result_count, viv_outcome *ret_outcome,
                        viv_error *err);

/* In a host function: once the guest's function returns, the call is parked,
 * until somebody pokes, or until `until`: a wait, of which there is a limit. */
void sandbox_call_park(struct sandbox *sandbox, uint64_t until);

/* ------------------------------------------------------------------------
 * In parts, for who has more to do in one call than one function.  The caller
 * takes the sandbox, keeps it through as many of these as it likes, and puts it
 * to what the last one returned.
 */

/* Take it to begin a call, or to go on with one. */
int sandbox_call_take(struct sandbox *sandbox, uint32_t from,
                      enum sandbox_state *ret_was, viv_error *err);

/* Before: it was idle.  Begin a call, of function `index`; with `has_more` it
 * is not over when that has returned, but parked: `*ret_outcome` tells the two
 * apart. */
enum sandbox_state sandbox_call_begin(struct sandbox *sandbox, uint32_t index,
                                      const viv_value *args, bool has_more,
                                      viv_value *results,
                                      viv_outcome *ret_outcome);

/* Before: it is parked.  Run one more function of the same call: limits, meters
 * and the call's number go on.  If it was cancelled, or its wall time is over,
 * it ends instead.  The second leaves it parked if nothing has happened yet
 * that it waits for. */
enum sandbox_state sandbox_call_next(struct sandbox *sandbox, uint32_t index,
                                     const viv_value *args, viv_value *results,
                                     viv_outcome *ret_outcome);
enum sandbox_state sandbox_call_go_on(struct sandbox *sandbox, uint32_t index,
                                      const viv_value *args, viv_value *results,
                                      viv_outcome *ret_outcome);

/* Before: it is parked.  The call is over, as if its last function had been
 * all that there was. */
enum sandbox_state sandbox_call_end(struct sandbox *sandbox);

/* Before: it was halted, `was`.  viv_call_resume(). */
enum sandbox_state sandbox_call_more(struct sandbox *sandbox,
                                     enum sandbox_state was, viv_value *results,
                                     viv_outcome *ret_outcome);

/* ------------------------------------------------------------------------
 * Ends, and judging.
 */

/* viv_call_drop(). */
int sandbox_call_drop(struct sandbox *sandbox, viv_error *err);

/* In a host function, which then returns what these return: end the call,
 * because the guest is done, or because it has used up a limit. */
int sandbox_call_exit(struct sandbox *sandbox, int32_t code);
int sandbox_call_spend(struct sandbox *sandbox, uint32_t limit);

/* What instance->end says, for the embedder. */
void sandbox_call_outcome(const struct sandbox *sandbox,
                          viv_outcome *ret_outcome);

/* Has the call to be ended though it waits: cancelled, or out of time?  If so
 * instance->end says why. */
bool sandbox_call_is_over(struct sandbox *sandbox, uint64_t now);

/* In a host function: will the call be ended anyway, once it returns?  Then it
 * can leave the rest of its work. */
bool sandbox_call_is_done(struct sandbox *sandbox);

/* The judge of a sandbox's fiber. */
enum fiber_verdict sandbox_call_judge(struct fiber *fiber, uint64_t now,
                                      bool can_pause);

#endif /* SANDBOX_CALL_H */
