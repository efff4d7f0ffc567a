/* 08-python.c - Python that was given to you, and a function that you give it.
 *
 * The guest is built by guests/python/build; argv[1] is its folder.  Each run
 * is fresh: the second one does not find what the first one defined.
 *
 *     cc 08-python.c -lvivarium -lpthread
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "vivarium.h"

/* What Python sees as `from shop import price`. */
static int price(viv_question *question, viv_reader *args, size_t count,
                 viv_writer *answer, void *cookie)
{
    viv_item name;

    (void)count;
    (void)cookie;
    if (viv_read(args, &name, NULL) < 0)
        return VIV_EFORMAT;
    if (name.len != 3 || memcmp(name.bytes, "tea", 3) != 0)
        return viv_question_raise(question, "KeyError", "we sell tea");
    viv_write_float(answer, 2.5);
    return 0;
}

static int run(viv_sandbox *sandbox, const char *source, viv_error *err)
{
    viv_python_result result;
    char text[200];

    if (viv_python_run(sandbox, source, strlen(source), "order.py",
                       VIV_PYTHON_VALUE, &result, err) < 0)
        return -1;
    if (result.outcome.kind == VIV_RETURNED) {
        viv_data_text(result.value, result.value_len, text, sizeof(text));
        printf("%s\n", text);
    } else if (result.outcome.kind == VIV_RAISED) {
        printf("%s", result.traceback);
    } else {
        printf("stopped: %s\n", viv_limit_name(result.outcome.limit));
    }
    return viv_sandbox_reset(sandbox, err);
}

int main(int argc, char **argv)
{
    viv_python_function functions[] = {
        {"shop", "price", "(name: str) -> float", "What it costs.", 0, price,
         NULL},
    };
    viv_image *image = NULL;
    viv_sandbox *sandbox = NULL;
    viv_limits limits;
    viv_error err = {0};

    viv_limits_default(&limits);
    limits.run_ns = VIV_NS_PER_S / 5;
    if (viv_python_load(argc > 1 ? argv[1] : NULL, functions, 1, &image,
                        &err) == 0 &&
        viv_sandbox_from(image, &limits, &sandbox, &err) == 0 &&
        run(sandbox, "from shop import price\nprice('tea') * 4", &err) == 0 &&
        run(sandbox, "price('tea')", &err) == 0 &&
        run(sandbox, "import shop\nshop.price('milk')", &err) == 0 &&
        run(sandbox, "while True: pass", &err) == 0)
        err.text[0] = '\0';
    else
        fprintf(stderr, "python: %s\n", err.text);
    viv_sandbox_free(sandbox);
    viv_image_unref(image);
    return err.text[0] != '\0';
}
