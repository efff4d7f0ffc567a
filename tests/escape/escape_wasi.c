/* escape_wasi.c - the attack: numbers for the host to believe.
 *
 * A guest of WASI says how long its lists are, how much chance it wants, how
 * large its buffers are.  The host must neither allocate by that, nor hang, nor
 * reach beyond the guest's memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/resource.h>

#include "host.h"

enum { FAULT = 21, INVAL = 28, NAMETOOLONG = 37 };

/* Every function is called with what lies at 512 and up, 8 bytes for each of
 * its parameters. */
#define ARG32(n) "(i32.load (i32.const " #n "))"
#define ARG64(n) "(i64.load (i32.const " #n "))"

static const char WAT[] =
    "(module"
    " (import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32"
    "  i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_read\" (func $read (param i32"
    "  i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_readdir\" (func $list (param i32"
    "  i32 i32 i64 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"random_get\" (func $random (param"
    "  i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"poll_oneoff\" (func $poll (param i32"
    "  i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"path_unlink_file\" (func $unlink"
    "  (param i32 i32 i32) (result i32)))"
    " (memory (export \"memory\") 1 65536)"
    " (func (export \"write\") (param i32) (result i32) (call $write"
    "  " ARG32(512) ARG32(520) ARG32(528) ARG32(
        536) "))"
             " (func (export \"read\") (param i32) (result i32) (call $read"
             "  " ARG32(512) ARG32(520) ARG32(528) ARG32(
                 536) "))"
                      " (func (export \"list\") (param i32) (result i32) (call "
                      "$list"
                      "  " ARG32(512) ARG32(520) ARG32(528) ARG64(536) ARG32(
                          544) "))"
                               " (func (export \"random\") (param i32) (result "
                               "i32) (call $random"
                               "  " ARG32(512) ARG32(
                                   520) "))"
                                        " (func (export \"poll\") (param i32) "
                                        "(result i32) (call $poll"
                                        "  " ARG32(512) ARG32(520) ARG32(528)
                                            ARG32(
                                                536) "))"
                                                     " (func (export "
                                                     "\"unlink\") (param i32) "
                                                     "(result i32) (call "
                                                     "$unlink"
                                                     "  " ARG32(512) ARG32(520)
                                                         ARG32(
                                                             528) "))"
                                                                  " (func "
                                                                  "(export "
                                                                  "\"grow\") "
                                                                  "(param i32) "
                                                                  "(result i32)"
                                                                  "  "
                                                                  "(memory."
                                                                  "grow "
                                                                  "(local.get "
                                                                  "0))))";

static viv_sandbox *sandbox;

static void begin_with(const viv_limits *limits)
{
    static const viv_mount mount = {.guest = "/m",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};
    viv_module *module = host_module(WAT);
    viv_wasi wasi;
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    sandbox = host_sandbox(module, imports, count, limits);
    viv_module_unref(module);
    EXPECT_EQ_INT(viv_wasi_apply(sandbox, &wasi, NULL), 0);
}

static void begin(void)
{
    begin_with(NULL);
}

static uint32_t ask(const char *name, const uint64_t args[5])
{
    EXPECT_EQ_INT(viv_memory_write(sandbox, 512, args, 40), 0);
    return host_ask(sandbox, name, 0);
}

#define ASK(name, ...) ask(name, (const uint64_t[5]){__VA_ARGS__})

/* The most memory that this process ever had, in KiB. */
static long peak(void)
{
    struct rusage usage;

    EXPECT_EQ_INT(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* ------------------------------------------------------------------------
 * Lists and lengths.
 */

TEST(long_lists_and_large_buffers_cost_the_host_nothing)
{
    static const uint64_t counts[] = {1u << 20, 1u << 29, 1u << 31, UINT32_MAX};
    long before;
    uint64_t start;

    begin();
    before = peak();
    start = host_now();
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQ_INT(ASK("write", 1, 0, counts[i], 1000), INVAL);
        EXPECT_EQ_INT(ASK("read", 0, 0, counts[i], 1000), INVAL);
        EXPECT_EQ_INT(ASK("list", 3, 0, counts[i], 0, 1000), FAULT);
        EXPECT_EQ_INT(ASK("random", 0, counts[i]), FAULT);
        EXPECT_EQ_INT(ASK("poll", 0, 0, counts[i], 1000), INVAL);
        EXPECT_EQ_INT(ASK("unlink", 3, 0, counts[i]), FAULT);
    }
    EXPECT_EQ_INT(ASK("unlink", 3, 0, 60000), NAMETOOLONG);
    EXPECT(host_now() - start < host_patience(50 * MS));
    EXPECT(peak() - before < 4096);
    host_free(sandbox);
}

/* Two entries, the second of which ends beyond 4 GiB. */
TEST(buffers_that_wrap_are_faults_though_their_sums_are_small)
{
    static const uint32_t parts[][4] = {{0, 8, 0xfffffff8, 16},
                                        {0, 8, 1, 0xffffffff},
                                        {0, 8, 0x80000000, 0x80000000},
                                        {0, 8, 65536, 1},
                                        {0, 8, 65529, 8},
                                        {0xffffffff, 0xffffffff, 0, 8}};

    begin();
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        viv_memory_write(sandbox, 0, parts[i], sizeof(parts[i]));
        EXPECT_EQ_INT(ASK("write", 1, 0, 2, 1000), FAULT);
        EXPECT_EQ_INT(ASK("read", 0, 0, 2, 1000), FAULT);
    }
    EXPECT_EQ_INT(ASK("write", 1, 0xfffffff8, 2, 1000), FAULT);
    EXPECT_EQ_INT(ASK("write", 1, 65529, 1, 1000), FAULT);
    host_free(sandbox);
}

/* 1,024 buffers, all of them the same 2 GiB: 2 TiB to be written. */
TEST(one_buffer_named_a_thousand_times_keeps_nobody_for_long)
{
    viv_limits limits = host_limits();
    uint32_t part[2] = {65536, UINT32_MAX / 2};
    viv_outcome outcome;
    uint64_t before;

    limits.memory_bytes = UINT64_C(4) << 30;
    limits.output_bytes = 1 << 20;
    begin_with(&limits);
    if (host_ask(sandbox, "grow", 40000) != 1)
        SKIP("there is no room for a guest of 2.5 GiB");
    for (uint64_t i = 0; i < 1024; i++)
        viv_memory_write(sandbox, 8192 + 8 * i, part, sizeof(part));
    before = host_now();
    viv_memory_write(sandbox, 512, (const uint64_t[4]){1, 8192, 1024, 1000},
                     32);
    outcome = host_call(sandbox, "write", 0);
    EXPECT_SPENT(outcome, VIV_LIMIT_OUTPUT);
    EXPECT(host_now() - before < host_patience(50 * MS));
    EXPECT_EQ_INT(outcome.used.output_bytes, 1 << 20);
    host_free(sandbox);
}
