/* stress_box.c - guests, and how they come to be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stress.h"

/* The word at 4 is the tag; what is dirtied lies beyond the first page. */
static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"exit\" (func $exit (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") %u 64)"
    " (table $t 2 50 funcref)"
    " (global $g (mut i32) (i32.const 0))"
    " (type $f (func (param i32) (result i32)))"
    " (func $tag (export \"tag\") (type $f) (i32.load (i32.const 4)))"
    " (func (export \"sum\") (type $f) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.add (local.get 1) (call $tag (i32.const 0))))"
    " (func (export \"spin\") (type $f) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
    "   (i32.store (i32.const 8) (local.get 1))"
    "   (br_if $l (i32.lt_u (local.get 1) (local.get 0))))"
    "  (i32.add (local.get 1) (call $tag (i32.const 0))))"
    " (func (export \"load\") (type $f) (i32.load (i32.const 0x400000)))"
    " (func (export \"divide\") (type $f)"
    "  (i32.div_u (i32.const 1) (i32.const 0)))"
    " (func (export \"stop\") (type $f) unreachable)"
    " (func (export \"table\") (type $f)"
    "  (call_indirect $t (type $f) (i32.const 0) (i32.const 50)))"
    " (func $deep (export \"deep\") (type $f)"
    "  (i32.add (call $deep (local.get 0)) (i32.const 1)))"
    " (func (export \"exit\") (type $f) (call $exit (local.get 0)))"
    " (func (export \"ask\") (type $f)"
    "  (i32.add (call $now (local.get 0)) (call $tag (i32.const 0))))"
    " (func (export \"wait\") (type $f)"
    "  (i32.store (i32.const 12) (local.get 0))"
    "  (i32.add (i32.add (call $later (local.get 0))"
    "   (i32.load (i32.const 12))) (call $tag (i32.const 0))))"
    " (func (export \"loop\") (type $f) (loop $l (br $l)) (i32.const 0))"
    " (func (export \"calls\") (type $f)"
    "  (loop $l (drop (call $now (i32.const 0))) (br $l)) (i32.const 0))"
    " (func (export \"copy\") (type $f)"
    "  (loop $l (memory.copy (i32.const 65536) (i32.const 65537)"
    "   (i32.const 65000)) (br $l)) (i32.const 0))"
    " (func (export \"grow\") (type $f)"
    "  (loop $l (drop (memory.grow (i32.const 1))) (br $l)) (i32.const 0))"
    " (func (export \"dirty\") (type $f)"
    "  (memory.fill (i32.const 65536) (i32.const 0xee) (i32.const 65536))"
    "  (drop (memory.grow (i32.const 3)))"
    "  (drop (table.grow $t (ref.null func) (i32.const 7)))"
    "  (global.set $g (i32.const 9))"
    "  (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536))"
    "   (i32.const 4)) (i32.const 1)) (memory.size))"
    " (func (export \"clean\") (type $f)"
    "  (i32.or (i32.or (global.get $g) (i32.load (i32.const 100000)))"
    "   (i32.or (i32.sub (memory.size) (i32.const %u))"
    "    (i32.sub (table.size $t) (i32.const 2)))))"
    " (func $begin (i32.store (i32.const 4) (i32.const 4711))) %s)";

static const struct {
    uint32_t pages;
    const char *start, *options;
} kinds[STRESS_MODULES] = {
    [STRESS_PLAIN] = {2, "", ""},
    [STRESS_METERED] = {4, "", "--fuel"},
    [STRESS_START] = {3, "(start $begin)", ""},
};

#define START_TAG 4711u

__thread struct stress_context stress_context;

static viv_module *modules[STRESS_MODULES];
static _Atomic uint32_t living;

/* ------------------------------------------------------------------------
 * Host functions.
 */

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    struct stress_box *inner = stress_context.inner;

    (void)call, (void)cookie;
    results[0].i32 = args[0].i32;
    if (inner != NULL && inner->sandbox != NULL) {
        stress_context.inner = NULL;
        stress_box_check(inner);
        stress_context.inner = inner;
    }
    return 0;
}

