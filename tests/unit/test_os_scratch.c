/* test_os_scratch.c - tests of folders that nobody shall find later.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_scratch.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

static struct os_scratch scratch = {.fd = -1};
static viv_error err;
static char parent[200];

/* A parent folder of the test's own, as TMPDIR. */
static void make_parent(void)
{
    const char *above = getenv("TMPDIR");

    snprintf(parent, sizeof(parent), "%.150s/scratch-XXXXXX",
             above != NULL ? above : "/tmp");
    EXPECT(mkdtemp(parent) != NULL);
    EXPECT_EQ_INT(setenv("TMPDIR", parent, 1), 0);
}

static int count_files(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int count = 0;

    EXPECT(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void open_it(void)
{
    if (os_scratch_open(&scratch, &err) < 0)
        test_fail(TEST_AT, "cannot open: %s", err.text);
}

/* End the test's folder, which must be empty by now. */
static void remove_parent(void)
{
    EXPECT_EQ_INT(rmdir(parent), 0);
}

TEST(it_is_a_private_folder_that_goes_with_all_that_is_in_it)
{
    struct stat info;
    char path[OS_SCRATCH_PATH_MAX];

    make_parent();
    open_it();
    EXPECT(strncmp(scratch.path, parent, strlen(parent)) == 0);
    EXPECT_EQ_INT(stat(scratch.path, &info), 0);
    EXPECT_EQ_INT(info.st_mode & 0777, 0700);
    EXPECT_EQ_INT(os_scratch_write(&scratch, "a.c", "int x;", 6, &err), 0);
    EXPECT_EQ_INT(os_scratch_write(&scratch, "b.c", "", 0, &err), 0);
    os_scratch_path(&scratch, "a.c", path, sizeof(path));
    EXPECT_EQ_INT(stat(path, &info), 0);
    EXPECT_EQ_INT(info.st_size, 6);
    os_scratch_close(&scratch);
    EXPECT_EQ_INT(count_files(parent), 0);
    os_scratch_close(&scratch); /* again: nothing */
    remove_parent();
}

TEST(two_at_a_time_are_two_folders)
{
    struct os_scratch other;

    make_parent();
    open_it();
    EXPECT_EQ_INT(os_scratch_open(&other, &err), 0);
    EXPECT(strcmp(scratch.path, other.path) != 0);
    EXPECT_EQ_INT(count_files(parent), 2);
    os_scratch_close(&scratch);
    EXPECT_EQ_INT(count_files(parent), 1);
    os_scratch_close(&other);
    remove_parent();
}

/* Start a process that opens one and waits; it says so through the pipe. */
static pid_t start_owner(void)
{
    int pipe_fds[2];
    char byte;
    pid_t pid;

    EXPECT_EQ_INT(pipe(pipe_fds), 0);
    pid = fork();
    if (pid == 0) {
        open_it();
        EXPECT_EQ_INT(os_scratch_write(&scratch, "half", "x", 1, &err), 0);
        (void)!write(pipe_fds[1], "x", 1);
        pause();
    }
    EXPECT_EQ_INT(read(pipe_fds[0], &byte, 1), 1);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return pid;
}

static void end(pid_t pid)
{
    EXPECT_EQ_INT(kill(pid, SIGKILL), 0);
    EXPECT_EQ_INT(waitpid(pid, NULL, 0), pid);
}

TEST(what_a_killed_owner_left_is_removed_by_the_next)
{
    make_parent();
    end(start_owner());
    end(start_owner()); /* it removed the first */
    EXPECT_EQ_INT(count_files(parent), 1);
    open_it();
    EXPECT_EQ_INT(count_files(parent), 1);
    os_scratch_close(&scratch);
    remove_parent();
}

TEST(what_belongs_to_the_living_is_left_alone)
{
    pid_t owner;

    make_parent();
    owner = start_owner();
    open_it();
    EXPECT_EQ_INT(count_files(parent), 2);
    os_scratch_close(&scratch);
    EXPECT_EQ_INT(count_files(parent), 1);
    end(owner);
    open_it();
    os_scratch_close(&scratch);
    remove_parent();
}

TEST(only_folders_of_that_name_are_swept)
{
    static const char *const others[] = {"vivarium-", "other",
                                         "vivarium-99999-abcdef"};
    char path[300];

    make_parent();
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", parent, others[i]);
        EXPECT_EQ_INT(mkdir(path, 0700), 0);
    }
    open_it();
    os_scratch_close(&scratch);
    EXPECT_EQ_INT(count_files(parent), 3);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", parent, others[i]);
        EXPECT_EQ_INT(rmdir(path), 0);
    }
    remove_parent();
}

