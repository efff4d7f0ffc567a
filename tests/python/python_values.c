/* python_values.c - values in and out, of every type.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python.h"

static viv_writer list;

/* f(x) returns x; the value goes in, and comes out again. */
static const char *there_and_back(void)
{
    const void *bytes;
    size_t len;

    EXPECT_EQ_INT(viv_writer_end(&list, &bytes, &len, &err), 0);
    EXPECT_EQ_INT(viv_python_call(sandbox, "__main__", "f", bytes, len, NULL, 0,
                                  0, &result, &err),
                  0);
    if (result.outcome.kind == VIV_RAISED)
        test_fail(TEST_AT, "%s", result.traceback);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    return value();
}

/* The argument list of one value, which is to follow. */
static void one(void)
{
    viv_writer_init(&list, NULL, 1 << 24);
    viv_write_list(&list, 1);
}

#define SAME(text, write)                                                      \
    do {                                                                       \
        one();                                                                 \
        write;                                                                 \
        EXPECT_EQ_STR(there_and_back(), text);                                 \
        viv_writer_fini(&list);                                                \
    } while (0)

/* An expression is, as a value, what it says. */
#define IS_ITSELF(text) EXPECT_EQ_STR(value_of(text), text)

TEST(values_go_in_and_come_out_as_they_were)
{
    static const uint8_t big[] = {1, 0, 0, 0, 0, 0, 0, 0, 0};

    begin();
    value_of("def f(x): return x");
    SAME("None", viv_write_none(&list));
    SAME("True", viv_write_bool(&list, 1));
    SAME("-9223372036854775808", viv_write_int(&list, INT64_MIN));
    SAME("9223372036854775807", viv_write_int(&list, INT64_MAX));
    SAME("18446744073709551616", viv_write_big(&list, 0, big, 9));
    SAME("-18446744073709551617", viv_write_big(&list, 1, big, 9));
    SAME("-0.0", viv_write_float(&list, -0.0));
    SAME("nan", viv_write_float(&list, __builtin_nan("")));
    SAME("-inf", viv_write_float(&list, -__builtin_inf()));
    SAME("'\xc3\xa9\xf0\x9f\x90\x8d'",
         viv_write_text(&list, "\xc3\xa9\xf0\x9f\x90\x8d", 6));
    SAME("b'\\x00\\xff'", viv_write_bytes(&list, "\0\xff", 2));
    SAME("[]", viv_write_list(&list, 0));
    SAME("()", viv_write_tuple(&list, 0));
    SAME("{}", viv_write_dict(&list, 0));
    SAME("set()", viv_write_set(&list, 0));
    SAME("frozenset()", viv_write_frozenset(&list, 0));
    SAME("datetime.datetime(2026, 2, 28, 23, 59, 59, 1)",
         viv_write_datetime(&list, "2026-02-28T23:59:59.000001", 26));
    SAME("datetime.date(1, 1, 1)", viv_write_date(&list, "0001-01-01", 10));
    SAME("datetime.time(10, 0)", viv_write_time(&list, "10:00:00", 8));
    SAME("datetime.timedelta(days=-1, seconds=86399, microseconds=999999)",
         viv_write_timedelta(&list, 0, 0, -1));
    end();
}

TEST(what_a_program_ends_with_is_its_value)
{
    begin();
    IS_ITSELF("None");
    IS_ITSELF("[1, -2, 3.5, True, 'a', b'b', (1,), {'k': [None]}]");
    IS_ITSELF("123456789012345678901234567890");
    IS_ITSELF("-123456789012345678901234567890");
    IS_ITSELF("1e+300");
    EXPECT_EQ_STR(value_of("sorted({3, 1, 2})"), "[1, 2, 3]");
    EXPECT_EQ_STR(value_of("frozenset([(1, 'a')])"), "frozenset({(1, 'a')})");
    EXPECT_EQ_STR(value_of("bytearray(b'x')"), "b'x'");
    EXPECT_EQ_STR(value_of("memoryview(b'xyz')[1:]"), "b'yz'");
    EXPECT_EQ_STR(value_of("x = 5"), "None");
    EXPECT_EQ_STR(value_of(""), "None");
    EXPECT_EQ_STR(value_of("x\n\n# a comment\n"), "5");
    EXPECT_EQ_STR(value_of("6 * 7; x"), "5");
    EXPECT_EQ_STR(value_of("if x: x"), "None");
    EXPECT_EQ_STR(value_of("'''a\nb'''"), "'a\\nb'");
    EXPECT_EQ_STR(value_of("(y := 9)"), "9");
    EXPECT_EQ_STR(value_of("await __import__('asyncio').sleep(0, 'z')"), "'z'");
    end();
}

