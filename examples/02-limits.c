/* 02-limits.c - a guest that would run for ever, and one that takes too much.
 *
 * Limits are on by default; these are tighter.  A guest that is stopped by the
 * clock may have been anywhere, so its sandbox is reset before the next call:
 * it is then what it was when it began.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

static void say(const char *name, const viv_outcome *outcome, viv_value result)
{
    if (outcome->kind == VIV_RETURNED)
        printf("%s returned %d\n", name, (int)result.i32);
    else if (outcome->kind == VIV_TRAPPED)
        printf("%s trapped: %s\n", name, viv_trap_text(outcome->trap));
    else if (outcome->kind == VIV_SPENT)
        printf("%s was stopped: %s\n", name, viv_limit_name(outcome->limit));
}

static int call(viv_sandbox *sandbox, const char *name, viv_error *err)
{
    viv_value result = {0};
    viv_outcome outcome;

    if (viv_call(sandbox, name, strlen(name), NULL, 0, &result, 1, &outcome,
                 err) < 0)
        return -1;
    say(name, &outcome, result);
    if (outcome.kind == VIV_SPENT)
        return viv_sandbox_reset(sandbox, err);
    return 0;
}

int main(int argc, char **argv)
{
    viv_module *module = NULL;
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};
    viv_limits limits;

    viv_limits_default(&limits);
    limits.run_ns = VIV_NS_PER_S / 20; /* 50 ms of computing */
    limits.memory_bytes = 4 << 20;     /* 64 wasm pages */
    limits.stack_bytes = 256 << 10;
    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, NULL, 0, &limits, &sandbox, &outcome, &err) ==
            0 &&
        call(sandbox, "count", &err) == 0 &&
        call(sandbox, "for_ever", &err) == 0 && /* 50 ms later */
        call(sandbox, "count", &err) == 0 &&    /* it has forgotten */
        call(sandbox, "deeper", &err) == 0 && call(sandbox, "more", &err) == 0)
        err.text[0] = '\0';
    else
        fprintf(stderr, "limits: %s\n", argc == 2 ? err.text : "one file");
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return err.text[0] != '\0' || argc != 2;
}
