/* test_os_fd.c - what can be done to an open file or directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_PATH, nftw */
#include "os/os_fd.h"

#include <errno.h>
#include <sys/resource.h>

#include "folder.h"
#include "os/os_fail.h"

static int fd;

static void begin(void)
{
    folder_begin();
    folder_write(folder_path("file"), "0123456789");
    fd = open(folder_path("file"), O_RDWR);
    EXPECT(fd >= 0);
}

static void end(void)
{
    os_fd_close(fd);
    os_fd_close(-1);
    folder_end();
}

static struct os_fd_facts facts_of(int what)
{
    struct os_fd_facts facts;

    EXPECT_EQ_INT(os_fd_examine(what, &facts), 0);
    return facts;
}

/* The type of `name`, of which only a look is taken. */
static enum os_fd_type type_of(const char *name)
{
    int look = open(folder_path(name), O_PATH | O_NOFOLLOW);
    enum os_fd_type type = facts_of(look).type;

    close(look);
    return type;
}

TEST(an_open_file_says_what_it_is)
{
    struct os_fd_facts facts;
    struct stat st;

    begin();
    facts = facts_of(fd);
    EXPECT_EQ_INT(fstat(fd, &st), 0);
    EXPECT_EQ_INT(facts.bytes, 10);
    EXPECT_EQ_INT(facts.links, 1);
    EXPECT_EQ_INT(facts.ino, st.st_ino);
    EXPECT_EQ_INT(facts.dev, st.st_dev);
    EXPECT_EQ_INT(facts.modified / 1000000000, st.st_mtim.tv_sec);
    EXPECT_EQ_INT(facts.modified % 1000000000, st.st_mtim.tv_nsec);
    end();
}

TEST(types_are_told_apart)
{
    begin();
    EXPECT_EQ_INT(symlink("nothing", folder_path("link")), 0);
    EXPECT_EQ_INT(mkfifo(folder_path("fifo"), 0666), 0);
    EXPECT_EQ_INT(type_of("file"), OS_FD_FILE);
    EXPECT_EQ_INT(type_of("."), OS_FD_DIRECTORY);
    EXPECT_EQ_INT(type_of("link"), OS_FD_SYMLINK);
    EXPECT_EQ_INT(type_of("fifo"), OS_FD_OTHER);
    EXPECT_EQ_INT(facts_of(open("/dev/null", O_RDONLY)).type, OS_FD_OTHER);
    end();
}

TEST(what_has_a_name_is_told_without_opening_it)
{
    struct os_fd_facts facts;
    int dir;

    begin();
    dir = open(folder_in, O_RDONLY | O_DIRECTORY);
    EXPECT_EQ_INT(symlink("file", folder_path("link")), 0);
    EXPECT_EQ_INT(os_fd_examine_in(dir, "file", &facts), 0);
    EXPECT_EQ_INT(facts.ino, facts_of(fd).ino);
    EXPECT_EQ_INT(facts.bytes, 10);
    EXPECT_EQ_INT(os_fd_examine_in(dir, "link", &facts), 0);
    EXPECT_EQ_INT(facts.type, OS_FD_SYMLINK);
    EXPECT_EQ_INT(os_fd_examine_in(dir, "no", &facts), -ENOENT);
    os_fail_at(1);
    EXPECT_EQ_INT(os_fd_examine_in(dir, "file", &facts), -ENOMEM);
    os_fail_at(0);
    close(dir);
    end();
}

