/* 05-image-and-fork.c - prepare once, begin a thousand times.
 *
 * A guest spends a while preparing (here: it computes primes).  Then it is
 * frozen.  Sandboxes that begin as the image are ready in microseconds, share
 * all that they do not change, and go back to it by a reset.  A fork does the
 * same for a sandbox in the middle of its life.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

static uint32_t ask(viv_sandbox *sandbox, const char *name, uint32_t n)
{
    viv_value arg = {.i32 = n}, result = {0};
    viv_outcome outcome;
    viv_error err = {0};

    if (viv_call(sandbox, name, strlen(name), &arg, 1, &result, 1, &outcome,
                 &err) < 0 ||
        outcome.kind != VIV_RETURNED)
        fprintf(stderr, "%s failed: %s\n", name, err.text);
    return result.i32;
}

static void fork_it(viv_sandbox *sandbox)
{
    viv_sandbox *child[3];
    uint32_t i;

    ask(sandbox, "add", 1000);
    if (viv_sandbox_fork(sandbox, 3, child, NULL) < 0)
        return;
    for (i = 0; i < 3; i++) {
        ask(child[i], "add", i);
        printf("child %u has %u\n", i, ask(child[i], "sum", 0));
        viv_sandbox_free(child[i]);
    }
    printf("their parent has %u\n", ask(sandbox, "sum", 0));
    viv_sandbox_reset(sandbox, NULL);
    printf("after a reset it has %u\n", ask(sandbox, "sum", 0));
}

int main(int argc, char **argv)
{
    viv_module *module = NULL;
    viv_sandbox *first = NULL, *other = NULL;
    viv_image *image = NULL;
    viv_outcome outcome;
    viv_error err = {0};

    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, NULL, 0, NULL, &first, &outcome, &err) == 0) {
        printf("%u primes below 10000\n", ask(first, "prepare", 10000));
        if (viv_image_new(first, &image, &err) == 0 &&
            viv_sandbox_from(image, NULL, &other, &err) == 0)
            fork_it(other); /* its primes are there */
    }
    if (err.text[0] != '\0' || argc != 2)
        fprintf(stderr, "fork: %s\n", argc == 2 ? err.text : "one file");
    viv_sandbox_free(other);
    viv_sandbox_free(first);
    viv_image_unref(image);
    viv_module_unref(module);
    return err.text[0] != '\0' || argc != 2;
}
