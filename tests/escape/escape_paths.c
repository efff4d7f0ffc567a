/* escape_paths.c - the attack: out of a directory, by how a path is spelled.
 *
 *     top/secret      not the guest's, and no other file has this name
 *     top/room/       not the guest's, either
 *     top/in/         is: descriptor 3
 *         d/d/
 *         file
 *         up          a link to ..
 *         out         a link to ../room
 *         new         a link to ../made, which is not there
 *
 * Whatever the guest does: what it opens or looks at lies in top/in, and what
 * is beside that does not change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* mkdtemp */
#include <dirent.h>
#include <errno.h>

#include "host_wasi.h"

/* Where in guest memory things lie. */
#define PATH   1024u
#define OTHER  8192u
#define BUFFER 16384u
#define RESULT 32768u

enum { FOLLOW = 1 };
enum { MAKE = 1, DIRECTORY = 2, EXCLUSIVE = 4, CUT = 8 };
enum { READ = 1 << 1, WRITE = 1 << 6 };

/* All rights by path, to begin with. */
#define ALL_OF_DIRECTORY (0x7fu << 9 | 0x1fu << 16 | 7u << 24)

#define ASK(name, ...) HOST_WASI(sandbox, name, __VA_ARGS__)

static char top[PATH_MAX / 2];
static viv_sandbox *sandbox;

/* ------------------------------------------------------------------------
 * The folders.
 */

static const char *in_top(const char *name)
{
    static char paths[2][PATH_MAX];
    static int next;
    char *path = paths[next++ % 2];

    snprintf(path, PATH_MAX, "%s/%s", top, name);
    return path;
}

static void make_folders(void)
{
    const char *folder = getenv("TMPDIR");

    snprintf(top, sizeof(top), "%s/viv-paths-XXXXXX",
             folder != NULL ? folder : "/tmp");
    EXPECT(mkdtemp(top) != NULL);
    host_write_text(in_top("secret"), "secret");
    EXPECT_EQ_INT(mkdir(in_top("room"), 0700), 0);
    EXPECT_EQ_INT(mkdir(in_top("in"), 0700), 0);
    EXPECT_EQ_INT(mkdir(in_top("in/d"), 0700), 0);
    EXPECT_EQ_INT(mkdir(in_top("in/d/d"), 0700), 0);
    host_write_text(in_top("in/file"), "public");
    EXPECT_EQ_INT(symlink("..", in_top("in/up")), 0);
    EXPECT_EQ_INT(symlink("../room", in_top("in/out")), 0);
    EXPECT_EQ_INT(symlink("../made", in_top("in/new")), 0);
}

static void begin(void)
{
    viv_mount mount = {.guest = "/in",
                       .kind = VIV_MOUNT_HOST,
                       .writable = 1,
                       .bytes_max = VIV_ENDLESS,
                       .files_max = VIV_ENDLESS};

    if (host_is_mode("valgrind"))
        SKIP("valgrind does not know openat2");
    make_folders();
    mount.host = in_top("in");
    sandbox = host_wasi(&mount, 1, NULL);
}

