/* test_vfs_data.c - the bytes of a file in the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_data.h"

#include "vfs/vfs_map.h"
#include "vfs_fixture.h"

#define BLOCK VFS_BLOCK_BYTES

static struct vfs_store *store = &fixture_store;
static struct vfs_inode *inode;

static void begin(uint32_t blocks)
{
    fixture_begin(blocks);
    inode = vfs_inode_get(store, fixture_inode(VFS_FILE), VFS_FILE);
}

static size_t put(uint64_t at, const void *from, size_t len)
{
    struct iovec part = {(void *)from, len};
    struct vfs_io io = {&part, 1, at, 0};

    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), 0);
    return io.done;
}

static size_t get(uint64_t at, void *to, size_t len)
{
    struct iovec part = {to, len};
    struct vfs_io io = {&part, 1, at, 0};

    vfs_data_read(store, inode, &io);
    return io.done;
}

TEST(what_was_written_is_read)
{
    char text[6];

    begin(4);
    EXPECT_EQ_INT(put(0, "hello", 5), 5);
    EXPECT_EQ_INT(get(0, text, 6), 5);
    EXPECT_EQ_MEM(text, "hello", 5);
    EXPECT_EQ_INT(get(3, text, 6), 2);
    EXPECT_EQ_INT(get(5, text, 6), 0);
    EXPECT_EQ_INT(get(UINT64_MAX, text, 6), 0);
}

TEST(parts_are_one_after_the_other)
{
    char a[3], b[2], c[9];
    struct iovec out[] = {{"abc", 3}, {"", 0}, {"de", 2}};
    struct iovec in[] = {{b, 2}, {a, 0}, {c, 9}};
    struct vfs_io io = {out, 3, BLOCK - 2, 0};

    begin(8);
    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), 0);
    EXPECT_EQ_INT(io.done, 5);
    io = (struct vfs_io){in, 3, BLOCK - 2, 0};
    vfs_data_read(store, inode, &io);
    EXPECT_EQ_INT(io.done, 5);
    EXPECT_EQ_MEM(b, "ab", 2);
    EXPECT_EQ_MEM(c, "cde", 3);
}

TEST(the_end_is_where_appending_begins)
{
    struct iovec part = {"xy", 2};
    struct vfs_io io = {&part, 1, VFS_END, 0};

    begin(4);
    put(0, "abc", 3);
    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), 0);
    EXPECT_EQ_INT(io.at, 3);
    EXPECT_EQ_INT(inode->bytes, 5);
}

TEST(what_was_never_written_is_zeros_and_takes_no_room)
{
    char bytes[3 * BLOCK], zeros[3 * BLOCK] = {0};

    begin(8);
    put(3 * BLOCK + 1, "x", 1);
    EXPECT_EQ_INT(fixture_used(), 3); /* inode, map, block */
    EXPECT_EQ_INT(get(1, bytes, sizeof(bytes)), sizeof(bytes));
    EXPECT_EQ_MEM(bytes, zeros, sizeof(bytes));
}

TEST(bytes_behind_the_end_are_not_seen_again)
{
    char bytes[10];

    begin(4);
    put(0, "0123456789", 10);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, 4), 0);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, 10), 0);
    EXPECT_EQ_INT(get(0, bytes, 10), 10);
    EXPECT_EQ_MEM(bytes, "0123\0\0\0\0\0\0", 10);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, 0), 0);
    EXPECT_EQ_INT(fixture_used(), 1);
}

TEST(a_block_that_had_another_life_shows_nothing_of_it)
{
    static char full[BLOCK];
    char bytes[BLOCK];

    begin(3);
    memset(full, 'x', sizeof(full));
    put(0, full, BLOCK);
    vfs_data_set_bytes(store, inode, 0);
    put(5, "y", 1);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, BLOCK), 0);
    EXPECT_EQ_INT(get(0, bytes, BLOCK), BLOCK);
    memset(full, 0, sizeof(full));
    full[5] = 'y';
    EXPECT_EQ_MEM(bytes, full, BLOCK);
}

