/* api_backtrace.c - vivarium.h: where a guest is, or was when it was stopped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "engine/engine_backtrace.h"

int viv_backtrace(const viv_sandbox *sandbox, viv_frame *frames, size_t max,
                  size_t *ret_count, uint32_t *ret_more)
{
    const struct engine_instance *instance;
    bool more;

    if (sandbox == NULL || ret_count == NULL || ret_more == NULL ||
        (frames == NULL && max > 0))
        return VIV_EINVAL;
    instance = &api_sandbox(sandbox)->instance;
    if (instance->fiber.state == FIBER_RUNNING)
        return VIV_EBUSY;
    *ret_count = engine_backtrace(instance, frames, max, &more);
    *ret_more = more;
    return 0;
}
