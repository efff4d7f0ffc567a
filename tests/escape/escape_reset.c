/* escape_reset.c - the attack: leave something behind.
 *
 * One guest changes all that a guest can change, fills all the memory that it
 * can have, and ends in every way there is; the next one looks for what is left
 * of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host.h"

/* 2 MiB of memory at most.  `change` changes everything; `look` says 0 if all
 * is as it was at birth, else which thing is not. */
static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 2 32)"
    " (data (i32.const 16) \"born with it\")"
    " (data (i32.const 70000) \"this, too\")"
    " (data $passive \"passive\")"
    " (table $t 4 100 funcref)"
    " (table $x 2 2 externref)"
    " (elem (table $t) (i32.const 0) func $f $g)"
    " (elem $passive funcref (ref.func $f) (ref.func $g))"
    " (global $a (export \"a\") (mut i32) (i32.const 1))"
    " (global $b (mut i64) (i64.const 2))"
    " (global $c (mut f32) (f32.const 3))"
    " (global $d (mut f64) (f64.const 4))"
    " (global $e (mut v128) (v128.const i32x4 5 6 7 8))"
    " (global $f_ (mut funcref) (ref.func $f))"
    " (global $x_ (mut externref) (ref.null extern))"
    " (func $f (result i32) (i32.const 10))"
    " (func $g (result i32) (i32.const 20))"
    " (type $r (func (result i32)))"
    " (func $change (param externref)"
    "  (global.set $a (i32.const -1)) (global.set $b (i64.const -1))"
    "  (global.set $c (f32.const -1)) (global.set $d (f64.const -1))"
    "  (global.set $e (v128.const i32x4 -1 -1 -1 -1))"
    "  (global.set $f_ (ref.null func)) (global.set $x_ (local.get 0))"
    "  (table.set $t (i32.const 0) (ref.func $g))"
    "  (table.set $t (i32.const 3) (ref.func $g))"
    "  (drop (table.grow $t (ref.func $g) (i32.const 50)))"
    "  (table.set $x (i32.const 1) (local.get 0))"
    "  (data.drop $passive) (elem.drop $passive)"
    "  (memory.fill (i32.const 0) (i32.const 0xee) (i32.const 131072))"
    "  (drop (memory.grow (i32.const 30)))"
    "  (memory.fill (i32.const 131072) (i32.const 0xee)"
    "   (i32.const 1966080)))"
    " (func (export \"change\") (param externref) (call $change (local.get 0)))"
    " (func (export \"trap\") (param externref) (call $change (local.get 0))"
    "  unreachable)"
    " (func (export \"spend\") (param externref) (call $change (local.get 0))"
    "  (loop $l (br $l)))"
    " (func (export \"exit\") (param externref) (call $change (local.get 0))"
    "  (drop (call $now (i32.const 0))))"
    " (func (export \"wait\") (param externref) (call $change (local.get 0))"
    "  (drop (call $later (i32.const 0))))"
    " (func (export \"stack\") (param externref) (call $change (local.get 0))"
    "  (call $deep))"
    " (func $deep (call $deep) (call $deep))"
    " (func $is_bad_v128 (result i32) (i32.eqz (i8x16.all_true (i8x16.eq"
    "  (global.get $e) (v128.const i32x4 5 6 7 8)))))"
    " (func $is_bad_globals (result i32)"
    "  (if (i32.ne (global.get $a) (i32.const 1)) (then (return"
    "   (i32.const 1))))"
    "  (if (i64.ne (global.get $b) (i64.const 2)) (then (return"
    "   (i32.const 2))))"
    "  (if (f32.ne (global.get $c) (f32.const 3)) (then (return"
    "   (i32.const 3))))"
    "  (if (f64.ne (global.get $d) (f64.const 4)) (then (return"
    "   (i32.const 4))))"
    "  (if (call $is_bad_v128) (then (return (i32.const 5))))"
    "  (if (ref.is_null (global.get $f_)) (then (return (i32.const 6))))"
    "  (if (i32.eqz (ref.is_null (global.get $x_))) (then (return"
    "   (i32.const 7))))"
    "  (i32.const 0))"
    " (func $is_bad_tables (result i32)"
    "  (if (i32.ne (table.size $t) (i32.const 4)) (then (return"
    "   (i32.const 11))))"
    "  (if (i32.ne (call_indirect $t (type $r) (i32.const 0))"
    "   (i32.const 10)) (then (return (i32.const 12))))"
    "  (if (i32.eqz (ref.is_null (table.get $t (i32.const 3)))) (then"
    "   (return (i32.const 13))))"
    "  (if (i32.eqz (ref.is_null (table.get $x (i32.const 1)))) (then"
    "   (return (i32.const 14))))"
    "  (i32.const 0))"
    /* these trap if the segments are still dropped */
    " (func $is_bad_segments (result i32)"
    "  (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 7))"
    "  (table.init $t $passive (i32.const 2) (i32.const 0) (i32.const 2))"
    "  (i32.const 0))"
    " (func (export \"look\") (param i32) (result i32)"
    "  (if (call $is_bad_globals) (then (return (call $is_bad_globals))))"
    "  (if (call $is_bad_tables) (then (return (call $is_bad_tables))))"
    "  (if (i32.ne (memory.size) (i32.const 2)) (then (return"
    "   (i32.const 21))))"
    "  (call $is_bad_segments))"
    /* grow to the most, and the first byte beyond birth that is not 0 */
    " (func (export \"scan\") (param i32) (result i32)"
    "  (drop (memory.grow (i32.const 30)))"
    "  (local.set 0 (i32.const 131072))"
    "  (loop $l"
    "   (if (i64.ne (i64.load (local.get 0)) (i64.const 0)) (then (return"
    "    (local.get 0))))"
    "   (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0)"
    "    (i32.const 8))) (i32.const 2097152))))"
    "  (i32.const 0))"
    " (func (export \"entry\") (param i32) (result i32)"
    "  (drop (table.grow $t (ref.null func) (i32.const 90)))"
    "  (ref.is_null (table.get $t (local.get 0)))))";

