/* cli_python.h - Python in a sandbox, as the command runs it.
 *
 *     cli_python_load(&image)            the guest, wherever it is
 *     cli_python_start(image, ...)       a sandbox that has what was permitted
 *     cli_python_run(sandbox, ...)       until it is done
 *
 * All print what is wrong and return an exit code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_PYTHON_H
#define CLI_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"

/* The folder with the guest: what --python says, or VIV_PYTHON, or `python`
 * beside the command, or ../lib/vivarium/python from there; NULL: where the
 * library looks. */
const char *cli_python_folder(void);

int cli_python_load(viv_image **ret_image);

/* The same with functions of the host, as viv_python_load(). */
int cli_python_load_with(const viv_python_function *functions, size_t count,
                         viv_image **ret_image);

/* A sandbox in which sys.argv is `first` and the words of `argv`. */
int cli_python_start(viv_image *image, const char *first, int argc, char **argv,
                     viv_sandbox **ret_sandbox);

/* Permit it what was said: the library, memory at /tmp if nothing else is
 * there, and the command's own streams. */
int cli_python_permit(viv_sandbox *sandbox, const char *first, int argc,
                      char **argv);

/* Let it import what was mounted, as Python does: from where its program is,
 * and from PYTHONPATH. */
int cli_python_find_modules(viv_sandbox *sandbox);

/* Something to run: source, and what tracebacks call it. */
struct cli_python_source {
    const char *name;
    const char *text;
    size_t len;
};

/* Run it until it is done.  CLI_OK: `*ret_result` says how that ended. */
int cli_python_run(viv_sandbox *sandbox, const struct cli_python_source *source,
                   uint32_t flags, viv_python_result *ret_result);

/* The same for a function of a module, with arguments as in viv_python_call().
 */
int cli_python_call(viv_sandbox *sandbox, const char *module,
                    const char *function, viv_writer *args,
                    viv_python_result *ret_result);

/* All of that, for `viv run` and `viv eval`: print or report how it ended. */
int cli_python_main(const struct cli_python_source *source, bool wants_value,
                    const char *first, int argc, char **argv);

#endif /* CLI_PYTHON_H */
