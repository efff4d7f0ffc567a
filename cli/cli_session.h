/* cli_session.h - a Python session that survives what is done in it.
 *
 * Before each cell the session is dumped: as its difference from the image that
 * it began as, so that this takes as long as what the session has changed.  A
 * cell that is stopped leaves a sandbox that can only be reset; then the dump
 * is loaded, and the session is what it was before that cell.
 *
 *        cell            returned, raised
 *     +-------> RUNNING -----------------+
 *     |            |                     |
 *   READY <--------|---------------------+
 *     ^            | spent, interrupted, trapped, os._exit()
 *     '-- load ----'
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"

struct cli_session {
    viv_image *base;  /* what it is saved over */
    viv_image *image; /* what it began as */
    viv_sandbox *sandbox;
    void *dump; /* of before the last cell, or NULL */
    size_t dump_len;
    unsigned kept_cell; /* and which that is */
    unsigned cell;      /* the number of the next one */
    bool went_back;     /* the last one had to be forgotten */
};

/* All print what is wrong and return an exit code. */

/* A new session from `image`, which is shared. */
int cli_session_init(struct cli_session *session, viv_image *image);
void cli_session_fini(struct cli_session *session);

/* Is this text whole, or are there more lines to come? */
int cli_session_is_whole(struct cli_session *session, const char *text,
                         size_t len, bool *ret_is_whole);

/* Run a cell, and print what it gives.  Its outcome is VIV_EXITED if the
 * session is over. */
int cli_session_run(struct cli_session *session, const char *text, size_t len,
                    viv_outcome *ret_outcome);

/* Begin anew. */
int cli_session_reset(struct cli_session *session);

/* Into a file, as its difference from the guest's image; and from one. */
int cli_session_save(struct cli_session *session, const char *path);
int cli_session_load(struct cli_session *session, const char *path);

#endif /* CLI_SESSION_H */
