/* bench_fork.c - one session becomes many, and moves to another process.
 *
 * A guest with an image of 20 MB, of which 5 MB are not zeros, dirties 50
 * pages: a session.  It is forked 1,000 times, each child writes one page more;
 * what a child holds is the growth of the process's private memory by their
 * number.  It is dumped, and the dump is loaded and called in a process of its
 * own, which was started before and has loaded the image.
 *
 * The peer is fork() of a process with the same memory: for a child of ours,
 * one that writes one page and waits; for load and first call, one that writes
 * a byte to a pipe and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench.h"

enum { DIRTY = 50, CHILDREN_MAX = 1000 };

/* 320 wasm pages, of which 80 are filled at birth. */
static const char WAT[] =
    "(module (memory 320)"
    " (func $s (memory.fill (i32.const 0) (i32.const 7) (i32.const 5242880)))"
    " (start $s)"
    " (func (export \"dirty\") (param i32) (result i32) (local i32)"
    "  (loop $l (i32.store (i32.mul (local.get 1) (i32.const 12288))"
    "    (i32.const 0x55))"
    "   (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1)"
    "    (i32.const 1))) (local.get 0))))"
    "  (local.get 1))"
    " (func (export \"touch\") (param i32) (result i32)"
    "  (i32.store (i32.const 65536) (local.get 0))"
    "  (i32.load (i32.const 0))))";

static viv_module *module;

/* A number of /proc/PID/smaps_rollup, in bytes. */
static uint64_t rollup(pid_t pid, const char *field)
{
    unsigned long long kib = 0, sum = 0;
    size_t len = strlen(field);
    char path[64], line[256];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, field, len) == 0 &&
            sscanf(line + len, ": %llu", &kib) == 1)
            sum += kib;
    if (file != NULL)
        fclose(file);
    return sum * 1024;
}

