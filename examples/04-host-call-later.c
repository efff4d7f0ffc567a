/* 04-host-call-later.c - the guest asks, and is answered when it suits.
 *
 * The host function takes a token and returns at once; the call waits, and no
 * thread waits with it.  The answer may come from any thread: here from one
 * that takes its time.  One thread could carry thousands of such guests.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>

#include "vivarium.h"

/* A question that is on its way. */
struct question {
    viv_token *token;
    uint32_t number;
    pthread_t thread;
};

static void *think(void *arg)
{
    struct question *question = arg;
    viv_value answer = {.i32 = question->number * question->number};

    printf("the host thinks about %u\n", question->number);
    viv_token_answer(question->token, &answer, 1);
    viv_token_free(question->token);
    return NULL;
}

static int square(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    struct question *question = cookie;

    (void)results;
    question->number = args[0].i32;
    if (viv_host_call_later(call, &question->token, NULL) < 0 ||
        pthread_create(&question->thread, NULL, think, question) != 0)
        return -1;
    return VIV_LATER;
}

int main(int argc, char **argv)
{
    static const uint8_t i32[] = {VIV_I32};
    struct question question;
    viv_import import = {"host", "square",  VIV_FUNC, {i32, i32, 1, 1},
                         square, &question, 0,        {0},
                         0,      0,         0};
    viv_value arg = {.i32 = 3}, sum = {0};
    viv_module *module = NULL;
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome = {0};
    viv_error err = {0};
    int code = -1;

    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, &import, 1, NULL, &sandbox, &outcome, &err) ==
            0)
        code = viv_call(sandbox, "sum", 3, &arg, 1, &sum, 1, &outcome, &err);
    while (code == 0 && outcome.kind == VIV_WAITING) {
        pthread_join(question.thread, NULL); /* or do something else */
        code = viv_call_resume(sandbox, &sum, 1, &outcome, &err);
    }
    if (code == 0)
        printf("1 + 4 + 9 = %u, after %u answers\n", sum.i32,
               (unsigned)outcome.used.waits);
    else
        fprintf(stderr, "later: %s\n", argc == 2 ? err.text : "one file");
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return code != 0;
}