/* One part, several, none. */
TEST(parts_are_read_and_written_where_one_says)
{
    char a[3], b[4];
    struct iovec parts[] = {{a, 3}, {b, 4}};

    begin();
    EXPECT_EQ_INT(os_fd_read(fd, parts, 2, 2), 7);
    EXPECT_EQ_MEM(a, "234", 3);
    EXPECT_EQ_MEM(b, "5678", 4);
    EXPECT_EQ_INT(os_fd_read(fd, parts, 2, 8), 2);
    EXPECT_EQ_INT(os_fd_read(fd, parts, 2, 10), 0);
    EXPECT_EQ_INT(os_fd_read(fd, parts, 1, 5), 3);
    EXPECT_EQ_MEM(a, "567", 3);
    EXPECT_EQ_INT(os_fd_read(fd, parts, 0, 5), 0);
    EXPECT_EQ_INT(os_fd_write(fd, parts, 2, 12), 7);
    EXPECT_EQ_INT(facts_of(fd).bytes, 19);
    EXPECT_EQ_INT(os_fd_write(fd, parts, 1, 18), 3);
    EXPECT_EQ_INT(os_fd_write(fd, parts, 0, 100), 0);
    EXPECT_EQ_INT(facts_of(fd).bytes, 21);
    EXPECT_EQ_INT(lseek(fd, 0, SEEK_CUR), 0);
    end();
}

TEST(appending_finds_the_end_and_says_where_it_is_now)
{
    struct iovec part = {(char[]){'a', 'b'}, 2};
    uint64_t behind = 0;

    begin();
    EXPECT_EQ_INT(os_fd_append(fd, &part, 1, &behind), 2);
    EXPECT_EQ_INT(behind, 12);
    EXPECT_EQ_STR(folder_read("file"), "0123456789ab");
    end();
}

TEST(sizes_are_set)
{
    begin();
    EXPECT_EQ_INT(os_fd_set_bytes(fd, 3), 0);
    EXPECT_EQ_STR(folder_read("file"), "012");
    EXPECT_EQ_INT(os_fd_allocate(fd, 2, 4), 0);
    EXPECT_EQ_INT(facts_of(fd).bytes, 6);
    EXPECT_EQ_INT(os_fd_set_bytes(fd, UINT64_MAX), -EINVAL);
    EXPECT_EQ_INT(os_fd_sync(fd), 0);
    EXPECT_EQ_INT(os_fd_sync_data(fd), 0);
    EXPECT_EQ_INT(os_fd_advise(fd, 0, 3, OS_FD_WILLNEED), 0);
    end();
}

TEST(how_large_a_file_may_be_is_known_before)
{
    struct rlimit limit = {1000, RLIM_INFINITY};

    EXPECT_EQ_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ_INT(os_fd_bytes_max(), 1000);
    limit.rlim_cur = RLIM_INFINITY;
    EXPECT_EQ_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ_INT(os_fd_bytes_max(), INT64_MAX);
}

TEST(times_are_set_or_kept_of_links_too)
{
    struct os_fd_facts before, after;
    int look;

    begin();
    before = facts_of(fd);
    EXPECT_EQ_INT(os_fd_set_times(fd, OS_FD_KEEP, 5000000007), 0);
    after = facts_of(fd);
    EXPECT_EQ_INT(after.modified, 5000000007);
    EXPECT_EQ_INT(after.accessed, before.accessed);
    EXPECT_EQ_INT(symlink("file", folder_path("link")), 0);
    look = open(folder_path("link"), O_PATH | O_NOFOLLOW);
    EXPECT_EQ_INT(os_fd_set_times(look, 1000000001, OS_FD_KEEP), 0);
    EXPECT_EQ_INT(facts_of(look).accessed, 1000000001);
    EXPECT_EQ_INT(facts_of(fd).modified, 5000000007);
    os_fd_close(look);
    end();
}

TEST(a_link_is_read_through_a_descriptor_that_looks_at_it)
{
    char target[8] = "";
    int look;

    begin();
    EXPECT_EQ_INT(symlink("elsewhere", folder_path("link")), 0);
    look = open(folder_path("link"), O_PATH | O_NOFOLLOW);
    EXPECT_EQ_INT(os_fd_read_link(look, target, 4), 4);
    EXPECT_EQ_STR(target, "else");
    EXPECT(os_fd_read_link(fd, target, 4) < 0);
    os_fd_close(look);
    end();
}

/* Names of all entries behind `from`, and how many; `*ret_third` is the cookie
 * behind the third. */
