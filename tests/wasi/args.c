/* args.c - arguments and environment come whole, and only where there is room.
 *
 * args: one "two words" ""
 * env: A=b EMPTY= UTF8=äöü
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check_libc(int argc, char **argv)
{
    EXPECT_EQ(argc, 4);
    EXPECT(strstr(argv[0], "args.wasm") != NULL);
    EXPECT(strcmp(argv[1], "one") == 0);
    EXPECT(strcmp(argv[2], "two words") == 0);
    EXPECT(strcmp(argv[3], "") == 0);
    EXPECT(strcmp(getenv("A"), "b") == 0);
    EXPECT(strcmp(getenv("EMPTY"), "") == 0);
    EXPECT(strcmp(getenv("UTF8"), "äöü") == 0);
    EXPECT(getenv("HOME") == NULL);
}

static void check_args(void)
{
    uint32_t count, bytes;
    char *pointers[8], text[256];

    EXPECT_EQ(raw_args_sizes_get(&count, &bytes), ER_OK);
    EXPECT_EQ(count, 4);
    EXPECT_EQ(raw_args_get(pointers, text), ER_OK);
    EXPECT(pointers[0] == text);
    EXPECT(pointers[3] == text + bytes - 1);
    EXPECT_EQ(raw_args_sizes_get(NOWHERE(uint32_t *), &bytes), ER_FAULT);
    EXPECT_EQ(raw_args_sizes_get(&count, NOWHERE(uint32_t *)), ER_FAULT);
    EXPECT_EQ(raw_args_get(NOWHERE(char **), text), ER_FAULT);
    EXPECT_EQ(raw_args_get(pointers, NOWHERE(char *)), ER_FAULT);
}

static void check_environ(void)
{
    uint32_t count, bytes;
    char *pointers[8], text[256];

    EXPECT_EQ(raw_environ_sizes_get(&count, &bytes), ER_OK);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(bytes, sizeof("A=b") + sizeof("EMPTY=") + sizeof("UTF8=äöü"));
    EXPECT_EQ(raw_environ_get(pointers, text), ER_OK);
    EXPECT(strcmp(pointers[1], "EMPTY=") == 0);
    EXPECT_EQ(raw_environ_sizes_get(NOWHERE(uint32_t *), &bytes), ER_FAULT);
    EXPECT_EQ(raw_environ_sizes_get(&count, NOWHERE(uint32_t *)), ER_FAULT);
    EXPECT_EQ(raw_environ_get(NOWHERE(char **), text), ER_FAULT);
    EXPECT_EQ(raw_environ_get(pointers, NOWHERE(char *)), ER_FAULT);
}

int main(int argc, char **argv)
{
    check_libc(argc, argv);
    check_args();
    check_environ();
    return 0;
}