static uint32_t count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    uint32_t count = 0;

    EXPECT(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

static struct stat facts_of(const char *name)
{
    struct stat facts;

    EXPECT_EQ_INT(lstat(in_top(name), &facts), 0);
    return facts;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* What is beside the guest's directory. */
static struct {
    struct stat top, secret, room;
} before;

static void remember(void)
{
    before.top = facts_of("");
    before.secret = facts_of("secret");
    before.room = facts_of("room");
}

static void expect_untouched(void)
{
    struct stat secret = facts_of("secret"), room = facts_of("room");

    EXPECT(is_same_time(facts_of("").st_mtim, before.top.st_mtim));
    EXPECT(is_same_time(secret.st_mtim, before.secret.st_mtim));
    EXPECT(is_same_time(secret.st_ctim, before.secret.st_ctim));
    EXPECT(is_same_time(room.st_mtim, before.room.st_mtim));
    EXPECT(is_same_time(room.st_ctim, before.room.st_ctim));
    EXPECT_EQ_INT(secret.st_size, 6);
    EXPECT_EQ_INT(secret.st_nlink, 1);
    EXPECT_EQ_INT(count_entries(top), 3);
    EXPECT_EQ_INT(count_entries(in_top("room")), 0);
}

static void end(void)
{
    expect_untouched();
    host_free(sandbox);
    host_shell("rm -rf '%s'", top);
}

/* ------------------------------------------------------------------------
 * What the guest does.
 */

static uint32_t put(uint32_t at, const char *path, size_t len)
{
    EXPECT_EQ_INT(viv_memory_write(sandbox, at, path, len), 0);
    return (uint32_t)len;
}

static uint32_t open_it(uint32_t dir, uint32_t len, uint32_t how,
                        uint64_t rights)
{
    return ASK("path_open", dir, FOLLOW, PATH, len, how, rights, 0, 0, RESULT);
}

/* What is at RESULT. */
static uint64_t result(void)
{
    uint64_t value;

    EXPECT_EQ_INT(viv_memory_read(sandbox, RESULT, &value, 8), 0);
    return value;
}

/* The device and number of what was looked at. */
static void expect_inside(const char *path, const ino_t *inside, size_t count)
{
    uint64_t found[2];

    EXPECT_EQ_INT(viv_memory_read(sandbox, BUFFER, found, sizeof(found)), 0);
    for (size_t i = 0; i < count; i++)
        if (found[1] == inside[i])
            return;
    test_fail(TEST_AT, "'%s' leads outside", path);
}

/* ------------------------------------------------------------------------
 * Every path of up to five of these components.
 */

static const char *const parts[] = {"..", ".", "", "d", "up", "file"};

enum { PARTS = sizeof(parts) / sizeof(parts[0]), INSIDE = 8 };

static uint32_t count_inside;

/* Number `n` in the row of all paths of `depth` components. */
static void spell(char *path, size_t size, uint32_t n, int depth)
{
    size_t len = 0;

    for (int i = 0; i < depth; i++, n /= PARTS)
        len += (size_t)snprintf(path + len, size - len, "%s%s",
                                i > 0 ? "/" : "", parts[n % PARTS]);
}

/* Names beneath are looked at; and `secret` is no name beneath. */
static void try_path(uint32_t dir, const char *path, const ino_t *inside)
{
    char longer[128];
    uint32_t len = put(PATH, path, strlen(path));

    if (ASK("path_filestat_get", dir, FOLLOW, PATH, len, BUFFER) == 0) {
        expect_inside(path, inside, INSIDE);
        count_inside++;
    }
    if (open_it(dir, len, 0, READ) == 0) {
        uint32_t fd = (uint32_t)result();

        EXPECT_EQ_INT(ASK("fd_close", fd), 0);
    }
    snprintf(longer, sizeof(longer), "%s/secret", path);
    len = put(PATH, longer, strlen(longer));
    put(OTHER, "x", 1);
    EXPECT(open_it(dir, len, 0, READ) != 0);
    EXPECT(ASK("path_filestat_get", dir, 0, PATH, len, BUFFER) != 0);
    EXPECT(ASK("path_unlink_file", dir, PATH, len) != 0);
    EXPECT(ASK("path_rename", dir, PATH, len, 3, OTHER, 1) != 0);
    EXPECT(ASK("path_link", dir, 0, PATH, len, 3, OTHER, 1) != 0);
}

static void try_all_paths(uint32_t dir, const ino_t *inside)
{
    int deepest = host_is_mode("plain") ? 5 : 3;
    char path[64];

    for (int depth = 1; depth <= deepest; depth++) {
        uint32_t count = 1;

        for (int i = 0; i < depth; i++)
            count *= PARTS;
        for (uint32_t n = 0; n < count; n++) {
            spell(path, sizeof(path), n, depth);
            try_path(dir, path, inside);
        }
    }
}

TEST(dots_links_and_slashes_in_every_place_lead_nowhere_else)
{
    static const char *const names[INSIDE] = {
        "in", "in/d", "in/d/d", "in/file", "in/up", "in/out", "in/new", "in/."};
    ino_t inside[INSIDE];
    uint32_t fd;

    begin();
    remember();
    for (size_t i = 0; i < INSIDE; i++)
        inside[i] = facts_of(names[i]).st_ino;
    try_all_paths(3, inside);
    EXPECT(count_inside > 10);
    count_inside = 0;
    EXPECT_EQ_INT(ASK("path_open", 3, 0, PATH, put(PATH, "d", 1), DIRECTORY,
                      ALL_OF_DIRECTORY, READ, 0, RESULT),
                  0);
    fd = (uint32_t)result();
    for (size_t i = 0; i < INSIDE; i++) /* what is above d is outside, too */
        inside[i] = facts_of(i == 0 ? "in/d" : "in/d/d").st_ino;
    try_all_paths(fd, inside);
    EXPECT(count_inside > 10);
    end();
}

/* ------------------------------------------------------------------------
 * Slashes behind a link.
 */

/* Functions that a kernel lets follow a link when a slash is behind it, and
 * those that make what a link leads to. */
static void try_through(const char *link)
{
    uint32_t len = put(PATH, link, strlen(link));
    uint32_t file = put(OTHER, "file", 4);

    for (uint32_t how = 0; how < 16; how++) {
        EXPECT(open_it(3, len, how, READ) != 0);
        EXPECT(open_it(3, len, how, READ | WRITE) != 0);
    }
    EXPECT(ASK("path_create_directory", 3, PATH, len) != 0);
    EXPECT(ASK("path_filestat_set_times", 3, FOLLOW, PATH, len, 1, 1, 5) != 0);
    EXPECT(ASK("path_remove_directory", 3, PATH, len) != 0);
    EXPECT(ASK("path_symlink", OTHER, file, 3, PATH, len) != 0);
    EXPECT(ASK("path_link", 3, 0, OTHER, file, 3, PATH, len) != 0);
}

/* And those that without a slash take the link itself. */
static void try_with_slash(const char *link)
{
    uint32_t len = put(PATH, link, strlen(link));
    uint32_t other = put(OTHER, "other", 5);

    EXPECT(ASK("path_unlink_file", 3, PATH, len) != 0);
    EXPECT(ASK("path_rename", 3, PATH, len, 3, OTHER, other) != 0);
    EXPECT(ASK("path_rename", 3, OTHER, put(OTHER, "d", 1), 3, PATH, len) != 0);
    EXPECT(ASK("path_filestat_set_times", 3, 0, PATH, len, 1, 1, 5) != 0);
}

TEST(slashes_behind_a_link_do_not_follow_it_out)
{
    static const char *const links[] = {"up", "out", "new"};
    static const char *const behind[] = {"",    "/",  "//",       "/.",
                                         "/./", "/x", "/../room", "/../made"};
    char path[32];

    begin();
    remember();
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof(behind) / sizeof(behind[0]); k++) {
            snprintf(path, sizeof(path), "%s%s", links[i], behind[k]);
            try_through(path);
            if (k > 0)
                try_with_slash(path);
        }
    }
    EXPECT_EQ_INT(count_entries(in_top("in")), 5);
    end();
}

