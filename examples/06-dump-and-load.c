/* 06-dump-and-load.c - a session goes on in another process.
 *
 * What a guest has become since its image is some pages.  They are dumped to
 * bytes; a child of this program makes a sandbox of them, from the image, which
 * it loads from a file.  A key proves that both are ours.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vivarium.h"

static const viv_key key = {"not so secret", 13};

static uint32_t visit(viv_sandbox *sandbox)
{
    viv_value count = {0};
    viv_outcome outcome;

    viv_call(sandbox, "visit", 5, NULL, 0, &count, 1, &outcome, NULL);
    return count.i32;
}

/* In the child: nothing of the parent's is used but the module and bytes. */
static int go_on(viv_module *module, const char *path, const void *bytes,
                 size_t len)
{
    viv_sandbox *sandbox = NULL;
    viv_image *image = NULL;
    viv_error err = {0};

    if (viv_image_load(module, NULL, 0, NULL, &key, path, &image, &err) == 0 &&
        viv_sandbox_load(image, NULL, &key, bytes, len, &sandbox, &err) == 0)
        printf("elsewhere: visit %u\n", visit(sandbox));
    else
        printf("elsewhere: %s\n", err.text);
    viv_sandbox_free(sandbox);
    viv_image_unref(image);
    return fflush(stdout);
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/viv-example-XXXXXX";
    viv_sandbox *sandbox = NULL;
    viv_module *module = NULL;
    viv_image *image = NULL;
    viv_outcome outcome;
    void *bytes = NULL;
    size_t len = 0;
    int fd = mkstemp(path);

    if (argc != 2 || fd < 0 || viv_module_load(argv[1], &module, NULL) < 0 ||
        viv_sandbox_new(module, NULL, 0, NULL, &sandbox, &outcome, NULL) < 0 ||
        viv_image_new(sandbox, &image, NULL) < 0 ||
        viv_image_save(image, NULL, &key, path, NULL) < 0)
        return 1;
    printf("here: visit %u\n", visit(sandbox));
    printf("here: visit %u\n", visit(sandbox));
    if (viv_sandbox_dump(sandbox, &key, &bytes, &len, NULL) < 0)
        return 1;
    printf("the dump has %s 10,000 bytes\n",
           len < 10000 ? "less than" : "over");
    fflush(stdout);
    if (fork() == 0)
        _exit(go_on(module, path, bytes, len));
    wait(NULL);
    viv_free(bytes);
    viv_sandbox_free(sandbox);
    viv_image_unref(image);
    viv_module_unref(module);
    return close(fd) | unlink(path);
}
