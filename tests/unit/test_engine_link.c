/* test_engine_link.c - a module, and what answers its imports.
 *
 * Which rows fit is tested in test_engine_match.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_link.h"

#include "base/base_alloc.h"
#include "guest.h"

static const uint8_t REF[] = {VIV_FUNCREF};

static const char WAT[] =
    "(module (import \"env\" \"f\" (func (result funcref)))"
    " (import \"env\" \"g\" (global i32)) (import \"env\" \"h\" (global v128))"
    " (import \"env\" \"t\" (table 1 9 funcref))"
    " (import \"env\" \"m\" (memory 1))"
    " (global i64 (i64.const 5)) (table 7 externref)"
    " (func (export \"own\")))";

static viv_module *module;
static struct engine_link *made;
static int cookie;

static int host(viv_host_call *call, const viv_value *args, viv_value *results,
                void *unused)
{
    (void)call, (void)args, (void)results, (void)unused;
    return 0;
}

static int make(void)
{
    viv_import rows[] = {
        GUEST_FUNC("f", NULL, 0, REF, 1, host, &cookie),
        {.module = "env", .name = "g", .kind = VIV_GLOBAL, .type = VIV_I32},
        {.module = "env", .name = "h", .kind = VIV_GLOBAL, .type = VIV_V128},
        {.module = "env",
         .name = "t",
         .kind = VIV_TABLE,
         .type = VIV_FUNCREF,
         .has_max = 1,
         .min = 2,
         .max = 4},
        {.module = "env", .name = "m", .kind = VIV_MEMORY, .min = 3},
    };
    int code;

    memset(&rows[1].value, 0xff, sizeof(rows[1].value));
    memset(&rows[2].value, 0xee, sizeof(rows[2].value));
    code =
        engine_link_new((struct engine_module *)module, rows, 5, &made, NULL);
    memset(rows, 0xdd, sizeof(rows)); /* nothing of them is kept */
    return code;
}

TEST(it_keeps_what_the_rows_said)
{
    static const uint8_t all[16] = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                    0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                    0xee, 0xee, 0xee, 0xee};

    module = guest_load(WAT, false);
    EXPECT_EQ_INT(make(), 0);
    EXPECT(made->host_funcs[0].func == host);
    EXPECT(made->host_funcs[0].cookie == &cookie);
    EXPECT(made->host_funcs[0].has_funcref);
    EXPECT_EQ_INT(made->host_funcs[0].type->result_count, 1);
    EXPECT_EQ_INT(made->globals[0].half[0], UINT32_MAX); /* and no more */
    EXPECT_EQ_INT(made->globals[0].half[1], 0);
    EXPECT_EQ_MEM(made->globals[1].v128, all, 16);
    EXPECT_EQ_INT(made->tables[0].min, 2);
    EXPECT_EQ_INT(made->tables[0].max, 4);
    EXPECT_EQ_INT(made->tables[1].min, 7); /* the module's own */
    EXPECT_EQ_INT(made->memories[0].min, 3);
    EXPECT(!made->memories[0].has_max);
    engine_link_unref(made);
    viv_module_unref(module);
}

TEST(the_last_owner_frees_it_and_its_module)
{
    module = guest_load(WAT, false);
    EXPECT_EQ_INT(make(), 0);
    viv_module_unref(module);
    EXPECT(engine_link_ref(made) == made);
    engine_link_unref(made);
    EXPECT_EQ_INT(made->module->wasm.func_import_count, 1);
    engine_link_unref(made);
}

static int released;

static void release(void *owner)
{
    EXPECT(owner == &released);
    EXPECT_EQ_INT(made->module->wasm.func_import_count, 1); /* still there */
    released++;
}

TEST(what_it_owns_lives_as_long_as_it_does)
{
    module = guest_load(WAT, false);
    EXPECT_EQ_INT(make(), 0);
    EXPECT(made->owner == NULL && made->release == NULL);
    viv_module_unref(module);
    made->owner = &released;
    made->release = release;
    engine_link_ref(made);
    engine_link_unref(made);
    EXPECT_EQ_INT(released, 0);
    engine_link_unref(made);
    EXPECT_EQ_INT(released, 1);
}

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    module = guest_load(WAT, false);
    for (n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = make();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT(n > 3);
    engine_link_unref(made);
    viv_module_unref(module);
}
