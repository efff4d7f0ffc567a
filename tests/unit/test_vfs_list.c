/* test_vfs_list.c - directories, entry by entry, in an order that stays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_list.h"

#include "pack_fixture.h"

/* One entry, and no more. */
struct one {
    char name[64];
    uint64_t next, ino;
    uint8_t type;
    bool is_there;
};

static bool take_one(void *cookie, const struct vfs_entry *entry)
{
    struct one *one = cookie;

    if (one->is_there)
        return false;
    memcpy(one->name, entry->name.text, entry->name.len);
    one->name[entry->name.len] = '\0';
    one->next = entry->next;
    one->ino = entry->ino;
    one->type = entry->type;
    one->is_there = true;
    return true;
}

static struct one entry_at(uint32_t fd, uint64_t from)
{
    struct one one = {.is_there = false};

    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, from, take_one, &one), 0);
    return one;
}

/* Entry by entry; `each` is called between two. */
static unsigned count_all(uint32_t fd, void (*each)(const char *name))
{
    struct one one;
    unsigned count = 0;
    uint64_t from = 0;

    while ((one = entry_at(fd, from)).is_there) {
        EXPECT(one.next > from && one.next < (1u << 31));
        from = one.next;
        count++;
        if (each != NULL)
            each(one.name);
    }
    return count;
}

TEST(dots_come_first_and_the_root_is_above_itself)
{
    struct one dot, dot_dot;

    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    dot = entry_at(0, 0);
    EXPECT_EQ_STR(dot.name, ".");
    dot_dot = entry_at(0, dot.next);
    EXPECT_EQ_STR(dot_dot.name, "..");
    EXPECT_EQ_INT(dot.ino, dot_dot.ino);
    EXPECT_EQ_INT(dot.type, VFS_DIRECTORY);
    EXPECT_EQ_INT(entry_at(fixture_open(0, "d", 0, FIXTURE_READ), 1).ino,
                  dot.ino);
    fixture_end();
}

TEST(an_entry_says_what_stat_says)
{
    struct vfs_stat stat;
    struct one one;

    fixture_with_memory();
    fixture_put(0, "file", "x");
    one = entry_at(0, 2);
    EXPECT_EQ_INT(fixture_stat(0, "file", &stat), 0);
    EXPECT_EQ_STR(one.name, "file");
    EXPECT_EQ_INT(one.ino, stat.ino);
    EXPECT_EQ_INT(one.type, VFS_FILE);
    fixture_end();
}

static void remove_it(const char *name)
{
    if (name[0] != '.')
        EXPECT_EQ_INT(fixture_unlink(0, name), 0);
}

static void make_files(unsigned count)
{
    char name[16];

    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "file%u", i);
        fixture_put(0, name, "");
    }
}

TEST(removing_while_listing_misses_nothing)
{
    fixture_with_memory();
    make_files(100);
    EXPECT_EQ_INT(count_all(0, remove_it), 102);
    EXPECT_EQ_STR(fixture_list(0), ". .. ");
    fixture_end();
}

static unsigned made;

static void make_one(const char *name)
{
    char new_name[16];

    (void)name;
    if (made >= 50)
        return;
    snprintf(new_name, sizeof(new_name), "new%u", made++);
    fixture_put(0, new_name, "");
}

TEST(making_while_listing_lists_what_was_there_once)
{
    unsigned count;

    fixture_with_memory();
    make_files(100);
    count = count_all(0, make_one);
    EXPECT(count >= 102 && count <= 152);
    EXPECT_EQ_INT(count_all(0, NULL), 152);
    fixture_end();
}

static void raise_it(const char *name)
{
    if (strcmp(name, "z") == 0 || strcmp(name, "one") == 0 ||
        strcmp(name, "two") == 0)
        fixture_put(0, strcmp(name, "z") == 0 ? "z" : "lib/one", "changed");
}

static void remove_from_lib(const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "lib/%s", name);
    if (name[0] != '.' && strcmp(name, "sub") != 0)
        EXPECT_EQ_INT(fixture_unlink(0, path), 0);
}

TEST(raising_while_listing_lists_everything_once)
{
    uint32_t lib;

    pack_fixture_overlay(16);
    EXPECT_EQ_INT(count_all(0, raise_it), 6);
    fixture_put(0, "new", "");
    EXPECT_EQ_INT(count_all(0, raise_it), 7);
    lib = fixture_open(0, "lib", 0, FIXTURE_READ);
    EXPECT_EQ_INT(count_all(lib, raise_it), 5);
    EXPECT_EQ_INT(count_all(lib, remove_from_lib), 5);
    EXPECT_EQ_INT(count_all(lib, NULL), 3);
    pack_fixture_overlay_end();
}

TEST(cookies_that_were_made_up_do_no_harm)
{
    static const uint64_t cookies[] = {
        3,        1000,       1u << 30,  (1u << 30) + 12345, 0x7fffffff,
        1u << 31, UINT32_MAX, INT64_MAX, UINT64_MAX};

    pack_fixture_overlay(16);
    fixture_put(0, "new", "");
    for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
        struct one one = entry_at(0, cookies[i]);

        EXPECT(!one.is_there || one.next > cookies[i]);
    }
    EXPECT(!entry_at(0, UINT64_MAX).is_there);
    pack_fixture_overlay_end();
}
