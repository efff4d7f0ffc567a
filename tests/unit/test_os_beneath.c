/* test_os_beneath.c - open what lies beneath a directory, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, nftw */
#include "os/os_beneath.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "folder.h"
#include "mode_tools.h"
#include "os/os_fail.h"

static viv_error err;
static int root;

static void begin(void)
{
    mode_need_openat2();
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

/* From now on this process has no openat2, as before Linux 5.6. */
static void forget_openat2(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        SKIP("this kernel filters no system calls");
}

TEST(a_kernel_without_openat2_is_told_in_words)
{
    int fd = -1;

    begin();
    forget_openat2();
    EXPECT_EQ_INT(os_beneath_root(folder_in, &fd, &err), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "openat2");
    EXPECT_HAS_STR(err.text, "Linux 5.6");
    expect_refused("sub/file", OS_BENEATH_READ, ENOSYS);
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
