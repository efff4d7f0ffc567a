/* test_python_reply.c - what the guest said a run gave, true or not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_reply.h"

#include "base/base_alloc.h"
#include "data/data_read.h"
#include "door_tools.h"

static viv_writer said;

/* A reply of `count` items, which are to be written to `said`. */
static void say(size_t count, int kind)
{
    viv_writer_init(&said, NULL, 1 << 20);
    viv_write_list(&said, count);
    viv_write_int(&said, kind);
}

static void text(const char *words)
{
    viv_write_text(&said, words, strlen(words));
}

static void frame(const char *file, int64_t line, const char *function)
{
    viv_write_tuple(&said, 3);
    text(file);
    viv_write_int(&said, line);
    text(function);
}

/* Run, to be told what was said. */
static int hear(void)
{
    uint32_t len = put_written(REPLY, &said);

    play(SAY(REPLY, len));
    return try_run();
}

/* It is refused, as a whole, and so is all until a reset. */
static void expect_nonsense(void)
{
    EXPECT_EQ_INT(hear(), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "makes no sense");
    EXPECT_EQ_INT(try_run(), VIV_ESTOPPED);
    reset();
}

/* ------------------------------------------------------------------------
 * What makes sense.
 */

TEST(a_value_and_its_text)
{
    begin();
    say(4, PYTHON_DOOR_RETURNED);
    viv_write_bool(&said, 1);
    viv_write_list(&said, 2);
    viv_write_int(&said, 1);
    text("a");
    text("[1, 'a']");
    EXPECT_EQ_INT(hear(), 0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_STR(text_of(result.value, result.value_len), "[1, 'a']");
    EXPECT_EQ_STR(result.text, "[1, 'a']");
    EXPECT_EQ_INT(result.text_len, 8);
    end();
}

TEST(a_value_that_could_not_leave_is_none_at_all)
{
    begin();
    say(4, PYTHON_DOOR_RETURNED);
    viv_write_bool(&said, 0);
    viv_write_none(&said);
    text("<object>");
    EXPECT_EQ_INT(hear(), 0);
    EXPECT(result.value == NULL);
    EXPECT_EQ_INT(result.value_len, 0);
    EXPECT_EQ_STR(result.text, "<object>");
    end();
}

TEST(an_exception_with_its_frames)
{
    begin();
    say(5, PYTHON_DOOR_RAISED);
    text("ValueError");
    text("no");
    text("Traceback...\n");
    viv_write_list(&said, 2);
    frame("a.py", 7, "<module>");
    frame("b.py", -5, "f");
    EXPECT_EQ_INT(hear(), 0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    EXPECT_EQ_STR(result.type, "ValueError");
    EXPECT_EQ_STR(result.message, "no");
    EXPECT_EQ_STR(result.traceback, "Traceback...\n");
    EXPECT_EQ_INT(result.frame_count, 2);
    EXPECT_EQ_STR(result.frames[0].file, "a.py");
    EXPECT_EQ_INT(result.frames[0].line, 7);
    EXPECT_EQ_STR(result.frames[1].function, "f");
    EXPECT_EQ_INT(result.frames[1].line, 0);
    EXPECT(result.value == NULL);
    say(2, PYTHON_DOOR_EXITED);
    viv_write_int(&said, 1);
    EXPECT_EQ_INT(hear(), 0); /* it was no accident: there may be more runs */
    end();
}

TEST(an_exit_code)
{
    begin();
    say(2, PYTHON_DOOR_EXITED);
    viv_write_int(&said, -3);
    EXPECT_EQ_INT(hear(), 0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_EXITED);
    EXPECT_EQ_INT(result.outcome.exit_code, -3);
    end();
}

static void say_frames(size_t count)
{
    say(5, PYTHON_DOOR_RAISED);
    text("E");
    text("");
    text("");
    viv_write_list(&said, count);
    for (size_t i = 0; i < count; i++)
        frame("f", 1, "g");
}

TEST(a_thousand_frames_and_no_more)
{
    begin();
    say_frames(1000);
    EXPECT_EQ_INT(hear(), 0);
    EXPECT_EQ_INT(result.frame_count, 1000);
    EXPECT_EQ_STR(result.frames[999].function, "g");
    say_frames(1001);
    expect_nonsense();
    end();
}

/* ------------------------------------------------------------------------
 * What does not.
 */

TEST(bytes_that_are_no_value)
{
    static const char *const bytes[] = {
        "\x82",                                 /* cut off */
        "\x81\x01\x01",                         /* something after it */
        "\xff",                                 /* nothing begins so */
        "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", /* a list of 2^64 */
        "\x7b\x7f\xff\xff\xff\xff\xff\xff\xff", /* a text of 2^63 */
        "\x84\x18",                             /* a number cut off */
        "\x81\xa1\x80\x01",                     /* a list as a key */
        "\x81\x62\xc3\x28",                     /* not UTF-8 */
        "\x05",                                 /* no list */
        "\xa1\x01\x01",                         /* no list */
        "\x80",                                 /* an empty one */
        "\x81\x61\x30",                         /* kind '0' */
        "\x81\x20",                             /* kind -1 */
    };
    uint8_t deep[2000];

    begin();
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        uint32_t len = put_bytes(REPLY, bytes[i], strlen(bytes[i]));

        play(SAY(REPLY, len));
        EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
        reset();
    }
    memset(deep, 0x81, sizeof(deep));
    play(SAY(REPLY, put_bytes(REPLY, deep, sizeof(deep))));
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
    end();
}

TEST(kinds_that_do_not_exist_and_others_number_of_items)
{
    begin();
    for (int kind = 5; kind < 300; kind += 97) {
        say(1, kind);
        expect_nonsense();
    }
    say(1, PYTHON_DOOR_RETURNED);
    expect_nonsense();
    say(3, PYTHON_DOOR_EXITED);
    viv_write_int(&said, 1);
    viv_write_int(&said, 1);
    expect_nonsense();
    say(1, PYTHON_DOOR_PARKED);
    expect_nonsense();
    say(1, PYTHON_DOOR_IDLE);
    expect_nonsense();
    end();
}

TEST(items_of_the_wrong_type)
{
    begin();
    say(4, PYTHON_DOOR_RETURNED);
    viv_write_int(&said, 1); /* no bool */
    viv_write_none(&said);
    viv_write_none(&said);
    expect_nonsense();
    say(4, PYTHON_DOOR_RETURNED);
    viv_write_bool(&said, 1);
    viv_write_none(&said);
    viv_write_int(&said, 1); /* no text */
    expect_nonsense();
    say(2, PYTHON_DOOR_EXITED);
    text("1"); /* no number */
    expect_nonsense();
    say(2, PYTHON_DOOR_EXITED);
    viv_write_big(&said, 0, "\1\0\0\0\0\0\0\0\0", 9); /* none that fits */
    expect_nonsense();
    for (int wrong = 0; wrong < 4; wrong++) {
        say(5, PYTHON_DOOR_RAISED);
        for (int i = 0; i < 4; i++)
            if (i == wrong)
                viv_write_bytes(&said, "x", 1);
            else if (i < 3)
                text("x");
            else
                viv_write_list(&said, 0);
        expect_nonsense();
    }
    end();
}

/* A reply of one frame, of which item `wrong` is none of its. */
static void say_frame(int wrong)
{
    say(5, PYTHON_DOOR_RAISED);
    text("E");
    text("");
    text("");
    viv_write_list(&said, 1);
    if (wrong == 3)
        viv_write_list(&said, 3);
    else
        viv_write_tuple(&said, wrong == 4 ? 4 : 3);
    for (int i = 0; i < 3; i++)
        if (i == wrong)
            viv_write_none(&said);
        else if (i == 1)
            viv_write_int(&said, 1);
        else
            text("x");
    if (wrong == 4)
        text("x");
}

TEST(frames_of_the_wrong_type)
{
    begin();
    for (int wrong = 0; wrong < 5; wrong++) {
        say_frame(wrong);
        expect_nonsense();
    }
    say_frame(-1);
    EXPECT_EQ_INT(hear(), 0);
    end();
}

TEST(places_where_there_is_no_memory)
{
    static const uint32_t spans[][2] = {
        {DOOR_BYTES, 1}, {DOOR_BYTES - 1, 2}, {0, DOOR_BYTES + 1},
        {UINT32_MAX, 1}, {1, UINT32_MAX},     {UINT32_MAX, UINT32_MAX},
    };

    begin();
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        play(SAY(spans[i][0], spans[i][1]));
        EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "has no memory");
        reset();
    }
    end();
}

