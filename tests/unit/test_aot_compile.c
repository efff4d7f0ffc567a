/* test_aot_compile.c - tests of the compiler as a whole.
 *
 * Where the C does not matter the C compiler is a shell script of the test's
 * own, so that failure can be walked through a whole compile in no time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <sys/wait.h>

#include "aot_tools.h"
#include "os/os_fail.h"

static viv_error err;

/* A TMPDIR of the test's own, to see what stays in it. */
static const char *own_tmpdir(void)
{
    static char path[300];

    snprintf(path, sizeof(path), "%.250s/tmp", tools_folder());
    EXPECT_EQ_INT(mkdir(path, 0700), 0);
    EXPECT_EQ_INT(setenv("TMPDIR", path, 1), 0);
    return path;
}

/* Makes an object of whatever it is given, once and for all. */
static const char *quick_compiler(void)
{
    static char text[600];

    snprintf(text, sizeof(text),
             "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done\n"
             "echo | as -o \"$2\" -\n");
    return tools_script("quick.sh", text);
}

static int compile(const struct aot_options *options)
{
    memset(&err, 0, sizeof(err));
    return aot_compile_file(tools_path("module.wasm"), tools_path("out.viv"),
                            options, NULL, &err);
}

static bool has_output(void)
{
    return access(tools_path("out.viv"), F_OK) == 0;
}

TEST(the_report_says_what_was_made)
{
    struct aot_options options = tools_options();
    struct aot_report report;

    tools_assemble("(module (func (export \"f\") (result i32) i32.const 1)"
                   " (func))");
    EXPECT_EQ_INT(aot_compile_file(tools_path("module.wasm"),
                                   tools_path("out.viv"), &options, &report,
                                   &err),
                  0);
    EXPECT_EQ_INT(report.functions, 2);
    EXPECT_EQ_INT(report.units, 1);
    EXPECT(report.c_bytes > 100 && report.object_bytes > 1000);
    EXPECT(report.total_ms >= report.decode_ms + report.emit_ms);
    EXPECT_EQ_INT(aot_compile_file(tools_path("module.wasm"),
                                   tools_path("out.viv"), &options, &report,
                                   &err),
                  0);
    EXPECT(report.cached);
}

TEST(a_module_in_memory_compiles_as_well)
{
    struct aot_options options = tools_options();

    tools_open("(module (func (export \"f\") (result i32) i32.const 1))");
    EXPECT_EQ_INT(aot_compile(tools_it.bytes, tools_it.len,
                              tools_path("out.viv"), &options, NULL, &err),
                  0);
    EXPECT(has_output());
}

TEST(what_is_wrong_with_a_module_comes_with_its_offset)
{
    struct aot_options options = tools_options();

    tools_open("(module (func (result i32) i32.const 1))");
    tools_it.bytes[tools_it.module.funcs[0].body.at - tools_it.bytes + 1] =
        0x6a; /* i32.add */
    tools_write("module.wasm", tools_it.bytes, tools_it.len);
    EXPECT_EQ_INT(compile(&options), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "at byte ");
    EXPECT(!has_output());
}

