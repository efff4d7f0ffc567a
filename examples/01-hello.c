/* 01-hello.c - the smallest host: load a module, make a sandbox, call.
 *
 *     wat2wasm examples/01-hello.wat -o hello.wasm
 *     build/viv compile hello.wasm -o hello.viv
 *     cc -Iinclude examples/01-hello.c build/libvivarium.a -lpthread -o hello
 *     ./hello hello.viv
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

/* What the host failed at: no file, no memory, a wrong argument. */
static int fail(const viv_error *err)
{
    fprintf(stderr, "hello: %s (%s)\n", err->text, viv_error_name(err->code));
    return 1;
}

/* Call add(a, b) of the guest, and say how it ended. */
static int add(viv_sandbox *sandbox, uint32_t a, uint32_t b)
{
    viv_value args[2] = {{.i32 = a}, {.i32 = b}};
    viv_value sum;
    viv_outcome outcome;
    viv_error err;

    if (viv_call(sandbox, "add", strlen("add"), args, 2, &sum, 1, &outcome,
                 &err) < 0)
        return fail(&err);
    if (outcome.kind == VIV_RETURNED)
        printf("%u + %u = %u\n", a, b, sum.i32);
    else
        printf("%u + %u: %s\n", a, b, viv_trap_text(outcome.trap));
    return 0;
}

int main(int argc, char **argv)
{
    viv_module *module;
    viv_sandbox *sandbox;
    viv_outcome outcome;
    viv_error err;
    int code;

    if (argc != 2) {
        fprintf(stderr, "usage: hello MODULE.viv\n");
        return 2;
    }
    if (viv_module_load(argv[1], &module, &err) < 0)
        return fail(&err);
    if (viv_sandbox_new(module, NULL, 0, NULL, &sandbox, &outcome, &err) < 0) {
        viv_module_unref(module);
        return fail(&err);
    }
    code = add(sandbox, 2, 3);
    if (code == 0)
        code = add(sandbox, 2000000000, 2000000000);
    if (code == 0)
        code = add(sandbox, 4000000000u, 4000000000u);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return code;
}
