/* spec_state.h - a script in progress: what spec_script.c and spec_action.c
 * share.
 *
 * A module that cannot be had here (a feature that is refused, something
 * shared with another instance) is skipped, and so is every command that needs
 * it, for the same reason; also what needs an instance whose memory, table or
 * globals a skipped module would have written to.  A module that should have
 * worked and did not is broken: then the commands that need it fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_STATE_H
#define SPEC_STATE_H

#include <stdbool.h>

#include "base/base_arena.h"
#include "spec_module.h"
#include "spec_tally.h"
#include "vivarium.h"

/* Opaque types. */
struct spec_exporter;
struct spec_json;

/* One module of the script that was made an instance, or would have been. */
struct spec_instance {
    struct spec_instance *next;
    const char *name; /* `$name` in the script, or NULL */
    viv_module *module;
    viv_sandbox *sandbox; /* NULL: skipped or broken */
    const char *skip;     /* why it is skipped, or NULL */
    bool kept;            /* something may still refer to it */
};

struct spec_state {
    struct base_arena arena;
    char folder[4096];
    const struct spec_compiler *compiler;
    struct spec_tally *tally;
    struct spec_instance *instances; /* the newest first, which is `current` */
    struct spec_exporter *exporters;
    const struct spec_json *command;
    enum spec_kind kind;
    const char *line;
};

/* The instance that is called `name`, the current one for NULL; NULL if there
 * is none. */
struct spec_instance *spec_state_find(struct spec_state *state,
                                      const char *name);

/* Count the command that is being carried out. */
void spec_state_pass(struct spec_state *state);
void spec_state_skip(struct spec_state *state, const char *reason);

#define spec_state_fail(state, ...)                                            \
    spec_tally_fail((state)->tally, (state)->kind, (state)->line, __VA_ARGS__)

/* Count the command, which asks for a trap, by how a call ended. */
void spec_state_judge_trap(struct spec_state *state,
                           const viv_outcome *outcome);

/* action, assert_return, assert_trap and assert_exhaustion. */
void spec_action_run(struct spec_state *state);
void spec_action_return(struct spec_state *state);
void spec_action_trap(struct spec_state *state);

#endif /* SPEC_STATE_H */
