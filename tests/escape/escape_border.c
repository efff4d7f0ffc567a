/* escape_border.c - the attack: values that no honest caller would pass.
 *
 * Both ways: from guests to host functions, and from hosts to the library,
 * whose counts, addresses and lengths are the embedder's - who may have them
 * from somebody else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/mman.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"copy\" (func $copy (param i32 i32) (result i32)))"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"ref\" (func $ref (param i32) (result funcref)))"
    " (memory (export \"memory\") 1)"
    " (table $t 1 1 funcref)"
    " (type $f (func (param i32) (result i32)))"
    " (elem declare func $echo)"
    " (func $echo (export \"echo\") (param i32) (result i32) (local.get 0))"
    " (func (export \"two\") (param i32 i64) (result i64 i32)"
    "  (local.get 1) (local.get 0))"
    " (func (export \"none\"))"
    " (func (export \"copy\") (param i32 i32) (result i32)"
    "  (call $copy (local.get 0) (local.get 1)))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (call $now (local.get 0)))"
    " (func (export \"own\") (param i32) (result funcref) (ref.func $echo))"
    " (func (export \"call\") (param funcref i32) (result i32)"
    "  (table.set $t (i32.const 0) (local.get 0))"
    "  (call_indirect $t (type $f) (local.get 1) (i32.const 0)))"
    " (func (export \"ask_ref\") (param i32) (result i32)"
    "  (table.set $t (i32.const 0) (call $ref (i32.const 0)))"
    "  (call_indirect $t (type $f) (local.get 0) (i32.const 0))))";

static viv_module *module;

static int host_code;        /* what the host function returns */
static viv_value host_value; /* and answers */

/* A host function that copies what the guest points at, as many do. */
static int copy(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    static char bytes[70000];
    size_t len = args[1].i32;

    (void)cookie;
    if (len > sizeof(bytes))
        len = sizeof(bytes);
    results[0].i32 = (uint32_t)viv_memory_read(viv_host_call_sandbox(call),
                                               args[0].i32, bytes, len);
    return 0;
}

static int answer(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)cookie;
    results[0] = host_value;
    return host_code;
}

static viv_sandbox *make(void)
{
    static const uint8_t two[] = {VIV_I32, VIV_I32}, ref[] = {VIV_FUNCREF};
    viv_import imports[] = {
        {.module = "env",
         .name = "copy",
         .kind = VIV_FUNC,
         .func_type = {two, HOST_I32, 2, 1},
         .func = copy},
        HOST_IMPORT("now", answer, NULL),
        {.module = "env",
         .name = "ref",
         .kind = VIV_FUNC,
         .func_type = {HOST_I32, ref, 1, 1},
         .func = answer},
    };

    if (module == NULL)
        module = host_module(WAT);
    return host_sandbox(module, imports, 3, NULL);
}

/* ------------------------------------------------------------------------
 * Addresses and lengths.
 */

static int peek(viv_sandbox *sandbox, uint64_t address, size_t len)
{
    static char bytes[WASM_PAGE];

    EXPECT_EQ_INT(viv_memory_write(sandbox, address, bytes, len),
                  viv_memory_read(sandbox, address, bytes, len));
    return viv_memory_read(sandbox, address, bytes, len);
}

TEST(the_host_reaches_a_guests_memory_and_not_a_byte_more)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(peek(sandbox, 0, WASM_PAGE), 0);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE - 1, 1), 0);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE, 0), 0);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE - 1, 2), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE, 1), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE + 1, 0), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT32_MAX, 1), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT64_C(1) << 32, 1), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT64_MAX, 1), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT64_MAX, 0), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, 0, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, 1, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, WASM_PAGE, SIZE_MAX), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT64_MAX, SIZE_MAX), VIV_EINVAL);
    /* below the base lies what the guest must never see */
    EXPECT_EQ_INT(peek(sandbox, (uint64_t)-64, 64), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, (uint64_t)-64, 65), VIV_EINVAL);
}

