/* test_crew_charter.c - what a worker is to be: all that a pool is, as data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#include "base/base_alloc.h"
#include "os/os_fail.h"

static const char WASI_WAT[] =
    "(module (import \"wasi_snapshot_preview1\" \"sched_yield\""
    "  (func (result i32))) (memory 1)"
    " (func (export \"add\") (param i32 i32) (result i32) (i32.const 1)))";

static struct crew_charter charter;
static struct crew_terms terms;
static viv_wasi wasi;
static int prepare_code;

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *ret_err)
{
    return prepare_code < 0 ? prepare_code
                            : viv_wasi_apply(sandbox, cookie, ret_err);
}

static void open_pool(void)
{
    size_t count;
    const viv_import *rows = viv_wasi_imports(&count);
    struct guest guest = guest_start_with(WASI_WAT, rows, count);

    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    guest_end(&guest);
    viv_pool_config_default(&config);
    viv_limits_default(&limits);
    limits.host_calls = 12345;
    config.limits = &limits;
    config.name = "a pool";
    config.max = 7;
    config.min = 3;
    config.recycle_calls = 11;
    config.prepare = prepare;
    config.cookie = &wasi;
    prepare_code = 0;
    viv_wasi_default(&wasi);
    EXPECT_EQ_INT(viv_pool_new(image, &config, &pool, &err), 0);
}

static void close_pool(void)
{
    viv_pool_unref(pool);
    viv_image_unref(image);
}

static int init(void)
{
    return crew_charter_init(&charter, (struct pool *)pool, 2, 5 * MS, &err);
}

static int read_cut(size_t len)
{
    return crew_charter_read(charter.message.at + CREW_HEAD_BYTES, len, &terms,
                             &err);
}

TEST(all_of_it_arrives)
{
    static const char *const words[] = {"prog", "-x", ""};
    static const char *const env[] = {"A=1"};
    static const viv_mount mounts[] = {
        {.guest = "/tmp", .bytes_max = 100, .files_max = 3},
        {.guest = "/h", .host = "/usr", .kind = VIV_MOUNT_HOST}};

    open_pool();
    wasi.args = words, wasi.arg_count = 3;
    wasi.env = env, wasi.env_count = 1;
    wasi.mounts = mounts, wasi.mount_count = 2;
    wasi.stdin_bytes = "in\0put", wasi.stdin_len = 6;
    wasi.clock = VIV_CLOCK_FROZEN, wasi.clock_start_ns = 77;
    wasi.random = VIV_RANDOM_SEED, wasi.random_seed = 88;
    wasi.terminals = 2;
    EXPECT_EQ_INT(init(), 0);
    EXPECT_EQ_INT(charter.max, 4);
    EXPECT(charter.fds[0] >= 0 && charter.fds[1] >= 0);
    EXPECT_EQ_INT(crew_message_head(charter.message.at).kind, CREW_CHARTER);
    EXPECT_EQ_INT(read_cut(charter.message.len - CREW_HEAD_BYTES), 0);
    EXPECT_EQ_INT(terms.slice_ns, 5 * MS);
    EXPECT(!terms.is_python && terms.has_wasi);
    EXPECT_EQ_INT(terms.limits.host_calls, 12345);
    EXPECT_EQ_STR(terms.config.name, "a pool");
    EXPECT_EQ_INT(terms.config.max, 4);
    EXPECT_EQ_INT(terms.config.min, 2);
    EXPECT_EQ_INT(terms.config.recycle_calls, 11);
    EXPECT_EQ_INT(terms.wasi.arg_count, 3);
    EXPECT_EQ_STR(terms.wasi.args[1], "-x");
    EXPECT_EQ_STR(terms.wasi.args[2], "");
    EXPECT_EQ_INT(terms.wasi.env_count, 1);
    EXPECT_EQ_STR(terms.wasi.env[0], "A=1");
    EXPECT_EQ_INT(terms.wasi.mount_count, 2);
    EXPECT_EQ_STR(terms.wasi.mounts[1].host, "/usr");
    EXPECT(terms.wasi.mounts[0].host == NULL);
    EXPECT_EQ_INT(terms.wasi.mounts[0].files_max, 3);
    EXPECT_EQ_INT(terms.wasi.stdin_len, 6);
    EXPECT_EQ_MEM(terms.wasi.stdin_bytes, "in\0put", 6);
    EXPECT_EQ_INT(terms.wasi.clock_start_ns, 77);
    EXPECT_EQ_INT(terms.wasi.random_seed, 88);
    EXPECT_EQ_INT(terms.wasi.terminals, 2);
    crew_terms_fini(&terms);
    crew_charter_fini(&charter);
    close_pool();
}

TEST(whatever_is_cut_off_it_makes_no_sense)
{
    open_pool();
    EXPECT_EQ_INT(init(), 0);
    for (size_t len = 0; len < charter.message.len - CREW_HEAD_BYTES; len++)
        EXPECT_EQ_INT(read_cut(len), VIV_EFORMAT);
    crew_charter_fini(&charter);
    close_pool();
}

static int write_nothing(void *cookie, const void *bytes, size_t len)
{
    (void)cookie;
    (void)bytes;
    (void)len;
    return 0;
}

TEST(a_stream_that_is_a_function_is_refused)
{
    open_pool();
    wasi.stderr_func = write_nothing;
    EXPECT_EQ_INT(init(), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "standard error");
    close_pool();
}

TEST(what_prepare_says_is_said)
{
    open_pool();
    prepare_code = VIV_EOPEN;
    EXPECT_EQ_INT(init(), VIV_EOPEN);
    close_pool();
}

TEST(whatever_fails_nothing_is_left)
{
    int files, code = -1;

    mode_need_own();
    open_pool();
    EXPECT_EQ_INT(init(), 0);
    crew_charter_fini(&charter);
    files = count_in("/proc/self/fd");
    for (uint64_t n = 1; code < 0; n++) {
        base_alloc_fail_at(n);
        code = init();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    crew_charter_fini(&charter);
    code = -1;
    for (uint64_t n = 1; code < 0; n++) {
        os_fail_at(n);
        code = init();
        os_fail_at(0);
    }
    crew_charter_fini(&charter);
    EXPECT_EQ_INT(count_in("/proc/self/fd"), files);
    close_pool();
}