TEST(a_failure_leaves_the_old_output_and_no_scratch)
{
    struct aot_options options = tools_options();
    const char *tmp;
    uint8_t *bytes;
    size_t len;

    tools_assemble("(module (func))");
    tmp = own_tmpdir();
    tools_write("out.viv", "old", 3);
    options.cache = NULL;
    options.cc = tools_script("bad.sh", "#!/bin/sh\necho no; exit 1\n");
    EXPECT_EQ_INT(compile(&options), VIV_EIO);
    EXPECT_HAS_STR(err.text, "exit code 1: no");
    EXPECT_EQ_INT(tools_count_files(tmp), 0);
    EXPECT_EQ_INT(
        os_file_read_all(tools_path("out.viv"), 100, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(len, 3);
    base_free(bytes);
}

TEST(an_output_that_cannot_be_written_is_an_error)
{
    struct aot_options options = tools_options();
    const char *tmp;

    tools_assemble("(module (func))");
    tmp = own_tmpdir();
    options.cache = NULL;
    options.cc = quick_compiler();
    EXPECT_EQ_INT(aot_compile_file(tools_path("module.wasm"),
                                   "/no/folder/out.viv", &options, NULL, &err),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, "/no/folder/out.viv");
    EXPECT_EQ_INT(tools_count_files(tmp), 0);
}

TEST(every_allocation_that_fails_is_an_error_and_leaves_nothing)
{
    struct aot_options options = tools_options();
    const char *tmp;
    uint64_t n;
    int r;

    tools_assemble("(module (memory 1) (func (export \"f\") (param i32)"
                   " (result i32) (block (result i32) (i32.load"
                   " (local.get 0)))))");
    tmp = own_tmpdir();
    options.cache = tools_path("cache");
    options.cc = quick_compiler();
    for (n = 1;; n++) {
        base_alloc_fail_at(n);
        r = compile(&options);
        base_alloc_fail_at(0);
        EXPECT_EQ_INT(tools_count_files(tmp), 0);
        if (r == 0)
            break;
        EXPECT_EQ_INT(r, VIV_ENOMEM);
        EXPECT_EQ_INT(err.code, VIV_ENOMEM);
        EXPECT_HAS_STR(err.text, "memory");
        EXPECT(!has_output());
    }
    EXPECT(n > 20);
    EXPECT(has_output());
}

TEST(every_system_call_that_fails_is_an_error_and_leaves_nothing)
{
    struct aot_options options = tools_options();
    const char *tmp;
    uint64_t n;
    int r;

    tools_assemble("(module (func (export \"f\")))");
    tmp = own_tmpdir();
    options.cache = NULL;
    options.cc = quick_compiler();
    options.keep_c = tools_path("kept");
    for (n = 1;; n++) {
        os_fail_at(n);
        r = compile(&options);
        os_fail_at(0);
        EXPECT_EQ_INT(tools_count_files(tmp), 0);
        if (r == 0)
            break;
        EXPECT_EQ_INT(err.code, r);
        EXPECT(err.text[0] != '\0');
        EXPECT(!has_output());
    }
    EXPECT(n > 5);
    EXPECT(has_output());
}

TEST(a_cache_that_cannot_be_used_is_no_error)
{
    struct aot_options options = tools_options();

    tools_assemble("(module (func))");
    options.cc = quick_compiler();
    options.cache = "/proc/no/cache";
    EXPECT_EQ_INT(compile(&options), 0);
}

TEST(the_c_is_kept_where_asked_and_nothing_is_compiled)
{
    struct aot_options options = tools_options();

    tools_assemble("(module (func))");
    options.keep_c = tools_path("a/b");
    options.emit_only = true;
    EXPECT_EQ_INT(compile(&options), 0);
    EXPECT_EQ_INT(access(tools_path("a/b/unit0.c"), R_OK), 0);
    EXPECT_EQ_INT(access(tools_path("a/b/aot_prelude.h"), R_OK), 0);
    EXPECT_EQ_INT(access(tools_path("a/b/skeleton.wasm"), R_OK), 0);
    EXPECT(!has_output());
}

TEST(compiles_of_the_same_module_at_once_do_not_mind_each_other)
{
    struct aot_options options = tools_options();
    const char *tmp;
    viv_module *module = NULL;
    int status;

    tools_assemble("(module (func (export \"f\") (result i32) i32.const 1))");
    tmp = own_tmpdir();
    options.cache = tools_path("cache");
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            _exit(compile(&options) == 0 ? 0 : 1);
    for (int i = 0; i < 3; i++) {
        EXPECT(wait(&status) > 0);
        EXPECT_EQ_INT(status, 0);
    }
    EXPECT_EQ_INT(tools_count_files(tmp), 0);
    EXPECT_EQ_INT(tools_count_files(tools_path("cache")), 1);
    EXPECT_EQ_INT(viv_module_load(tools_path("out.viv"), &module, &err), 0);
    viv_module_unref(module);
}

TEST(a_killed_compile_is_swept_by_the_next)
{
    struct aot_options options = tools_options();
    const char *tmp;
    pid_t pid;

    tools_assemble("(module (func))");
    tmp = own_tmpdir();
    options.cache = NULL;
    options.cc = tools_script("slow.sh", "#!/bin/sh\nexec sleep 50\n");
    pid = fork();
    if (pid == 0)
        _exit(compile(&options));
    for (int i = 0; tools_count_files(tmp) == 0 && i < 1000; i++)
        usleep(10000);
    EXPECT_EQ_INT(kill(pid, SIGKILL), 0);
    EXPECT_EQ_INT(waitpid(pid, NULL, 0), pid);
    EXPECT_EQ_INT(tools_count_files(tmp), 1);
    EXPECT(!has_output());
    options.cc = quick_compiler();
    /* the killed compiler holds the lock until the kernel has ended it */
    for (int i = 0;
         i < 100 && compile(&options) == 0 && tools_count_files(tmp) != 0; i++)
        usleep(10000);
    EXPECT_EQ_INT(tools_count_files(tmp), 0);
    EXPECT(has_output());
}
