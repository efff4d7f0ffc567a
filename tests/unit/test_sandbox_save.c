/* test_sandbox_save.c - images and sandboxes as bytes, here or elsewhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_save.h"

#include <sys/wait.h>

#include "base/base_alloc.h"
#include "guest.h"
#include "mem/mem_format.h"
#include "os/os_fail.h"

/* Memory, a global, a table, dropped segments: everything that there is. */
static const char WAT[] =
    "(module (memory 2 100) (global $g (mut i32) (i32.const 5))"
    " (table $t 4 20 funcref) (type $f (func (result i32)))"
    " (func $one (result i32) (i32.const 1))"
    " (func $two (result i32) (i32.const 2))"
    " (elem $e func $two) (elem (i32.const 0) $one)"
    " (func (export \"put\") (param i32) (result i32)"
    "  (i32.store (i32.const 70000) (local.get 0))"
    "  (global.set $g (local.get 0))"
    "  (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))"
    "  (drop (memory.grow (i32.const 1)))"
    "  (i32.store (i32.const 131072) (local.get 0))"
    "  (memory.size))"
    " (func (export \"get\") (param i32) (result i32)"
    "  (i32.add (i32.load (i32.const 70000)) (global.get $g)))"
    " (func (export \"size\") (param i32) (result i32) (memory.size))"
    " (func (export \"far\") (param i32) (result i32)"
    "  (i32.load (i32.const 131072)))"
    " (func (export \"call\") (param i32) (result i32)"
    "  (call_indirect (type $f) (local.get 0))))";

static struct guest guest;
static viv_image *image;
static viv_error err;
static char path[PATH_MAX];

static void begin(void)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    guest_path("saved", path);
}

static void end(void)
{
    viv_image_unref(image);
    guest_end(&guest);
    unlink(path);
}

static struct guest loaded_guest(viv_sandbox *sandbox)
{
    return (struct guest){.module = viv_module_ref(guest.module),
                          .sandbox = sandbox};
}

/* Is it what "put" made of it? */
static void expect_put(struct guest *other, uint32_t value)
{
    EXPECT_EQ_INT(guest_ask(other, "get", 0), 2 * value);
    EXPECT_EQ_INT(guest_ask(other, "size", 0), 3);
    EXPECT_EQ_INT(guest_ask(other, "far", 0), value);
    EXPECT_EQ_INT(guest_ask(other, "call", 0), 1);
    EXPECT_EQ_INT(guest_ask(other, "call", 1), 2);
    EXPECT_EQ_INT(guest_trap_of(other, "call", 2), VIV_TRAP_NULL_FUNC);
}

static struct guest from_image(viv_image *from)
{
    viv_sandbox *sandbox;

    if (viv_sandbox_from(from, NULL, &sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return loaded_guest(sandbox);
}

static viv_image *load_image(const viv_image *over, const viv_key *key)
{
    viv_image *back;

    if (viv_image_load(guest.module, NULL, 0, over, key, path, &back, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return back;
}

/* ------------------------------------------------------------------------
 * Images.
 */

TEST(an_image_comes_back_whole)
{
    viv_image *put, *back;
    struct guest other;

    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 77), 3);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &put, NULL), 0);
    EXPECT_EQ_INT(viv_image_save(put, NULL, NULL, path, &err), 0);
    back = load_image(NULL, NULL);
    other = from_image(back);
    expect_put(&other, 77);
    EXPECT_EQ_INT(viv_sandbox_reset(other.sandbox, NULL), 0);
    expect_put(&other, 77);
    guest_end(&other);
    viv_image_unref(put);
    viv_image_unref(back);
    end();
}