/* ------------------------------------------------------------------------
 * Names that are none.
 */

static char long_name[4096];

static const struct {
    const char *bytes;
    size_t len;
    uint32_t error; /* 0: it is a name as any other */
} odd_names[] = {
    {"a\0b", 3, HOST_EINVAL},
    {"a\0", 2, HOST_EINVAL},
    {"file\0/../../secret", 18, HOST_EINVAL},
    {"\0", 1, HOST_EINVAL},
    {"\xff", 1, HOST_EILSEQ},
    {"a\x80", 2, HOST_EILSEQ},
    {"\xc0\xae\xc0\xae/secret", 11, HOST_EILSEQ}, /* ".." spelled too long */
    {"\xe2\x82", 2, HOST_EILSEQ},
    {"\xed\xa0\x80", 3, HOST_EILSEQ}, /* half of a pair */
    {long_name, 4096, HOST_ENAMETOOLONG},
    {long_name, 256, HOST_ENAMETOOLONG},
    {"", 0, HOST_ENOENT},
    {long_name, 255, 0},
    {"a\nb", 3, 0},
    {"\x1b[2J", 4, 0},
    {"...", 3, 0},
};

static void try_odd_name(uint32_t len, uint32_t error)
{
    uint32_t file = put(OTHER, "file", 4);

    EXPECT_EQ_INT(open_it(3, len, MAKE, READ), error);
    EXPECT_EQ_INT(ASK("path_create_directory", 3, PATH, len), error);
    EXPECT_EQ_INT(ASK("path_remove_directory", 3, PATH, len), error);
    EXPECT_EQ_INT(ASK("path_unlink_file", 3, PATH, len), error);
    EXPECT_EQ_INT(ASK("path_filestat_get", 3, 0, PATH, len, BUFFER), error);
    EXPECT_EQ_INT(ASK("path_readlink", 3, PATH, len, BUFFER, 9, RESULT), error);
    EXPECT_EQ_INT(ASK("path_symlink", OTHER, file, 3, PATH, len), error);
    EXPECT_EQ_INT(ASK("path_link", 3, 0, OTHER, file, 3, PATH, len), error);
    EXPECT_EQ_INT(ASK("path_rename", 3, PATH, len, 3, OTHER, file), error);
    EXPECT_EQ_INT(ASK("path_rename", 3, OTHER, file, 3, PATH, len), error);
}

