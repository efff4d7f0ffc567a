/* libc.c - an ordinary program: what C offers, and nothing of WASI's.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void check_stdio(void)
{
    FILE *file = fopen("/m/dir/text", "w+");
    char line[64];

    EXPECT(file != NULL);
    EXPECT_EQ(fprintf(file, "%d %s\n%.3f\n", 42, "words", 2.5), 15);
    rewind(file);
    EXPECT(fgets(line, sizeof(line), file) != NULL);
    EXPECT(strcmp(line, "42 words\n") == 0);
    EXPECT_EQ(fseek(file, -6, SEEK_END), 0);
    EXPECT_EQ(ftell(file), 9);
    EXPECT(fputs("last", file) >= 0);
    EXPECT_EQ(fclose(file), 0);
    file = fopen("/m/dir/text", "a");
    EXPECT(file != NULL);
    EXPECT_EQ(fputc('!', file), '!');
    EXPECT_EQ(fclose(file), 0);
    expect_text("dir/text", "42 words\nlast0\n!");
    EXPECT(fopen("/m/dir/none", "r") == NULL);
    EXPECT_EQ(errno, ENOENT);
    EXPECT(fopen("/m/dir", "w") == NULL);
    EXPECT_EQ(errno, EISDIR);
}

static void check_files(void)
{
    struct stat stat_of_it;
    int fd = open("/m/dir/file", O_CREAT | O_EXCL | O_RDWR, 0644);

    EXPECT(fd >= 0);
    EXPECT_EQ(open("/m/dir/file", O_CREAT | O_EXCL | O_RDWR, 0644), -1);
    EXPECT_EQ(errno, EEXIST);
    EXPECT_EQ(write(fd, "0123456789", 10), 10);
    EXPECT_EQ(ftruncate(fd, 5), 0);
    EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
    EXPECT_EQ(posix_fallocate(fd, 0, 8), 0);
    EXPECT_EQ(fstat(fd, &stat_of_it), 0);
    EXPECT_EQ(stat_of_it.st_size, 8);
    EXPECT(S_ISREG(stat_of_it.st_mode));
    EXPECT_EQ(fsync(fd), 0);
    EXPECT_EQ(close(fd), 0);
    EXPECT_EQ(rename("/m/dir/file", "/m/dir/other"), 0);
    EXPECT_EQ(access("/m/dir/file", F_OK), -1);
    EXPECT_EQ(access("/m/dir/other", R_OK | W_OK), 0);
    EXPECT_EQ(link("/m/dir/other", "/m/dir/third"), 0);
    EXPECT_EQ(symlink("third", "/m/dir/link"), 0);
    EXPECT_EQ(lstat("/m/dir/link", &stat_of_it), 0);
    EXPECT(S_ISLNK(stat_of_it.st_mode));
    EXPECT_EQ(stat("/m/dir/link", &stat_of_it), 0);
    EXPECT_EQ(stat_of_it.st_nlink, 2);
    EXPECT_EQ(unlink("/m/dir/third"), 0);
    EXPECT_EQ(stat("/m/dir/link", &stat_of_it), -1);
}

static void check_directory(void)
{
    struct dirent *entry;
    DIR *dir = opendir("/m/dir");
    int files = 0, links = 0, others = 0;

    EXPECT(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        files += entry->d_type == DT_REG;
        links += entry->d_type == DT_LNK;
        others += entry->d_type == DT_DIR;
    }
    EXPECT_EQ(files, 2);
    EXPECT_EQ(links, 1);
    EXPECT_EQ(others, 2); /* "." and ".." */
    EXPECT_EQ(closedir(dir), 0);
    EXPECT_EQ(rmdir("/m/dir"), -1);
    EXPECT_EQ(errno, ENOTEMPTY);
}

static void check_times(void)
{
    struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 6, .tv_nsec = 7}};
    struct stat it;

    EXPECT_EQ(utimensat(AT_FDCWD, "/m/dir/text", times, 0), 0);
    EXPECT_EQ(stat("/m/dir/text", &it), 0);
    EXPECT_EQ(it.st_atim.tv_sec, 5);
    EXPECT_EQ(it.st_mtim.tv_sec, 6);
    EXPECT_EQ(it.st_mtim.tv_nsec, 7);
}

/* Many open files, as many as there can be, and all of them closed again. */
static void check_many(void)
{
    static int fds[2000];
    int count = 0;

    while ((fds[count] = open("/m/dir/text", O_RDONLY)) >= 0)
        count++;
    EXPECT_EQ(errno, EMFILE);
    EXPECT(count > 1000);
    while (count-- > 0)
        EXPECT_EQ(close(fds[count]), 0);
}

int main(void)
{
    EXPECT_EQ(mkdir("/m/dir", 0755), 0);
    check_stdio();
    check_files();
    check_directory();
    check_times();
    check_many();
    return 0;
}