/* Nothing is copied of what does not fit. */
TEST(what_does_not_fit_is_not_copied_in_part)
{
    viv_sandbox *sandbox = make();
    char bytes[8] = "12345678", now[8] = "abcdefgh";

    EXPECT_EQ_INT(viv_memory_write(sandbox, WASM_PAGE - 4, bytes, 8),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(sandbox, WASM_PAGE - 4, now, 8), VIV_EINVAL);
    EXPECT_EQ_MEM(now, "abcdefgh", 8);
    EXPECT_EQ_INT(viv_memory_read(sandbox, WASM_PAGE - 4, now, 4), 0);
    EXPECT_EQ_MEM(now, "\0\0\0\0efgh", 8);
}

/* All that 32 bits can address, to the last byte. */
TEST(the_last_byte_of_four_gibibytes_is_the_last)
{
    viv_limits limits = host_limits();
    viv_sandbox *sandbox;

    limits.memory_bytes = UINT64_C(1) << 32;
    sandbox = host_sandbox(
        host_module("(module (memory (export \"memory\") 1)"
                    " (func (export \"grow\") (param i32) (result i32)"
                    "  (memory.grow (local.get 0)))"
                    " (func (export \"load\") (param i32) (result i32)"
                    "  (i32.load8_u (local.get 0)))"
                    " (func (export \"load_4\") (param i32) (result i32)"
                    "  (i32.load (local.get 0)))"
                    " (func (export \"load_far\") (param i32) (result i32)"
                    "  (i32.load offset=4294967295 (local.get 0))))"),
        NULL, 0, &limits);
    if (host_ask(sandbox, "grow", 65535) != 1)
        SKIP("this machine does not give 4 GiB of address space");
    EXPECT_EQ_INT(host_ask(sandbox, "grow", 1), UINT32_MAX);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), UINT64_C(1) << 32);
    EXPECT_EQ_INT(viv_memory_write(sandbox, UINT32_MAX, "!", 1), 0);
    EXPECT_EQ_INT(host_ask(sandbox, "load", UINT32_MAX), '!');
    EXPECT_EQ_INT(peek(sandbox, UINT32_MAX, 2), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, UINT64_C(1) << 32, 0), 0);
    EXPECT_TRAP(host_call(sandbox, "load_4", UINT32_MAX - 2), VIV_TRAP_MEMORY);
    EXPECT_TRAP(host_call(sandbox, "load_far", UINT32_MAX), VIV_TRAP_MEMORY);
}

TEST(a_guest_without_memory_has_none_for_the_host)
{
    viv_sandbox *sandbox = host_sandbox(host_module("(module)"), NULL, 0, NULL);

    EXPECT_EQ_INT(viv_memory_bytes(sandbox), 0);
    EXPECT_EQ_INT(peek(sandbox, 0, 0), 0);
    EXPECT_EQ_INT(peek(sandbox, 0, 1), VIV_EINVAL);
    EXPECT_EQ_INT(peek(sandbox, 1, 0), VIV_EINVAL);
    sandbox = host_sandbox(host_module("(module (memory 0 0))"), NULL, 0, NULL);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), 0);
    EXPECT_EQ_INT(peek(sandbox, 0, 1), VIV_EINVAL);
}

/* ------------------------------------------------------------------------
 * A guest that lies to a host function.
 */

static uint32_t ask_copy(viv_sandbox *sandbox, uint32_t at, uint32_t len)
{
    viv_value args[2] = {{.i32 = at}, {.i32 = len}}, result;
    viv_outcome outcome;

    EXPECT_EQ_INT(
        viv_call(sandbox, "copy", 4, args, 2, &result, 1, &outcome, NULL), 0);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    return result.i32;
}

TEST(pointers_of_a_guest_lead_nowhere_else)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(ask_copy(sandbox, 0, WASM_PAGE), 0);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, 0, WASM_PAGE + 1), VIV_EINVAL);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, 1, WASM_PAGE), VIV_EINVAL);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, UINT32_MAX, 1), VIV_EINVAL);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, UINT32_MAX, UINT32_MAX),
                  VIV_EINVAL);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, 0x80000000, 0x80000000),
                  VIV_EINVAL);
    EXPECT_EQ_INT((int32_t)ask_copy(sandbox, 0xfffffff0, 0x20), VIV_EINVAL);
}

