/* test_os_beneath.c - open what lies beneath a directory, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, nftw */
#include "os/os_beneath.h"

#include <errno.h>

#include "folder.h"
#include "os/os_fail.h"

static viv_error err;
static int root;

static void begin(void)
{
    folder_begin();
    EXPECT_EQ_INT(os_beneath_root(folder_in, &root, &err), 0);
    EXPECT_EQ_INT(mkdir(folder_path("sub"), 0777), 0);
    folder_write(folder_path("sub/file"), "inside");
}

static void end(void)
{
    close(root);
    folder_end();
}

static int open_it(const char *path, unsigned how)
{
    return os_beneath_open(root, path, how);
}

static void expect_refused(const char *path, unsigned how, int reason)
{
    EXPECT_EQ_INT(open_it(path, how), -reason);
}

static void expect_opens(const char *path, unsigned how)
{
    int fd = open_it(path, how);

    EXPECT(fd >= 0);
    close(fd);
}

TEST(what_lies_beneath_is_opened)
{
    begin();
    expect_opens("sub/file", OS_BENEATH_READ);
    expect_opens("sub/../sub/./file", OS_BENEATH_READ | OS_BENEATH_WRITE);
    expect_opens("sub", OS_BENEATH_LOOK | OS_BENEATH_DIRECTORY);
    expect_opens(".", OS_BENEATH_READ | OS_BENEATH_DIRECTORY);
    end();
}

TEST(no_path_leaves_the_root)
{
    begin();
    expect_refused("../outside", OS_BENEATH_READ, EXDEV);
    expect_refused("..", OS_BENEATH_LOOK, EXDEV);
    expect_refused("sub/../../outside", OS_BENEATH_READ, EXDEV);
    expect_refused("sub/../../in/sub/file", OS_BENEATH_READ, EXDEV);
    expect_refused("/etc/passwd", OS_BENEATH_READ, EXDEV);
    expect_refused("../new", OS_BENEATH_WRITE | OS_BENEATH_CREATE, EXDEV);
    end();
}

TEST(no_link_leads_out_of_the_root)
{
    begin();
    EXPECT_EQ_INT(symlink("../outside", folder_path("up")), 0);
    EXPECT_EQ_INT(symlink("/etc", folder_path("etc")), 0);
    EXPECT_EQ_INT(symlink("/proc/self/cwd", folder_path("magic")), 0);
    EXPECT_EQ_INT(symlink("sub", folder_path("fine")), 0);
    expect_refused("up", OS_BENEATH_READ, EXDEV);
    expect_refused("etc/passwd", OS_BENEATH_READ, EXDEV);
    expect_refused("magic/file", OS_BENEATH_READ, EXDEV);
    expect_opens("fine/file", OS_BENEATH_READ);
    end();
}

TEST(a_link_at_the_end_is_followed_unless_one_says_no)
{
    begin();
    EXPECT_EQ_INT(symlink("sub/file", folder_path("link")), 0);
    expect_opens("link", OS_BENEATH_READ);
    expect_refused("link", OS_BENEATH_READ | OS_BENEATH_NOFOLLOW, ELOOP);
    expect_opens("link", OS_BENEATH_LOOK | OS_BENEATH_NOFOLLOW);
    end();
}

TEST(files_are_made_when_asked_for)
{
    unsigned make = OS_BENEATH_WRITE | OS_BENEATH_CREATE;
    struct stat st;

    begin();
    expect_refused("new", OS_BENEATH_WRITE, ENOENT);
    expect_opens("new", make | OS_BENEATH_EXCLUSIVE);
    expect_refused("new", make | OS_BENEATH_EXCLUSIVE, EEXIST);
    expect_opens("new", make);
    EXPECT_EQ_INT(stat(folder_path("new"), &st), 0);
    EXPECT_EQ_INT(st.st_mode & 0777, 0644);
    end();
}

TEST(a_fifo_does_not_make_us_wait)
{
    begin();
    EXPECT_EQ_INT(mkfifo(folder_path("fifo"), 0666), 0);
    expect_opens("fifo", OS_BENEATH_LOOK);
    expect_opens("fifo", OS_BENEATH_READ);
    expect_refused("fifo", OS_BENEATH_WRITE, ENXIO);
    end();
}

TEST(sync_reaches_the_kernel)
{
    int fd, flags;

    begin();
    fd = open_it("sub/file", OS_BENEATH_WRITE | OS_BENEATH_SYNC);
    flags = fcntl(fd, F_GETFL);
    EXPECT_EQ_INT(flags & O_SYNC, O_SYNC);
    close(fd);
    fd = open_it("sub/file", OS_BENEATH_WRITE | OS_BENEATH_DATASYNC);
    flags = fcntl(fd, F_GETFL);
    EXPECT_EQ_INT(flags & O_SYNC, O_DSYNC);
    EXPECT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    end();
}

TEST(a_root_must_be_a_directory)
{
    int fd = -1;

    begin();
    EXPECT_EQ_INT(os_beneath_root(folder_path("sub/file"), &fd, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "Not a directory");
    EXPECT_EQ_INT(os_beneath_root("/nowhere", &fd, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot open the directory '/nowhere'");
    EXPECT_EQ_INT(fd, -1);
    end();
}

TEST(a_call_that_fails_is_a_reason)
{
    int fd = -1;

    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(os_beneath_root(folder_in, &fd, &err), VIV_EIO);
    expect_refused("sub/file", OS_BENEATH_READ, ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_INT(fd, -1);
    end();
}
