/* test_os_landlock.c - no files but these.
 *
 * Each test is a process of its own, so what it gives up is its own affair.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* mkdtemp */
#include "os/os_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mode_tools.h"
#include "os/os_fail.h"
#include "os/os_lockdown.h"

static char folder[200], file[220], other[220];
static viv_error err;

static void write_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    EXPECT(fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
}

static void begin(void)
{
    const char *parent = getenv("TMPDIR");

    if (mode_is("asan"))
        SKIP("its leak detector opens files of /proc");
    if (os_landlock_version() == 0)
        SKIP("there is no Landlock here");
    snprintf(folder, sizeof(folder), "%s/landlock-XXXXXX",
             parent != NULL ? parent : "/tmp");
    EXPECT(mkdtemp(folder) != NULL);
    snprintf(file, sizeof(file), "%s/file", folder);
    snprintf(other, sizeof(other), "%s/other", folder);
    write_file(file);
    write_file(other);
    EXPECT_EQ_INT(os_lockdown_begin(&err), 0);
}

static int try_open(const char *path, int how)
{
    int fd = open(path, how, 0600);

    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static void enter(const struct os_landlock_path *path, size_t count)
{
    if (os_landlock_enter(path, count, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

TEST(without_paths_nothing_can_be_opened)
{
    begin();
    enter(NULL, 0);
    EXPECT_EQ_INT(try_open(file, O_RDONLY), -EACCES);
    EXPECT_EQ_INT(try_open("/etc/passwd", O_RDONLY), -EACCES);
    EXPECT_EQ_INT(try_open(folder, O_RDONLY | O_DIRECTORY), -EACCES);
    EXPECT_EQ_INT(mkdir("/tmp/landlock", 0700), -1);
    EXPECT_EQ_INT(errno, EACCES);
}

TEST(a_file_can_be_read_and_no_other)
{
    struct os_landlock_path path = {file, false, false};

    begin();
    enter(&path, 1);
    EXPECT_EQ_INT(try_open(file, O_RDONLY), 0);
    EXPECT_EQ_INT(try_open(file, O_RDWR), -EACCES);
    EXPECT_EQ_INT(try_open(other, O_RDONLY), -EACCES);
}

TEST(a_directory_is_one_with_all_in_it)
{
    struct os_landlock_path path = {folder, true, false};

    begin();
    enter(&path, 1);
    EXPECT_EQ_INT(try_open(other, O_RDONLY), 0);
    EXPECT_EQ_INT(try_open(folder, O_RDONLY | O_DIRECTORY), 0);
    EXPECT_EQ_INT(try_open(other, O_WRONLY), -EACCES);
    EXPECT_EQ_INT(try_open("/etc/passwd", O_RDONLY), -EACCES);
    EXPECT_EQ_INT(unlink(file), -1);
}

TEST(one_that_is_writable_can_be_changed_but_has_no_devices)
{
    struct os_landlock_path path = {folder, true, true};
    char name[240];

    begin();
    enter(&path, 1);
    snprintf(name, sizeof(name), "%s/new", folder);
    EXPECT_EQ_INT(try_open(name, O_RDWR | O_CREAT), 0);
    EXPECT_EQ_INT(truncate(name, 0), 0);
    EXPECT_EQ_INT(unlink(name), 0);
    EXPECT_EQ_INT(mkdir(name, 0700), 0);
    EXPECT_EQ_INT(rmdir(name), 0);
    EXPECT_EQ_INT(symlink("x", name), 0);
    EXPECT_EQ_INT(unlink(name), 0);
    EXPECT_EQ_INT(mkfifo(name, 0600), -1);
    EXPECT_EQ_INT(errno, EACCES);
}

TEST(programs_that_are_started_have_no_more)
{
    begin();
    enter(NULL, 0);
    EXPECT(WEXITSTATUS(system("exec 2>/dev/null; cat /etc/passwd")) != 0);
}

TEST(a_path_that_is_not_there_is_said)
{
    struct os_landlock_path path = {"/nowhere", true, false};

    begin();
    EXPECT_EQ_INT(os_landlock_enter(&path, 1, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "'/nowhere'");
    EXPECT_EQ_INT(try_open(file, O_RDONLY), 0);
}

TEST(each_call_that_fails_is_said)
{
    struct os_landlock_path path;
    int code = -1;

    begin();
    path = (struct os_landlock_path){folder, true, false};
    for (uint64_t n = 1; code < 0; n++) {
        os_fail_at(n);
        code = os_landlock_enter(&path, 1, &err);
        os_fail_at(0);
        if (n == 1)
            EXPECT_EQ_INT(code, VIV_EUNSUPPORTED);
        else
            EXPECT_EQ_INT(code, n < 6 ? VIV_EIO : 0);
    }
}
