/* test_os_path.c - tests of paths as the embedder gives them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "test.h"

static viv_error err;
static char folder[200];

static const char *in_folder(const char *name)
{
    static char paths[4][300];
    static unsigned next;
    const char *parent = getenv("TMPDIR");
    char *path = paths[next++ % 4];

    if (folder[0] == '\0') {
        snprintf(folder, sizeof(folder), "%.150s/path-XXXXXX",
                 parent != NULL ? parent : "/tmp");
        EXPECT(mkdtemp(folder) != NULL);
    }
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void touch(const char *name)
{
    FILE *file = fopen(in_folder(name), "w");

    EXPECT(file != NULL && fclose(file) == 0);
}

static void remove_folder(void)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    EXPECT_EQ_INT(system(command), 0);
}

TEST(an_absolute_path_stays_what_it_is)
{
    char path[100];

    EXPECT_EQ_INT(
        os_path_absolute("/no/such/../thing", path, sizeof(path), &err), 0);
    EXPECT_EQ_STR(path, "/no/such/../thing");
}

TEST(a_relative_path_is_seen_from_here)
{
    char path[100];

    EXPECT_EQ_INT(chdir("/usr"), 0);
    EXPECT_EQ_INT(os_path_absolute("a/b", path, sizeof(path), &err), 0);
    EXPECT_EQ_STR(path, "/usr/a/b");
}

TEST(a_path_that_does_not_fit_is_refused)
{
    char path[8];

    EXPECT_EQ_INT(os_path_absolute("/234567", path, sizeof(path), &err), 0);
    EXPECT_EQ_INT(os_path_absolute("/2345678", path, sizeof(path), &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "/2345678");
}

TEST(a_current_folder_that_is_gone_is_an_error)
{
    char path[500];

    os_fail_at(1);
    EXPECT_EQ_INT(os_path_absolute("x", path, sizeof(path), &err), VIV_EIO);
    os_fail_at(0);
    EXPECT_EQ_INT(mkdir(in_folder("gone"), 0700), 0);
    EXPECT_EQ_INT(chdir(in_folder("gone")), 0);
    EXPECT_EQ_INT(rmdir(in_folder("gone")), 0);
    EXPECT_EQ_INT(os_path_absolute("x", path, sizeof(path), &err), VIV_EIO);
    remove_folder();
}

TEST(folders_are_told_from_files)
{
    touch("file");
    EXPECT(os_path_is_folder("/"));
    EXPECT(os_path_is_folder(in_folder(".")));
    EXPECT(!os_path_is_folder(in_folder("file")));
    EXPECT(!os_path_is_folder(in_folder("none")));
    remove_folder();
}

TEST(missing_folders_are_made_all_the_way)
{
    EXPECT_EQ_INT(os_path_make_folder(in_folder("a/b//c/"), &err), 0);
    EXPECT(os_path_is_folder(in_folder("a/b/c")));
    EXPECT_EQ_INT(os_path_make_folder(in_folder("a/b/c"), &err), 0);
    EXPECT_EQ_INT(chdir(folder), 0);
    EXPECT_EQ_INT(os_path_make_folder("x/y", &err), 0);
    EXPECT(os_path_is_folder(in_folder("x/y")));
    EXPECT_EQ_INT(chdir("/"), 0);
    remove_folder();
}

TEST(what_cannot_be_made_is_an_error_that_names_the_part)
{
    static char longest[PATH_MAX + 10];

    touch("file");
    EXPECT_EQ_INT(os_path_make_folder(in_folder("file/a/b"), &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "file/a");
    EXPECT_EQ_INT(os_path_make_folder("", &err), VIV_EINVAL);
    memset(longest, 'x', sizeof(longest) - 1);
    EXPECT_EQ_INT(os_path_make_folder(longest, &err), VIV_EINVAL);
    os_fail_at(1);
    EXPECT_EQ_INT(os_path_make_folder(in_folder("new"), &err), VIV_EIO);
    os_fail_at(0);
    remove_folder();
}

TEST(names_are_listed_sorted_by_suffix)
{
    char **names;

    touch("b.x");
    touch("a.x");
    touch("a.y");
    touch(".x"); /* nothing before the suffix */
    touch("c.xx");
    EXPECT_EQ_INT(os_path_list(in_folder("."), ".x", &names, &err), 0);
    EXPECT_EQ_STR(names[0], "a.x");
    EXPECT_EQ_STR(names[1], "b.x");
    EXPECT(names[2] == NULL);
    base_free(names);
    EXPECT_EQ_INT(os_path_list(in_folder("."), ".none", &names, &err), 0);
    EXPECT(names[0] == NULL);
    base_free(names);
    remove_folder();
}

TEST(what_cannot_be_listed_is_an_error)
{
    char **names;

    EXPECT_EQ_INT(os_path_list("/no/folder", ".x", &names, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "/no/folder");
    touch("a.x");
    for (uint64_t n = 1; n <= 2; n++) {
        base_alloc_fail_at(n);
        EXPECT_EQ_INT(os_path_list(in_folder("."), ".x", &names, &err),
                      VIV_ENOMEM);
        base_alloc_fail_at(0);
    }
    os_fail_at(1);
    EXPECT_EQ_INT(os_path_list(in_folder("."), ".x", &names, &err), VIV_EIO);
    os_fail_at(0);
    remove_folder();
}
