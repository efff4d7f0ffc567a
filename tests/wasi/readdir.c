/* readdir.c - listing: in one go, byte by byte, and by made-up cookies.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>

#include "check.h"

#define FILES 200

static char buf[65536];
static int seen[FILES];

/* Which of ours the name is; -1: none. */
static int number_of(const char *name, uint32_t len)
{
    char text[8] = "";

    if (len != 4 || name[0] != 'n')
        return -1;
    memcpy(text, name + 1, 3);
    return atoi(text);
}

/* Count the entries of a buffer that was filled; returns the last cookie, or 0
 * if there was no whole entry. */
static uint64_t count_entries(uint32_t used)
{
    struct dirent1 entry;
    uint64_t last = 0;
    uint32_t at = 0;

    while (used - at >= sizeof(entry)) {
        int number;

        memcpy(&entry, buf + at, sizeof(entry));
        if (entry.name_len > used - at - sizeof(entry))
            break;
        number = number_of(buf + at + sizeof(entry), entry.name_len);
        if (number >= 0) {
            seen[number]++;
            EXPECT_EQ(entry.type, T_FILE);
        } else {
            EXPECT(entry.type == T_DIR || entry.name_len == 7); /* ".", ".." */
        }
        at += sizeof(entry) + entry.name_len;
        last = entry.next;
    }
    return last;
}

static void expect_all_once(void)
{
    for (int i = 0; i < FILES; i++)
        EXPECT_EQ(seen[i], 1);
    memset(seen, 0, sizeof(seen));
}

static void check_in_one_go(void)
{
    uint32_t used;

    EXPECT_EQ(raw_fd_readdir(ROOT, buf, sizeof(buf), 0, &used), ER_OK);
    EXPECT(used < sizeof(buf));
    count_entries(used);
    expect_all_once();
}

/* A buffer for one entry at a time. */
static void check_in_pieces(uint32_t size)
{
    uint64_t cookie = 0;
    uint32_t used = size;

    while (used == size) {
        uint64_t next;

        EXPECT_EQ(raw_fd_readdir(ROOT, buf, size, cookie, &used), ER_OK);
        next = count_entries(used);
        EXPECT(used < size || next != 0);
        cookie = next;
    }
    expect_all_once();
}

/* They may give anything, but at once, and no more than there is room for. */
static void check_cookies(void)
{
    static const uint64_t made_up[] = {
        1,          2,          3,         1000,       UINT32_MAX,
        1ull << 32, 1ull << 62, INT64_MAX, 1ull << 63, UINT64_MAX};
    uint32_t used;

    for (size_t i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++) {
        int code = raw_fd_readdir(ROOT, buf, 1000, made_up[i], &used);

        EXPECT(code == ER_OK || code == ER_INVAL);
        EXPECT(code != ER_OK || used <= 1000);
    }
    EXPECT_EQ(raw_fd_readdir(ROOT, buf, 0, 0, &used), ER_OK);
    EXPECT_EQ(used, 0);
    EXPECT_EQ(raw_fd_readdir(ROOT, buf, 10, 0, &used), ER_OK);
    EXPECT_EQ(used, 10);
}

/* Entries come and go while the list is read. */
static void check_changes(void)
{
    uint64_t cookie;
    uint32_t used;

    EXPECT_EQ(raw_fd_readdir(ROOT, buf, 500, 0, &used), ER_OK);
    cookie = count_entries(used);
    make_file("another", "");
    EXPECT_EQ(raw_path_unlink_file(ROOT, PATH("n199")), ER_OK);
    while (used > 0) {
        EXPECT_EQ(raw_fd_readdir(ROOT, buf, 499, cookie, &used), ER_OK);
        if (used < 499)
            break;
        cookie = count_entries(used);
    }
    count_entries(used);
    for (int i = 0; i < FILES - 1; i++)
        EXPECT_EQ(seen[i], 1);
}

static void check_libc(void)
{
    DIR *dir = opendir("/m");
    struct dirent *entry;
    int count = 0;

    EXPECT(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] == 'n';
    EXPECT_EQ(count, FILES);
    EXPECT_EQ(closedir(dir), 0);
}

int main(void)
{
    fd_t fd;
    uint32_t used;

    for (int i = 0; i < FILES; i++) {
        char name[8];

        snprintf(name, sizeof(name), "n%03d", i);
        make_file(name, "");
    }
    check_in_one_go();
    check_in_pieces(60);
    check_in_pieces(333);
    check_cookies();
    check_libc();
    check_changes();
    fd = open_file("n000", 0);
    EXPECT_EQ(raw_fd_readdir(fd, buf, 100, 0, &used), ER_NOTDIR);
    return 0;
}
