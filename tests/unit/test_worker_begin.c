/* test_worker_begin.c - from a charter to a pool that is locked down.
 *
 * What the wall keeps out is shown by the guest's own files: what is mounted
 * can be used, in the ways that it was permitted, and by /proc of the worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */
#include "crew_tools.h"

#include "os/os_landlock.h"

/* open(how): path_open of "file" in the first mount; 0 or an errno of WASI. */
static const char FILES_WAT[] =
    "(module (import \"wasi_snapshot_preview1\" \"path_open\" (func $open"
    "  (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    " (memory 1) (data (i32.const 0) \"file\")"
    " (func (export \"open\") (param i32 i32) (result i32)"
    "  (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4)"
    "   (local.get 0) (i64.extend_i32_u (local.get 1)) (i64.const 0)"
    "   (i32.const 0) (i32.const 64))))";

#define RIGHT_READ  2
#define RIGHT_WRITE 64
#define OPEN_CREATE 1
#define WASI_NOENT  44

static viv_wasi wasi;
static viv_mount mount;
static char folder[PATH_MAX];

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *ret_err)
{
    return viv_wasi_apply(sandbox, cookie, ret_err);
}

static void open_files(const char *host, uint32_t writable)
{
    size_t count;
    const viv_import *rows = viv_wasi_imports(&count);
    struct guest guest = guest_start_with(FILES_WAT, rows, count);

    make_image(WAT);
    viv_image_unref(image);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    guest_end(&guest);
    mount = (viv_mount){"/h",     host,        VIV_MOUNT_HOST,
                        writable, VIV_ENDLESS, VIV_ENDLESS};
    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    config.prepare = prepare;
    config.cookie = &wasi;
    open_crew_with("viv", 1);
}

static uint32_t open_in_guest(uint32_t how, uint32_t rights)
{
    EXPECT_EQ_INT(ask("open", how, rights), VIV_RETURNED);
    return result.i32;
}

static void make_folder(void)
{
    guest_path("worker-begin", folder);
    EXPECT_EQ_INT(mkdir(folder, 0700), 0);
}

TEST(a_directory_can_be_read_but_not_changed)
{
    make_folder();
    open_files(folder, 0);
    EXPECT_EQ_INT(open_in_guest(0, RIGHT_READ), WASI_NOENT);
    EXPECT(open_in_guest(OPEN_CREATE, RIGHT_WRITE) != 0);
    close_crew();
    EXPECT_EQ_INT(rmdir(folder), 0);
}

TEST(one_that_is_writable_can_be_changed)
{
    char path[PATH_MAX + 8];

    make_folder();
    open_files(folder, 1);
    EXPECT_EQ_INT(open_in_guest(OPEN_CREATE, RIGHT_WRITE), 0);
    EXPECT_EQ_INT(open_in_guest(0, RIGHT_READ), 0);
    close_crew();
    snprintf(path, sizeof(path), "%s/file", folder);
    EXPECT_EQ_INT(unlink(path), 0);
    EXPECT_EQ_INT(rmdir(folder), 0);
}

/* The sample in this process has it; then it goes away. */
TEST(what_cannot_be_mounted_is_said)
{
    make_folder();
    open_files(folder, 0);
    EXPECT_EQ_INT(ask("open", 0, RIGHT_READ), VIV_RETURNED);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    EXPECT_EQ_INT(rmdir(folder), 0);
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
    prepare_call("open", 0, RIGHT_READ);
    EXPECT(hand_in() < 0);
    EXPECT_HAS_STR(err.text, folder);
    close_crew();
}

/* The lines of /proc/PID/status that say what a process may do. */
static void read_status(pid_t pid, const char *key, char *to, size_t size)
{
    char path[64], line_text[300];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    file = fopen(path, "r");
    EXPECT(file != NULL);
    to[0] = '\0';
    while (fgets(line_text, sizeof(line_text), file) != NULL)
        if (strncmp(line_text, key, strlen(key)) == 0)
            snprintf(to, size, "%s", line_text + strlen(key));
    fclose(file);
}

TEST(it_is_locked_down_before_it_serves)
{
    pid_t children[4];
    char text[300];

    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    EXPECT(find_children(children, 4) >= 1);
    read_status(children[0], "Seccomp:", text, sizeof(text));
    EXPECT_EQ_STR(text, "\t2\n");
    read_status(children[0], "NoNewPrivs:", text, sizeof(text));
    EXPECT_EQ_STR(text, "\t1\n");
    read_status(children[0], "Threads:", text, sizeof(text));
    EXPECT_EQ_STR(text, "\t2\n");
    close_crew();
}

/* The line, the module, the image, the kernel's pages; nothing of ours. */
TEST(it_has_few_descriptors_and_no_environment)
{
    char path[64], bytes[1000];
    pid_t children[4];
    ssize_t len;
    int fd;

    setenv("SECRET", "word", 1);
    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    EXPECT(find_children(children, 4) >= 1);
    snprintf(path, sizeof(path), "/proc/%d/fd", children[0]);
    if (access(path, R_OK) != 0)
        SKIP("only root may look");
    EXPECT(count_in(path) <= 2 + 4 + 6);
    snprintf(path, sizeof(path), "/proc/%d/environ", children[0]);
    fd = open(path, O_RDONLY);
    len = read(fd, bytes, sizeof(bytes) - 1);
    close(fd);
    bytes[len > 0 ? len : 0] = '\0';
    EXPECT(memmem(bytes, (size_t)(len > 0 ? len : 0), "SECRET", 6) == NULL);
    close_crew();
}