static void use_name(uint32_t len)
{
    EXPECT_EQ_INT(ASK("path_create_directory", 3, PATH, len), 0);
    EXPECT_EQ_INT(count_entries(in_top("in")), 6);
    EXPECT_EQ_INT(ASK("path_remove_directory", 3, PATH, len), 0);
}

TEST(names_that_are_none_are_refused_by_every_function)
{
    memset(long_name, 'x', sizeof(long_name));
    begin();
    remember();
    for (size_t i = 0; i < sizeof(odd_names) / sizeof(odd_names[0]); i++) {
        uint32_t len = put(PATH, odd_names[i].bytes, odd_names[i].len);

        if (odd_names[i].error != 0)
            try_odd_name(len, odd_names[i].error);
        else
            use_name(len);
        EXPECT_EQ_INT(count_entries(in_top("in")), 5);
    }
    end();
}

/* ------------------------------------------------------------------------
 * Listings.
 */

/* The names of a listing that is at BUFFER, `used` bytes of it. */
static void expect_names_inside(uint32_t used)
{
    char entry[24], name[256];
    uint32_t len;

    for (uint32_t at = 0; at + 24 <= used; at += 24 + len) {
        EXPECT_EQ_INT(viv_memory_read(sandbox, BUFFER + at, entry, 24), 0);
        memcpy(&len, entry + 16, 4);
        if (at + 24 + len > used)
            return;
        EXPECT(len <= 255);
        EXPECT_EQ_INT(viv_memory_read(sandbox, BUFFER + at + 24, name, len), 0);
        name[len] = '\0';
        EXPECT(strcmp(name, "secret") != 0 && strcmp(name, "room") != 0);
    }
}

static void try_cookie(uint32_t fd, uint64_t cookie)
{
    uint32_t code = ASK("fd_readdir", fd, BUFFER, 4096, cookie, RESULT);
    uint32_t used = (uint32_t)result();

    EXPECT(code == 0 || code == HOST_EINVAL);
    if (code != 0)
        return;
    EXPECT(used <= 4096);
    expect_names_inside(used);
}

