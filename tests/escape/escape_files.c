/* escape_files.c - the attack: out of a directory that the host gave.
 *
 * A guest has a directory of the host.  Beside it lies a secret.  Links are
 * laid out before, and swapped by a second thread while the guest walks; what
 * lies in the directory is not what it seems; and descriptors are opened,
 * doubled and forgotten, to see what the host is left with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "host.h"

/* Errors of preview 1. */
enum {
    BADF = 8,
    LOOP = 32,
    NODEV = 43,
    NOENT = 44,
    NOTDIR = 54,
    ROFS = 69,
    XDEV = 75,
    NOTCAPABLE = 76
};

/* A path lies at 1000, another at 2000; what is read goes to 3000, and how much
 * to 48.  Mount 3 is the directory, mount 4 the same to be read only. */
static const char WAT[] =
    "(module"
    " (import \"wasi_snapshot_preview1\" \"path_open\" (func $open (param i32"
    "  i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_read\" (func $read (param i32"
    "  i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32"
    "  i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_close\" (func $close (param i32)"
    "  (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_renumber\" (func $renumber"
    "  (param i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"path_rename\" (func $rename (param"
    "  i32 i32 i32 i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"path_link\" (func $link (param i32"
    "  i32 i32 i32 i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"path_symlink\" (func $symlink (param"
    "  i32 i32 i32 i32 i32) (result i32)))"
    " (memory (export \"memory\") 1)"
    " (global $flags (mut i32) (i32.const 1))"
    " (global $mount (mut i32) (i32.const 3))"
    " (global $rights (mut i64) (i64.const 2))"
    " (global $last (mut i32) (i32.const 0))"
    " (func (export \"mount\") (param i32) (result i32)"
    "  (global.set $mount (local.get 0)) (i32.const 0))"
    /* how: 1 make, 8 cut */
    " (func $try (export \"open\") (param i32) (result i32)"
    "  (call $open (global.get $mount) (global.get $flags) (i32.const 1000)"
    "   (local.get 0) (i32.load (i32.const 40)) (global.get $rights)"
    "   (i64.const 0) (i32.const 0) (i32.const 32)))"
    " (func (export \"follow\") (param i32) (result i32)"
    "  (global.set $flags (local.get 0)) (i32.const 0))"
    " (func (export \"rights\") (param i32) (result i32)"
    "  (global.set $rights (i64.extend_i32_u (local.get 0))) (i32.const 0))"
    " (func (export \"fd\") (param i32) (result i32) (i32.load (i32.const 32)))"
    " (func (export \"read\") (param i32) (result i32)"
    "  (i32.store (i32.const 0) (i32.const 3000))"
    "  (i32.store (i32.const 4) (i32.const 100))"
    "  (call $read (local.get 0) (i32.const 0) (i32.const 1) (i32.const 48)))"
    " (func (export \"write\") (param i32) (result i32)"
    "  (i32.store (i32.const 0) (i32.const 1000))"
    "  (i32.store (i32.const 4) (i32.const 6))"
    "  (call $write (local.get 0) (i32.const 0) (i32.const 1)"
    "   (i32.const 48)))"
    " (func (export \"close\") (param i32) (result i32)"
    "  (call $close (local.get 0)))"
    /* two descriptors in one number: from * 256 + to */
    " (func (export \"renumber\") (param i32) (result i32)"
    "  (call $renumber (i32.shr_u (local.get 0) (i32.const 8))"
    "   (i32.and (local.get 0) (i32.const 255))))"
    /* mounts and lengths: from, to, old length, new length, a byte each */
    " (func $byte (param i32 i32) (result i32) (i32.and (i32.const 255)"
    "  (i32.shr_u (local.get 0) (i32.mul (local.get 1) (i32.const 8)))))"
    " (func (export \"rename\") (param i32) (result i32)"
    "  (call $rename (call $byte (local.get 0) (i32.const 3))"
    "   (i32.const 1000) (call $byte (local.get 0) (i32.const 1))"
    "   (call $byte (local.get 0) (i32.const 2)) (i32.const 2000)"
    "   (call $byte (local.get 0) (i32.const 0))))"
    " (func (export \"link\") (param i32) (result i32)"
    "  (call $link (call $byte (local.get 0) (i32.const 3)) (i32.const 0)"
    "   (i32.const 1000) (call $byte (local.get 0) (i32.const 1))"
    "   (call $byte (local.get 0) (i32.const 2)) (i32.const 2000)"
    "   (call $byte (local.get 0) (i32.const 0))))"
    " (func (export \"symlink\") (param i32) (result i32)"
    "  (call $symlink (i32.const 1000) (i32.shr_u (local.get 0)"
    "   (i32.const 8)) (i32.const 3) (i32.const 2000)"
    "   (i32.and (local.get 0) (i32.const 255))))"
    /* open, read, close, again and again: 1 if it ever read the secret */
    " (func (export \"spy\") (param i32) (result i32) (local i32)"
    "  (local.set 1 (i32.load (i32.const 60)))"
    "  (loop $l"
    "   (if (i32.eqz (call $try (local.get 0))) (then"
    "    (i32.store (i32.const 0) (i32.const 3000))"
    "    (i32.store (i32.const 4) (i32.const 100))"
    "    (if (i32.eqz (call $read (i32.load (i32.const 32)) (i32.const 0)"
    "       (i32.const 1) (i32.const 48)))"
    "     (then (if (i32.eq (i32.load (i32.const 3000))"
    "       (i32.const 0x72636573)) (then (return (i32.const 1))))))"
    "    (drop (call $close (i32.load (i32.const 32))))"
    "    (i32.store (i32.const 64) (i32.add (i32.const 1)"
    "     (i32.load (i32.const 64))))))"
    "   (local.set 1 (i32.sub (local.get 1) (i32.const 1)))"
    "   (br_if $l (local.get 1)))"
    "  (i32.const 0)))";