/* ------------------------------------------------------------------------
 * A host function that returns nonsense.
 */

TEST(a_code_that_means_nothing_is_a_failure)
{
    static const int codes[] = {3,       4,  100,       INT_MAX,
                                INT_MIN, -1, VIV_LATER, /* without a token */
                                VIV_EXIT /* without an exit */};
    viv_sandbox *sandbox = make();
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        viv_outcome outcome;

        host_code = codes[i];
        outcome = host_call(sandbox, "ask", 1);
        EXPECT_TRAP(outcome, VIV_TRAP_HOST);
        EXPECT_EQ_INT(outcome.host_code, codes[i] < 0 ? codes[i] : VIV_EINVAL);
        EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IDLE);
    }
}

static viv_value own_ref(viv_sandbox *sandbox)
{
    viv_value args = {.i32 = 0}, result;
    viv_outcome outcome;

    EXPECT_EQ_INT(
        viv_call(sandbox, "own", 3, &args, 1, &result, 1, &outcome, NULL), 0);
    EXPECT(result.ref != 0);
    return result;
}

/* All that lie beside a good one - a function of another type, or none - and
 * some that are only large. */
static void expect_bad_refs(viv_sandbox *sandbox,
                            void (*expect)(viv_sandbox *, uint64_t))
{
    uint64_t good = own_ref(sandbox).ref;
    int bit;

    for (bit = 0; bit < 64; bit++)
        expect(sandbox, good ^ (UINT64_C(1) << bit));
    expect(sandbox, UINT64_MAX);
    expect(sandbox, good << 32);
    expect(sandbox, (uint64_t)(uintptr_t)&module);
}

static void expect_bad_answer(viv_sandbox *sandbox, uint64_t ref)
{
    viv_outcome outcome;

    host_value.ref = ref;
    outcome = host_call(sandbox, "ask_ref", 1);
    EXPECT_EQ_INT(outcome.kind, VIV_TRAPPED);
    EXPECT_EQ_INT(outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(outcome.host_code, VIV_EINVAL);
}

static void expect_bad_argument(viv_sandbox *sandbox, uint64_t ref)
{
    viv_value args[2] = {{.ref = ref}, {.i32 = 5}}, result;
    viv_outcome outcome;

    EXPECT_EQ_INT(
        viv_call(sandbox, "call", 4, args, 2, &result, 1, &outcome, NULL),
        VIV_EINVAL);
}

TEST(references_that_the_guest_did_not_give_are_refused)
{
    viv_sandbox *sandbox = make();
    viv_value args[2] = {own_ref(sandbox), {.i32 = 5}}, result;
    viv_outcome outcome;

    EXPECT_EQ_INT(
        viv_call(sandbox, "call", 4, args, 2, &result, 1, &outcome, NULL), 0);
    EXPECT_EQ_INT(result.i32, 5);
    host_value = args[0];
    EXPECT_EQ_INT(host_ask(sandbox, "ask_ref", 6), 6);
    host_value.ref = 0;
    EXPECT_TRAP(host_call(sandbox, "ask_ref", 6), VIV_TRAP_NULL_FUNC);
    expect_bad_refs(sandbox, expect_bad_answer);
    expect_bad_refs(sandbox, expect_bad_argument);
}

/* ------------------------------------------------------------------------
 * A caller who cannot count.
 */

static int call_with(viv_sandbox *sandbox, size_t arg_count,
                     size_t result_count)
{
    viv_value args[4] = {{.i32 = 7}, {.i64 = 8}}, results[4];
    viv_outcome outcome;
    viv_error err = {0};
    int code = viv_call(sandbox, "two", 3, args, arg_count, results,
                        result_count, &outcome, &err);

    EXPECT_EQ_INT(err.code, code);
    return code;
}

TEST(counts_that_are_not_the_functions_are_refused)
{
    static const size_t counts[] = {0,
                                    1,
                                    3,
                                    4,
                                    UINT32_MAX,
                                    SIZE_MAX,
                                    SIZE_MAX / 16 + 3,
                                    (UINT64_C(1) << 32) + 2};
    viv_sandbox *sandbox = make();
    size_t i;

    EXPECT_EQ_INT(call_with(sandbox, 2, 2), 0);
    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        EXPECT_EQ_INT(call_with(sandbox, counts[i], 2), VIV_EINVAL);
        EXPECT_EQ_INT(call_with(sandbox, 2, counts[i]), VIV_EINVAL);
    }
}

