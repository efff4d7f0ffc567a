/* test_wasi_imports.c - preview 1 as rows to link with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_imports.h"

#include "wasi_tools.h"

static const viv_import *row_of(const char *name)
{
    size_t count;
    const viv_import *rows = wasi_imports(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void expect_type(const char *name, const char *params)
{
    const viv_import *row = row_of(name);

    EXPECT(row != NULL);
    EXPECT_EQ_INT(row->func_type.param_count, strlen(params));
    for (uint32_t i = 0; i < row->func_type.param_count; i++)
        EXPECT_EQ_INT(row->func_type.params[i],
                      params[i] == 'i' ? VIV_I32 : VIV_I64);
    EXPECT_EQ_INT(row->func_type.result_count, strcmp(name, "proc_exit") != 0);
}

TEST(there_are_the_functions_of_the_specification)
{
    size_t count;
    const viv_import *rows = wasi_imports(&count);

    EXPECT_EQ_INT(count, 46);
    for (size_t i = 0; i < count; i++) {
        EXPECT_EQ_STR(rows[i].module, "wasi_snapshot_preview1");
        EXPECT_EQ_INT(rows[i].kind, VIV_FUNC);
        EXPECT(row_of(rows[i].name) == &rows[i]);
    }
    expect_type("args_get", "ii");
    expect_type("clock_time_get", "ili");
    expect_type("fd_advise", "illi");
    expect_type("fd_filestat_set_times", "illi");
    expect_type("fd_pread", "iiili");
    expect_type("fd_readdir", "iiili");
    expect_type("fd_seek", "ilii");
    expect_type("path_filestat_set_times", "iiiilli");
    expect_type("path_link", "iiiiiii");
    expect_type("path_open", "iiiiillii");
    expect_type("path_symlink", "iiiii");
    expect_type("poll_oneoff", "iiii");
    expect_type("proc_exit", "i");
    expect_type("sched_yield", "");
    expect_type("sock_recv", "iiiiii");
}

TEST(each_function_says_what_permission_it_can_use)
{
    static const char module[] = "wasi_snapshot_preview1";

    EXPECT_EQ_STR(wasi_imports_permission(module, "path_open"), "files");
    EXPECT_EQ_STR(wasi_imports_permission(module, "fd_write"), "streams");
    EXPECT_EQ_STR(wasi_imports_permission(module, "args_get"), "arguments");
    EXPECT_EQ_STR(wasi_imports_permission(module, "environ_get"),
                  "environment");
    EXPECT_EQ_STR(wasi_imports_permission(module, "clock_time_get"), "clock");
    EXPECT_EQ_STR(wasi_imports_permission(module, "random_get"), "random");
    EXPECT_EQ_STR(wasi_imports_permission(module, "sock_send"), "sockets");
    EXPECT(wasi_imports_permission(module, "fd_close") == NULL);
    EXPECT(wasi_imports_permission(module, "path_opens") == NULL);
    EXPECT(wasi_imports_permission("env", "path_open") == NULL);
}

/* ------------------------------------------------------------------------
 * Called by a guest.
 */

/* Writes, exits, sleeps for 10 ms; each through its import. */
static const char CALLER[] =
    "(module (import \"wasi_snapshot_preview1\" \"fd_write\""
    "  (func $write (param i32 i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param "
    "i32)))"
    " (import \"wasi_snapshot_preview1\" \"poll_oneoff\""
    "  (func $poll (param i32 i32 i32 i32) (result i32)))"
    " (memory (export \"memory\") 1)"
    " (data (i32.const 0) \"\\10\\00\\00\\00\\05\\00\\00\\00\")"
    " (data (i32.const 16) \"hello\")"
    " (data (i32.const 116) \"\\01\") (data (i32.const 124) \"\\80\\96\\98\")"
    " (func (export \"say\") (param i32) (result i32)"
    "  (call $write (local.get 0) (i32.const 0) (i32.const 1)"
    "   (i32.const 8)))"
    " (func (export \"leave\") (param i32) (result i32)"
    "  (call $exit (local.get 0)) (unreachable))"
    " (func (export \"sleep\") (param i32) (result i32)"
    "  (call $poll (i32.const 100) (i32.const 200) (local.get 0)"
    "   (i32.const 300))))";