TEST(the_text_is_repr_and_none_has_none)
{
    begin();
    value_of("object.__new__(type('T', (), {'__repr__': lambda s: 'it'}))");
    EXPECT(result.value == NULL);
    EXPECT_EQ_STR(result.text, "it");
    value_of("[1]");
    EXPECT_EQ_STR(result.text, "[1]");
    value_of("None");
    EXPECT(result.text == NULL);
    traceback_of("type('T', (), {'__repr__': lambda s: 1 / 0})()");
    EXPECT_EQ_STR(result.type, "ZeroDivisionError");
    end();
}

TEST(integers_are_of_any_size)
{
    begin();
    EXPECT_EQ_STR(value_of("f = lambda x: x\n"
                           "[n for b in (62, 63, 64, 65, 4000)"
                           " for n in (2**b, 2**b - 1, -2**b, -2**b - 1)]"
                           " == 0"),
                  "False");
    EXPECT_EQ_STR(value_of("2**63"), "9223372036854775808");
    EXPECT_EQ_STR(value_of("-2**63 - 1"), "-9223372036854775809");
    EXPECT_EQ_STR(value_of("-2**64"), "-18446744073709551616");
    EXPECT_EQ_STR(value_of("-2**64 - 1"), "-18446744073709551617");
    EXPECT_EQ_INT(viv_python_run(sandbox, "-2**1000000", 11, NULL,
                                 VIV_PYTHON_VALUE, &result, &err),
                  0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    EXPECT(result.value_len > 125000);
    EXPECT_EQ_INT(viv_data_check(result.value, result.value_len, &err), 0);
    end();
}

TEST(subclasses_leave_as_what_they_are)
{
    begin();
    EXPECT_EQ_STR(value_of("import enum, collections\n"
                           "class E(enum.IntEnum): A = 3\n"
                           "class S(str): pass\n"
                           "P = collections.namedtuple('P', 'x y')\n"
                           "[E.A, S('s'), P(1, 2),"
                           " collections.OrderedDict(a=1),"
                           " collections.Counter('aa')]"),
                  "[3, 's', (1, 2), {'a': 1}, {'a': 2}]");
    end();
}

TEST(times_of_every_kind_leave)
{
    begin();
    EXPECT_EQ_STR(
        value_of("from datetime import *\n"
                 "[datetime(2026, 1, 2, 3, 4, 5, 6, timezone.utc),"
                 " datetime.max, datetime.min, date.max, time.max,"
                 " time(1, 2, tzinfo=timezone(timedelta(hours=-5)))]"),
        "[datetime.datetime(2026, 1, 2, 3, 4, 5, 6, "
        "tzinfo=datetime.timezone.utc), "
        "datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), "
        "datetime.datetime(1, 1, 1, 0, 0), datetime.date(9999, 12, 31), "
        "datetime.time(23, 59, 59, 999999), datetime.time(1, 2, "
        "tzinfo=datetime.timezone(datetime.timedelta(days=-1, "
        "seconds=68400)))]");
    EXPECT_EQ_STR(value_of("[timedelta.max, timedelta.min] and None"), "None");
    value_of("[timedelta.max, timedelta.min]");
    EXPECT(result.value != NULL);
    value_of("datetime(2026, 1, 1,"
             " tzinfo=timezone(timedelta(seconds=1, microseconds=5)))");
    EXPECT(result.value != NULL);
    end();
}

/* ------------------------------------------------------------------------
 * What cannot leave.
 */

static const char DEEP[] = "x = []\nfor _ in range(%d): x = [x]\nx";

static const char *deep(int depth)
{
    static char source[200];

    snprintf(source, sizeof(source), DEEP, depth - 1);
    return source;
}

TEST(depth_has_an_end)
{
    begin();
    value_of(deep(200));
    EXPECT(result.value != NULL);
    value_of(deep(254));
    EXPECT(result.value != NULL);
    value_of(deep(255));
    value_of(deep(256));
    EXPECT(result.value == NULL);
    value_of(deep(5000));
    EXPECT(result.value == NULL);
    end();
}

/* A function's value is what was asked for: there it is an error. */
static const char *call_error(const char *expression)
{
    char source[500];

    snprintf(source, sizeof(source), "def f(): return %s", expression);
    value_of(source);
    EXPECT_EQ_INT(viv_python_call(sandbox, "__main__", "f", NULL, 0, NULL, 0, 0,
                                  &result, &err),
                  0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    return result.message;
}

TEST(what_cannot_leave_says_why)
{
    begin();
    value_of("x = []; x.append(x)\nd = {}; d['d'] = (d,)\nimport re");
    EXPECT_HAS_STR(call_error("x"), "list that contains itself");
    EXPECT_HAS_STR(call_error("d"), "dict that contains itself");
    EXPECT_HAS_STR(call_error("object()"), "type object cannot leave");
    EXPECT_HAS_STR(call_error("[1, {2: re}]"), "type module cannot leave");
    EXPECT_HAS_STR(call_error("'\\ud800'"), "surrogates not allowed");
    EXPECT_HAS_STR(call_error("{'\\udfff': 1}"), "surrogates not allowed");
    EXPECT_HAS_STR(call_error("1j"), "type complex cannot leave");
    value_of("x"); /* of a run only the value is not there */
    EXPECT(result.value == NULL);
    EXPECT_EQ_STR(result.text, "[[...]]");
    value_of("'\\ud800'");
    EXPECT(result.value == NULL);
    EXPECT_EQ_STR(result.text, "'\\ud800'");
    end();
}

/* Hashable for Python, but not for any other. */
TEST(a_list_as_a_key_cannot_leave_either)
{
    begin();
    value_of("class L(list):\n    def __hash__(self): return 1\n"
             "class D(dict):\n    def __hash__(self): return 1\n");
    EXPECT_HAS_STR(call_error("{L()}"), "cannot leave");
    EXPECT_HAS_STR(call_error("{D(): 1}"), "cannot leave");
    EXPECT_HAS_STR(call_error("{(1, (L(),)): 1}"), "cannot leave");
    EXPECT_EQ_STR(value_of("[{1: L([2])}]"), "[{1: [2]}]");
    end();
}

/* What classes of the guest make of themselves is looked at, too. */
TEST(a_time_that_lies_about_its_text_is_refused)
{
    begin();
    value_of("import datetime\n"
             "class T(datetime.datetime):\n"
             "    def isoformat(self): return 'yesterday'\n"
             "class U(datetime.date):\n"
             "    def isoformat(self): return 7\n");
    call_error("T(2026, 1, 1)");
    EXPECT_EQ_STR(result.type, "ValueError");
    call_error("U(2026, 1, 1)");
    EXPECT_EQ_STR(result.type, "TypeError");
    EXPECT_EQ_STR(value_of("5"), "5");
    end();
}

TEST(a_value_of_megabytes_leaves_and_is_not_kept)
{
    begin();
    value_of("'x' * 50_000_000");
    EXPECT_EQ_INT(result.value_len, 50000005);
    value_of("list(range(1_000_000))");
    EXPECT(result.value_len > 3000000);
    expect_clean();
    end();
}
