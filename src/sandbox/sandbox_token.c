/* sandbox_token.c - the right to answer one host call, once.
 *
 * Two locks, in this order: the token's, then the sandbox's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_token.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_call.h"
#include "os/os_nudge.h"
#include "sandbox/sandbox_wait.h"

struct sandbox_token {
    _Atomic uint32_t refs; /* the host's, and the sandbox's */
    pthread_mutex_t lock;
    struct sandbox *sandbox;           /* NULL: detached */
    const struct wasm_func_type *type; /* of the host function */
    bool is_answered;
    int32_t code;       /* 0, or a failure */
    viv_value values[]; /* the answer, as many as its results */
};

static void unref(struct sandbox_token *token)
{
    uint32_t before = atomic_fetch_sub(&token->refs, 1);

    CHECK(before > 0);
    if (before > 1)
        return;
    pthread_mutex_destroy(&token->lock);
    base_free(token);
}

/* ------------------------------------------------------------------------
 * On the sandbox's side.
 */

void sandbox_token_detach(struct sandbox *sandbox)
{
    struct sandbox_token *token = sandbox->token;

    if (token == NULL)
        return;
    pthread_mutex_lock(&token->lock);
    token->sandbox = NULL;
    pthread_mutex_unlock(&token->lock);
    sandbox->token = NULL;
    atomic_store(&sandbox->is_answered, false);
    unref(token);
}

static int refuse_start(viv_error *err)
{
    return base_error(err, VIV_EUNSUPPORTED,
                      "a start function cannot wait for an answer");
}

/* The host function that is running will be answered later.  What an earlier
 * one took, and then answered at once, is of no use any more. */
static void begin_waiting(struct sandbox *sandbox)
{
    if (!sandbox->instance.has_token) {
        sandbox_token_detach(sandbox);
        sandbox->wakes_at = OS_NUDGE_NEVER;
        sandbox->asks_again = false;
    }
    sandbox->instance.has_token = true;
}

int sandbox_token_sleep(struct sandbox *sandbox, uint64_t until, viv_error *err)
{
    if (sandbox->is_starting)
        return refuse_start(err);
    begin_waiting(sandbox);
    sandbox->wakes_at = until;
    return 0;
}

int sandbox_token_again(struct sandbox *sandbox, uint64_t until, viv_error *err)
{
    int code = sandbox_token_sleep(sandbox, until, err);

    sandbox->asks_again = code == 0;
    return code;
}

int sandbox_token_take(struct sandbox *sandbox,
                       struct sandbox_token **ret_token, viv_error *err)
{
    const struct wasm_func_type *type;
    struct sandbox_token *token;

    if (sandbox->is_starting)
        return refuse_start(err);
    type = engine_call_pending_type(&sandbox->instance);
    token = base_alloc(sizeof(*token) +
                       type->result_count * sizeof(token->values[0]));
    if (token == NULL)
        return base_error_memory(err);
    begin_waiting(sandbox);
    sandbox_token_detach(sandbox);
    memset(token, 0, sizeof(*token));
    atomic_init(&token->refs, 2);
    pthread_mutex_init(&token->lock, NULL);
    token->sandbox = sandbox;
    token->type = type;
    sandbox->token = token;
    *ret_token = token;
    return 0;
}

/* Nobody writes to a token that is answered. */
bool sandbox_token_use(struct sandbox *sandbox)
{
    struct sandbox_token *token = sandbox->token;
    int32_t code;

    pthread_mutex_lock(&token->lock);
    code = token->code;
    if (code == 0)
        engine_call_answer(&sandbox->instance, token->values);
    else
        engine_call_fail(&sandbox->instance, code);
    pthread_mutex_unlock(&token->lock);
    sandbox_token_detach(sandbox);
    return code == 0;
}

bool sandbox_token_wake(struct sandbox *sandbox)
{
    struct engine_instance *instance = &sandbox->instance;
    bool is_good = engine_call_accepts(instance->module,
                                       engine_call_pending_type(instance),
                                       instance->results);

    if (is_good)
        engine_call_answer(instance, instance->results);
    else
        engine_call_fail(instance, VIV_EINVAL);
    sandbox_token_detach(sandbox);
    return is_good;
}

/* ------------------------------------------------------------------------
 * On the host's side.
 */

/* Under the lock: may it be answered? */
static int check(const struct sandbox_token *token)
{
    return token->sandbox == NULL || token->is_answered ? VIV_ETOKEN : 0;
}

static void settle(struct sandbox_token *token, int32_t code)
{
    token->code = code;
    token->is_answered = true;
    sandbox_wait_answered(token->sandbox);
}

int sandbox_token_answer(struct sandbox_token *token, const viv_value *results,
                         size_t count)
{
    int code;

    pthread_mutex_lock(&token->lock);
    code = check(token);
    if (code == 0 && (count != token->type->result_count ||
                      !engine_call_accepts(token->sandbox->instance.module,
                                           token->type, results)))
        code = VIV_EINVAL;
    if (code == 0) {
        if (count > 0)
            memcpy(token->values, results, count * sizeof(*results));
        settle(token, 0);
    }
    pthread_mutex_unlock(&token->lock);
    return code;
}

int sandbox_token_fail(struct sandbox_token *token, int32_t failure)
{
    int code;

    if (failure >= 0)
        return VIV_EINVAL;
    pthread_mutex_lock(&token->lock);
    code = check(token);
    if (code == 0)
        settle(token, failure);
    pthread_mutex_unlock(&token->lock);
    return code;
}

void sandbox_token_free(struct sandbox_token *token)
{
    sandbox_token_fail(token, VIV_ETOKEN);
    unref(token);
}
