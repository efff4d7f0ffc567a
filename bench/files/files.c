/* files.c - small operations on files, and how long each takes.
 *
 *     files FOLDER MS
 *
 * The same source is the native program and the guest.  Each operation is done
 * over and over for MS milliseconds; the row is its name and nanoseconds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES       100
#define FILE_BYTES  65536
#define SMALL_BYTES 64

static const char *top;
static char bytes[FILE_BYTES];
static int file;

static void check(int is_good, const char *what)
{
    if (!is_good) {
        perror(what);
        exit(1);
    }
}

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static const char *name_of(unsigned number)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/f%u", top, number % FILES);
    return path;
}

/* ------------------------------------------------------------------------
 * Operations: each is done once.
 */

static void read_small(unsigned n)
{
    if (n % (FILE_BYTES / SMALL_BYTES) == 0)
        lseek(file, 0, SEEK_SET);
    check(read(file, bytes, SMALL_BYTES) == SMALL_BYTES, "read");
}

static void write_small(unsigned n)
{
    if (n % (FILE_BYTES / SMALL_BYTES) == 0)
        lseek(file, 0, SEEK_SET);
    check(write(file, bytes, SMALL_BYTES) == SMALL_BYTES, "write");
}

static void read_large(unsigned n)
{
    (void)n;
    check(pread(file, bytes, FILE_BYTES, 0) == FILE_BYTES, "pread");
}

static void write_large(unsigned n)
{
    (void)n;
    check(pwrite(file, bytes, FILE_BYTES, 0) == FILE_BYTES, "pwrite");
}

static void stat_one(unsigned n)
{
    struct stat info;

    check(stat(name_of(n), &info) == 0, "stat");
}

static void open_and_close(unsigned n)
{
    int fd = open(name_of(n), O_RDONLY);

    check(fd >= 0 && close(fd) == 0, "open");
}

static void make_and_remove(unsigned n)
{
    char path[256];
    int fd;

    (void)n;
    snprintf(path, sizeof(path), "%s/new", top);
    fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    check(fd >= 0 && close(fd) == 0 && unlink(path) == 0, "unlink");
}

static void list(unsigned n)
{
    DIR *dir = opendir(top);
    int count = 0;

    (void)n;
    check(dir != NULL, "opendir");
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    check(count >= FILES, "readdir");
}

static const struct operation {
    const char *name;
    void (*func)(unsigned n);
    unsigned batch; /* how often between two looks at the clock */
} operations[] = {
    {"read 64 bytes", read_small, 1024},
    {"write 64 bytes", write_small, 1024},
    {"read 64 KiB", read_large, 64},
    {"write 64 KiB", write_large, 64},
    {"stat", stat_one, 200},
    {"open, close", open_and_close, 200},
    {"make, remove", make_and_remove, 100},
    {"list 100 files", list, 10},
};

static void measure(const struct operation *operation, double ns)
{
    double start = now_ns(), end = start;
    unsigned n = 0;

    while (end < start + ns) {
        for (unsigned i = 0; i < operation->batch; i++)
            operation->func(n++);
        end = now_ns();
    }
    printf("%s\t%.1f\n", operation->name, (end - start) / n);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    top = argv[1];
    for (unsigned i = 0; i < FILES; i++) {
        int fd = open(name_of(i), O_CREAT | O_RDWR, 0600);

        check(fd >= 0 && write(fd, bytes, 100) == 100, name_of(i));
        close(fd);
    }
    file = open(name_of(0), O_RDWR);
    check(pwrite(file, bytes, FILE_BYTES, 0) == FILE_BYTES, "pwrite");
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        measure(&operations[i], atof(argv[2]) * 1e6);
    return 0;
}
