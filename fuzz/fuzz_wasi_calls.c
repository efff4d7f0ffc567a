/* fuzz_wasi_calls.c - any calls of preview 1, with any arguments and memory.
 *
 * The bytes are a script: calls of functions, each followed by its arguments;
 * writes to guest memory; resets; and forgeries, which write to the store as a
 * dump from a stranger would.  The guest has a memory, an overlay over a pack,
 * a directory of the host and one to be read only.  It is a sandbox without
 * code: calls arrive as they would from a guest.
 *
 * Promised: an errno or one of the ways not to answer; nothing outside of the
 * guest's memory and store is touched (the pages around them are closed); the
 * host's directory is not left; and each input leaves nothing open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem/mem_region.h"
#include "target.h"
#include "vfs/vfs_pack_write.h"
#include "wasi/wasi_abi.h"

#define MEMORY_BYTES 65536u
#define STORE_BYTES  (1u << 20)
#define STATE_BYTES  4096u

/* ------------------------------------------------------------------------
 * The host: a folder with one for the guest in it, and what it must not reach.
 */

static char top[64], inside[80], outside[80], readable[80], pack[80];

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *where)
{
    (void)info, (void)type;
    if (where->level > 0)
        remove(path);
    return 0;
}

static void empty(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void leave(void)
{
    empty(top);
    rmdir(top);
}

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void make_host(void)
{
    snprintf(top, sizeof(top), "/tmp/viv-fuzz-%ld", (long)getpid());
    snprintf(inside, sizeof(inside), "%s/in", top);
    snprintf(readable, sizeof(readable), "%s/ro", top);
    snprintf(outside, sizeof(outside), "%s/secret", top);
    snprintf(pack, sizeof(pack), "%s/pack", top);
    CHECK(mkdir(top, 0700) == 0 && mkdir(inside, 0700) == 0 &&
          mkdir(readable, 0700) == 0);
    put_file(top, "secret", "secret");
    put_file(readable, "a", "read me");
    CHECK(vfs_pack_write(readable, pack, 0, NULL) == 0);
    atexit(leave);
}

/* What the guest could not reach is as it was. */
static void check_host(void)
{
    char text[16] = "";
    int fd = open(outside, O_RDONLY);
    struct stat info;

    CHECK(fd >= 0 && read(fd, text, sizeof(text)) == 6);
    CHECK(strcmp(text, "secret") == 0 && close(fd) == 0);
    CHECK(stat(readable, &info) == 0 && info.st_nlink == 2);
}

static uint32_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    uint32_t count = 0;

    CHECK(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/* ------------------------------------------------------------------------
 * The guest.
 */

static struct engine_module module = {.layout = {.state_bytes = STATE_BYTES}};
static struct sandbox sandbox;
static struct wasi *wasi;

static void make_guest(void)
{
    struct mem_shape shape = {
        .guard_low_bytes = 1 << 20,
        .state_bytes = STORE_BYTES + STATE_BYTES,
        .linear_max_bytes = MEMORY_BYTES,
        .guard_high_bytes = 1 << 20,
    };

    sandbox.instance.module = &module;
    CHECK(mem_region_init(&sandbox.instance.region, &shape, MEMORY_BYTES,
                          NULL) == 0);
    engine_instance_state(&sandbox.instance)->memory_bytes = MEMORY_BYTES;
    sandbox.limits.output_bytes = 1000;
    sandbox.call.run_end = sandbox.call.wall_end = UINT64_MAX;
}

static int64_t give_input(void *cookie, void *to, size_t len)
{
    (void)cookie;
    memset(to, 'i', len < 3 ? len : 3);
    return sandbox.call.used.output_bytes % 2 ? VIV_ETIME
                                              : (int64_t)(len < 3 ? len : 3);
}

/* Where small numbers point: pieces of paths, and two lists of buffers. */
static void fill_memory(char *base)
{
    static const char paths[] = "abcd/e/../f/./../../a/b//c\0/x";
    static const uint32_t lists[] = {1000, 50, 2000, 100, 0, 32, 60000, 4000};

    memset(base, 0, MEMORY_BYTES);
    memcpy(base, paths, sizeof(paths));
    memcpy(base + 64, lists, sizeof(lists));
}

static void begin(void)
{
    viv_mount mounts[] = {
        {"/m", NULL, VIV_MOUNT_MEMORY, 1, 200000, 50},
        {"/o", pack, VIV_MOUNT_OVERLAY, 1, VIV_ENDLESS, VIV_ENDLESS},
        {"/p", pack, VIV_MOUNT_PACK, 0, 0, 0},
        {"/h", inside, VIV_MOUNT_HOST, 1, 100000, 20},
        {"/r", readable, VIV_MOUNT_HOST, 0, 0, 0},
    };
    viv_wasi said;

    wasi_grant_default(&said);
    said.mounts = mounts;
    said.mount_count = sizeof(mounts) / sizeof(mounts[0]);
    said.stdin_func = give_input;
    said.clock = VIV_CLOCK_STEPS;
    said.random = VIV_RANDOM_SEED;
    memset(mem_region_state(&sandbox.instance.region), 0, STORE_BYTES);
    fill_memory(sandbox.instance.region.base);
    sandbox.call.used.output_bytes = 0;
    atomic_store(&sandbox.word, UINT64_C(1) << 8);
    CHECK(wasi_apply(&sandbox, &said, NULL) == 0);
    CHECK(wasi_of(&sandbox, &wasi, NULL) == 0);
    wasi->guest = wasi_guest_of(&sandbox.instance);
    wasi_files_ready(&wasi->files);
}

static void end(void)
{
    wasi->beside.free(&wasi->beside);
    sandbox.beside = NULL;
}

/* ------------------------------------------------------------------------
 * The script.
 */

struct script {
    const uint8_t *at, *end;
};

static uint64_t take(struct script *script, size_t bytes)
{
    size_t left = (size_t)(script->end - script->at);
    uint64_t value = 0;

    if (bytes > left)
        bytes = left;
    memcpy(&value, script->at, bytes);
    script->at += bytes;
    return value;
}

/* Small numbers, addresses in memory, ends of memory, and anything. */
static uint64_t argument(struct script *script)
{
    uint8_t kind = (uint8_t)take(script, 1);

    if (kind < 128)
        return kind;
    switch (kind % 8) {
    case 0:
        return take(script, 8);
    case 1:
        return take(script, 4);
    case 2:
        return MEMORY_BYTES - take(script, 1);
    case 3:
        return UINT64_MAX - take(script, 1);
    case 4:
        return (uint64_t)1 << (take(script, 1) % 64);
    default:
        return take(script, 2);
    }
}

typedef int function(struct wasi *wasi, const viv_value *args);

#define ROW(name, params, permission) wasi_abi_##name,
static function *const functions[] = {WASI_FUNCTIONS(ROW)};
#define COUNT (sizeof(functions) / sizeof(functions[0]))

static uint64_t calls;

static void call(struct script *script, uint8_t number)
{
    viv_value args[9];
    int code;

    for (size_t i = 0; i < 9; i++)
        args[i].i64 = argument(script);
    wasi->is_again = (number & 64) != 0;
    code = functions[number % COUNT](wasi, args);
    CHECK(code >= WASI_AGAIN && code < WASI_ERRNO_COUNT);
    calls++;
}

/* Copy bytes of the script into guest memory, or over the store. */
static void write_to(struct script *script, char *to, uint32_t bytes)
{
    uint32_t at = (uint32_t)argument(script) % bytes;
    uint32_t len = (uint32_t)take(script, 1);
    size_t left = (size_t)(script->end - script->at);

    if (len > left)
        len = (uint32_t)left;
    if (len > bytes - at)
        len = bytes - at;
    memcpy(to + at, script->at, len);
    script->at += len;
}

static void step(struct script *script)
{
    uint8_t what = (uint8_t)take(script, 1);

    if (what < 0xc0) {
        call(script, what);
    } else if (what < 0xf0) {
        write_to(script, sandbox.instance.region.base, MEMORY_BYTES);
    } else if (what < 0xf8) {
        write_to(script, mem_region_state(&sandbox.instance.region),
                 STORE_BYTES);
    } else {
        wasi->beside.was_reset(&wasi->beside);
        wasi_files_ready(&wasi->files);
    }
}

static void run(struct script *script)
{
    begin();
    while (script->at < script->end)
        step(script);
    end();
}

/* Now and then it is looked whether the host is as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct script script = {bytes, bytes + len};
    static uint32_t inputs;
    uint32_t files;

    if (inputs == 0) {
        make_host();
        make_guest();
    }
    if (inputs++ % 64 != 0) {
        run(&script);
        return 0;
    }
    files = open_files();
    run(&script);
    CHECK(open_files() == files);
    check_host();
    empty(inside);
    return 0;
}

/* An input is some dozen calls: what counts is how many a long run made. */
__attribute__((destructor)) static void say_calls(void)
{
    if (calls >= 1000000)
        fprintf(stderr, "%llu calls\n", (unsigned long long)calls);
}
