/* test.h - what a unit test is written with.
 *
 *     TEST(a_new_buffer_is_empty)
 *     {
 *         struct base_buf buf;
 *
 *         base_buf_init(&buf);
 *         EXPECT_EQ_INT(buf.len, 0);
 *     }
 *
 * A file tests/unit/test_<file>.c is one program; test_main.c is its main.
 * Each TEST runs in a process of its own, so a crash is one failed test, and
 * no test can leave anything behind for the next.  What a test prints is shown
 * only when it fails.  The first EXPECT that does not hold ends the test; it
 * may stand in any function and on any thread.
 *
 * Run one program by hand as `build/tests/test_<file> [NAME...]`.  A test may
 * take VIV_TEST_SECONDS, 60 by default.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TEST_H
#define TEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct test_case {
    const char *name;
    void (*body)(void);
    struct test_case *next;
};

/* Called before main by what TEST() declares.  Borrows `test` for good. */
void test_register(struct test_case *test);

/* End the running test as failed, or as skipped, with a printf-like reason. */
void test_fail(const char *at, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
void test_skip(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* The comparisons behind the macros; `at` is the place and `words` the source
 * text of both sides. */
void test_equal_int(const char *at, const char *words, int64_t a, int64_t b);
void test_equal_str(const char *at, const char *words, const char *a,
                    const char *b);
void test_equal_mem(const char *at, const char *words, const void *a,
                    const void *b, size_t len);
void test_has_str(const char *at, const char *text, const char *part);

/* Run `body` in a child; returns the signal that ended it, or 0. */
int test_signal_of(void (*body)(void));

#define TEST(test_name)                                                        \
    static void test_name(void);                                               \
    static struct test_case test_name##_case = {#test_name, test_name, NULL};  \
    __attribute__((constructor)) static void test_name##_register(void)        \
    {                                                                          \
        test_register(&test_name##_case);                                      \
    }                                                                          \
    static void test_name(void)

#define TEST_LINE_WORDS(line) #line
#define TEST_LINE(line)       TEST_LINE_WORDS(line)
#define TEST_AT               __FILE__ ":" TEST_LINE(__LINE__)

#define EXPECT(condition)                                                      \
    ((condition) ? (void)0 : test_fail(TEST_AT, "expected %s", #condition))

/* Integers up to 64 bits, signed or not; pointers go through EXPECT. */
#define EXPECT_EQ_INT(a, b)                                                    \
    test_equal_int(TEST_AT, #a " == " #b, (int64_t)(a), (int64_t)(b))

/* NULL is equal to NULL only. */
#define EXPECT_EQ_STR(a, b) test_equal_str(TEST_AT, #a " == " #b, a, b)

#define EXPECT_EQ_MEM(a, b, len)                                               \
    test_equal_mem(TEST_AT, #a " == " #b, a, b, len)

/* For sentences: `text` contains `part`. */
#define EXPECT_HAS_STR(text, part) test_has_str(TEST_AT, text, part)

/* `body`, a void function without parameters, ends its process by `signal`. */
#define EXPECT_DIES(signal, body)                                              \
    test_equal_int(TEST_AT, #body " dies of " #signal, test_signal_of(body),   \
                   signal)

#define SKIP(...) test_skip(__VA_ARGS__)

#endif /* TEST_H */