/* No reply: the guest had no memory left for one. */
TEST(nothing_at_all_is_a_guest_without_memory)
{
    begin();
    play(SAY(0, 0));
    EXPECT_EQ_INT(try_run(), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "the guest");
    end();
}

TEST(a_reply_beyond_the_largest_message_is_not_copied)
{
    limits.size = 0;
    viv_limits_default(&limits);
    limits.memory_bytes = UINT64_C(20000) << 16;
    begin();
    play(GROW(19000), SAY(0, ((uint32_t)PYTHON_MESSAGE_MAX + 1)));
    EXPECT_EQ_INT(try_run(), VIV_ENOMEM);
    EXPECT_EQ_INT(box()->reply.capacity, 0);
    end();
}

/* ------------------------------------------------------------------------
 * Memory of the host.
 */

TEST(what_a_large_reply_took_is_given_back_by_a_reset)
{
    begin();
    say(4, PYTHON_DOOR_RETURNED);
    viv_write_bool(&said, 1);
    viv_write_bytes(&said, DOOR, 2000);
    viv_write_none(&said);
    EXPECT_EQ_INT(hear(), 0);
    reset();
    EXPECT(box()->reply.capacity > 0);
    play(GROW(10), SAY(DOOR_BYTES, 100000));
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
    EXPECT(box()->reply.capacity >= 100000);
    reset();
    EXPECT_EQ_INT(box()->reply.capacity, 0);
    end();
}

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    for (n = 1; code < 0; n++) {
        uint32_t len;

        begin();
        say_frames(3);
        len = put_written(REPLY, &said);
        play(SAY(REPLY, len));
        box();
        base_alloc_fail_at((uint64_t)n);
        code = try_run();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        end();
    }
    EXPECT(n > 3);
}
