/* test_os_library.c - native code from a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

static char source[512], object[512];

static void begin(void)
{
    const char *top = getenv("TMPDIR");

    snprintf(source, sizeof(source), "%s/viv-lib-%ld.c",
             top != NULL ? top : "/tmp", (long)getpid());
    snprintf(object, sizeof(object), "%s/viv-lib-%ld.so",
             top != NULL ? top : "/tmp", (long)getpid());
}

/* A shared object whose `answer` is `number`, at `object`. */
static void make_object_with(int number, const char *options)
{
    char command[4096];

    snprintf(command, sizeof(command),
             "rm -f '%s'; echo 'int answer(void){return %d;}' >'%s' && "
             "cc -shared -fPIC -nostdlib %s -o '%s' '%s'",
             object, number, source, options, object, source);
    EXPECT_EQ_INT(system(command), 0);
}

static void make_object(int number)
{
    make_object_with(number, "");
}

static void end(void)
{
    unlink(source);
    unlink(object);
}

static struct os_library load(void)
{
    struct os_library library;
    struct os_file file;
    viv_error err;

    EXPECT_EQ_INT(os_file_open(object, &file, NULL), 0);
    if (os_library_open(&file, object, &library, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    EXPECT_EQ_INT(file.fd, -1);
    return library;
}

static int answer_of(const struct os_library *library)
{
    int (*answer)(void);

    *(void **)&answer = os_library_find(library, "answer");
    EXPECT(answer != NULL);
    return answer();
}

TEST(code_is_mapped_and_called)
{
    struct os_library library;

    begin();
    make_object(42);
    library = load();
    EXPECT_EQ_INT(answer_of(&library), 42);
    EXPECT(os_library_find(&library, "no_such_symbol") == NULL);
    os_library_close(&library);
    end();
}

TEST(it_is_the_file_that_was_opened_whatever_the_path_means_now)
{
    struct os_library library;
    struct os_file file;

    begin();
    make_object(1);
    EXPECT_EQ_INT(os_file_open(object, &file, NULL), 0);
    make_object(2);
    EXPECT_EQ_INT(os_library_open(&file, object, &library, NULL), 0);
    EXPECT_EQ_INT(answer_of(&library), 1);
    os_library_close(&library);
    end();
}

TEST(a_replaced_file_is_new_code_beside_the_old)
{
    struct os_library old, new;

    begin();
    make_object(1);
    old = load();
    make_object(2);
    new = load();
    EXPECT_EQ_INT(answer_of(&old), 1);
    EXPECT_EQ_INT(answer_of(&new), 2);
    os_library_close(&old);
    os_library_close(&new);
    end();
}

/* The dynamic linker remembers names, and descriptor numbers come back: the
 * second object of a file makes it remember a name that the third file's would
 * be equal to, were it made of the number alone. */
TEST(a_descriptor_number_that_comes_back_is_no_alias)
{
    struct os_library first, second, third;
    int number;

    begin();
    make_object(1);
    first = load();
    second = load();
    number = second.file.fd;
    os_library_close(&second);
    make_object(3);
    third = load();
    EXPECT_EQ_INT(third.file.fd, number);
    EXPECT_EQ_INT(answer_of(&third), 3);
    EXPECT_EQ_INT(answer_of(&first), 1);
    os_library_close(&third);
    os_library_close(&first);
    end();
}

TEST(it_says_where_its_code_is)
{
    struct os_library library;
    uintptr_t at, end_of_code, answer;

    begin();
    make_object(1);
    library = load();
    answer = (uintptr_t)os_library_find(&library, "answer");
    os_library_code(&library, &at, &end_of_code);
    EXPECT(at <= answer && answer < end_of_code);
    EXPECT(end_of_code - at < 4096);
    os_library_close(&library);
    end();
}

TEST(and_where_its_unwind_tables_are)
{
    struct os_library library;
    struct os_library_unwind unwind;
    const uint8_t *header;
    int32_t frames_at;

    begin();
    make_object_with(1, "-Wl,--eh-frame-hdr");
    library = load();
    unwind = os_library_unwind(&library);
    EXPECT(unwind.bytes != NULL);
    EXPECT((uintptr_t)unwind.bytes >= unwind.load_address);
    EXPECT(unwind.header_at + unwind.header_len <= unwind.len);
    EXPECT_EQ_INT(unwind.header_len, 12 + 8); /* for one function */
    header = unwind.bytes + unwind.header_at;
    EXPECT_EQ_INT(header[0], 1);
    memcpy(&frames_at, header + 4, sizeof(frames_at));
    EXPECT(unwind.header_at + 4 + (size_t)frames_at < unwind.len);
    os_library_close(&library);
    end();
}

TEST(or_that_there_are_none)
{
    struct os_library library;
    struct os_library_unwind unwind;

    begin();
    make_object_with(1, "-Wl,--no-eh-frame-hdr");
    library = load();
    unwind = os_library_unwind(&library);
    EXPECT(unwind.bytes == NULL);
    EXPECT_EQ_INT(unwind.header_len, 0);
    os_library_close(&library);
    end();
}

TEST(what_is_no_shared_object_is_refused)
{
    struct os_library library;
    struct os_file file;
    viv_error err;

    begin();
    EXPECT_EQ_INT(os_file_write(object, "not ELF", 7, 0644, NULL), 0);
    EXPECT_EQ_INT(os_file_open(object, &file, NULL), 0);
    EXPECT_EQ_INT(os_library_open(&file, object, &library, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, object);
    EXPECT(file.fd >= 0); /* still the caller's */
    os_fail_at(1);
    EXPECT_EQ_INT(os_library_open(&file, object, &library, &err), VIV_EFORMAT);
    os_fail_at(0);
    os_file_close(&file);
    end();
}