static void expect_output(const char *text)
{
    size_t len;
    const char *bytes = viv_wasi_output(guest.sandbox, 1, &len);

    EXPECT_EQ_INT(len, strlen(text));
    EXPECT_EQ_MEM(bytes, text, len);
}

TEST(a_guest_is_answered)
{
    begin_with(CALLER, NULL, NULL);
    EXPECT_EQ_INT(guest_ask(&guest, "say", 1), 0);
    expect_output("hello");
    EXPECT_EQ_INT(guest.outcome.used.output_bytes, 5);
    EXPECT_EQ_INT(guest_ask(&guest, "say", 1), 0);
    expect_output("hello"); /* of the latest call only */
    EXPECT_EQ_INT(guest_ask(&guest, "say", 77), WASI_EBADF);
    end();
}

TEST(a_guest_exits)
{
    begin_with(CALLER, NULL, NULL);
    EXPECT_EQ_INT(guest_call(&guest, "leave", GUEST_ARGS(GUEST_I32(9)), 1, 1),
                  VIV_EXITED);
    EXPECT_EQ_INT(guest.outcome.exit_code, 9);
    end();
}

TEST(output_without_end_is_a_limit)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.output_bytes = 3;
    begin_with(CALLER, NULL, &limits);
    EXPECT_EQ_INT(guest_call(&guest, "say", GUEST_ARGS(GUEST_I32(1)), 1, 1),
                  VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_OUTPUT);
    expect_output("hel");
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_call(&guest, "say", GUEST_ARGS(GUEST_I32(1)), 1, 1),
                  VIV_SPENT);
    end();
}

TEST(a_guest_sleeps_and_no_thread_with_it)
{
    uint32_t kind;

    begin_with(CALLER, NULL, NULL);
    kind = guest_call(&guest, "sleep", GUEST_ARGS(GUEST_I32(1)), 1, 1);
    EXPECT_EQ_INT(kind, VIV_WAITING);
    EXPECT(viv_call_due(guest.sandbox) <= 10000000);
    while (kind == VIV_WAITING) {
        EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
        EXPECT_EQ_INT(viv_call_resume(guest.sandbox, guest.results, 1,
                                      &guest.outcome, NULL),
                      0);
        kind = guest.outcome.kind;
    }
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 0);
    EXPECT_EQ_INT(word_at(300), 1);
    EXPECT(guest.outcome.used.wall_ns >= 10000000);
    EXPECT_EQ_INT(guest.outcome.used.waits, 1);
    end();
}

TEST(sleep_is_cut_by_limits_and_cancel)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.wall_ns = 1000000;
    begin_with(CALLER, NULL, &limits);
    EXPECT_EQ_INT(guest_call(&guest, "sleep", GUEST_ARGS(GUEST_I32(1)), 1, 1),
                  VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 1, &guest.outcome, NULL),
        0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_call(&guest, "sleep", GUEST_ARGS(GUEST_I32(1)), 1, 1),
                  VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 1, &guest.outcome, NULL),
        0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_CANCELLED);
    end();
}

/* A start function cannot wait. */
TEST(a_start_function_that_sleeps_is_told_no)
{
    begin_with("(module (import \"wasi_snapshot_preview1\" \"poll_oneoff\""
               "  (func $poll (param i32 i32 i32 i32) (result i32)))"
               " (memory 1) (data (i32.const 16) \"\\01\")"
               " (data (i32.const 24) \"\\ff\\ff\\ff\")"
               " (func $s (i32.store (i32.const 500) (call $poll (i32.const 0)"
               "  (i32.const 200) (i32.const 1) (i32.const 300))))"
               " (start $s))",
               NULL, NULL);
    EXPECT_EQ_INT(word_at(500), WASI_ENOTSUP);
    end();
}

TEST(only_modules_of_wasi_have_a_store)
{
    size_t bytes;

    begin(NULL);
    engine_instance_store(&wasi->sandbox->instance, &bytes);
    EXPECT_EQ_INT(bytes, 64 << 20);
    end();
    guest = guest_start("(module (memory 1))");
    engine_instance_store(&((struct sandbox *)guest.sandbox)->instance, &bytes);
    EXPECT_EQ_INT(bytes, 0);
    end();
}