/* Descriptors 3 to 6: a directory of the host, memory, an overlay, a pack. */
static void begin_with_all_kinds(void)
{
    static char folder[PATH_MAX], pack[PATH_MAX];
    viv_mount mounts[] = {
        {"/h", folder, VIV_MOUNT_HOST, 1, VIV_ENDLESS, VIV_ENDLESS},
        {"/m", NULL, VIV_MOUNT_MEMORY, 1, VIV_ENDLESS, VIV_ENDLESS},
        {"/o", pack, VIV_MOUNT_OVERLAY, 1, VIV_ENDLESS, VIV_ENDLESS},
        {"/p", pack, VIV_MOUNT_PACK, 0, 0, 0},
    };

    make_folders();
    snprintf(folder, sizeof(folder), "%s", in_top("in"));
    snprintf(pack, sizeof(pack), "%s", in_top("pack"));
    EXPECT_EQ_INT(viv_pack_write(in_top("in/d"), pack, 0, NULL), 0);
    sandbox = host_wasi(mounts, 4, NULL);
    for (uint32_t fd = 3; fd <= 5; fd++)
        EXPECT_EQ_INT(ASK("path_create_directory", fd, PATH, put(PATH, "n", 1)),
                      0);
}

TEST(cookies_that_were_made_up_show_nothing_else)
{
    uint64_t random = 88172645463325252, start;

    if (host_is_mode("valgrind"))
        SKIP("valgrind does not know openat2");
    begin_with_all_kinds();
    start = host_now();
    for (uint32_t fd = 3; fd <= 6; fd++) {
        for (uint64_t bit = 0; bit < 64; bit++) {
            try_cookie(fd, UINT64_C(1) << bit);
            try_cookie(fd, (UINT64_C(1) << bit) - 1);
            try_cookie(fd, UINT64_MAX - bit);
        }
        for (uint32_t i = 0; i < host_rounds(1000); i++) {
            random ^= random << 13, random ^= random >> 7,
                random ^= random << 17;
            try_cookie(fd, random);
        }
    }
    EXPECT(host_now() - start < host_patience(200 * MS));
    host_free(sandbox);
    host_shell("rm -rf '%s'", top);
}

/* What lies above the root is not even told by its number. */
TEST(above_the_root_a_listing_shows_the_root)
{
    uint64_t entry[3];
    uint32_t used;

    begin();
    remember();
    EXPECT_EQ_INT(ASK("fd_readdir", 3, BUFFER, 4096, 0, RESULT), 0);
    used = (uint32_t)result();
    for (uint32_t at = 0; at + 24 < used; at += 24 + (uint32_t)entry[2]) {
        EXPECT_EQ_INT(viv_memory_read(sandbox, BUFFER + at, entry, 24), 0);
        EXPECT(entry[1] != before.top.st_ino);
    }
    end();
}

/* ------------------------------------------------------------------------
 * Rights.
 */

/* The directory could be written to; what the guest has open cannot. */
TEST(what_is_open_to_be_read_is_not_cut)
{
    struct stat facts;
    uint32_t fd;

    begin();
    remember();
    EXPECT_EQ_INT(open_it(3, put(PATH, "file", 4), 0, READ), 0);
    fd = (uint32_t)result();
    EXPECT_EQ_INT(ASK("fd_filestat_set_size", fd, 0), HOST_EINVAL);
    EXPECT_EQ_INT(ASK("fd_allocate", fd, 0, 100), HOST_EBADF);
    EXPECT_EQ_INT(ASK("fd_fdstat_set_rights", fd, UINT64_MAX, 0),
                  HOST_ENOTCAPABLE);
    EXPECT_EQ_INT(ASK("fd_filestat_set_size", fd, 0), HOST_EINVAL);
    EXPECT_EQ_INT(ASK("fd_fdstat_set_rights", 3, 1 << 13, READ), 0);
    EXPECT_EQ_INT(open_it(3, 4, CUT, READ), HOST_ENOTCAPABLE);
    EXPECT_EQ_INT(open_it(3, 4, 0, READ | WRITE), HOST_ENOTCAPABLE);
    EXPECT_EQ_INT(open_it(3, 4, 0, READ), 0);
    facts = facts_of("in/file");
    EXPECT_EQ_INT(facts.st_size, 6);
    end();
}
