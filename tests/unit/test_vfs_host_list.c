/* test_vfs_host_list.c - a directory of the host: entries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "host_fixture.h"
#include "os/os_fail.h"

/* How many, and what the last was. */
struct listing {
    unsigned count, max;
    uint64_t next;
    uint64_t up_ino;
    uint8_t type_of_fifo, type_of_dir;
};

static bool take(void *cookie, const struct vfs_entry *entry)
{
    struct listing *listing = cookie;

    if (listing->count == listing->max)
        return false;
    listing->count++;
    listing->next = entry->next;
    EXPECT(memchr(entry->name.text, '\xff', entry->name.len) == NULL);
    if (entry->name.len == 2 && memcmp(entry->name.text, "..", 2) == 0)
        listing->up_ino = entry->ino;
    if (entry->name.text[0] == 'f')
        listing->type_of_fifo = entry->type;
    if (entry->name.text[0] == 'd')
        listing->type_of_dir = entry->type;
    return true;
}

static struct listing list(uint32_t fd, uint64_t from, unsigned max)
{
    struct listing listing = {.max = max};

    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, from, take, &listing), 0);
    return listing;
}

TEST(entries_are_listed_with_their_types)
{
    struct listing all;
    struct stat st;

    host_fixture_begin();
    EXPECT_EQ_INT(mkdir(folder_path("d"), 0777), 0);
    EXPECT_EQ_INT(mkfifo(folder_path("f"), 0666), 0);
    all = list(0, 0, 100);
    EXPECT_EQ_INT(all.count, 4);
    EXPECT_EQ_INT(all.type_of_dir, VFS_DIRECTORY);
    EXPECT_EQ_INT(all.type_of_fifo, VFS_NONE);
    EXPECT_EQ_INT(stat(folder_in, &st), 0);
    EXPECT_EQ_INT(all.up_ino, st.st_ino); /* not that of the folder above */
    EXPECT_EQ_INT(list(fixture_open(0, "d", 0, FIXTURE_READ), 0, 9).up_ino,
                  st.st_ino);
    host_fixture_end();
}

TEST(a_name_that_no_path_can_spell_is_left_out)
{
    host_fixture_begin();
    folder_write(folder_path("a\xff"), "");
    folder_write(folder_path("b"), "");
    EXPECT_EQ_INT(list(0, 0, 100).count, 3);
    host_fixture_end();
}

TEST(listing_goes_on_where_it_stopped)
{
    struct listing part = {0};
    unsigned count = 0;
    char name[16];

    host_fixture_begin();
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "x%d", i);
        folder_write(folder_path(name), "");
    }
    EXPECT_EQ_INT(list(0, 0, 10000).count, 502);
    do {
        part = list(0, part.next, 7);
        count += part.count;
    } while (part.count == 7);
    EXPECT_EQ_INT(count, 502);
    host_fixture_end();
}

TEST(cookies_that_were_made_up_do_no_harm)
{
    struct listing listing = {.max = 100};
    uint32_t fd;

    host_fixture_begin();
    for (uint64_t cookie = 1; cookie < 1ull << 62; cookie *= 3) {
        int error = vfs_fd_list(&fixture_vfs, 0, cookie, take, &listing);

        EXPECT(error == 0 || error == VFS_EINVAL);
        listing.count = 0;
    }
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, 0, UINT64_MAX, take, &listing),
                  VFS_EINVAL);
    fixture_put(0, "a", "");
    fd = fixture_open(0, "a", 0, FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, 0, take, &listing),
                  VFS_ENOTDIR);
    vfs_table_get(&fixture_vfs.arena, fd)->type = VFS_DIRECTORY; /* forged */
    vfs_table_get(&fixture_vfs.arena, fd)->rights = UINT64_MAX;
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, 0, take, &listing),
                  VFS_ENOTDIR);
    host_fixture_end();
}

TEST(every_system_call_may_fail)
{
    struct listing listing = {.max = 100};

    host_fixture_begin();
    for (uint64_t n = 1; n <= 4; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, 0, 0, take, &listing),
                      VFS_ENOMEM);
        os_fail_at(0);
    }
    host_fixture_end();
}