static int leave(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)results, (void)cookie;
    return viv_host_call_exit(call, (int32_t)args[0].i32);
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &stress_context.token, NULL), 0);
    return VIV_LATER;
}

static const viv_import imports[] = {
    HOST_IMPORT("now", answer_now, NULL),
    HOST_IMPORT("exit", leave, NULL),
    HOST_IMPORT("later", answer_later, NULL),
};

/* ------------------------------------------------------------------------
 * Birth and death.
 */

viv_limits stress_limits(void)
{
    viv_limits limits = host_limits();

    limits.stack_bytes = 128 * 1024;
    limits.run_ns = limits.wall_ns = 3600 * VIV_NS_PER_S;
    return limits;
}

static viv_module *load(unsigned module)
{
    char text[8192];

    EXPECT(snprintf(text, sizeof(text), WAT, kinds[module].pages,
                    kinds[module].pages,
                    kinds[module].start) < (int)sizeof(text));
    return host_module_with(text, kinds[module].options);
}

void stress_box_init(void)
{
    unsigned i;

    for (i = 0; i < STRESS_MODULES; i++)
        modules[i] = load(i);
}

/* The thread sanitizer has a terabyte and a half for all regions, valgrind 128
 * gigabytes. */
static uint32_t living_max(void)
{
    return host_is_mode("tsan") ? 120 : host_is_mode("valgrind") ? 12 : 2000;
}

/* Whoever finds no room leaves the cores to those that have it. */
bool stress_box_claim(void)
{
    if (atomic_fetch_add(&living, 1) < living_max())
        return true;
    stress_box_unclaim();
    host_sleep(MS);
    return false;
}

void stress_box_unclaim(void)
{
    atomic_fetch_sub(&living, 1);
}

uint32_t stress_box_count(void)
{
    return atomic_load(&living);
}

bool stress_box_new(unsigned module, struct stress_box *ret_box)
{
    viv_limits limits = stress_limits();
    viv_sandbox *sandbox;
    viv_outcome outcome;
    viv_error err = {0};

    if (!stress_box_claim())
        return false;
    if (viv_sandbox_new(modules[module], imports, 3, &limits, &sandbox,
                        &outcome, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    *ret_box = (struct stress_box){
        .sandbox = sandbox,
        .tag = module == STRESS_START ? START_TAG : 0,
        .module = module,
    };
    return true;
}

bool stress_box_from(unsigned module, const viv_limits *limits, uint32_t choice,
                     struct stress_box *ret_box)
{
    struct stress_image image;
    viv_sandbox *sandbox;
    viv_error err = {0};

    if (!stress_box_claim())
        return false;
    image = stress_place_image(module, choice);
    if (viv_sandbox_from(image.image, limits, &sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    *ret_box = (struct stress_box){
        .sandbox = sandbox,
        .image = image.image,
        .tag = image.tag,
        .module = module,
    };
    return true;
}

viv_image *stress_box_freeze(const struct stress_box *box)
{
    viv_image *image;
    viv_error err = {0};

    if (viv_image_new(box->sandbox, &image, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return image;
}

void stress_box_free(struct stress_box *box)
{
    if (box->sandbox == NULL)
        return;
    EXPECT_EQ_INT(viv_sandbox_free(box->sandbox), 0);
    viv_image_unref(box->image);
    stress_box_unclaim();
    *box = (struct stress_box){0};
}

void stress_box_check(const struct stress_box *box)
{
    uint32_t word;

    EXPECT_EQ_INT(host_ask(box->sandbox, "tag", 0), box->tag);
    EXPECT_EQ_INT(viv_memory_read(box->sandbox, 4, &word, 4), 0);
    EXPECT_EQ_INT(word, box->tag);
}