TEST(names_are_as_long_as_they_say)
{
    viv_sandbox *sandbox = make();
    viv_outcome outcome;
    viv_value value;
    uint32_t type;
    char name[] = "none\0none";

    EXPECT_EQ_INT(viv_call(sandbox, name, 4, NULL, 0, NULL, 0, &outcome, NULL),
                  0);
    EXPECT_EQ_INT(viv_call(sandbox, name, 5, NULL, 0, NULL, 0, &outcome, NULL),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_call(sandbox, name, 3, NULL, 0, NULL, 0, &outcome, NULL),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_call(sandbox, name, 0, NULL, 0, NULL, 0, &outcome, NULL),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(
        viv_call(sandbox, "memory", 6, NULL, 0, NULL, 0, &outcome, NULL),
        VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_global_get(sandbox, "none", 4, &value, &type),
                  VIV_ENOTFOUND);
}

/* A sentence may name what does not end. */
TEST(a_name_without_an_end_is_not_found)
{
    size_t bytes = 4096;
    char *page = mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    viv_sandbox *sandbox = make();
    viv_outcome outcome;
    viv_error err = {0};

    EXPECT(page != MAP_FAILED);
    EXPECT_EQ_INT(mprotect(page + bytes, bytes, PROT_NONE), 0);
    memset(page, 'x', bytes);
    EXPECT_EQ_INT(
        viv_call(sandbox, page, bytes, NULL, 0, NULL, 0, &outcome, &err),
        VIV_ENOTFOUND);
    EXPECT(strlen(err.text) < sizeof(err.text));
    EXPECT_EQ_INT(viv_call(sandbox, page + bytes - 1, 1, NULL, 0, NULL, 0,
                           &outcome, &err),
                  VIV_ENOTFOUND);
}

/* ------------------------------------------------------------------------
 * Nothing where something should be.
 */

TEST(what_is_missing_is_refused)
{
    viv_sandbox *sandbox = make(), *other;
    viv_outcome outcome;
    viv_value value;
    uint32_t type;

    EXPECT_EQ_INT(viv_call(NULL, "none", 4, NULL, 0, NULL, 0, &outcome, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_call(sandbox, NULL, 0, NULL, 0, NULL, 0, &outcome, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_call(sandbox, "none", 4, NULL, 0, NULL, 0, NULL, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(sandbox, "two", 3, NULL, 2, &value, 2, &outcome, NULL),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_memory_write(NULL, 0, "x", 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_global_get(sandbox, NULL, 1, &value, &type), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_new(NULL, NULL, 0, NULL, &other, &outcome, NULL),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_sandbox_new(module, NULL, 1, NULL, &other, &outcome, NULL),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_from(NULL, NULL, &other, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 1, NULL, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_reset(NULL, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_resume(NULL, &value, 1, &outcome, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_slice(sandbox, 9999), VIV_EINVAL);
    EXPECT_EQ_INT(viv_sandbox_free(NULL), 0);
    viv_image_unref(NULL);
    viv_module_unref(NULL);
    viv_token_free(NULL);
    EXPECT_EQ_INT(host_ask(sandbox, "echo", 1), 1);
}

TEST(no_forks_are_none)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 0, NULL, NULL), 0);
}
