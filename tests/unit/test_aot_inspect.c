/* test_aot_inspect.c - tests of what can be known of a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

static char *text;
static viv_error err;

static int inspect(const char *name, bool json)
{
    aot_text_free(text);
    text = NULL;
    memset(&err, 0, sizeof(err));
    return aot_inspect_file(tools_path(name), json, viv_wasi_permission, &text,
                            &err);
}

static void expect_json(void)
{
    char command[400];

    tools_write("text.json", text, strlen(text));
    snprintf(command, sizeof(command),
             "python3 -m json.tool '%.300s/text.json' >/dev/null",
             tools_folder());
    if (system(command) != 0)
        test_fail(TEST_AT, "this is no JSON: %s", text);
}

static const char wat[] =
    "(module $shop (import \"env\" \"log\" (func $log (param i32 f64)))"
    " (import \"env\" \"limit\" (global i64))"
    " (memory (export \"memory\") 2 3) (table (export \"t\") 5 funcref)"
    " (func (export \"add\") (param i32) (result i32 i64)"
    "  (i32.extend8_s (local.get 0)) (i64.const 0))"
    " (data (i32.const 8) \"hello\"))";

TEST(a_wasm_file_is_described)
{
    tools_assemble(wat);
    EXPECT_EQ_INT(inspect("module.wasm", false), 0);
    EXPECT_HAS_STR(text, "format: WebAssembly\n");
    EXPECT_HAS_STR(text, "module name: \"shop\"\n");
    EXPECT_HAS_STR(text, "functions: 1\n");
    EXPECT_HAS_STR(text, "  kind=func module=\"env\" name=\"log\" "
                         "type=(i32,f64)->()\n");
    EXPECT_HAS_STR(text, "  kind=global module=\"env\" name=\"limit\" "
                         "type=i64 mutable=false\n");
    EXPECT_HAS_STR(text, "  kind=func name=\"add\" type=(i32)->(i32,i64)\n");
    EXPECT_HAS_STR(text, "memories: 1\n  min=2 max=3\n");
    EXPECT_HAS_STR(text, "  kind=table name=\"t\" type=funcref min=5\n");
    EXPECT_HAS_STR(text, "name=sign-extension\n");
    EXPECT_HAS_STR(text, "name=multi-value\n");
    aot_text_free(text);
}

TEST(a_compiled_module_says_the_same_of_its_source)
{
    struct aot_options options = tools_options();
    char *source;

    tools_assemble(wat);
    viv_module_unref(tools_load(&options));
    EXPECT_EQ_INT(inspect("module.wasm", false), 0);
    source = text;
    text = NULL;
    EXPECT_EQ_INT(inspect("module.viv", false), 0);
    EXPECT_HAS_STR(text, "format: compiled module\n");
    EXPECT_HAS_STR(text, options.target == AOT_GS ? "target: gs\n"
                                                  : "target: portable\n");
    EXPECT_HAS_STR(text, "cpu: x86-64-v2\n");
    EXPECT_HAS_STR(text, "options: \"-O2 -march=x86-64-v2\"\n");
    EXPECT_HAS_STR(text, strstr(source, "module name"));
    aot_text_free(text);
    aot_text_free(source);
}

TEST(what_could_be_permitted_is_said)
{
    tools_assemble("(module (import \"wasi_snapshot_preview1\" \"path_open\""
                   "  (func)) (import \"wasi_snapshot_preview1\" \"fd_close\""
                   "  (func)) (import \"env\" \"random_get\" (func)))");
    EXPECT_EQ_INT(inspect("module.wasm", false), 0);
    EXPECT_HAS_STR(text, "permissions: 1\n  name=files\n");
    EXPECT_EQ_INT(inspect("module.wasm", true), 0);
    EXPECT_HAS_STR(text, "\"permissions\"");
    expect_json();
    aot_text_free(text);
    text = NULL;
    EXPECT_EQ_INT(
        aot_inspect_file(tools_path("module.wasm"), false, NULL, &text, &err),
        0);
    EXPECT(strstr(text, "permissions") == NULL);
    aot_text_free(text);
}

TEST(hostile_names_are_still_json)
{
    tools_assemble("(module (import \"\\22,\\5c\" \"\\0a\\1b[2J\\00\" (func))"
                   " (func (export \"\\e2\\80\\ae\\c3\\bc\\7f\")))");
    EXPECT_EQ_INT(inspect("module.wasm", true), 0);
    expect_json();
    EXPECT(strchr(text, '\033') == NULL);
    EXPECT_EQ_INT(inspect("module.wasm", false), 0);
    EXPECT_HAS_STR(text, "name=\"\\u000a\\u001b[2J\\u0000\"");
    EXPECT_HAS_STR(text, "name=\"\\xe2\\x80\\xae");
    aot_text_free(text);
}

TEST(a_hostile_header_is_still_json)
{
    struct aot_options options = tools_options();
    uint8_t *bytes;
    char *at;
    size_t len;

    tools_assemble(wat);
    viv_module_unref(tools_load(&options));
    EXPECT_EQ_INT(os_file_read_all(tools_path("module.viv"), 1u << 30, &bytes,
                                   &len, NULL),
                  0);
    for (at = (char *)bytes; memcmp(at, "-O2 -march=", 11) != 0;)
        at++;
    memcpy(at, "\033[2J\xff\"\n\\", 8);
    tools_write("module.viv", bytes, len);
    base_free(bytes);
    EXPECT_EQ_INT(inspect("module.viv", true), 0);
    expect_json();
    EXPECT(strchr(text, '\033') == NULL);
    aot_text_free(text);
}

TEST(a_body_that_does_not_validate_is_said_so)
{
    tools_open("(module (func (result i32) i32.const 1))");
    tools_it.bytes[tools_it.module.funcs[0].body.at - tools_it.bytes + 1] =
        0x6a;
    tools_write("bad.wasm", tools_it.bytes, tools_it.len);
    EXPECT_EQ_INT(inspect("bad.wasm", false), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "at byte ");
    EXPECT(text == NULL);
}

TEST(what_is_neither_is_an_error_with_a_sentence)
{
    tools_write("empty", "", 0);
    tools_write("short", "\177E", 2);
    tools_write("text", "hello, world\n", 13);
    tools_write("elf", "\177ELF and then nothing", 21);
    EXPECT(inspect("empty", false) < 0 && err.text[0] != '\0');
    EXPECT(inspect("short", false) < 0 && err.text[0] != '\0');
    EXPECT(inspect("text", false) < 0 && err.text[0] != '\0');
    EXPECT(inspect("elf", false) < 0 && err.text[0] != '\0');
    EXPECT(inspect("missing", false) < 0 && err.text[0] != '\0');
    EXPECT(inspect(".", false) < 0 && err.text[0] != '\0');
}

TEST(every_allocation_that_fails_is_survived)
{
    uint64_t n = 1;
    int r;

    tools_assemble(wat);
    do {
        base_alloc_fail_at(n++);
        r = inspect("module.wasm", true);
        base_alloc_fail_at(0);
        EXPECT(r == 0 || err.code == VIV_ENOMEM);
    } while (r < 0);
    EXPECT(n > 5);
    aot_text_free(text);
}