#define BORN_BYTES (2 * WASM_PAGE)

/* Ways to end, and how they do. */
static const struct way {
    const char *name;
    uint32_t kind;
} ways[] = {
    {"change", VIV_RETURNED}, {"trap", VIV_TRAPPED}, {"spend", VIV_SPENT},
    {"exit", VIV_EXITED},     {"wait", VIV_WAITING}, {"stack", VIV_TRAPPED},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* ------------------------------------------------------------------------
 * The host.
 */

static viv_module *module;

static int leave(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)args, (void)results, (void)cookie;
    return viv_host_call_exit(call, 3);
}

static int answer_never(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    viv_token *token;

    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    viv_token_free(token);
    return VIV_LATER;
}

static viv_sandbox *make(void)
{
    viv_import imports[] = {HOST_IMPORT("now", leave, NULL),
                            HOST_IMPORT("later", answer_never, NULL)};
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = host_patience(20 * MS);
    return host_sandbox(module, imports, 2, &limits);
}

/* Run `way` to its end, whatever that is. */
static void run(viv_sandbox *sandbox, const struct way *way)
{
    viv_value args = {.ref = 0x1234567890};
    viv_outcome outcome;

    EXPECT_EQ_INT(viv_call(sandbox, way->name, strlen(way->name), &args, 1,
                           NULL, 0, &outcome, NULL),
                  0);
    EXPECT_EQ_INT(outcome.kind, way->kind);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), 32 * WASM_PAGE);
    if (outcome.kind == VIV_WAITING)
        EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
}

/* ------------------------------------------------------------------------
 * What a guest can see of the one before.
 */

/* Byte for byte, as the host sees it, and as the guest does. */
static void expect_as_born(viv_sandbox *sandbox, const uint8_t *born)
{
    static uint8_t now[BORN_BYTES];
    viv_value value;
    uint32_t type;

    EXPECT_EQ_INT(viv_memory_bytes(sandbox), BORN_BYTES);
    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, now, BORN_BYTES), 0);
    EXPECT_EQ_MEM(now, born, BORN_BYTES);
    EXPECT_EQ_INT(viv_global_get(sandbox, "a", 1, &value, &type), 0);
    EXPECT_EQ_INT(value.i32, 1);
    EXPECT_EQ_INT(host_ask(sandbox, "look", 0), 0);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "scan", 0), 0);
    EXPECT_EQ_INT(host_ask(sandbox, "entry", 20), 1);
    host_reset(sandbox);
}

static void expect_that_nothing_is_left(viv_sandbox *sandbox, uint32_t rounds)
{
    static uint8_t born[BORN_BYTES];
    uint32_t round;
    size_t i;

    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, born, BORN_BYTES), 0);
    EXPECT_EQ_MEM(born + 16, "born with it", 12);
    expect_as_born(sandbox, born);
    for (round = 0; round < rounds; round++)
        for (i = 0; i < WAYS; i++) {
            run(sandbox, &ways[i]);
            host_reset(sandbox);
            expect_as_born(sandbox, born);
        }
}

TEST(nothing_is_left_of_a_guest_whatever_its_end)
{
    expect_that_nothing_is_left(make(), 2);
}

TEST(nothing_is_left_where_a_guest_began_as_an_image)
{
    viv_sandbox *first = make();
    viv_image *image = host_image(first);

    host_free(first);
    expect_that_nothing_is_left(host_from(image, NULL), 1);
}

/* The next one on the same addresses, after the other was freed. */
TEST(nothing_is_left_for_the_sandbox_that_comes_after)
{
    viv_sandbox *sandbox = make();
    viv_image *image = host_image(sandbox);
    size_t i;

    for (i = 0; i < WAYS; i++) {
        run(sandbox, &ways[i]);
        host_free(sandbox);
        sandbox = host_from(image, NULL);
        EXPECT_EQ_INT(host_ask(sandbox, "look", 0), 0);
        host_reset(sandbox);
        EXPECT_EQ_INT(host_ask(sandbox, "scan", 0), 0);
        host_reset(sandbox);
    }
}

