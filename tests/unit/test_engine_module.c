/* test_engine_module.c - compiled code, mapped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */
#include "engine/engine_module.h"

#include "base/base_alloc.h"
#include "guest.h"
#include "os/os_fail.h"
#include "os/os_file.h"

static const char WAT[] =
    "(module (func (export \"a\") (param i32) (result i32) local.get 0)"
    "        (func (export \"bb\"))"
    "        (func (export \"aa\") (param i64))"
    "        (func (export \"\"))"
    "        (memory (export \"memory\") 1)"
    "        (data (i32.const 0) \"the skeleton has this text\"))";

static char path[PATH_MAX];
static viv_error err;

static void begin(void)
{
    guest_path("module.viv", path);
    guest_compile(WAT, false, path);
}

static struct engine_module *load(void)
{
    struct engine_module *module;

    if (engine_module_load(path, &module, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return module;
}

TEST(a_module_is_loaded_and_shared)
{
    struct engine_module *module;

    begin();
    module = load();
    unlink(path);
    EXPECT_EQ_INT(module->wasm.export_count, 5);
    EXPECT_EQ_INT(module->is_gs, guest_is_gs());
    EXPECT(!module->is_metered);
    EXPECT(engine_module_ref(module) == module);
    engine_module_unref(module);
    EXPECT_EQ_INT(module->wasm.func_count, 4);
    engine_module_unref(module);
}

static int32_t index_of(const struct engine_module *module, const char *name)
{
    const struct wasm_export *export =
        engine_module_find(module, name, strlen(name));

    return export == NULL ? -1 : (int32_t) export->index;
}

TEST(exports_are_found_by_name)
{
    struct engine_module *module;

    begin();
    module = load();
    EXPECT_EQ_INT(index_of(module, "a"), 0);
    EXPECT_EQ_INT(index_of(module, "bb"), 1);
    EXPECT_EQ_INT(index_of(module, "aa"), 2);
    EXPECT_EQ_INT(index_of(module, ""), 3);
    EXPECT_EQ_INT(index_of(module, "memory"), 0);
    EXPECT_EQ_INT(index_of(module, "b"), -1);
    EXPECT_EQ_INT(index_of(module, "aaa"), -1);
    EXPECT(engine_module_find(module, "a\0", 2) == NULL);
    engine_module_unref(module);
    unlink(path);
}

TEST(where_a_function_begins_leads_to_it)
{
    struct engine_module *module;
    uint32_t func;

    begin();
    module = load();
    for (uint32_t i = 0; i < module->wasm.func_count; i++) {
        uintptr_t at = (uintptr_t)module->code->funcs[i];

        EXPECT(engine_module_func_at(module, at, &func));
        EXPECT_EQ_INT(func, i);
        EXPECT(!engine_module_func_at(module, at + 1, &func));
        EXPECT(at >= module->code_at && at < module->code_end);
    }
    EXPECT((uintptr_t)module->code->funcs < module->code_at ||
           (uintptr_t)module->code->funcs >= module->code_end);
    EXPECT(!engine_module_func_at(module, (uintptr_t)module->code->enters[0],
                                  &func));
    EXPECT(!engine_module_func_at(module, 0, &func));
    EXPECT(!engine_module_func_at(module, UINTPTR_MAX, &func));
    engine_module_unref(module);
    unlink(path);
}

/* As gcc -O2 does it with what ends in a trap. */
TEST(so_does_where_a_piece_of_it_begins)
{
    static const char wat[] =
        "(module (memory 1) (func (export \"f\") (param i32) (result i32)"
        " (if (i32.load (local.get 0)) (then (unreachable)))"
        " (i32.const 7)))";
    struct guest_how how = {.cc = "gcc-12", .level = 2};
    struct engine_module *module;
    uint32_t func;

    if (system("command -v gcc-12 >/dev/null") != 0)
        SKIP("there is no gcc-12");
    guest_path("module.viv", path);
    guest_compile_as(wat, &how, path);
    module = load();
    EXPECT_EQ_INT(module->pieces.count, 1);
    EXPECT(engine_module_func_at(
        module, module->load_address + module->pieces.all[0].at, &func));
    EXPECT_EQ_INT(func, 0);
    engine_module_unref(module);
    unlink(path);
}

TEST(each_function_has_rules_that_lead_out_of_it)
{
    struct engine_cfi_entry entry;
    struct engine_module *module;

    begin();
    module = load();
    for (uint32_t i = 0; i < module->wasm.func_count; i++) {
        uintptr_t at = (uintptr_t)module->code->funcs[i];

        EXPECT(engine_cfi_find(&module->cfi, at, &entry));
        EXPECT_EQ_INT(entry.low, at);
    }
    EXPECT(!engine_cfi_find(&module->cfi, module->code_end, &entry));
    engine_module_unref(module);
    unlink(path);
}

TEST(only_references_to_its_functions_are_good)
{
    struct engine_module *module;
    engine_ref ref;

    begin();
    module = load();
    ref = engine_module_ref_func(module, 2);
    EXPECT(engine_module_has_ref(module, 0));
    EXPECT(engine_module_has_ref(module, ref));
    EXPECT(!engine_module_has_ref(module, ref + 1)); /* of another type */
    EXPECT(!engine_module_has_ref(module, (uint32_t)ref));
    EXPECT(!engine_module_has_ref(module, 5));
    EXPECT(!engine_module_has_ref(module, UINT64_MAX));
    EXPECT(!engine_module_has_ref(module, UINT64_C(1) << 32));
    engine_module_unref(module);
    unlink(path);
}

/* Rewrite the first bytes equal to `what` in the file. */
static void patch(const char *what, const char *with)
{
    size_t len, size = strlen(what);
    uint8_t *bytes, *at;

    EXPECT_EQ_INT(os_file_read_all(path, 1 << 30, &bytes, &len, NULL), 0);
    at = memmem(bytes, len, what, size);
    EXPECT(at != NULL);
    memcpy(at, with, size);
    unlink(path);
    guest_write(path, bytes, len);
    base_free(bytes);
}

TEST(a_skeleton_of_other_bytes_is_noticed)
{
    struct engine_module *module;

    begin();
    patch("the skeleton has", "the skeleton hat");
    EXPECT_EQ_INT(engine_module_load(path, &module, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "digest");
    unlink(path);
}

TEST(code_that_is_not_there_is_noticed)
{
    struct engine_module *module;

    begin();
    patch("viv_code", "viv_cod_");
    EXPECT_EQ_INT(engine_module_load(path, &module, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "viv_code");
    unlink(path);
}

TEST(two_modules_of_one_file_live_and_die_alone)
{
    struct engine_module *first, *second;

    begin();
    first = load();
    second = load();
    EXPECT(first != second);
    engine_module_unref(first);
    EXPECT_EQ_INT(index_of(second, "bb"), 1);
    engine_module_unref(second);
    unlink(path);
}

TEST(every_failing_allocation_is_survived)
{
    struct engine_module *module;
    int n, code;

    begin();
    for (n = 1;; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = engine_module_load(path, &module, &err);
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
    }
    EXPECT(n > 3);
    EXPECT_EQ_INT(index_of(module, "bb"), 1);
    engine_module_unref(module);
    unlink(path);
}

TEST(every_failing_system_call_is_survived)
{
    struct engine_module *module;
    int n, code;

    begin();
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = engine_module_load(path, &module, &err);
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_EIO || code == VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, path);
    }
    EXPECT(n > 4);
    engine_module_unref(module);
    unlink(path);
}