TEST(a_delta_needs_the_image_below_it)
{
    viv_image *put, *back, *base;
    char delta[PATH_MAX];
    struct guest other;

    begin();
    guest_path("delta", delta);
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, path, &err), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "put", 9), 3);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &put, NULL), 0);
    EXPECT_EQ_INT(viv_image_save(put, image, NULL, delta, &err), 0);
    base = load_image(NULL, NULL); /* the base, too, went through a file */
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, NULL, NULL, delta, &back, &err),
        VIV_EFORMAT);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, put, NULL, delta, &back, &err),
        VIV_EVERSION);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, base, NULL, delta, &back, &err),
        0);
    other = from_image(back);
    expect_put(&other, 9);
    guest_end(&other);
    viv_image_unref(put);
    viv_image_unref(base);
    viv_image_unref(back);
    unlink(delta);
    end();
}

TEST(a_key_is_needed_where_one_was_used_and_only_there)
{
    viv_key right = {"secret", 6}, wrong = {"secreT", 6};
    viv_image *back;

    begin();
    EXPECT_EQ_INT(viv_image_save(image, NULL, &right, path, &err), 0);
    EXPECT(viv_image_load(guest.module, NULL, 0, NULL, NULL, path, &back,
                          &err) < 0);
    EXPECT(viv_image_load(guest.module, NULL, 0, NULL, &wrong, path, &back,
                          &err) < 0);
    back = load_image(NULL, &right);
    viv_image_unref(back);
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, path, &err), 0);
    EXPECT(viv_image_load(guest.module, NULL, 0, NULL, &right, path, &back,
                          &err) < 0);
    end();
}

TEST(another_module_is_refused_with_both_names)
{
    viv_module *other;
    viv_image *back;

    begin();
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, path, &err), 0);
    other = guest_load("(module (memory 2))", false);
    EXPECT_EQ_INT(viv_image_load(other, NULL, 0, NULL, NULL, path, &back, &err),
                  VIV_EVERSION);
    viv_module_unref(other);
    end();
}

TEST(what_is_no_image_is_refused)
{
    viv_image *back;

    begin();
    EXPECT_EQ_INT(viv_image_load(guest.module, NULL, 0, NULL, NULL,
                                 "/nowhere/at/all", &back, &err),
                  VIV_EIO);
    guest_write(path, "hello", 5);
    EXPECT_EQ_INT(
        viv_image_load(guest.module, NULL, 0, NULL, NULL, path, &back, &err),
        VIV_EFORMAT);
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, "/nowhere/at/all", &err),
                  VIV_EIO);
    end();
}

/* ------------------------------------------------------------------------
 * Dumps.
 */

static void *dump;
static size_t dump_len;

static void dump_it(const viv_key *key)
{
    if (viv_sandbox_dump(guest.sandbox, key, &dump, &dump_len, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static struct guest load_it(viv_image *from)
{
    viv_sandbox *sandbox;

    if (viv_sandbox_load(from, NULL, NULL, dump, dump_len, &sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return loaded_guest(sandbox);
}

TEST(a_dumped_sandbox_goes_on_and_can_go_back)
{
    struct guest other;

    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1234), 3);
    dump_it(NULL);
    EXPECT(dump_len < 100000);
    EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 2468); /* it goes on as well */
    other = load_it(image);
    expect_put(&other, 1234);
    EXPECT_EQ_INT(viv_sandbox_reset(other.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_ask(&other, "get", 0), 5);
    EXPECT_EQ_INT(guest_ask(&other, "size", 0), 2);
    guest_end(&other);
    viv_free(dump);
    end();
}

TEST(another_process_goes_on_with_it)
{
    int status;
    pid_t pid;

    begin();
    EXPECT_EQ_INT(viv_image_save(image, NULL, NULL, path, &err), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "put", 42), 3);
    dump_it(NULL);
    pid = fork();
    if (pid == 0) {
        viv_image *back = load_image(NULL, NULL);
        struct guest other = load_it(back);

        expect_put(&other, 42);
        guest_end(&other);
        viv_image_unref(back);
        _exit(0);
    }
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
    viv_free(dump);
    end();
}

TEST(a_dump_that_needs_more_than_the_limits_is_refused)
{
    viv_sandbox *sandbox;
    viv_limits limits;

    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1), 3);
    dump_it(NULL);
    viv_limits_default(&limits);
    limits.memory_bytes = 3 * 65536;
    EXPECT_EQ_INT(
        viv_sandbox_load(image, &limits, NULL, dump, dump_len, &sandbox, &err),
        0);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    limits.memory_bytes--;
    EXPECT(viv_sandbox_load(image, &limits, NULL, dump, dump_len, &sandbox,
                            &err) < 0);
    viv_free(dump);
    end();
}

