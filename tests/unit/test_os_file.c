/* test_os_file.c - regular files, whole and in part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_file.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "os/os_map.h"
#include "test.h"

static char folder[PATH_MAX - 64];
static char path[PATH_MAX];

/* A folder of the test's own; `path` is `name` in it. */
static void begin(const char *name)
{
    const char *top = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/viv-file-XXXXXX",
             top != NULL ? top : "/tmp");
    EXPECT(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
}

static int files_in_folder(void)
{
    DIR *dir = opendir(folder);
    int count = 0;

    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

static void end(void)
{
    unlink(path);
    rmdir(path);
    EXPECT_EQ_INT(rmdir(folder), 0);
}

static int refusal_of(const char *what, viv_error *err)
{
    struct os_file file;
    int code = os_file_open(what, &file, err);

    EXPECT(code < 0);
    EXPECT_EQ_INT(err->code, code);
    return code;
}

TEST(a_file_comes_back_as_it_was_written)
{
    uint8_t *bytes;
    size_t len;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "hello\0you", 9, 0600, NULL), 0);
    EXPECT_EQ_INT(os_file_read_all(path, 9, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(len, 9);
    EXPECT_EQ_MEM(bytes, "hello\0you", 9);
    base_free(bytes);
    end();
}

TEST(an_empty_file_is_a_file)
{
    uint8_t *bytes = NULL;
    size_t len = 1;

    begin("empty");
    EXPECT_EQ_INT(os_file_write(path, NULL, 0, 0644, NULL), 0);
    EXPECT_EQ_INT(os_file_read_all(path, 0, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(len, 0);
    EXPECT(bytes != NULL);
    base_free(bytes);
    end();
}

TEST(pages_of_zeros_take_no_disk_and_come_back)
{
    enum { PAGES = 300 };
    static char bytes[PAGES * OS_PAGE_BYTES + 100];
    uint8_t *back;
    size_t len, size;
    struct stat st;

    begin("holes");
    bytes[7] = bytes[200 * OS_PAGE_BYTES + 3] = 'x';
    bytes[sizeof(bytes) - 1] = 'y';
    for (int n = 0; n < 3; n++) { /* ends with a part, a hole, neither */
        size = n == 0   ? sizeof(bytes)
               : n == 1 ? (size_t)PAGES * OS_PAGE_BYTES
                        : (size_t)201 * OS_PAGE_BYTES;
        EXPECT_EQ_INT(os_file_write(path, bytes, size, 0600, NULL), 0);
        EXPECT_EQ_INT(stat(path, &st), 0);
        EXPECT(st.st_blocks * 512 <= 20 * (long)OS_PAGE_BYTES);
        EXPECT_EQ_INT(os_file_read_all(path, size, &back, &len, NULL), 0);
        EXPECT_EQ_INT(len, size);
        EXPECT_EQ_MEM(back, bytes, size);
        base_free(back);
    }
    end();
}

TEST(the_ceiling_is_kept_and_named)
{
    viv_error err;
    uint8_t *bytes;
    size_t len;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "12345", 5, 0600, NULL), 0);
    EXPECT_EQ_INT(os_file_read_all(path, 4, &bytes, &len, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "has 5 bytes; 4 is the most");
    end();
}

TEST(what_is_missing_is_named)
{
    viv_error err;

    EXPECT_EQ_INT(refusal_of("/nowhere/at all", &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "'/nowhere/at all'");
    EXPECT_HAS_STR(err.text, "No such file");
}

TEST(a_directory_is_refused_as_one)
{
    viv_error err;

    EXPECT_EQ_INT(refusal_of("/", &err), VIV_EIO);
    EXPECT_EQ_STR(err.text, "'/' is a directory, not a file");
}

TEST(a_fifo_is_refused_without_waiting_for_a_writer)
{
    viv_error err;

    begin("fifo");
    EXPECT_EQ_INT(mkfifo(path, 0600), 0);
    EXPECT_EQ_INT(refusal_of(path, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "is not a regular file");
    end();
}

TEST(a_device_is_refused)
{
    viv_error err;

    EXPECT_EQ_INT(refusal_of("/dev/zero", &err), VIV_EIO);
    EXPECT_EQ_STR(err.text, "'/dev/zero' is not a regular file");
}

TEST(what_may_not_be_read_is_refused)
{
    viv_error err;

    if (geteuid() == 0)
        SKIP("root may read everything");
    begin("secret");
    EXPECT_EQ_INT(os_file_write(path, "x", 1, 0, NULL), 0);
    EXPECT_EQ_INT(refusal_of(path, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "Permission denied");
    end();
}

TEST(a_part_is_read_all_or_refused)
{
    struct os_file file;
    viv_error err;
    char part[4];

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "0123456789", 10, 0600, NULL), 0);
    EXPECT_EQ_INT(os_file_open(path, &file, NULL), 0);
    EXPECT_EQ_INT(file.bytes, 10);
    EXPECT_EQ_INT(os_file_read(&file, path, 6, part, 4, NULL), 0);
    EXPECT_EQ_MEM(part, "6789", 4);
    EXPECT_EQ_INT(os_file_read(&file, path, 7, part, 4, &err), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "ends after 10 bytes");
    os_file_close(&file);
    EXPECT_EQ_INT(file.fd, -1);
    end();
}

TEST(writing_replaces_what_was_there_and_sets_the_mode)
{
    struct stat st;
    uint8_t *bytes;
    size_t len;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "old and long", 12, 0644, NULL), 0);
    EXPECT_EQ_INT(os_file_write(path, "new", 3, 0751, NULL), 0);
    EXPECT_EQ_INT(stat(path, &st), 0);
    EXPECT_EQ_INT(st.st_mode & 0777, 0751);
    EXPECT_EQ_INT(os_file_read_all(path, 100, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(len, 3);
    base_free(bytes);
    end();
}

TEST(who_has_the_old_file_open_keeps_it)
{
    struct os_file old, new;
    char byte;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "old", 3, 0644, NULL), 0);
    EXPECT_EQ_INT(os_file_open(path, &old, NULL), 0);
    EXPECT_EQ_INT(os_file_write(path, "new", 3, 0644, NULL), 0);
    EXPECT_EQ_INT(os_file_open(path, &new, NULL), 0);
    EXPECT(old.id != new.id);
    EXPECT_EQ_INT(os_file_read(&old, path, 0, &byte, 1, NULL), 0);
    EXPECT_EQ_INT(byte, 'o');
    os_file_close(&old);
    os_file_close(&new);
    end();
}

TEST(a_failed_write_leaves_the_old_file_and_nothing_else)
{
    uint8_t *bytes;
    size_t len;
    int n, code;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "old", 3, 0644, NULL), 0);
    for (n = 1;; n++) {
        viv_error err = {0};

        os_fail_at((uint64_t)n);
        code = os_file_write(path, "newer", 5, 0644, &err);
        os_fail_at(0);
        EXPECT_EQ_INT(files_in_folder(), 1);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_EIO);
        EXPECT_HAS_STR(err.text, path);
        EXPECT_EQ_INT(os_file_read_all(path, 100, &bytes, &len, NULL), 0);
        EXPECT_EQ_INT(len, 3);
        base_free(bytes);
    }
    EXPECT(n > 4);
    end();
}

TEST(a_failed_read_gives_everything_back)
{
    uint8_t *bytes;
    size_t len;
    int n, code;

    begin("file");
    EXPECT_EQ_INT(os_file_write(path, "old", 3, 0644, NULL), 0);
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = os_file_read_all(path, 100, &bytes, &len, NULL);
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_EIO);
    }
    EXPECT_EQ_INT(n, 4);
    base_free(bytes);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(os_file_read_all(path, 100, &bytes, &len, NULL), VIV_ENOMEM);
    base_alloc_fail_at(0);
    end();
}

TEST(a_folder_that_is_not_there_cannot_be_written_to)
{
    viv_error err;

    EXPECT_EQ_INT(os_file_write("/nowhere/file", "x", 1, 0644, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "/nowhere/file");
}

TEST(a_path_that_is_too_long_is_refused)
{
    static char text[PATH_MAX + 10];

    memset(text, 'a', sizeof(text) - 1);
    EXPECT_EQ_INT(os_file_write(text, "x", 1, 0644, NULL), VIV_EIO);
}