static uint64_t private_bytes(pid_t pid)
{
    return rollup(pid, "Private_Dirty");
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ------------------------------------------------------------------------
 * The peer.
 */

static char *peer_memory(void)
{
    char *memory = mmap(NULL, 20 << 20, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        bench_die("no memory");
    memset(memory, 7, 5 << 20);
    return memory;
}

/* What one child holds that writes a page and waits. */
static double peer_child_bytes(char *memory)
{
    uint64_t bytes;
    int to[2], from[2];
    pid_t pid;
    char c;

    if (pipe(to) != 0 || pipe(from) != 0)
        bench_die("no pipe");
    pid = fork();
    if (pid == 0) {
        memory[65536] = 1;
        if (write(from[1], "x", 1) != 1 || read(to[0], &c, 1) != 1)
            _exit(1);
        _exit(0);
    }
    if (read(from[0], &c, 1) != 1)
        bench_die("the child does not speak");
    bytes = private_bytes(pid);
    if (write(to[1], "x", 1) != 1 || waitpid(pid, NULL, 0) != pid)
        bench_die("the child does not end");
    return (double)bytes;
}

static uint64_t peer_first_byte_ns(void)
{
    uint64_t before = bench_now();
    int from[2];
    pid_t pid;
    char c;

    if (pipe(from) != 0)
        bench_die("no pipe");
    pid = fork();
    if (pid == 0)
        _exit(write(from[1], "x", 1) == 1 ? 0 : 1);
    if (read(from[0], &c, 1) != 1)
        bench_die("the child does not speak");
    before = bench_now() - before;
    waitpid(pid, NULL, 0);
    close(from[0]);
    close(from[1]);
    return before;
}

/* ------------------------------------------------------------------------
 * Ours.
 */

static void fork_it(viv_sandbox *session, char *memory)
{
    static viv_sandbox *children[CHILDREN_MAX];
    size_t count = bench_rounds(CHILDREN_MAX, 10), i;
    uint64_t bytes, tables, ns;
    viv_error err = {0};
    double peer = peer_child_bytes(memory);

    bytes = private_bytes(getpid());
    tables = bench_status("VmPTE");
    ns = bench_now();
    if (viv_sandbox_fork(session, count, children, &err) < 0)
        bench_die("%s", err.text);
    ns = bench_now() - ns;
    for (i = 0; i < count; i++)
        if (bench_call(children[i], "touch", (uint32_t)i, NULL) != VIV_RETURNED)
            bench_die("a child does not run");
    bytes = private_bytes(getpid()) - bytes;
    tables = bench_status("VmPTE") - tables;
    for (i = 0; i < count; i++)
        viv_sandbox_free(children[i]);
    bench_row("children", (double)count, "sandboxes");
    bench_row("fork, each", (double)ns / count / 1000, "us");
    bench_row_peer("private memory, each", (double)bytes / count, "bytes",
                   "a process forked", peer);
    bench_row("page tables, each", (double)tables / count, "bytes");
}

/* In a process that has the image: load, call, say how long it took. */
static int load_there(const char *image_path, int from, int to)
{
    uint64_t before, len = 0, best = UINT64_MAX;
    viv_image *image = NULL;
    viv_error err = {0};
    char *bytes;
    int i;

    if (viv_image_load(module, NULL, 0, NULL, NULL, image_path, &image, &err) <
        0)
        bench_die("%s", err.text);
    if (read(from, &len, sizeof(len)) != sizeof(len))
        return 1;
    bytes = malloc(len);
    for (uint64_t got = 0; got < len;) {
        ssize_t n = read(from, bytes + got, len - got);

        if (n <= 0)
            return 1;
        got += (uint64_t)n;
    }
    for (i = 0; i < (int)bench_rounds(20, 2); i++) {
        viv_sandbox *sandbox;
        uint32_t first;

        before = bench_now();
        if (viv_sandbox_load(image, NULL, NULL, bytes, len, &sandbox, &err) < 0)
            bench_die("%s", err.text);
        if (bench_call(sandbox, "touch", 1, &first) != VIV_RETURNED ||
            first != 0x55)
            bench_die("what was loaded is not what was dumped");
        best = least(best, bench_now() - before);
        viv_sandbox_free(sandbox);
    }
    free(bytes);
    viv_image_unref(image);
    return write(to, &best, sizeof(best)) == sizeof(best) ? 0 : 1;
}

static void write_all(int to, const void *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(to, bytes, len);

        if (n <= 0)
            bench_die("the other process does not read");
        bytes = (const char *)bytes + n;
        len -= (size_t)n;
    }
}

static uint64_t load_elsewhere(const char *image_path, const void *dump,
                               uint64_t len)
{
    int to[2], from[2];
    uint64_t ns = 0;
    pid_t pid;

    if (pipe(to) != 0 || pipe(from) != 0)
        bench_die("no pipe");
    pid = fork();
    if (pid == 0)
        _exit(load_there(image_path, to[0], from[1]));
    write_all(to[1], &len, sizeof(len));
    write_all(to[1], dump, len);
    if (read(from[0], &ns, sizeof(ns)) != sizeof(ns))
        bench_die("the other process failed");
    waitpid(pid, NULL, 0);
    return ns;
}

static void move_it(viv_image *image, viv_sandbox *session)
{
    uint64_t dump_ns = UINT64_MAX, peer = UINT64_MAX, before;
    void *dump = NULL;
    char path[64];
    size_t len = 0;
    viv_error err = {0};
    int i;

    snprintf(path, sizeof(path), "/tmp/viv-bench-%ld.image", (long)getpid());
    if (viv_image_save(image, NULL, NULL, path, &err) < 0)
        bench_die("%s", err.text);
    for (i = 0; i < (int)bench_rounds(50, 2); i++) {
        viv_free(dump);
        before = bench_now();
        if (viv_sandbox_dump(session, NULL, &dump, &len, &err) < 0)
            bench_die("%s", err.text);
        dump_ns = least(dump_ns, bench_now() - before);
        peer = least(peer, peer_first_byte_ns());
    }
    bench_row("dump of 50 dirty pages", (double)len, "bytes");
    bench_row("dump", (double)dump_ns / 1000, "us");
    bench_row_peer("load, first call, elsewhere",
                   (double)load_elsewhere(path, dump, len) / 1000, "us",
                   "fork, first byte", (double)peer / 1000);
    unlink(path);
    viv_free(dump);
}

int main(int argc, char **argv)
{
    viv_sandbox *first, *session;
    viv_image *image;
    viv_error err = {0};
    char *memory;

    bench_begin(argc, argv,
                "a session forked, dumped, and loaded elsewhere, against "
                "fork() of a process");
    memory = peer_memory();
    module = bench_module(WAT);
    first = bench_sandbox(module, NULL, 0, NULL);
    if (viv_image_new(first, &image, &err) < 0 ||
        viv_sandbox_from(image, NULL, &session, &err) < 0)
        bench_die("%s", err.text);
    if (bench_call(session, "dirty", DIRTY, NULL) != VIV_RETURNED)
        bench_die("the session does not begin");
    fork_it(session, memory);
    move_it(image, session);
    viv_sandbox_free(session);
    viv_sandbox_free(first);
    viv_image_unref(image);
    viv_module_unref(module);
    munmap(memory, 20 << 20);
    return 0;
}
