/* engine_call.h - into the guest, out to the host, and back.
 *
 * Floor 3.  Whether a call may begin, what it may use and when it has to stop
 * is decided above; here it begins, goes on and ends:
 *
 *     engine_call_check
 *     engine_call_start ---> FIBER_FINISHED   engine_call_results
 *            |         \---> FIBER_STOPPED    instance->end says why
 *            v
 *     FIBER_WAITS            instance->end: VIV_WAITING or VIV_PAUSED
 *            |
 *     engine_call_answer, if it waits for one, or engine_call_again
 *     engine_call_resume ---> as engine_call_start
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CALL_H
#define ENGINE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_instance.h"
#include "vivarium.h"

/* May function `index` be called with `args`, as many as its type says?  Fails
 * with VIV_EINVAL for one that refers to no function of the module. */
int engine_call_check(const struct engine_instance *instance, uint32_t index,
                      const viv_value *args, viv_error *err);

/* Run function `index`.  Before: the fiber is idle, engine_call_check() and
 * os_enter_thread() have said 0, fiber.entered is set. */
enum fiber_end engine_call_start(struct engine_instance *instance,
                                 uint32_t index, const viv_value *args);

/* The same, as one more function of the call before: what was counted is
 * counted on. */
enum fiber_end engine_call_start_again(struct engine_instance *instance,
                                       uint32_t index, const viv_value *args);

/* Go on with a call that waits or was paused.  Before: the fiber is paused, the
 * answer is there, and os_enter_thread() and fiber.entered as above. */
enum fiber_end engine_call_resume(struct engine_instance *instance);

/* What the function returned, as many values as its type says. */
void engine_call_results(const struct engine_instance *instance,
                         viv_value *results);

/* The type of the host function whose answer the call waits for, or which is
 * just running. */
const struct wasm_func_type *
engine_call_pending_type(const struct engine_instance *instance);

/* Can this be the answer of a host function of this type, as many values as its
 * results?  Any thread. */
bool engine_call_accepts(const struct engine_module *module,
                         const struct wasm_func_type *type,
                         const viv_value *results);

/* Ask the host function once more, with the arguments that it had: as if the
 * guest had called it now.  FIBER_FINISHED: the guest has its answer. */
enum fiber_end engine_call_again(struct engine_instance *instance);

/* Hand the answer, which was accepted, to the paused guest. */
void engine_call_answer(struct engine_instance *instance,
                        const viv_value *results);

/* Note that a host function failed with this code, for the outcome. */
void engine_call_fail(struct engine_instance *instance, int32_t code);

/* Fuel that the call has spent so far; 0 in modules that do not count it. */
uint64_t engine_call_fuel(const struct engine_instance *instance);

/* What generated code is given. */
extern const struct engine_helpers engine_call_helpers;

#endif /* ENGINE_CALL_H */
