/* test_python_load.c - a Python guest from its folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* folder.h */
#include "python/python_load.h"

#include "base/base_alloc.h"
#include "door_tools.h"
#include "folder.h"
#include "vfs/vfs_pack_write.h"

/* A door that starts as `start` says, and whose viv_do() returns a reply that
 * is at 16: None for a start that writes it there. */
#define GUEST(start, initialize)                                               \
    "(module"                                                                  \
    " (import \"wasi_snapshot_preview1\" \"fd_write\" (func $w"                \
    "  (param i32 i32 i32 i32) (result i32)))"                                 \
    " (memory (export \"memory\") 4) (data (i32.const 64) \"no such "          \
    "thing\\n\")"                                                              \
    " (data (i32.const 16) \"\\84\\00\\f5\\f6\\f6\")"                          \
    " (data (i32.const 32) \"\\40\\00\\00\\00\\0e\\00\\00\\00\")"              \
    " (func (export \"_initialize\") " initialize ")"                          \
    " (func (export \"viv_start\") (result i32) " start ")"                    \
    " (func (export \"viv_room\") (param i32) (result i32) (i32.const 1024))"  \
    " (func (export \"viv_do\") (param i32) (result i64)"                      \
    "  (i64.const 0x1000000005)))"

static const char GOOD[] = GUEST("(i32.const 0)", "(nop)");

static struct sandbox_image *image;

static const char *in_folder(const char *name)
{
    return folder_path(name);
}

/* A folder with this guest, and a library. */
static void begin_folder(const char *wat)
{
    char library[PATH_MAX];

    folder_begin();
    guest_compile(wat, false, in_folder("python.viv"));
    snprintf(library, sizeof(library), "%s/library", folder_top);
    EXPECT_EQ_INT(mkdir(library, 0777), 0);
    EXPECT_EQ_INT(vfs_pack_write(library, in_folder("python.pack"), 5, &err),
                  0);
}

static void expect_no_start(const char *wat, const char *words)
{
    begin_folder(wat);
    EXPECT_EQ_INT(python_load_build(folder_in, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, words);
    EXPECT(access(in_folder("python.image"), F_OK) != 0);
    folder_end();
}

/* ------------------------------------------------------------------------
 * Building.
 */

TEST(a_guest_is_started_once_and_written_down)
{
    begin_folder(GOOD);
    EXPECT_EQ_INT(python_load_build(folder_in, &err), 0);
    EXPECT_EQ_INT(python_load(folder_in, NULL, 0, &image, &err), 0);
    viv_limits_default(&limits);
    EXPECT_EQ_INT(sandbox_from(image, &limits, &sandbox, &err), 0);
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(text_of(result.value, result.value_len), "None");
    sandbox_free(sandbox);
    sandbox_image_unref(image);
    folder_end();
}

TEST(one_that_does_not_start_says_why)
{
    expect_no_start(
        GUEST("(drop (call $w (i32.const 2) (i32.const 32) (i32.const 1)"
              " (i32.const 48))) (i32.const -1)",
              "(nop)"),
        "viv_start failed: no such thing");
    expect_no_start(GUEST("(i32.const 1)", "(nop)"), "viv_start failed: ");
    expect_no_start(GUEST("unreachable", "(nop)"), "viv_start failed: ");
    expect_no_start(GUEST("(i32.const 0)", "unreachable"),
                    "_initialize failed: ");
}

TEST(one_that_is_no_python_is_refused)
{
    expect_no_start("(module)", "not a Python guest");
    expect_no_start(
        "(module (memory 1)"
        " (func (export \"viv_room\") (param i32) (result i32) (i32.const 0))"
        " (func (export \"viv_do\") (param i32) (result i64) (i64.const 0)))",
        "no function \"_initialize\"");
    expect_no_start(
        "(module (memory 1) (func (export \"_initialize\") (param i32))"
        " (func (export \"viv_room\") (param i32) (result i32) (i32.const 0))"
        " (func (export \"viv_do\") (param i32) (result i64) (i64.const 0)))",
        "no function \"_initialize\"");
    expect_no_start(
        "(module (memory 1) (func $s unreachable) (start $s)"
        " (func (export \"viv_room\") (param i32) (result i32) (i32.const 0))"
        " (func (export \"viv_do\") (param i32) (result i64) (i64.const 0)))",
        "does not initialise");
}

/* ------------------------------------------------------------------------
 * Loading.
 */

TEST(what_is_missing_in_the_folder_is_named)
{
    begin_folder(GOOD);
    EXPECT_EQ_INT(python_load(folder_in, NULL, 0, &image, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "python.image");
    EXPECT_EQ_INT(unlink(in_folder("python.viv")), 0);
    EXPECT_EQ_INT(python_load(folder_in, NULL, 0, &image, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "python.viv");
    EXPECT_EQ_INT(python_load_build("/nowhere", &err), VIV_EIO);
    folder_end();
}

TEST(the_environment_names_the_folder)
{
    static char large[PATH_MAX + 10];

    begin_folder(GOOD);
    EXPECT_EQ_INT(setenv(VIV_PYTHON_FOLDER, folder_in, 1), 0);
    EXPECT_EQ_INT(python_load_build(NULL, &err), 0);
    EXPECT_EQ_INT(python_load(NULL, NULL, 0, &image, &err), 0);
    sandbox_image_unref(image);
    EXPECT_EQ_INT(setenv(VIV_PYTHON_FOLDER, "", 1), 0);
    EXPECT(python_load(NULL, NULL, 0, &image, &err) < 0); /* the default one */
    memset(large, 'x', sizeof(large) - 1);
    EXPECT_EQ_INT(python_load(large, NULL, 0, &image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "too long");
    folder_end();
}

TEST(functions_are_declared_before_the_image_is_taken)
{
    static const viv_python_function bad = {"m", "f",   NULL, NULL,
                                            0,   seven, NULL};

    begin_folder(GOOD);
    EXPECT_EQ_INT(python_load_build(folder_in, &err), 0);
    EXPECT_EQ_INT(python_load(folder_in, &bad, 1, &image, &err), VIV_EINVAL);
    EXPECT_EQ_INT(python_load(folder_in, door_functions, 2, &image, &err), 0);
    viv_limits_default(&limits);
    EXPECT_EQ_INT(sandbox_from(image, &limits, &sandbox, &err), 0);
    EXPECT_HAS_STR(text_of(at(1024), 200), "[3, 0, [['host', 'f', '(n)'");
    EXPECT_EQ_INT(python_host_of(sandbox)->function_count, 2);
    sandbox_free(sandbox);
    sandbox_image_unref(image);
    folder_end();
}

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    begin_folder(GOOD);
    EXPECT_EQ_INT(python_load_build(folder_in, &err), 0);
    for (n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = python_load(folder_in, door_functions, 2, &image, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    }
    EXPECT(n > 10);
    sandbox_image_unref(image);
    folder_end();
}
