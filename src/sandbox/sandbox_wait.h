/* sandbox_wait.h - waiting for an answer, and being told of it.
 *
 * Floor 5.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_WAIT_H
#define SANDBOX_WAIT_H

#include <stdint.h>

#include "sandbox/sandbox.h"
#include "vivarium.h"

/* viv_call_wait(), viv_call_due(), viv_call_watch(), viv_call_cancel(). */
int sandbox_wait(struct sandbox *sandbox, uint64_t max_ns, viv_error *err);
uint64_t sandbox_wait_due(const struct sandbox *sandbox);
void sandbox_wait_watch(struct sandbox *sandbox, viv_ready_func *func,
                        void *cookie);
int sandbox_wait_cancel(struct sandbox *sandbox);

/* The same; and if there is no call, of the next one that begins: for who has
 * the sandbox to himself and is about to call it.  Before it is another's, that
 * is to be taken back, by who has taken it. */
void sandbox_wait_cancel_next(struct sandbox *sandbox);
void sandbox_wait_forgive(struct sandbox *sandbox);

/* The token of the call has an answer: tell whoever waits. */
void sandbox_wait_answered(struct sandbox *sandbox);

/* A host function that wants to be asked again may now know more.  Any thread,
 * as long as the sandbox is not freed. */
void sandbox_wait_poke(struct sandbox *sandbox);

#endif /* SANDBOX_WAIT_H */
