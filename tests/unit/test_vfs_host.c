/* test_vfs_host.c - a directory of the host: its life, and what is open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_host.h"

#include "base/base_alloc.h"
#include "host_fixture.h"
#include "os/os_fail.h"

static viv_error err;

TEST(the_root_is_open_and_has_no_slot)
{
    host_fixture_begin();
    EXPECT(vfs_host_fd(host_fixture(), 0) >= 0);
    EXPECT(vfs_host_slot(host_fixture(), 0) == NULL);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, 0), 0);
    EXPECT(vfs_host_fd(host_fixture(), 0) >= 0);
    host_fixture_end();
}

TEST(what_is_closed_is_closed_on_the_host)
{
    int before;
    uint32_t fd;

    host_fixture_begin();
    before = host_fixture_open_count();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(host_fixture_open_count(), before + 1);
    EXPECT_EQ_INT(host_fixture()->open_count, 1);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(host_fixture_open_count(), before);
    EXPECT_EQ_INT(host_fixture()->open_count, 0);
    host_fixture_end();
}

TEST(a_node_of_another_life_finds_nothing)
{
    uint64_t old, node;
    uint32_t fd;

    host_fixture_begin();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    old = host_fixture_node(fd);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    fd = fixture_open(0, "a", 0, FIXTURE_BOTH);
    node = host_fixture_node(fd);
    EXPECT_EQ_INT(node & 0xffff, old & 0xffff);
    EXPECT(node != old);
    EXPECT_EQ_INT(vfs_host_fd(host_fixture(), old), -1);
    EXPECT(vfs_host_fd(host_fixture(), node) >= 0);
    EXPECT_EQ_INT(vfs_host_fd(host_fixture(), node + 1), -1);
    EXPECT_EQ_INT(vfs_host_fd(host_fixture(), node | 0xffff), -1);
    EXPECT_EQ_INT(vfs_host_fd(host_fixture(), UINT64_MAX), -1);
    host_fixture_end();
}

/* Two sandboxes: a node of the one is none of the other. */
TEST(generations_are_never_given_twice)
{
    struct vfs_host *other;
    struct vfs_how how = {.read = true, .create = true};
    struct vfs_path path = {1, "a"};
    struct vfs_node one, two;

    host_fixture_begin();
    EXPECT_EQ_INT(
        vfs_host_new(folder_in, &host_fixture_plenty, 16, &other, &err), 0);
    EXPECT_EQ_INT(vfs_host_open(host_fixture(), 0, &path, &how, &one), 0);
    EXPECT_EQ_INT(vfs_host_open(other, 0, &path, &how, &two), 0);
    EXPECT(one.id != two.id);
    EXPECT_EQ_INT(vfs_host_fd(other, one.id), -1);
    vfs_host_ops.free(other);
    host_fixture_end();
}

TEST(a_reset_closes_what_is_open_and_descriptors_find_nothing)
{
    struct vfs_stat stat;
    int before;
    uint32_t fd, dir;

    host_fixture_begin();
    before = host_fixture_open_count();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    dir = fixture_open(0, "d", 0, FIXTURE_READ);
    vfs_reset(&fixture_vfs);
    EXPECT_EQ_INT(host_fixture_open_count(), before);
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &stat), VFS_EBADF);
    EXPECT_EQ_INT(fixture_mkdir(dir, "x"), VFS_EBADF);
    EXPECT_EQ_INT(fixture_try(dir, "x", 0, FIXTURE_READ, &fd), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, 0, &stat), 0);
    vfs_reset(&fixture_vfs);
    host_fixture_end();
}

TEST(an_image_is_refused_while_something_is_open_by_its_name)
{
    uint32_t fd;

    host_fixture_begin();
    EXPECT_EQ_INT(vfs_check_image(&fixture_vfs, &err), 0);
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_check_image(&fixture_vfs, &err), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "/in/a' of the host open, beneath its '/data'");
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_check_image(&fixture_vfs, &err), 0);
    host_fixture_end();
}

TEST(there_are_as_many_slots_as_were_asked_for)
{
    struct vfs_how how = {.read = true};
    struct vfs_path path = {1, "."};
    struct vfs_host *host;
    struct vfs_node nodes[3];

    host_fixture_begin();
    EXPECT_EQ_INT(vfs_host_new(folder_in, &host_fixture_plenty, 2, &host, &err),
                  0);
    EXPECT_EQ_INT(vfs_host_open(host, 0, &path, &how, &nodes[0]), 0);
    EXPECT_EQ_INT(vfs_host_open(host, 0, &path, &how, &nodes[1]), 0);
    EXPECT_EQ_INT(vfs_host_open(host, 0, &path, &how, &nodes[2]), VFS_EMFILE);
    vfs_host_ops.close(host, nodes[0].id);
    EXPECT_EQ_INT(vfs_host_open(host, 0, &path, &how, &nodes[2]), 0);
    vfs_host_ops.close(host, nodes[0].id);
    EXPECT_EQ_INT(host->open_count, 2);
    vfs_host_ops.free(host);
    host_fixture_end();
}

TEST(what_cannot_be_given_is_said_in_words)
{
    struct vfs_host *host = NULL;

    host_fixture_begin();
    EXPECT_EQ_INT(
        vfs_host_new("/nowhere", &host_fixture_plenty, 4, &host, &err),
        VIV_EIO);
    EXPECT_HAS_STR(err.text, "'/nowhere'");
    for (uint64_t n = 1; n <= 2; n++) {
        base_alloc_fail_at(n);
        EXPECT_EQ_INT(
            vfs_host_new(folder_in, &host_fixture_plenty, 4, &host, &err),
            VIV_ENOMEM);
        base_alloc_fail_at(0);
        os_fail_at(n);
        EXPECT_EQ_INT(
            vfs_host_new(folder_in, &host_fixture_plenty, 4, &host, &err),
            VIV_EIO);
        os_fail_at(0);
    }
    EXPECT(host == NULL);
    host_fixture_end();
}