TEST(when_the_room_ends_what_fits_is_written)
{
    static char full[4 * BLOCK];
    struct iovec part = {"x", 1};
    struct vfs_io io = {&part, 1, 8 * BLOCK, 0};

    begin(4); /* the inode's, a map's, two of bytes */
    EXPECT_EQ_INT(put(0, full, sizeof(full)), 2 * BLOCK);
    EXPECT_EQ_INT(inode->bytes, 2 * BLOCK);
    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), VFS_ENOSPC);
    EXPECT_EQ_INT(io.done, 0);
    EXPECT_EQ_INT(inode->bytes, 2 * BLOCK);
    EXPECT_EQ_INT(put(0, "fine", 4), 4);
}

TEST(no_file_is_larger_than_a_map_can_say)
{
    struct iovec part = {"xy", 2};
    struct vfs_io io = {&part, 1, VFS_MAP_BYTES_MAX, 0};

    begin(8);
    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), VFS_EFBIG);
    part.iov_len = 0;
    EXPECT_EQ_INT(vfs_data_write(store, inode, &io), 0);
    EXPECT_EQ_INT(inode->bytes, 0);
    EXPECT_EQ_INT(put(VFS_MAP_BYTES_MAX - 1, "xy", 2), 1);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, VFS_MAP_BYTES_MAX), 0);
    EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, VFS_MAP_BYTES_MAX + 1),
                  VFS_EFBIG);
}

TEST(room_that_was_asked_for_is_there_later)
{
    uint32_t used;

    begin(8);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, 100, 2 * BLOCK), 0);
    EXPECT_EQ_INT(inode->bytes, 2 * BLOCK + 100);
    used = fixture_used();
    EXPECT_EQ_INT(used, 5); /* inode, map, three of bytes */
    store->bytes_max = 0;
    EXPECT_EQ_INT(put(2 * BLOCK, "x", 1), 1);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, 0, 50), 0);
    EXPECT_EQ_INT(fixture_used(), used);
}

TEST(room_that_is_not_there_is_refused_at_once)
{
    begin(8);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, 0, 9 * BLOCK), VFS_ENOSPC);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, 0, VFS_MAP_BYTES_MAX),
                  VFS_ENOSPC);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, VFS_MAP_BYTES_MAX, 1),
                  VFS_EFBIG);
    EXPECT_EQ_INT(vfs_data_allocate(store, inode, VFS_BYTES_MAX, 1), VFS_EFBIG);
    EXPECT_EQ_INT(inode->bytes, 0);
}

/* The same bytes in a plain array, whatever is done. */
TEST(a_file_is_an_array_of_bytes)
{
    static char plain[30000], bytes[30000], data[9000];
    uint64_t size = 0;
    uint32_t random = 1;

    begin(64);
    for (int i = 0; i < 3000; i++) {
        uint32_t at, len;

        random = random * 1664525 + 1013904223;
        at = (random >> 8) % 20000;
        len = (random >> 3) % 9000;
        if (i % 3 == 0) {
            uint64_t old = size;

            size = at;
            EXPECT_EQ_INT(vfs_data_set_bytes(store, inode, size), 0);
            memset(plain + size, 0, old > size ? old - size : 0);
        } else {
            memset(data, (int)(i % 250) + 1, len);
            EXPECT_EQ_INT(put(at, data, len), len);
            memcpy(plain + at, data, len);
            if (len > 0 && size < at + len)
                size = at + len;
        }
        EXPECT_EQ_INT(inode->bytes, size);
        EXPECT_EQ_INT(get(0, bytes, sizeof(bytes)), size);
        EXPECT_EQ_MEM(bytes, plain, size);
    }
}

TEST(a_forged_size_reads_zeros_and_no_more_than_was_asked)
{
    char bytes[10];

    begin(4);
    put(0, "abc", 3);
    inode->bytes = UINT64_MAX;
    EXPECT_EQ_INT(get(1ull << 62, bytes, 10), 10);
    EXPECT_EQ_MEM(bytes, "\0\0\0\0\0\0\0\0\0\0", 10);
    inode->below = 77;
    inode->below_bytes = UINT64_MAX;
    EXPECT_EQ_INT(get(BLOCK, bytes, 10), 10);
}
