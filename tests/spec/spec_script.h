/* spec_script.h - carries out the commands of one script.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_SCRIPT_H
#define SPEC_SCRIPT_H

#include "spec_module.h"
#include "spec_tally.h"
#include "vivarium.h"

/* Run the script that wast2json wrote to `json_path`, its modules beside it,
 * and count what became of its commands in `*tally`, which begins as zeroes.
 *
 * A copy of the line number that is being carried out is kept in
 * `*line_now`, for whoever has to say where a crash was: 32 bytes.
 *
 * Fails only if the script itself cannot be read. */
int spec_script_run(const char *json_path, const struct spec_compiler *compiler,
                    char *line_now, struct spec_tally *tally, viv_error *err);

#endif /* SPEC_SCRIPT_H */