static unsigned list(int dir, uint64_t from, size_t size, uint64_t *ret_third)
{
    unsigned count = 0;
    char buf[4096];
    int64_t len;

    while ((len = os_fd_list(dir, from, buf, size)) > 0) {
        struct os_fd_entry entry;

        for (size_t at = 0; os_fd_entry(buf, (size_t)len, &at, &entry);) {
            from = entry.next;
            if (++count == 3)
                *ret_third = from;
            EXPECT(strlen(entry.name) <= 4);
            EXPECT_EQ_INT(entry.type,
                          entry.name[0] == '.' ? OS_FD_DIRECTORY : OS_FD_FILE);
        }
    }
    EXPECT_EQ_INT(len, 0);
    return count;
}

TEST(directories_are_listed_from_any_of_their_cookies)
{
    uint64_t third = 0, unused;
    int dir;

    begin();
    for (int i = 0; i < 9; i++)
        folder_write(folder_path((char[]){'a', (char)('0' + i), 0}), "");
    dir = open(folder_in, O_RDONLY | O_DIRECTORY);
    EXPECT_EQ_INT(list(dir, 0, 4096, &third), 12);
    EXPECT_EQ_INT(list(dir, third, 4096, &unused), 9);
    EXPECT_EQ_INT(list(dir, 0, 64, &third), 12);
    EXPECT_EQ_INT(os_fd_list(dir, UINT64_MAX, NULL, 0), -EINVAL);
    EXPECT_EQ_INT(os_fd_list(fd, 0, NULL, 0), -ENOTDIR);
    close(dir);
    end();
}

TEST(the_path_of_a_descriptor_is_for_sentences)
{
    char path[PATH_MAX], cut[4];

    begin();
    os_fd_path(fd, path, sizeof(path));
    EXPECT_HAS_STR(path, "/in/file");
    os_fd_path(fd, cut, sizeof(cut));
    EXPECT_EQ_INT(strlen(cut), 3);
    os_fd_path(-1, cut, sizeof(cut));
    EXPECT_EQ_STR(cut, "?");
    end();
}

TEST(every_call_fails_when_asked)
{
    struct iovec part = {(char[1]){0}, 1};
    struct os_fd_facts facts;
    uint64_t behind;

    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(os_fd_examine(fd, &facts), -ENOMEM);
    EXPECT_EQ_INT(os_fd_read(fd, &part, 1, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_write(fd, &part, 1, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_append(fd, &part, 1, &behind), -ENOMEM);
    EXPECT_EQ_INT(os_fd_set_bytes(fd, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_allocate(fd, 0, 1), -ENOMEM);
    EXPECT_EQ_INT(os_fd_advise(fd, 0, 1, OS_FD_NORMAL), -ENOMEM);
    EXPECT_EQ_INT(os_fd_sync(fd), -ENOMEM);
    EXPECT_EQ_INT(os_fd_sync_data(fd), -ENOMEM);
    EXPECT_EQ_INT(os_fd_set_times(fd, 0, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_read_link(fd, NULL, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_list(fd, 0, NULL, 0), -ENOMEM);
    EXPECT_EQ_INT(os_fd_copy(fd), -ENOMEM);
    os_fail_at(2);
    EXPECT_EQ_INT(os_fd_list(fd, 0, NULL, 0), -ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_STR(folder_read("file"), "0123456789");
    end();
}

TEST(a_copy_is_the_same_file)
{
    struct os_fd_facts facts, copied;
    int copy;

    begin();
    copy = os_fd_copy(fd);
    EXPECT(copy >= 0 && copy != fd);
    EXPECT_EQ_INT(os_fd_examine(fd, &facts), 0);
    EXPECT_EQ_INT(os_fd_examine(copy, &copied), 0);
    EXPECT_EQ_INT(copied.ino, facts.ino);
    os_fd_close(copy);
    EXPECT_EQ_INT(os_fd_copy(copy), -EBADF);
    end();
}
