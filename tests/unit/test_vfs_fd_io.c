/* test_vfs_fd_io.c - what guests do to what is open: bytes and positions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs_fixture.h"

static uint32_t fd;
static char bytes[16];
static struct iovec part = {bytes, sizeof(bytes)};
static size_t done;

static void begin(uint64_t rights)
{
    fixture_with_memory();
    fixture_put(0, "a", "0123456789");
    fd = fixture_open(0, "a", 0, rights);
}

static int seek(int64_t by, enum vfs_fd_whence whence, uint64_t *ret_at)
{
    return vfs_fd_seek(&fixture_vfs, fd, by, whence, ret_at);
}

TEST(reading_and_writing_move_the_position)
{
    uint64_t at;

    begin(FIXTURE_BOTH);
    part.iov_len = 4;
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, fd, &part, 1, &done), 0);
    EXPECT_EQ_INT(fixture_write(fd, "xy"), 0);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(at, 6);
    EXPECT_EQ_STR(fixture_read(fd), "6789");
    EXPECT_EQ_STR(fixture_read(fd), "");
    EXPECT_EQ_STR(fixture_text(0, "a"), "0123xy6789");
    fixture_end();
}

TEST(at_a_place_the_position_stays)
{
    uint64_t at;

    begin(FIXTURE_BOTH);
    part.iov_len = 2;
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 8, &done), 0);
    EXPECT_EQ_MEM(bytes, "89", 2);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, 0, &done), 0);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(at, 0);
    EXPECT_EQ_STR(fixture_read(fd), "8923456789");
    fixture_end();
}

TEST(what_appends_writes_at_the_end_wherever_it_stands)
{
    uint64_t at;

    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAG_APPEND), 0);
    EXPECT_EQ_INT(fixture_write(fd, "ab"), 0);
    EXPECT_EQ_INT(seek(0, VFS_FD_CUR, &at), 0);
    EXPECT_EQ_INT(at, 12);
    part = (struct iovec){"c", 1};
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, 0, &done), 0);
    EXPECT_EQ_STR(fixture_text(0, "a"), "0123456789abc");
    fixture_end();
}

TEST(rights_to_read_and_write_are_those_it_was_opened_with)
{
    begin(FIXTURE_READ);
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, 0, &done),
                  VFS_EBADF);
    fd = fixture_open(0, "a", 0, FIXTURE_WRITE);
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, fd, &part, 1, &done), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 0, &done),
                  VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, VFS_RIGHT_WRITE, 0), 0);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, 0, &done),
                  VFS_ENOTCAPABLE);
    fixture_end();
}

TEST(a_directory_has_no_bytes)
{
    uint64_t at;

    begin(FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, 0, &part, 1, &done), VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_write(&fixture_vfs, 0, &part, 1, &done), VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, 0, &part, 1, 0, &done),
                  VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, 0, &part, 1, 0, &done),
                  VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_seek(&fixture_vfs, 0, 0, VFS_FD_SET, &at), VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, 0, &at), VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, 12, &part, 1, &done), VFS_EBADF);
    fixture_end();
}

TEST(a_stream_has_bytes_but_no_positions)
{
    struct vfs_pipe *pipe = vfs_pipe_new(VFS_PIPE_OUT, 8);
    uint64_t at;

    fixture_init(0);
    EXPECT_EQ_INT(vfs_mount_stream(&fixture_vfs, pipe, NULL), 0);
    fixture_format();
    EXPECT_EQ_INT(fixture_write(0, "hello"), 0);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, 0, &part, 1, 0, &done),
                  VFS_ESPIPE);
    EXPECT_EQ_INT(vfs_fd_seek(&fixture_vfs, 0, 0, VFS_FD_CUR, &at), VFS_ESPIPE);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, 0, &at), VFS_ESPIPE);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, 0, 0), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, 0, VFS_FLAG_APPEND), 0);
    part = (struct iovec){" you!", 5};
    EXPECT_EQ_INT(vfs_fd_write(&fixture_vfs, 0, &part, 1, &done), VFS_ELIMIT);
    EXPECT_EQ_INT(done, 3);
    EXPECT_EQ_INT(vfs_table_get(&fixture_vfs.arena, 0)->offset, 0);
    fixture_end();
}

TEST(seeking_ends_where_numbers_do)
{
    uint64_t at = 77;

    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(seek(INT64_MAX, VFS_FD_SET, &at), 0);
    EXPECT_EQ_INT(at, INT64_MAX);
    EXPECT_EQ_INT(seek(1, VFS_FD_CUR, &at), VFS_EINVAL);
    EXPECT_EQ_INT(seek(INT64_MAX, VFS_FD_END, &at), VFS_EINVAL);
    EXPECT_EQ_INT(seek(-10, VFS_FD_END, &at), 0);
    EXPECT_EQ_INT(at, 0);
    EXPECT_EQ_INT(seek(-11, VFS_FD_END, &at), VFS_EINVAL);
    EXPECT_EQ_INT(seek(-1, VFS_FD_SET, &at), VFS_EINVAL);
    EXPECT_EQ_INT(seek(INT64_MIN, VFS_FD_CUR, &at), VFS_EINVAL);
    EXPECT_EQ_INT(seek(0, (enum vfs_fd_whence)3, &at), VFS_EINVAL);
    EXPECT_EQ_INT(at, 0);
    fixture_end();
}

TEST(asking_where_one_is_takes_the_right_to_tell)
{
    uint64_t at;

    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, VFS_RIGHT_TELL, 0), 0);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(seek(0, VFS_FD_CUR, &at), 0);
    EXPECT_EQ_INT(seek(0, VFS_FD_SET, &at), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(seek(1, VFS_FD_CUR, &at), VFS_ENOTCAPABLE);
    fixture_end();
}

TEST(nothing_is_read_or_written_beyond_the_largest_offset)
{
    uint64_t at;

    begin(FIXTURE_BOTH);
    part = (struct iovec){bytes, 2};
    EXPECT_EQ_INT(
        vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, INT64_MAX - 1, &done),
        VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, UINT64_MAX, &done),
                  VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, UINT64_MAX, &done),
                  VFS_EINVAL);
    EXPECT_EQ_INT(
        vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, INT64_MAX - 2, &done),
        VFS_EFBIG);
    EXPECT_EQ_INT(seek(INT64_MAX, VFS_FD_SET, &at), 0);
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, fd, &part, 1, &done), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_write(&fixture_vfs, fd, &part, 1, &done), VFS_EINVAL);
    vfs_table_get(&fixture_vfs.arena, fd)->offset = UINT64_MAX; /* forged */
    EXPECT_EQ_INT(vfs_fd_read(&fixture_vfs, fd, &part, 1, &done), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(at, INT64_MAX);
    fixture_end();
}

/* Lengths are a guest's; only the file decides how much is touched. */
TEST(parts_that_are_together_too_much_are_taken_in_part)
{
    struct iovec parts[] = {{bytes, 8}, {bytes, SIZE_MAX / 4}};
    struct iovec huge = {bytes, SIZE_MAX / 4};

    begin(FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, parts, 2, 0, &done), 0);
    EXPECT_EQ_INT(done, 8);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &huge, 1, 0, &done), 0);
    EXPECT_EQ_INT(done, 10);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, NULL, 0, 0, &done), 0);
    EXPECT_EQ_INT(done, 0);
    fixture_end();
}
