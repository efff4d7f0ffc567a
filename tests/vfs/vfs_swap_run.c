/* vfs_swap_run.c - links and directories are swapped while a guest uses them.
 *
 *     vfs_swap_run [ROUNDS]
 *
 * A thread exchanges, as fast as it can, in the directory that the guest has,
 *     door   a directory           with a link to a directory outside
 *     leaf   a file                with a link to a file outside
 * while a guest opens, makes, removes, renames and links by those names.  What
 * is outside must be read and changed by nobody, and the guest must have met
 * both kinds: else nothing was proved.
 *
 *     top/secret/file    "secret", and nothing else
 *     top/in/            given to the guest
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* renameat2, nftw */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_check.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_rights.h"

#define ROUNDS 4000

static char top[PATH_MAX / 2];
static struct vfs vfs;
static _Atomic bool is_over;
static unsigned inside, refused; /* how often a guest met which */

/* ------------------------------------------------------------------------
 * The folders.
 */

static const char *path_of(const char *name)
{
    static char paths[4][PATH_MAX];
    static _Thread_local unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", top, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *out = fopen(path_of(name), "w");

    CHECK(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0);
}

static void make_folders(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(top, sizeof(top), "%s/viv-swap-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    CHECK(mkdtemp(top) != NULL);
    CHECK(mkdir(path_of("secret"), 0777) == 0);
    put("secret/file", "secret");
    CHECK(mkdir(path_of("in"), 0777) == 0);
    CHECK(mkdir(path_of("in/door"), 0777) == 0);
    put("in/door/file", "inside");
    put("in/leaf", "inside");
    CHECK(symlink("../secret", path_of("in/other-door")) == 0);
    CHECK(symlink("../secret/file", path_of("in/other-leaf")) == 0);
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

/* Nothing was made or removed there, nothing changed, nobody got a name. */
static bool is_untouched(const struct stat *before)
{
    DIR *dir = opendir(path_of("secret"));
    char text[8] = "";
    struct stat after;
    int count = 0, fd;

    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    fd = open(path_of("secret/file"), O_RDONLY | O_NOATIME);
    CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) >= 0);
    CHECK(fstat(fd, &after) == 0);
    close(fd);
    return count == 3 && strcmp(text, "secret") == 0 && after.st_nlink == 1 &&
           after.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           after.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* ------------------------------------------------------------------------
 * The thread that swaps.
 */

static void *swap(void *unused)
{
    int dir = open(path_of("in"), O_RDONLY | O_DIRECTORY);

    while (!is_over) {
        renameat2(dir, "door", dir, "other-door", RENAME_EXCHANGE);
        renameat2(dir, "leaf", dir, "other-leaf", RENAME_EXCHANGE);
    }
    close(dir);
    return unused;
}

/* ------------------------------------------------------------------------
 * The guest.
 */

static struct vfs_at at(const char *path)
{
    return (struct vfs_at){0, true, path, strlen(path)};
}

static void count(int error)
{
    if (error == 0)
        inside++;
    else if (error == VFS_ENOTCAPABLE)
        refused++;
}

/* Whatever was opened is not the secret. */
static void open_and_look(const char *path, unsigned flags, uint64_t rights)
{
    struct vfs_at where = at(path);
    struct vfs_open open = {flags, 0, rights, 0};
    char text[8] = "";
    struct iovec part = {text, sizeof(text) - 1};
    size_t done = 0;
    uint32_t fd;
    int error = vfs_at_open(&vfs, &where, &open, &fd);

    count(error);
    if (error != 0)
        return;
    vfs_fd_pread(&vfs, fd, &part, 1, 0, &done);
    if (strcmp(text, "secret") == 0) {
        printf("not ok swap.read - '%s' was opened outside\n", path);
        exit(1);
    }
    part.iov_len = 6;
    memcpy(text, "inside", 6);
    vfs_fd_pwrite(&vfs, fd, &part, 1, 0, &done);
    CHECK(vfs_fd_close(&vfs, fd) == 0);
}

static void change_names(void)
{
    struct vfs_at dir = at("door/dir"), link = at("door/link"),
                  file = at("door/file"), made = at("door/made"),
                  leaf = at("leaf"), here = at("here");

    count(vfs_at_make_directory(&vfs, &dir));
    count(vfs_at_remove_directory(&vfs, &dir));
    count(vfs_at_symlink(&vfs, "x", 1, &link));
    count(vfs_at_unlink(&vfs, &link));
    file.follow = leaf.follow = false;
    count(vfs_at_link(&vfs, &file, &here));
    count(vfs_at_link(&vfs, &leaf, &made));
    count(vfs_at_unlink(&vfs, &made));
    count(vfs_at_rename(&vfs, &here, &made));
    count(vfs_at_rename(&vfs, &made, &here));
    count(vfs_at_unlink(&vfs, &here));
}

static void set_times(const char *path)
{
    struct vfs_times times = {1, 1};
    struct vfs_at where = at(path);

    count(vfs_at_set_times(&vfs, &where, &times, VFS_SET_MODIFIED));
}

static void play(void)
{
    uint64_t both = VFS_RIGHT_READ | VFS_RIGHT_WRITE | VFS_RIGHT_SEEK;

    open_and_look("door/file", 0, both);
    open_and_look("door/new", VFS_OPEN_CREATE, both);
    open_and_look("leaf", VFS_OPEN_TRUNCATE, both);
    open_and_look("leaf", VFS_OPEN_CREATE, both);
    open_and_look("door/../leaf", 0, both);
    set_times("leaf");
    set_times("door/file");
    change_names();
}

/* ------------------------------------------------------------------------
 * The program.
 */

static void give_folder(void)
{
    static const struct vfs_host_limits limits = {false, INT64_MAX, INT64_MAX};
    struct vfs_config config = {.descriptors = 8};
    void *arena;

    vfs_init(&vfs, &config);
    CHECK(vfs_mount_host(&vfs, "/", path_of("in"), &limits, NULL) == 0);
    arena = aligned_alloc(VFS_BLOCK_BYTES, vfs_bytes(&vfs));
    CHECK(arena != NULL);
    memset(arena, 0, vfs_bytes(&vfs));
    CHECK(vfs_format(&vfs, arena, NULL) == 0);
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS;
    struct stat before;
    pthread_t thread;
    bool untouched, met_both;

    make_folders();
    CHECK(stat(path_of("secret/file"), &before) == 0);
    give_folder();
    CHECK(pthread_create(&thread, NULL, swap, NULL) == 0);
    for (unsigned i = 0; i < rounds; i++)
        play();
    is_over = true;
    pthread_join(thread, NULL);
    untouched = is_untouched(&before);
    met_both = inside > rounds / 10 && refused > rounds / 10;
    printf("%s swap.outside - %u rounds, %u inside, %u refused\n",
           untouched ? "ok" : "not ok", rounds, inside, refused);
    printf("%s swap.met-both\n", met_both ? "ok" : "not ok");
    free(vfs.arena.at);
    vfs_fini(&vfs);
    nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return !untouched || !met_both;
}
