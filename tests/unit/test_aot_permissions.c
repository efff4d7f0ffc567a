/* test_aot_permissions.c - what could be permitted to a module, by its imports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_permissions.h"

#include "test.h"

static struct wasm_import imports[8];
static struct wasm_module module = {.imports = imports};
static struct aot_permissions permissions;

static struct wasm_bytes bytes_of(const char *text, uint32_t len)
{
    return (struct wasm_bytes){(const uint8_t *)text, len};
}

static void add(enum wasm_kind kind, const char *from, const char *name)
{
    imports[module.import_count++] = (struct wasm_import){
        .kind = kind,
        .module = bytes_of(from, (uint32_t)strlen(from)),
        .name = bytes_of(name, (uint32_t)strlen(name)),
    };
}

/* Of the module "m": whatever begins with "c" is a clock's, with "f" a file's.
 */
static const char *permission_of(const char *from, const char *name)
{
    if (strcmp(from, "m") != 0)
        return NULL;
    return name[0] == 'c' ? "clock" : name[0] == 'f' ? "files" : NULL;
}

static void find(void)
{
    aot_permissions_find(&module, permission_of, &permissions);
}

TEST(each_permission_is_told_once)
{
    add(WASM_FUNC, "m", "file");
    add(WASM_FUNC, "m", "nothing");
    add(WASM_FUNC, "m", "clock");
    add(WASM_FUNC, "m", "file too");
    find();
    EXPECT_EQ_INT(permissions.count, 2);
    EXPECT_EQ_STR(permissions.names[0], "files");
    EXPECT_EQ_STR(permissions.names[1], "clock");
}

TEST(other_modules_and_kinds_need_none)
{
    add(WASM_FUNC, "n", "file");
    add(WASM_GLOBAL, "m", "file");
    find();
    EXPECT_EQ_INT(permissions.count, 0);
}

TEST(names_that_cannot_be_meant_are_passed_over)
{
    static char large[100];

    memset(large, 'f', sizeof(large));
    add(WASM_FUNC, "m", "f");
    imports[0].name = bytes_of(large, 64);
    add(WASM_FUNC, "m", "f");
    imports[1].name = bytes_of("f\0", 2);
    find();
    EXPECT_EQ_INT(permissions.count, 0);
    imports[0].name = bytes_of(large, 63);
    find();
    EXPECT_EQ_INT(permissions.count, 1);
}
