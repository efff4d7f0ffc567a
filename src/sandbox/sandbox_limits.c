/* sandbox_limits.c - what is allowed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_limits.h"

#include "base/base_error.h"

void sandbox_limits_default(viv_limits *ret_limits)
{
#define DEFAULT(id, name, field, unit, value, meaning) .field = (value),
    *ret_limits =
        (viv_limits){.size = sizeof(viv_limits), VIV_LIMIT_ROWS(DEFAULT)};
}

/* Fields that we do not know are limits that we cannot keep. */
static int check_size(const viv_limits *limits, viv_error *err)
{
    const char *bytes = (const char *)limits;
    size_t i;

    if (limits->size < sizeof(*limits))
        return base_error(err, VIV_EINVAL,
                          "the limits have %zu bytes, this library needs %zu: "
                          "begin with viv_limits_default()",
                          limits->size, sizeof(*limits));
    if (limits->size > 64 * sizeof(*limits))
        return base_error(err, VIV_EINVAL, "the limits have %zu bytes",
                          limits->size);
    for (i = sizeof(*limits); i < limits->size; i++)
        if (bytes[i] != 0)
            return base_error(err, VIV_EUNSUPPORTED,
                              "the limits set something that this library, "
                              "version %s, does not know",
                              VIV_VERSION);
    return 0;
}

static int check_stack(uint64_t bytes, viv_error *err)
{
    if (bytes < SANDBOX_STACK_BYTES_MIN)
        return base_error(err, VIV_EINVAL,
                          "stack_bytes is %llu; %llu is the least",
                          (unsigned long long)bytes,
                          (unsigned long long)SANDBOX_STACK_BYTES_MIN);
    if (bytes > SANDBOX_STACK_BYTES_MAX)
        return base_error(err, VIV_EINVAL,
                          "stack_bytes is %llu; %llu is the most",
                          (unsigned long long)bytes,
                          (unsigned long long)SANDBOX_STACK_BYTES_MAX);
    return 0;
}

int sandbox_limits_check(const struct engine_module *module,
                         const viv_limits *limits, viv_limits *ret_limits,
                         viv_error *err)
{
    viv_limits checked;
    int code;

    sandbox_limits_default(&checked);
    if (limits != NULL) {
        code = check_size(limits, err);
        if (code < 0)
            return code;
        checked = *limits;
    }
    code = check_stack(checked.stack_bytes, err);
    if (code < 0)
        return code;
    if (checked.fuel < VIV_ENDLESS && !module->is_metered)
        return base_error(err, VIV_EUNSUPPORTED,
                          "fuel is limited to %llu, but the module was "
                          "compiled without --fuel",
                          (unsigned long long)checked.fuel);
#define CLAMP(id, name, field, unit, value, meaning)                           \
    if (checked.field > VIV_ENDLESS)                                           \
        checked.field = VIV_ENDLESS;
    VIV_LIMIT_ROWS(CLAMP)
    *ret_limits = checked;
    return 0;
}

const char *sandbox_limits_name(uint32_t limit)
{
#define NAME(id, name, field, unit, value, meaning) [VIV_LIMIT_##id] = name,
    static const char *const names[] = {"?", VIV_LIMIT_ROWS(NAME)};

    return limit < VIV_LIMIT_END ? names[limit] : "?";
}
