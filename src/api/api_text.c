/* api_text.c - vivarium.h: what numbers are called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "vivarium.h"

const char *viv_version(void)
{
    return VIV_VERSION;
}

#define NAME(code)                                                             \
    case code:                                                                 \
        return #code

const char *viv_error_name(int code)
{
    switch (code) {
        NAME(VIV_EINVAL);
        NAME(VIV_ENOMEM);
        NAME(VIV_EIO);
        NAME(VIV_EFORMAT);
        NAME(VIV_EVERSION);
        NAME(VIV_ELINK);
        NAME(VIV_ENOTFOUND);
        NAME(VIV_EBUSY);
        NAME(VIV_EUNSUPPORTED);
        NAME(VIV_EWAITING);
        NAME(VIV_ESTOPPED);
        NAME(VIV_ENOCALL);
        NAME(VIV_ETOKEN);
        NAME(VIV_ETIME);
        NAME(VIV_EOPEN);
        NAME(VIV_ECLOSED);
        NAME(VIV_EFULL);
    default:
        return "?";
    }
}

/* The words of the specification, where it has any. */
const char *viv_trap_text(uint32_t trap)
{
    static const char *const TEXTS[] = {
        [VIV_TRAP_UNREACHABLE] = "unreachable",
        [VIV_TRAP_MEMORY] = "out of bounds memory access",
        [VIV_TRAP_TABLE] = "out of bounds table access",
        [VIV_TRAP_NULL_FUNC] = "uninitialized element",
        [VIV_TRAP_FUNC_TYPE] = "indirect call type mismatch",
        [VIV_TRAP_DIVIDE_BY_ZERO] = "integer divide by zero",
        [VIV_TRAP_INT_OVERFLOW] = "integer overflow",
        [VIV_TRAP_BAD_CONVERSION] = "invalid conversion to integer",
        [VIV_TRAP_STACK] = "call stack exhausted",
        [VIV_TRAP_HOST] = "host function failed",
    };

    if (trap == 0 || trap >= sizeof(TEXTS) / sizeof(TEXTS[0]))
        return "?";
    return TEXTS[trap];
}
