/* test_wasi_abi_fd_dir.c - preview 1: listing a directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

/* ".", ".." and "abc": 24 bytes each, and their names. */
#define ALL (3 * 24 + 1 + 2 + 3)

static uint32_t list(uint32_t size, uint64_t from)
{
    EXPECT_EQ_INT(ASK(fd_readdir, I(3), I(100), I(size), L(from), I(0)), 0);
    return word_at(0);
}

/* The entry at `*where` and its name; `*where` is moved behind both. */
static struct wasi_dirent next_entry(uint32_t *where, const char **ret_name)
{
    struct wasi_dirent entry;

    memcpy(&entry, at(*where), sizeof(entry));
    *ret_name = at(*where + sizeof(entry));
    *where += (uint32_t)sizeof(entry) + entry.name_len;
    return entry;
}

TEST(entries_are_followed_by_their_names)
{
    uint32_t where = 100;
    const char *name;

    begin_memory();
    make_file("abc", "");
    EXPECT_EQ_INT(list(1000, 0), ALL);
    while (where < 100 + ALL) {
        struct wasi_dirent entry = next_entry(&where, &name);
        bool is_ours = entry.name_len == 3;

        EXPECT_EQ_MEM(name, is_ours ? "abc" : "..", entry.name_len);
        EXPECT_EQ_INT(entry.filetype, is_ours ? WASI_FILETYPE_REGULAR_FILE
                                              : WASI_FILETYPE_DIRECTORY);
    }
    EXPECT_EQ_INT(where, 100 + ALL);
    end();
}

TEST(the_buffer_is_filled_to_its_last_byte)
{
    begin_memory();
    make_file("abc", "");
    EXPECT_EQ_INT(list(ALL, 0), ALL);
    for (uint32_t size = 0; size < ALL; size++) {
        memset(at(100), '#', ALL + 1);
        EXPECT_EQ_INT(list(size, 0), size);
        EXPECT_EQ_INT(*at(100 + size), '#');
    }
    end();
}

TEST(a_listing_goes_on_from_a_cookie)
{
    uint64_t next;

    begin_memory();
    make_file("abc", "");
    list(24, 0);
    next = long_at(100);
    EXPECT(list(1000, next) < ALL);
    EXPECT(list(1000, next) > 0);
    end();
}

TEST(what_is_not_in_memory_is_not_written_to)
{
    begin_memory();
    EXPECT_EQ_INT(ASK(fd_readdir, I(3), I(100), I(100), L(0), I(BEYOND)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_readdir, I(3), I(100), I(UINT32_MAX), L(0), I(0)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_readdir, I(9), I(100), I(100), L(0), I(0)),
                  WASI_EBADF);
    EXPECT_EQ_INT(long_at(100), 0);
    end();
}
