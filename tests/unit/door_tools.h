/* door_tools.h - a guest that plays the part of Python at the door, badly if
 * it is told to.
 *
 *     begin();
 *     play(ASK(0, DATA, put_tuple(DATA), ROOM, 100), SAY(ROOM, 10));
 *     EXPECT_EQ_INT(run(), VIV_RETURNED);
 *     end();
 *
 * What viv_do() does is written into the guest's memory as a list of steps, of
 * which each host call is one.  A step that returns to the host is gone on from
 * by the next viv_do(), so that a guest that parks is a list like any other.
 * viv_room() has a list of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DOOR_TOOLS_H
#define DOOR_TOOLS_H

#include "data/data_check.h"
#include "data/data_write.h"
#include "guest.h"
#include "python/python_box.h"
#include "python/python_door.h"
#include "python/python_host.h"
#include "python/python_promise.h"
#include "python/python_question.h"
#include "python/python_run.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_limits.h"
#include "wasi/wasi.h"

/* Address 0: the step that viv_do() is at; 4: that of viv_room(); 8: what the
 * latest ask() or collect() returned. */
static const char DOOR[] =
    "(module"
    " (import \"vivarium\" \"ask\" (func $ask (param i32 i32 i32 i32 i32)"
    "  (result i32)))"
    " (import \"vivarium\" \"fetch\" (func $fetch (param i32)))"
    " (import \"vivarium\" \"begin\" (func $begin (param i32 i32 i32 i32)))"
    " (import \"vivarium\" \"forget\" (func $forget (param i32)))"
    " (import \"vivarium\" \"collect\" (func $collect (param i32 i32)"
    "  (result i32)))"
    " (import \"vivarium\" \"wait\" (func $wait (param i64)))"
    " (import \"vivarium\" \"park\" (func $park (param i64)))"
    " (memory (export \"memory\") 4 20000)"
    " (func $play (param $pc i32) (result i64) (local $s i32) (local $is i32)"
    "  (loop $next"
    "   (local.set $s (i32.load (local.get $pc)))"
    "   (i32.store (local.get $pc) (i32.add (local.get $s) (i32.const 32)))"
    "   (local.set $is (i32.load (local.get $s)))"
    "   (if (i32.eq (local.get $is) (i32.const 1)) (then"
    "    (i32.store (i32.const 8) (call $ask (i32.load offset=4 (local.get $s))"
    "     (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get "
    "$s))"
    "     (i32.load offset=16 (local.get $s))"
    "     (i32.load offset=20 (local.get $s)))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 2)) (then"
    "    (call $fetch (i32.load offset=4 (local.get $s))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 3)) (then"
    "    (call $begin (i32.load offset=4 (local.get $s))"
    "     (i32.load offset=8 (local.get $s)) (i32.load offset=12 (local.get "
    "$s))"
    "     (i32.load offset=16 (local.get $s))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 4)) (then"
    "    (call $forget (i32.load offset=4 (local.get $s))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 5)) (then"
    "    (i32.store (i32.const 8) (call $collect"
    "     (i32.load offset=4 (local.get $s))"
    "     (i32.load offset=8 (local.get $s)))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 6)) (then"
    "    (call $wait (i64.load offset=8 (local.get $s))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 7)) (then"
    "    (call $park (i64.load offset=8 (local.get $s))) (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 8)) (then unreachable))"
    "   (if (i32.eq (local.get $is) (i32.const 9)) (then"
    "    (i32.store (local.get $pc) (i32.load offset=4 (local.get $s)))"
    "    (br $next)))"
    "   (if (i32.eq (local.get $is) (i32.const 10)) (then"
    "    (drop (memory.grow (i32.load offset=4 (local.get $s))))"
    "    (br $next))))"
    "  (i64.load offset=8 (local.get $s)))"
    " (func (export \"viv_do\") (param i32) (result i64)"
    "  (i32.store (i32.const 12) (local.get 0)) (call $play (i32.const 0)))"
    " (func (export \"viv_room\") (param i32) (result i32)"
    "  (i32.wrap_i64 (call $play (i32.const 4)))))";

/* Where things lie in the guest. */
#define STEPS      1024u  /* of viv_do() */
#define ROOM_STEPS 12288u /* of viv_room() */
#define REQUEST    16384u
#define DATA       65536u
#define ANSWER     131072u
#define REPLY      196608u
#define DOOR_BYTES (4 * 65536u)