static char top[PATH_MAX - 256], inside[PATH_MAX - 128];
static viv_sandbox *sandbox;
static viv_wasi wasi;
static viv_mount mounts[3];

/* ------------------------------------------------------------------------
 * Steps.
 */

static const char *in(const char *folder, const char *name)
{
    static char paths[2][PATH_MAX];
    static int next;
    char *path = paths[next++ % 2];

    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

static void begin(void)
{
    const char *folder = getenv("TMPDIR");
    viv_module *module;
    viv_error err = {0};
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    if (host_is_mode("valgrind"))
        SKIP("valgrind does not know openat2");
    module = host_module(WAT);
    snprintf(top, sizeof(top), "%s/viv-files-%ld",
             folder != NULL ? folder : "/tmp", (long)getpid());
    snprintf(inside, sizeof(inside), "%s/in", top);
    EXPECT_EQ_INT(mkdir(top, 0700), 0);
    EXPECT_EQ_INT(mkdir(inside, 0700), 0);
    host_write_text(in(top, "secret"), "secret");
    host_write_text(in(inside, "file"), "public");
    mounts[0] = (viv_mount){.guest = "/in",
                            .host = inside,
                            .writable = 1,
                            .kind = VIV_MOUNT_HOST,
                            .bytes_max = VIV_ENDLESS,
                            .files_max = VIV_ENDLESS};
    mounts[1] = mounts[0];
    mounts[1].guest = "/ro", mounts[1].writable = 0;
    mounts[2] = (viv_mount){.guest = "/mem",
                            .kind = VIV_MOUNT_MEMORY,
                            .bytes_max = VIV_ENDLESS,
                            .files_max = VIV_ENDLESS};
    viv_wasi_default(&wasi);
    wasi.mounts = mounts;
    wasi.mount_count = 3;
    sandbox = host_sandbox(module, imports, count, NULL);
    host_forget(module); /* it has files open, too, and goes with its guest */
    viv_module_unref(module);
    if (viv_wasi_apply(sandbox, &wasi, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static void end(void)
{
    host_free(sandbox);
    host_shell("rm -rf '%s'", top);
}

static void put(uint64_t address, const char *text)
{
    EXPECT_EQ_INT(viv_memory_write(sandbox, address, text, strlen(text)), 0);
}

static uint32_t open_it(const char *path)
{
    put(1000, path);
    return host_ask(sandbox, "open", (uint32_t)strlen(path));
}

/* What is in the file that was opened last. */
static void expect_text(const char *text)
{
    char bytes[100] = "";
    uint32_t fd = host_ask(sandbox, "fd", 0);

    EXPECT_EQ_INT(host_ask(sandbox, "read", fd), 0);
    viv_memory_read(sandbox, 3000, bytes, strlen(text));
    EXPECT_EQ_STR(bytes, text);
    EXPECT_EQ_INT(host_ask(sandbox, "close", fd), 0);
}

static uint32_t two_paths(const char *func, uint32_t from, const char *old,
                          uint32_t to, const char *path)
{
    put(1000, old);
    put(2000, path);
    return host_ask(sandbox, func,
                    from << 24 | to << 16 | (uint32_t)strlen(old) << 8 |
                        (uint32_t)strlen(path));
}

/* What this process has open. */
static uint32_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    uint32_t count = 0;

    EXPECT(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/* ------------------------------------------------------------------------
 * Links.
 */

TEST(links_that_lie_there_lead_nowhere_else)
{
    static const char *const targets[] = {"../secret",
                                          "../../../../../../../../etc/passwd",
                                          "/etc/passwd",
                                          "..",
                                          "/",
                                          ".././secret",
                                          "/proc/self/root/etc/passwd",
                                          "/proc/self/fd/0",
                                          "/proc/self/cwd"};

    begin();
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        EXPECT_EQ_INT(symlink(targets[i], in(inside, "link")), 0);
        EXPECT_EQ_INT(open_it("link"), NOTCAPABLE);
        EXPECT_EQ_INT(open_it("link/x"), NOTCAPABLE);
        EXPECT_EQ_INT(unlink(in(inside, "link")), 0);
    }
    EXPECT_EQ_INT(symlink(in(inside, "file"), in(inside, "link")), 0);
    EXPECT_EQ_INT(open_it("link"), NOTCAPABLE); /* absolute, though inside */
    EXPECT_EQ_INT(unlink(in(inside, "link")), 0);
    EXPECT_EQ_INT(symlink("file", in(inside, "link")), 0);
    EXPECT_EQ_INT(open_it("link"), 0);
    expect_text("public");
    end();
}

TEST(links_that_a_guest_makes_lead_nowhere_else)
{
    begin();
    put(1000, "../secret");
    put(2000, "l");
    EXPECT_EQ_INT(host_ask(sandbox, "symlink", 9 << 8 | 1), 0);
    EXPECT_EQ_INT(open_it("l"), NOTCAPABLE);
    put(1000, "/etc/passwd");
    put(2000, "m");
    EXPECT_EQ_INT(host_ask(sandbox, "symlink", 11 << 8 | 1), NOTCAPABLE);
    EXPECT_EQ_INT(open_it("m"), NOENT);
    EXPECT_EQ_INT(two_paths("link", 3, "../secret", 3, "n"), NOTCAPABLE);
    EXPECT_EQ_INT(two_paths("link", 3, "file", 3, "../n"), NOTCAPABLE);
    EXPECT_EQ_INT(two_paths("rename", 3, "../secret", 3, "n"), NOTCAPABLE);
    EXPECT_EQ_INT(two_paths("rename", 3, "file", 3, "../n"), NOTCAPABLE);
    /* a link to the link that leads out: one more name for it, no way out */
    EXPECT_EQ_INT(two_paths("link", 3, "l", 3, "o"), 0);
    EXPECT_EQ_INT(open_it("o"), NOTCAPABLE);
    end();
}

/* ------------------------------------------------------------------------
 * Swapped between check and use.
 */

static _Atomic bool is_over;

/* "d" and "out" change places, as fast as they can. */
static void *swap_for_ever(void *unused)
{
    char folder[PATH_MAX], aside[PATH_MAX], link[PATH_MAX];

    (void)unused;
    snprintf(folder, sizeof(folder), "%s/d", inside);
    snprintf(aside, sizeof(aside), "%s/aside", inside);
    snprintf(link, sizeof(link), "%s/out", inside);
    while (!atomic_load(&is_over)) {
        rename(folder, aside);
        rename(link, folder);
        rename(folder, link);
        rename(aside, folder);
    }
    return NULL;
}

static void swap_and_spy(const char *path)
{
    uint32_t opened = 0, tries = host_rounds(200000);
    pthread_t thread;

    EXPECT_EQ_INT(viv_memory_write(sandbox, 60, &tries, 4), 0);
    EXPECT_EQ_INT(viv_memory_write(sandbox, 64, &opened, 4), 0);
    atomic_store(&is_over, false);
    thread = host_thread(swap_for_ever, NULL);
    put(1000, path);
    EXPECT_EQ_INT(host_ask(sandbox, "spy", (uint32_t)strlen(path)), 0);
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(viv_memory_read(sandbox, 64, &opened, 4), 0);
    EXPECT(opened > 0); /* it did open what it may, in between */
}

TEST(a_folder_that_becomes_a_link_while_it_is_walked_leads_nowhere_else)
{
    begin();
    EXPECT_EQ_INT(mkdir(in(inside, "d"), 0700), 0);
    host_write_text(in(inside, "d/secret"), "own");
    EXPECT_EQ_INT(symlink("..", in(inside, "out")), 0);
    swap_and_spy("d/secret");
    swap_and_spy("d/../d/secret");
    end();
}

/* ------------------------------------------------------------------------
 * What is no file.
 */

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    EXPECT(strlen(path) < sizeof(address.sun_path));
    strcpy(address.sun_path, path);
    EXPECT(fd >= 0);
    EXPECT_EQ_INT(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

/* Opening a FIFO waits for its other end, unless one is careful. */
TEST(what_is_no_file_is_not_opened_and_nobody_waits_for_it)
{
    uint64_t before;

    begin();
    EXPECT_EQ_INT(mkfifo(in(inside, "fifo"), 0600), 0);
    make_socket(in(inside, "sock"));
    before = host_now();
    for (uint32_t rights = 2; rights <= 64; rights *= 32) {
        host_ask(sandbox, "rights", rights);
        EXPECT_EQ_INT(open_it("fifo"), NODEV);
        EXPECT_EQ_INT(open_it("sock"), NODEV);
    }
    if (mknod(in(inside, "null"), S_IFCHR | 0600, 1 << 8 | 3) == 0)
        EXPECT_EQ_INT(open_it("null"), NODEV);
    EXPECT(host_now() - before < host_patience(100 * MS));
    end();
}

/* Whoever opens a FIFO of which nobody has the other end, waits. */
TEST(a_file_that_becomes_a_fifo_while_it_is_opened_keeps_nobody)
{
    begin();
    host_write_text(in(inside, "d"), "own");
    EXPECT_EQ_INT(mkfifo(in(inside, "out"), 0600), 0);
    swap_and_spy("d");
    end();
}

/* ------------------------------------------------------------------------
 * Rights, and other mounts.
 */

TEST(what_is_to_be_read_only_is_not_cut_nor_renamed_nor_linked_out)
{
    uint32_t cut = 8, none = 0;

    begin();
    host_ask(sandbox, "mount", 4);
    EXPECT_EQ_INT(viv_memory_write(sandbox, 40, &cut, 4), 0);
    EXPECT_EQ_INT(open_it("file"), ROFS);
    EXPECT_EQ_INT(viv_memory_write(sandbox, 40, &none, 4), 0);
    host_ask(sandbox, "rights", 64);
    EXPECT_EQ_INT(open_it("file"), ROFS);
    host_ask(sandbox, "rights", 2);
    EXPECT_EQ_INT(open_it("file"), 0);
    EXPECT_EQ_INT(host_ask(sandbox, "write", host_ask(sandbox, "fd", 0)), BADF);
    expect_text("public");
    EXPECT_EQ_INT(two_paths("rename", 4, "file", 4, "g"), ROFS);
    EXPECT_EQ_INT(two_paths("link", 4, "file", 4, "g"), ROFS);
    /* the same directory, but another mount: its rights would be lost */
    EXPECT_EQ_INT(two_paths("rename", 4, "file", 3, "g"), XDEV);
    EXPECT_EQ_INT(two_paths("link", 4, "file", 3, "g"), XDEV);
    EXPECT_EQ_INT(two_paths("rename", 3, "file", 5, "g"), XDEV);
    EXPECT_EQ_INT(two_paths("link", 3, "file", 5, "g"), XDEV);
    end();
}

/* ------------------------------------------------------------------------
 * Descriptors.
 */

/* Each over each other, given ones, open ones and free ones. */
TEST(descriptors_that_are_renumbered_over_everything_are_lost_to_nobody)
{
    uint32_t before;

    begin();
    before = open_files();
    for (int i = 0; i < 4; i++)
        EXPECT_EQ_INT(open_it("file"), 0);
    for (uint32_t from = 0; from < 12; from++)
        for (uint32_t to = 0; to < 12; to++)
            host_ask(sandbox, "renumber", from << 8 | to);
    host_ask(sandbox, "renumber", 1u << 8 | 255);
    host_ask(sandbox, "renumber", 0xffffffff);
    EXPECT(open_files() <= before + 4);
    host_reset(sandbox);
    EXPECT_EQ_INT(open_files(), before);
    EXPECT_EQ_INT(open_it("file"), 0);
    expect_text("public");
    end();
}

TEST(what_a_guest_leaves_open_is_closed_by_a_reset)
{
    uint32_t before, rounds = host_rounds(2000);

    begin();
    before = open_files();
    for (uint32_t i = 0; i < rounds; i++) {
        for (int k = 0; k < 5; k++)
            EXPECT_EQ_INT(open_it("file"), 0);
        EXPECT_EQ_INT(open_files(), before + 5);
        host_reset(sandbox);
        EXPECT_EQ_INT(open_files(), before);
    }
    end();
}

TEST(and_by_the_end_of_its_sandbox)
{
    uint32_t before;

    begin();
    end();
    before = open_files(); /* with what the library keeps for good */
    begin();
    EXPECT_EQ_INT(open_it("file"), 0);
    end();
    EXPECT_EQ_INT(open_files(), before);
}

/* Stopped in the middle of opening and closing: nothing is half open. */
TEST(a_guest_that_is_stopped_while_it_opens_leaves_nothing)
{
    uint32_t before, tries = UINT32_MAX;
    viv_outcome outcome;

    begin();
    before = open_files();
    for (int i = 0; i < 10; i++) {
        EXPECT_EQ_INT(viv_call_slice(sandbox, 2 * MS), 0);
        EXPECT_EQ_INT(viv_memory_write(sandbox, 60, &tries, 4), 0);
        put(1000, "file");
        outcome = host_call(sandbox, "spy", 4);
        EXPECT_EQ_INT(outcome.kind, VIV_PAUSED);
        EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
        host_reset(sandbox);
        EXPECT_EQ_INT(open_files(), before);
    }
    end();
}

/* A dump that names what its maker had open: nothing of that is here. */
TEST(a_descriptor_of_another_life_is_bad)
{
    viv_sandbox *other;
    viv_image *image;
    uint32_t fd;

    begin();
    EXPECT_EQ_INT(open_it("file"), 0);
    fd = host_ask(sandbox, "fd", 0);
    EXPECT_EQ_INT(viv_image_new(sandbox, &image, NULL), VIV_EOPEN);
    /* what was permitted anew has nothing open, though the guest says so */
    EXPECT_EQ_INT(viv_wasi_apply(sandbox, &wasi, NULL), 0);
    EXPECT_EQ_INT(host_ask(sandbox, "read", fd), BADF);
    image = host_image(sandbox);
    other = host_from(image, NULL);
    EXPECT_EQ_INT(viv_wasi_apply(other, &wasi, NULL), 0);
    EXPECT_EQ_INT(host_ask(other, "read", fd), BADF);
    host_free(other);
    end();
}
