/* diff_statement.c - what leaves the stack as it was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_body.h"

#define DEPTH_MAX 12

static bool set_local(struct diff_module *m)
{
    char type = diff_any_letter(m);

    diff_value(m, type);
    diff_emit_index(m, 0x21, diff_local(m, type));
    return true;
}

static bool set_global(struct diff_module *m)
{
    char type = diff_any_letter(m);
    int32_t global = diff_global(m, type, true);

    if (global < 0)
        return false;
    diff_value(m, type);
    diff_emit_index(m, 0x24, (uint32_t)global);
    return true;
}

static bool drop(struct diff_module *m)
{
    diff_value(m, diff_any_letter(m));
    diff_emit(m, 0x1a);
    return true;
}

static bool nothing(struct diff_module *m)
{
    diff_emit(m, 0x01);
    return true;
}

static bool call(struct diff_module *m)
{
    return diff_chance(m, 500) ? diff_call(m, 0) : diff_call_indirect(m, 0);
}

static bool block(struct diff_module *m)
{
    return diff_block(m, 0);
}

static bool branch(struct diff_module *m)
{
    return diff_chance(m, 600) ? diff_if(m, 0) : diff_branch_if(m, 0);
}

static bool loop(struct diff_module *m)
{
    return diff_loop(m, 0);
}

static bool (*const makers[])(struct diff_module *) = {set_local,
                                                       set_local,
                                                       set_local,
                                                       set_global,
                                                       set_global,
                                                       diff_store,
                                                       diff_store,
                                                       diff_store,
                                                       drop,
                                                       nothing,
                                                       call,
                                                       block,
                                                       branch,
                                                       branch,
                                                       loop,
                                                       diff_bulk,
                                                       diff_table_statement,
                                                       diff_deep};

void diff_statements(struct diff_module *m)
{
    uint32_t count = diff_below(m, 5);

    if (m->body.depth > DEPTH_MAX)
        return;
    m->body.depth++;
    while (count-- > 0 && m->body.budget > 0) {
        m->body.budget--;
        makers[diff_below(m, sizeof(makers) / sizeof(makers[0]))](m);
    }
    m->body.depth--;
}
