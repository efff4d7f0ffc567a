/* wasi_tools.h - a guest of WASI that does nothing, for tests to act for.
 *
 *     begin(NULL);
 *     put_text(100, "words");
 *     put_part(200, 100, 5);
 *     EXPECT_EQ_INT(ASK(fd_write, I(1), I(200), I(1), I(300)), 0);
 *     EXPECT_EQ_INT(word_at(300), 5);
 *     end();
 *
 * Functions are called as the guest's host calls would call them, without a
 * guest that calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_TOOLS_H
#define WASI_TOOLS_H

#include "guest.h"
#include "vfs/vfs_fd.h"
#include "vfs/vfs_rights.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_layout.h"

#define PAGE_BYTES 65536u

static struct guest guest;
static struct wasi *wasi;
static viv_error err;

/* A module of WASI with a page of memory. */
static const char WAT[] =
    "(module (import \"wasi_snapshot_preview1\" \"sched_yield\""
    "  (func $y (result i32))) (memory (export \"memory\") 1 2)"
    " (func (export \"yield\") (param i32) (result i32) (call $y)))";

static inline void begin_with(const char *wat, const viv_wasi *said,
                              const viv_limits *limits)
{
    viv_module *module = guest_load(wat, false);
    size_t count;
    const viv_import *imports = viv_wasi_imports(&count);

    guest = guest_of(module, imports, count, limits);
    viv_module_unref(module);
    if (viv_wasi_apply(guest.sandbox, said, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    EXPECT_EQ_INT(wasi_of((struct sandbox *)guest.sandbox, &wasi, NULL), 0);
    wasi->guest = wasi_guest_of(&wasi->sandbox->instance);
    wasi_files_ready(&wasi->files);
}

static inline void begin(const viv_wasi *said)
{
    begin_with(WAT, said, NULL);
}

static inline void end(void)
{
    guest_end(&guest);
}

/* One memory, mounted at "/m". */
static inline void begin_memory(void)
{
    static const viv_mount mount = {.guest = "/m",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};
    viv_wasi said;

    viv_wasi_default(&said);
    said.mounts = &mount;
    said.mount_count = 1;
    begin(&said);
}

/* ------------------------------------------------------------------------
 * Calls, and guest memory.
 */

#define I(n)                                                                   \
    {                                                                          \
        .i32 = (uint32_t)(n)                                                   \
    }
#define L(n)                                                                   \
    {                                                                          \
        .i64 = (uint64_t)(n)                                                   \
    }
#define ASK(name, ...) wasi_abi_##name(wasi, (const viv_value[]){__VA_ARGS__})

/* An address that no guest here has. */
#define BEYOND (3 * PAGE_BYTES)

static inline char *at(uint32_t address)
{
    return wasi->guest.base + address;
}

static inline void put_text(uint32_t address, const char *text)
{
    memcpy(at(address), text, strlen(text));
}

static inline void put_part(uint32_t address, uint32_t where, uint32_t len)
{
    uint32_t part[2] = {where, len};

    memcpy(at(address), part, sizeof(part));
}

static inline uint32_t word_at(uint32_t address)
{
    uint32_t word;

    memcpy(&word, at(address), sizeof(word));
    return word;
}

static inline uint64_t long_at(uint32_t address)
{
    uint64_t number;

    memcpy(&number, at(address), sizeof(number));
    return number;
}

/* ------------------------------------------------------------------------
 * Files.
 */

#define ALL_RIGHTS (VFS_RIGHTS_FILE)

/* Open `path` in the first mount, with the flags of path_open, for reading and
 * writing; the path lies at 60000, the descriptor at 60100. */
static inline int open_path(const char *path, uint32_t flags, uint32_t *ret_fd)
{
    int code;

    put_text(60000, path);
    code = ASK(path_open, I(3), I(0), I(60000), I(strlen(path)), I(flags),
               L(ALL_RIGHTS), L(0), I(0), I(60100));
    *ret_fd = word_at(60100);
    return code;
}

static inline uint32_t make_file(const char *path, const char *text)
{
    uint32_t fd;

    EXPECT_EQ_INT(open_path(path, 1, &fd), 0);
    put_text(60200, text);
    put_part(60300, 60200, (uint32_t)strlen(text));
    EXPECT_EQ_INT(ASK(fd_write, I(fd), I(60300), I(1), I(60400)), 0);
    return fd;
}

#endif /* WASI_TOOLS_H */