/* On another thread than the one that dirtied it, and back again. */
static void *reset_here(void *sandbox)
{
    host_reset(sandbox);
    return NULL;
}

static void *change_here(void *sandbox)
{
    run(sandbox, &ways[0]);
    return NULL;
}

TEST(nothing_is_left_when_threads_take_turns)
{
    viv_sandbox *sandbox = make();
    int round;

    for (round = 0; round < 10; round++) {
        if (round % 2 == 0)
            run(sandbox, &ways[0]);
        else
            host_elsewhere(change_here, sandbox);
        if (round % 3 == 0)
            host_elsewhere(reset_here, sandbox);
        else
            host_reset(sandbox);
        EXPECT_EQ_INT(host_ask(sandbox, "look", 0), 0);
        host_reset(sandbox);
    }
}

/* The host writes, too: before a call, between calls, from another thread. */
static void *write_here(void *sandbox)
{
    EXPECT_EQ_INT(viv_memory_write(sandbox, BORN_BYTES - 4, "left", 4), 0);
    return NULL;
}

TEST(nothing_is_left_of_what_the_host_writes)
{
    viv_sandbox *sandbox = make();
    uint8_t word[4];
    int round;

    for (round = 0; round < 6; round++) {
        if (round % 2 == 0)
            write_here(sandbox);
        else
            host_elsewhere(write_here, sandbox);
        host_reset(sandbox);
        EXPECT_EQ_INT(viv_memory_read(sandbox, BORN_BYTES - 4, word, 4), 0);
        EXPECT_EQ_MEM(word, "\0\0\0\0", 4);
    }
}

/* ------------------------------------------------------------------------
 * Images and forks are nobody's but their own.
 */

TEST(an_image_does_not_change_with_the_sandbox_that_it_is_of)
{
    viv_sandbox *sandbox = make(), *other;
    viv_image *image;

    EXPECT_EQ_INT(viv_memory_write(sandbox, 0, "then", 4), 0);
    image = host_image(sandbox);
    EXPECT_EQ_INT(viv_memory_write(sandbox, 0, "now!", 4), 0);
    other = host_from(image, NULL);
    for (int round = 0; round < 2; round++) {
        char word[4];

        EXPECT_EQ_INT(viv_memory_read(other, 0, word, 4), 0);
        EXPECT_EQ_MEM(word, "then", 4);
        run(other, &ways[0]);
        host_reset(other);
    }
    /* and goes back to its own birth, not to the image */
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "look", 0), 0);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), BORN_BYTES);
}

TEST(forks_do_not_see_each_other)
{
    viv_sandbox *sandbox = make(), *forks[8];
    uint32_t i, word;

    EXPECT_EQ_INT(viv_memory_write(sandbox, 65536, "all!", 4), 0);
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 8, forks, NULL), 0);
    for (i = 0; i < 8; i++) {
        host_keep_sandbox(forks[i]);
        EXPECT_EQ_INT(viv_memory_write(forks[i], 0, &i, 4), 0);
    }
    run(sandbox, &ways[0]);
    for (i = 0; i < 8; i++) {
        EXPECT_EQ_INT(viv_memory_read(forks[i], 0, &word, 4), 0);
        EXPECT_EQ_INT(word, i);
        EXPECT_EQ_INT(viv_memory_read(forks[i], 65536, &word, 4), 0);
        EXPECT_EQ_MEM(&word, "all!", 4);
        EXPECT_EQ_INT(host_ask(forks[i], "look", 0), 0);
    }
}

/* ------------------------------------------------------------------------
 * What was stopped is not given to anybody.
 */

static void expect_unfit(viv_sandbox *sandbox)
{
    viv_sandbox *fork = NULL;
    viv_image *image = NULL;
    viv_outcome outcome;

    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_STOPPED);
    EXPECT_EQ_INT(host_try_call(sandbox, "look", 0, NULL, &outcome),
                  VIV_ESTOPPED);
    EXPECT_EQ_INT(viv_image_new(sandbox, &image, NULL), VIV_ESTOPPED);
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 1, &fork, NULL), VIV_ESTOPPED);
    EXPECT(image == NULL && fork == NULL);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "look", 0), 0);
    host_reset(sandbox);
}

TEST(a_stopped_sandbox_is_not_handed_out_as_it_was)
{
    viv_sandbox *sandbox = make();
    viv_value args = {.ref = 0};
    viv_outcome outcome;

    run(sandbox, &ways[2]);
    expect_unfit(sandbox);
    EXPECT_EQ_INT(
        viv_call(sandbox, "wait", 4, &args, 1, NULL, 0, &outcome, NULL), 0);
    EXPECT_EQ_INT(outcome.kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
    expect_unfit(sandbox);
    EXPECT_EQ_INT(
        viv_call(sandbox, "wait", 4, &args, 1, NULL, 0, &outcome, NULL), 0);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(viv_call_resume(sandbox, NULL, 0, &outcome, NULL), 0);
    EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
    expect_unfit(sandbox);
}