TEST(a_link_of_that_name_is_not_followed)
{
    char target[300], link[300], file[320];
    FILE *made;

    make_parent();
    snprintf(target, sizeof(target), "%s/precious", parent);
    EXPECT_EQ_INT(mkdir(target, 0700), 0);
    snprintf(file, sizeof(file), "%s/file", target);
    made = fopen(file, "w");
    EXPECT(made != NULL && fclose(made) == 0);
    snprintf(link, sizeof(link), "%s/vivarium-%u-evil01", parent,
             (unsigned)geteuid());
    EXPECT_EQ_INT(symlink(target, link), 0);
    open_it();
    os_scratch_close(&scratch);
    EXPECT_EQ_INT(access(file, F_OK), 0);
    EXPECT(unlink(file) == 0 && unlink(link) == 0 && rmdir(target) == 0);
    remove_parent();
}

TEST(a_tmpdir_that_cannot_be_used_is_an_error_with_its_name)
{
    static char longest[600];

    EXPECT_EQ_INT(setenv("TMPDIR", "/no/such/folder", 1), 0);
    EXPECT_EQ_INT(os_scratch_open(&scratch, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "/no/such/folder");
    EXPECT_EQ_INT(setenv("TMPDIR", "/dev/null", 1), 0);
    EXPECT_EQ_INT(os_scratch_open(&scratch, &err), VIV_EIO);
    memset(longest, 'x', sizeof(longest) - 1);
    longest[0] = '/';
    EXPECT_EQ_INT(setenv("TMPDIR", longest, 1), 0);
    EXPECT_EQ_INT(os_scratch_open(&scratch, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "TMPDIR");
    EXPECT_EQ_INT(setenv("TMPDIR", "%s%n%s\n\033", 1), 0);
    EXPECT_EQ_INT(os_scratch_open(&scratch, &err), VIV_EIO);
    EXPECT(strchr(err.text, '\033') == NULL);
}

TEST(an_empty_tmpdir_is_the_usual_one)
{
    EXPECT_EQ_INT(setenv("TMPDIR", "", 1), 0);
    open_it();
    EXPECT(strncmp(scratch.path, "/tmp/", 5) == 0);
    os_scratch_close(&scratch);
}

TEST(many_at_once_do_not_remove_each_others)
{
    int status;

    make_parent();
    for (int i = 0; i < 8; i++) {
        if (fork() != 0)
            continue;
        for (int k = 0; k < 30; k++) {
            open_it();
            EXPECT_EQ_INT(os_scratch_write(&scratch, "file", "x", 1, &err), 0);
            EXPECT_EQ_INT(access(scratch.path, R_OK), 0);
            os_scratch_close(&scratch);
        }
        _exit(0);
    }
    for (int i = 0; i < 8; i++) {
        EXPECT(wait(&status) > 0);
        EXPECT_EQ_INT(status, 0);
    }
    EXPECT_EQ_INT(count_files(parent), 0);
    remove_parent();
}

TEST(an_adopted_folder_is_made_and_stays)
{
    char path[300];

    make_parent();
    snprintf(path, sizeof(path), "%s/a/b", parent);
    EXPECT_EQ_INT(os_scratch_adopt(path, &scratch, &err), 0);
    EXPECT_EQ_INT(os_scratch_write(&scratch, "kept", "x", 1, &err), 0);
    os_scratch_release(&scratch);
    EXPECT_EQ_INT(os_scratch_adopt(path, &scratch, &err), 0);
    os_scratch_release(&scratch);
    EXPECT_EQ_INT(count_files(path), 1);
    snprintf(path, sizeof(path), "%s/a/b/kept", parent);
    EXPECT(os_scratch_adopt(path, &scratch, &err) < 0); /* a file */
    EXPECT_HAS_STR(err.text, "kept");
    EXPECT_EQ_INT(unlink(path), 0);
    snprintf(path, sizeof(path), "%s/a/b", parent);
    EXPECT_EQ_INT(rmdir(path), 0);
    snprintf(path, sizeof(path), "%s/a", parent);
    EXPECT_EQ_INT(rmdir(path), 0);
    remove_parent();
}

TEST(writing_where_one_cannot_is_an_error_with_the_path)
{
    make_parent();
    open_it();
    EXPECT_EQ_INT(os_scratch_write(&scratch, "no/where", "x", 1, &err),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, "no/where");
    os_fail_at(1);
    EXPECT_EQ_INT(os_scratch_write(&scratch, "file", "x", 1, &err), VIV_EIO);
    os_fail_at(0);
    os_scratch_close(&scratch);
    os_fail_at(1);
    EXPECT_EQ_INT(os_scratch_open(&scratch, &err), VIV_EIO);
    os_fail_at(0);
    remove_parent();
}