TEST(every_changed_byte_is_noticed)
{
    viv_sandbox *sandbox;
    uint8_t *bytes;

    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1), 3);
    dump_it(NULL);
    bytes = dump;
    for (size_t i = 0; i < dump_len; i += i < 400 ? 1 : 97) {
        bytes[i] ^= 0x40;
        EXPECT(viv_sandbox_load(image, NULL, NULL, dump, dump_len, &sandbox,
                                &err) < 0);
        bytes[i] ^= 0x40;
    }
    for (size_t len = 0; len < dump_len; len += len < 400 ? 1 : 509)
        EXPECT(viv_sandbox_load(image, NULL, NULL, dump, len, &sandbox, &err) <
               0);
    viv_free(dump);
    end();
}

/* ------------------------------------------------------------------------
 * Forgeries, with a check value that is right.
 */

static void seal_again(uint8_t *bytes, const struct mem_format_header *before)
{
    struct mem_format_header header = *before;

    mem_format_digest(&header, bytes + MEM_FORMAT_HEADER_BYTES, header.body);
    mem_format_write(&header, (struct mem_format_key){0}, bytes);
}

/* The eight bytes `from` become `to`, wherever they are; how often. */
static int forge(uint64_t from, uint64_t to)
{
    struct mem_format_header header;
    uint8_t *bytes = dump;
    int count = 0;

    EXPECT_EQ_INT(mem_format_read(bytes, dump_len, (struct mem_format_key){0},
                                  &header, NULL),
                  0);
    for (size_t i = MEM_FORMAT_HEADER_BYTES; i + 8 <= dump_len; i++)
        if (memcmp(bytes + i, &from, 8) == 0) {
            memcpy(bytes + i, &to, 8);
            count++;
        }
    seal_again(bytes, &header);
    return count;
}

static void expect_forgery(const char *what)
{
    viv_sandbox *sandbox;

    EXPECT_EQ_INT(
        viv_sandbox_load(image, NULL, NULL, dump, dump_len, &sandbox, &err),
        VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, what);
}

TEST(a_forged_function_never_reaches_the_guest)
{
    const struct engine_module *module;

    begin();
    module = (const struct engine_module *)guest.module;
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1), 3);
    dump_it(NULL);
    EXPECT(forge(engine_module_ref_func(module, 1),
                 engine_module_ref_func(module, 1) + 1000) > 0);
    expect_forgery("entry of table");
    viv_free(dump);
    dump_it(NULL);
    EXPECT(forge(engine_module_ref_func(module, 1),
                 engine_module_ref_func(module, 1) + 1) > 0);
    expect_forgery("entry of table"); /* put(), as if it were of type $f */
    viv_free(dump);
    end();
}

TEST(a_forged_size_of_memory_is_refused)
{
    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1), 3);
    dump_it(NULL);
    EXPECT(forge(3 * 65536, UINT64_C(1) << 40) > 0);
    expect_forgery("size of memory");
    viv_free(dump);
    end();
}

/* ------------------------------------------------------------------------
 * Failures.
 */

TEST(every_failing_allocation_and_call_is_survived)
{
    viv_sandbox *sandbox = NULL;
    int code = -1;

    begin();
    EXPECT_EQ_INT(guest_ask(&guest, "put", 1), 3);
    dump_it(NULL);
    for (int n = 1; code < 0; n++) {
        base_alloc_fail_at((uint64_t)n);
        code =
            viv_sandbox_load(image, NULL, NULL, dump, dump_len, &sandbox, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    code = -1;
    for (int n = 1; code < 0; n++) {
        os_fail_at((uint64_t)n);
        code =
            viv_sandbox_load(image, NULL, NULL, dump, dump_len, &sandbox, &err);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    }
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    viv_free(dump);
    end();
}