/* One step.  What is 64 bits wide lies in b and c. */
struct step {
    uint32_t is, a, b, c, d, e, unused[2];
};

#define ASK(func, at, len, to, room)                                           \
    {                                                                          \
        1, func, at, len, to, room,                                            \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define FETCH(to)                                                              \
    {                                                                          \
        2, to, 0, 0, 0, 0,                                                     \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define BEGIN(id, func, at, len)                                               \
    {                                                                          \
        3, id, func, at, len, 0,                                               \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define FORGET(id)                                                             \
    {                                                                          \
        4, id, 0, 0, 0, 0,                                                     \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define COLLECT(to, room)                                                      \
    {                                                                          \
        5, to, room, 0, 0, 0,                                                  \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define WAIT(ns)                                                               \
    {                                                                          \
        6, 0, (uint32_t)(ns), (uint32_t)((uint64_t)(ns) >> 32), 0, 0,          \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define PARK(ns)                                                               \
    {                                                                          \
        7, 0, (uint32_t)(ns), (uint32_t)((uint64_t)(ns) >> 32), 0, 0,          \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define TRAP()                                                                 \
    {                                                                          \
        8, 0, 0, 0, 0, 0,                                                      \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define GO_TO(number)                                                          \
    {                                                                          \
        9, STEPS + (number)*32, 0, 0, 0, 0,                                    \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define GROW(pages)                                                            \
    {                                                                          \
        10, pages, 0, 0, 0, 0,                                                 \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
#define SAY(at, len)                                                           \
    {                                                                          \
        0, 0, len, at, 0, 0,                                                   \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }

static struct sandbox *sandbox;
static struct engine_link *door_link;
static viv_limits limits; /* to be changed before begin() */
static viv_python_result result;
static viv_error err;
static viv_python_func *host; /* what functions 0 and 1 are at the time */
static int asked;             /* how often */

/* ------------------------------------------------------------------------
 * Functions of the host.
 */

static inline int ask_host(viv_question *question, viv_reader *args,
                           size_t count, viv_writer *answer, void *cookie)
{
    asked++;
    return host(question, args, count, answer, cookie);
}

static viv_promise *promises[64]; /* that were taken, in order */
static int promised;

static inline int later(viv_question *question, viv_reader *args, size_t count,
                        viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)answer, (void)cookie;
    EXPECT_EQ_INT(viv_question_later(question, &promises[promised], NULL), 0);
    promised++;
    return VIV_LATER;
}

static inline int seven(viv_question *question, viv_reader *args, size_t count,
                        viv_writer *answer, void *cookie)
{
    (void)question, (void)args, (void)count, (void)cookie;
    viv_write_int(answer, 7);
    return 0;
}

static const viv_python_function door_functions[] = {
    {"host", "f", "(n)", "Does f.", 0, ask_host, NULL},
    {"host", "g", "(n)", NULL, 1, ask_host, NULL},
};

/* ------------------------------------------------------------------------
 * Life.
 */

static inline struct engine_link *link_door(const char *pack)
{
    viv_module *module = guest_load(DOOR, false);
    struct engine_link *made;

    if (python_host_link((struct engine_module *)module, pack, door_functions,
                         2, &made, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    viv_module_unref(module);
    return made;
}

/* One more, as begin() makes the first; it needs no library. */
static inline struct sandbox *one_more(void)
{
    struct sandbox *made;
    viv_outcome outcome;

    if (sandbox_new(door_link, &limits, &made, &outcome, &err) < 0 ||
        wasi_apply(made, NULL, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return made;
}

static inline void begin(void)
{
    if (limits.size == 0)
        viv_limits_default(&limits);
    host = seven;
    door_link = link_door("/nowhere.pack");
    sandbox = one_more();
}

static inline void end(void)
{
    viv_call_drop((viv_sandbox *)sandbox);
    EXPECT_EQ_INT(viv_sandbox_free((viv_sandbox *)sandbox), 0);
    for (int i = 0; i < promised; i++)
        viv_promise_free(promises[i]);
    engine_link_unref(door_link);
}

/* ------------------------------------------------------------------------
 * The guest's memory.
 */

static inline char *at(uint32_t address)
{
    return (char *)sandbox->instance.region.base + address;
}

static inline uint32_t word_at(uint32_t address)
{
    uint32_t word;

    memcpy(&word, at(address), sizeof(word));
    return word;
}

static inline void put_word(uint32_t address, uint32_t word)
{
    memcpy(at(address), &word, sizeof(word));
}

static inline void put_steps(uint32_t pc, uint32_t address,
                             const struct step *steps, size_t count)
{
    put_word(pc, address);
    memcpy(at(address), steps, count * sizeof(*steps));
}

#define STEPS_OF(...)                                                          \
    (const struct step[]){__VA_ARGS__},                                        \
        sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step)

/* What viv_room() and viv_do() do from now on; the former again and again, if
 * nothing is said. */
#define play_room(...) put_steps(4, ROOM_STEPS, STEPS_OF(__VA_ARGS__))
#define play(...)      play_steps(STEPS_OF(__VA_ARGS__))

static inline void play_steps(const struct step *steps, size_t count)
{
    play_room(SAY(0, REQUEST), {9, ROOM_STEPS});
    put_steps(0, STEPS, steps, count);
}

/* Put what was written there; how long it is. */
static inline uint32_t put_written(uint32_t address, viv_writer *writer)
{
    const void *bytes;
    size_t len;

    if (viv_writer_end(writer, &bytes, &len, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    memcpy(at(address), bytes, len);
    viv_writer_fini(writer);
    return (uint32_t)len;
}

/* The arguments (5,). */
static inline uint32_t put_args(uint32_t address)
{
    viv_writer writer;

    viv_writer_init(&writer, NULL, 1000);
    viv_write_tuple(&writer, 1);
    viv_write_int(&writer, 5);
    return put_written(address, &writer);
}

/* The reply that `number` was returned. */
static inline uint32_t put_returned(uint32_t address, int64_t number)
{
    viv_writer writer;

    viv_writer_init(&writer, NULL, 1000);
    viv_write_list(&writer, 4);
    viv_write_int(&writer, PYTHON_DOOR_RETURNED);
    viv_write_bool(&writer, 1);
    viv_write_int(&writer, number);
    viv_write_none(&writer);
    return put_written(address, &writer);
}

/* An exception without traceback or frames. */
static inline uint32_t put_raised(uint32_t address, const char *type,
                                  const char *message)
{
    viv_writer writer;

    viv_writer_init(&writer, NULL, 1000);
    viv_write_list(&writer, 5);
    viv_write_int(&writer, PYTHON_DOOR_RAISED);
    viv_write_text(&writer, type, strlen(type));
    viv_write_text(&writer, message, strlen(message));
    viv_write_text(&writer, "", 0);
    viv_write_list(&writer, 0);
    return put_written(address, &writer);
}

static inline uint32_t put_bytes(uint32_t address, const void *bytes,
                                 size_t len)
{
    memcpy(at(address), bytes, len);
    return (uint32_t)len;
}

/* ------------------------------------------------------------------------
 * Verbs.
 */

static inline int try_run(void)
{
    return python_run(sandbox, "x", 1, NULL, VIV_PYTHON_VALUE, &result, &err);
}

static inline uint32_t run(void)
{
    if (try_run() < 0)
        test_fail(TEST_AT, "%s", err.text);
    return result.outcome.kind;
}

static inline uint32_t resume(void)
{
    if (python_resume(sandbox, &result, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return result.outcome.kind;
}

static inline void reset(void)
{
    if (viv_sandbox_reset((viv_sandbox *)sandbox, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* The number that came back. */
static inline int64_t number(void)
{
    viv_reader reader;
    viv_item item;

    viv_reader_init(&reader, result.value, result.value_len);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_INT);
    return item.integer;
}

/* What lies there, as Python prints it. */
static inline const char *text_of(const void *bytes, size_t len)
{
    static char text[1000];

    viv_data_text(bytes, len, text, sizeof(text));
    return text;
}

static inline const char *answer_text(void)
{
    return text_of(at(ANSWER), word_at(8));
}

static inline struct python_box *box(void)
{
    struct python_box *found;

    EXPECT_EQ_INT(python_box_of(sandbox, &found, NULL), 0);
    return found;
}

static inline void keep(int which, int64_t number)
{
    uint8_t bytes[16];
    viv_writer writer;
    const void *written;
    size_t len;

    viv_writer_init(&writer, bytes, sizeof(bytes));
    viv_write_int(&writer, number);
    EXPECT_EQ_INT(viv_writer_end(&writer, &written, &len, NULL), 0);
    EXPECT_EQ_INT(viv_promise_keep(promises[which], written, len), 0);
}

#endif /* DOOR_TOOLS_H */
