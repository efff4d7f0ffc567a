/* test_api_module.c - vivarium.h: modules, their imports and exports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"f\" (func (param i32 f64) (result i64)))"
    " (import \"e\\00v\" \"m\" (memory 1 3))"
    " (import \"env\" \"t\" (table 2 externref))"
    " (import \"env\" \"g\" (global f32))"
    " (global (export \"mut\") (mut i64) (i64.const 1))"
    " (export \"memory\" (memory 0))"
    " (export \"t\" (table 0))"
    " (func (export \"run\") (result f32 v128)"
    "   (f32.const 0) (v128.const i64x2 0 0)))";

static viv_module *module;
static viv_extern it;

static void import(uint32_t index, const char *module_name, const char *name,
                   uint32_t kind)
{
    EXPECT_EQ_INT(viv_module_import(module, index, &it), 0);
    EXPECT_EQ_INT(it.name_len, strlen(name));
    EXPECT_EQ_MEM(it.name, name, it.name_len);
    EXPECT_EQ_INT(it.module_len, 3);
    EXPECT_EQ_MEM(it.module, module_name, 3);
    EXPECT_EQ_INT(it.name[it.name_len], 0);
    EXPECT_EQ_INT(it.module[it.module_len], 0);
    EXPECT_EQ_INT(it.kind, kind);
}

static void export(uint32_t index, const char *name, uint32_t kind)
{
    EXPECT_EQ_INT(viv_module_export(module, index, &it), 0);
    EXPECT_EQ_INT(it.name_len, strlen(name));
    EXPECT_EQ_MEM(it.name, name, it.name_len);
    EXPECT_EQ_INT(it.name[it.name_len], 0);
    EXPECT(it.module == NULL);
    EXPECT_EQ_INT(it.kind, kind);
}

TEST(imports_are_told_in_order)
{
    module = guest_load(WAT, false);
    EXPECT_EQ_INT(viv_module_import_count(module), 4);
    import(0, "env", "f", VIV_FUNC);
    EXPECT_EQ_INT(it.func.param_count, 2);
    EXPECT_EQ_INT(it.func.params[1], VIV_F64);
    EXPECT_EQ_INT(it.func.result_count, 1);
    EXPECT_EQ_INT(it.func.results[0], VIV_I64);
    import(1, "e\0v", "m", VIV_MEMORY);
    EXPECT_EQ_INT(it.min, 1);
    EXPECT(it.has_max);
    EXPECT_EQ_INT(it.max, 3);
    import(2, "env", "t", VIV_TABLE);
    EXPECT_EQ_INT(it.type, VIV_EXTERNREF);
    EXPECT_EQ_INT(it.min, 2);
    EXPECT(!it.has_max);
    import(3, "env", "g", VIV_GLOBAL);
    EXPECT_EQ_INT(it.type, VIV_F32);
    EXPECT(!it.mutable_);
    EXPECT_EQ_INT(viv_module_import(module, 4, &it), VIV_EINVAL);
    viv_module_unref(module);
}

TEST(exports_are_told_in_order)
{
    module = guest_load(WAT, false);
    EXPECT_EQ_INT(viv_module_export_count(module), 4);
    export(0, "mut", VIV_GLOBAL);
    EXPECT_EQ_INT(it.type, VIV_I64);
    EXPECT(it.mutable_);
    export(1, "memory", VIV_MEMORY);
    export(2, "t", VIV_TABLE);
    export(3, "run", VIV_FUNC);
    EXPECT_EQ_INT(it.func.result_count, 2);
    EXPECT_EQ_INT(it.func.results[1], VIV_V128);
    EXPECT_EQ_INT(viv_module_export(module, 4, &it), VIV_EINVAL);
    EXPECT_EQ_INT(viv_module_export(module, UINT32_MAX, &it), VIV_EINVAL);
    viv_module_unref(module);
}

TEST(types_are_found_by_name)
{
    viv_func_type type;

    module = guest_load(WAT, false);
    EXPECT_EQ_INT(viv_func_type_of(module, "run", 3, &type), 0);
    EXPECT_EQ_INT(type.param_count, 0);
    EXPECT_EQ_INT(type.results[0], VIV_F32);
    EXPECT_EQ_INT(viv_func_type_of(module, "mut", 3, &type), VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_func_type_of(module, "ru", 2, &type), VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_func_type_of(module, NULL, 0, &type), VIV_EINVAL);
    EXPECT_EQ_INT(viv_func_type_of(NULL, "run", 3, &type), VIV_EINVAL);
    EXPECT_EQ_INT(viv_func_type_of(module, "run", 3, NULL), VIV_EINVAL);
    viv_module_unref(module);
}

TEST(the_last_owner_unloads)
{
    module = guest_load(WAT, false);
    EXPECT(viv_module_ref(module) == module);
    viv_module_unref(module);
    EXPECT_EQ_INT(viv_module_export_count(module), 4);
    viv_module_unref(module);
    viv_module_unref(NULL);
}

TEST(wrong_arguments_are_refused)
{
    viv_error err;

    EXPECT_EQ_INT(viv_module_load(NULL, &module, &err), VIV_EINVAL);
    EXPECT_EQ_INT(err.code, VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "viv_module_load()");
    EXPECT_EQ_INT(viv_module_load("/", NULL, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_module_load("/", &module, NULL), VIV_EIO);
    EXPECT_EQ_INT(viv_module_import_count(NULL), 0);
    EXPECT_EQ_INT(viv_module_export_count(NULL), 0);
    EXPECT_EQ_INT(viv_module_import(NULL, 0, &it), VIV_EINVAL);
    EXPECT_EQ_INT(viv_module_export(NULL, 0, &it), VIV_EINVAL);
}
