/* 07-wasi.c - a program that was made for WASI, and what it may use.
 *
 * It wants to make a file, read its input, and write.  First it is permitted
 * nothing: it exits with an error number.  Then a folder that exists in its own
 * memory only, and something to read.  What it wrote is here afterwards, and
 * gone from its sandbox by a reset.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

static int run(viv_sandbox *sandbox, viv_error *err)
{
    viv_outcome outcome;
    const char *output;
    size_t len;

    if (viv_call(sandbox, "_start", strlen("_start"), NULL, 0, NULL, 0,
                 &outcome, err) < 0)
        return -1;
    output = viv_wasi_output(sandbox, 1, &len);
    printf("exit code %d, output \"%.*s\"\n", (int)outcome.exit_code, (int)len,
           output);
    return viv_sandbox_reset(sandbox, err);
}

static int permit(viv_sandbox *sandbox, viv_error *err)
{
    viv_mount mount = {"/notes", NULL, VIV_MOUNT_MEMORY, 1, 0, 0};
    viv_wasi wasi;
    char text[400];

    mount.bytes_max = 1 << 20;
    mount.files_max = 10;
    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    wasi.stdin_bytes = "feed the python";
    wasi.stdin_len = strlen("feed the python");
    viv_wasi_text(&wasi, text, sizeof(text));
    printf("\n%s\n", text);
    return viv_wasi_apply(sandbox, &wasi, err);
}

int main(int argc, char **argv)
{
    viv_module *module = NULL;
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, imports, count, NULL, &sandbox, &outcome,
                        &err) == 0 &&
        run(sandbox, &err) == 0 && permit(sandbox, &err) == 0 &&
        run(sandbox, &err) == 0)
        err.text[0] = '\0';
    else
        fprintf(stderr, "wasi: %s\n", argc == 2 ? err.text : "one file");
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return err.text[0] != '\0' || argc != 2;
}
