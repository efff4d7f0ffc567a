/* engine_backtrace.h - where a guest is, or was when its call was stopped.
 *
 * Floor 3.  A fiber knows where it stands, or stood when it was left, and its
 * stack stays as it was until it is run again.  So the walk over it can wait
 * until somebody wants to know.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_BACKTRACE_H
#define ENGINE_BACKTRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine_instance.h"
#include "vivarium.h"

/* Write the functions that the guest is in, if its call has not ended, else
 * those that it was in when the call was stopped, innermost first, to `frames`,
 * of which there are `max`; returns how many.  `*ret_more`: there are others,
 * further out.  After a call that returned there are none.
 *
 * The first is the import, if a host function is running, waits or has failed.
 * Before: the fiber is not running. */
size_t engine_backtrace(const struct engine_instance *instance,
                        viv_frame *frames, size_t max, bool *ret_more);

#endif /* ENGINE_BACKTRACE_H */
