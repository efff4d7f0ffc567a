/* fuzz_vfs_arena.c - operations of a guest, on files whose arena is forged.
 *
 * The input is a program: operations with arguments, and between them writes to
 * any place of the arena, as if it came from a dump that somebody made up.  The
 * arena has a memory, an overlay over a small pack, and a stream.
 *
 * Asked for, besides "does it crash" and "does it end": do functions say what
 * they may say, is no more done than was asked for, and is no more in use than
 * there is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "target.h"
#include "vfs/vfs_at.h"
#include "vfs/vfs_pack_format.h"
#include "vfs/vfs_rights.h"

#define BLOCKS      24
#define DESCRIPTORS 12
#define OPS_MAX     400

static struct vfs vfs;
static char *arena;

/* ------------------------------------------------------------------------
 * The pack: /d/, /d/f "hello", /l -> d/f, /z of 5,000 bytes.
 */

static struct {
    struct vfs_pack_head head;
    struct vfs_pack_record records[5];
    char names[4];
    char bytes[5000];
} pack_bytes = {
    {VFS_PACK_MAGIC, VFS_PACK_VERSION, 5, 64 + 5 * 40, 4, {7}, {0}},
    {
        {0, 0, 0, VFS_DIRECTORY, 0, 3, 1, 0, 0},
        {0, 0, 1, VFS_DIRECTORY, 0, 1, 4, 0, 0},
        {0, 1, 1, VFS_SYMLINK, 0, 0, 268, 3, 0},
        {0, 2, 1, VFS_FILE, 0, 0, 268, 5000, 0},
        {1, 3, 1, VFS_FILE, 0, 0, 271, 5, 0},
    },
    "dlzf",
    "d/fhello",
};

static uint64_t frozen(void *cookie)
{
    (void)cookie;
    return 1000000;
}

static void begin(void)
{
    static const struct vfs_memory_limits limits = {20 * VFS_BLOCK_BYTES, 200};
    struct vfs_config config = {
        DESCRIPTORS, BLOCKS * VFS_BLOCK_BYTES, {frozen, NULL}};
    struct vfs_pack *pack;

    vfs_init(&vfs, &config);
    CHECK(vfs_pack_wrap(&pack_bytes, sizeof(pack_bytes), "pack", &pack, NULL) ==
          0);
    CHECK(vfs_mount_memory(&vfs, "/", &limits, NULL) == 0);
    CHECK(vfs_mount_overlay(&vfs, "/lib", pack, &limits, NULL) == 0);
    CHECK(vfs_mount_pack(&vfs, "/pack", pack, NULL) == 0);
    CHECK(vfs_mount_stream(&vfs, vfs_pipe_new(VFS_PIPE_OUT, 1000), NULL) == 0);
    vfs_pack_unref(pack);
    arena = aligned_alloc(VFS_BLOCK_BYTES, vfs_bytes(&vfs));
    CHECK(arena != NULL);
    memset(arena, 0, vfs_bytes(&vfs));
    CHECK(vfs_format(&vfs, arena, NULL) == 0);
}

/* ------------------------------------------------------------------------
 * The input.
 */

struct input {
    const uint8_t *at, *end;
};

static uint32_t byte(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

/* Small, or a power of two and its neighbours, or anything. */
static uint64_t number(struct input *input)
{
    uint32_t how = byte(input);
    uint64_t value = 0;

    if (how < 128)
        return how;
    if (how < 192)
        return ((uint64_t)1 << how % 64) + byte(input) % 3 - 1;
    if (how < 224)
        return byte(input) << 8 | byte(input);
    for (int i = 0; i < 8; i++)
        value = value << 8 | byte(input);
    return value;
}

/* Up to three components. */
static struct vfs_at path(struct input *input)
{
    static const char *const names[] = {
        "a", "b", "d", "f", "l", "z", ".", "..", "", "/", "\xc3\xa9", "\xff"};
    static char texts[2][1024], longest[256];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    uint32_t how = byte(input);

    memset(longest, 'n', 255);
    text[0] = '\0';
    for (uint32_t i = 0; i <= how % 3; i++) {
        uint32_t which = byte(input) % 16;

        if (i > 0)
            strcat(text, "/");
        strcat(text, which < 12 ? names[which] : longest + (which - 12) * 50);
    }
    if (how & 64)
        strcat(text, "/");
    return (struct vfs_at){byte(input) % DESCRIPTORS, (how & 128) != 0, text,
                           strlen(text)};
}

/* ------------------------------------------------------------------------
 * Operations.
 */

static void expect_error(int error)
{
    CHECK(error >= 0 && error < VFS_ERROR_COUNT);
}

static char data[6000];

static void transfer(struct input *input, uint32_t how)
{
    uint32_t fd = byte(input) % DESCRIPTORS;
    size_t len = number(input) % sizeof(data), done = 0;
    struct iovec parts[] = {{data, len / 2}, {data + len / 2, len - len / 2}};
    int error;

    if (how == 0)
        error = vfs_fd_read(&vfs, fd, parts, 2, &done);
    else if (how == 1)
        error = vfs_fd_write(&vfs, fd, parts, 2, &done);
    else if (how == 2)
        error = vfs_fd_pread(&vfs, fd, parts, 2, number(input), &done);
    else
        error = vfs_fd_pwrite(&vfs, fd, parts, 2, number(input), &done);
    expect_error(error);
    CHECK(done <= len);
}

static bool take(void *cookie, const struct vfs_entry *entry)
{
    unsigned *left = cookie;

    CHECK(entry->name.len <= VFS_NAME_MAX && entry->next != 0);
    return (*left)-- > 0;
}

static void use_descriptor(struct input *input, uint32_t how)
{
    uint32_t fd = byte(input) % DESCRIPTORS;
    struct vfs_times times = {number(input), number(input)};
    unsigned left = 20;
    struct vfs_stat stat;
    uint64_t at;

    switch (how) {
    case 0:
        expect_error(vfs_fd_close(&vfs, fd));
        break;
    case 1:
        expect_error(vfs_fd_renumber(&vfs, fd, byte(input) % DESCRIPTORS));
        break;
    case 2:
        expect_error(vfs_fd_seek(&vfs, fd, (int64_t)times.accessed,
                                 (enum vfs_fd_whence)(byte(input) % 4), &at));
        break;
    case 3:
        expect_error(vfs_fd_set_bytes(&vfs, fd, times.accessed));
        break;
    case 4:
        expect_error(vfs_fd_allocate(&vfs, fd, times.accessed, times.modified));
        break;
    case 5:
        expect_error(vfs_fd_stat(&vfs, fd, &stat));
        break;
    case 6:
        expect_error(vfs_fd_set_times(&vfs, fd, &times, byte(input)));
        break;
    case 7:
        expect_error(vfs_fd_list(&vfs, fd, times.accessed, take, &left));
        break;
    case 8:
        expect_error(vfs_fd_set_flags(&vfs, fd, byte(input)));
        break;
    case 9:
        expect_error(
            vfs_fd_set_rights(&vfs, fd, times.accessed, times.modified));
        break;
    case 10:
        expect_error(vfs_fd_tell(&vfs, fd, &at));
        break;
    default:
        expect_error(vfs_fd_sync(&vfs, fd));
        break;
    }
}

static void open_path(struct input *input)
{
    struct vfs_at at = path(input);
    uint64_t all = VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE;
    uint32_t flags = byte(input), fd = 0;
    struct vfs_open open = {.flags = flags % 16, .rights_inheriting = all};

    open.rights = flags & 16 ? all : all & ~VFS_RIGHTS_WRITING;
    expect_error(vfs_at_open(&vfs, &at, &open, &fd));
    CHECK(fd < DESCRIPTORS);
}

static void use_path(struct input *input, uint32_t how)
{
    struct vfs_at at = path(input), other;
    struct vfs_times times = {1, 2};
    struct vfs_path target;
    struct vfs_stat stat;

    switch (how) {
    case 0:
        expect_error(vfs_at_stat(&vfs, &at, &stat));
        break;
    case 1:
        expect_error(vfs_at_set_times(&vfs, &at, &times, VFS_SET_MODIFIED));
        break;
    case 2:
        expect_error(vfs_at_make_directory(&vfs, &at));
        break;
    case 3:
        expect_error(vfs_at_remove_directory(&vfs, &at));
        break;
    case 4:
        expect_error(vfs_at_unlink(&vfs, &at));
        break;
    case 5:
        other = path(input);
        expect_error(vfs_at_symlink(&vfs, other.bytes, other.len, &at));
        break;
    case 6:
        if (vfs_at_read_link(&vfs, &at, &target) == 0)
            CHECK(target.len < VFS_PATH_BYTES &&
                  target.text[target.len] == '\0');
        break;
    case 7:
        other = path(input);
        at.follow = false;
        expect_error(vfs_at_link(&vfs, &at, &other));
        break;
    default:
        other = path(input);
        expect_error(vfs_at_rename(&vfs, &at, &other));
        break;
    }
}

/* ------------------------------------------------------------------------
 * Forging.
 */

/* Four bytes, mostly at the beginning of a block or a cell, and mostly a number
 * that is a block's or a cell's. */
static void forge(struct input *input)
{
    size_t bytes = vfs_bytes(&vfs);
    uint32_t block = byte(input) % (BLOCKS + 2), value;
    size_t at =
        block * VFS_BLOCK_BYTES + byte(input) % 32 * 128 + byte(input) % 32 * 4;

    value = (uint32_t)number(input);
    if (value < 64)
        value = value * 32 + byte(input) % 32;
    else if (value < 128)
        value -= 64;
    if (at + sizeof(value) <= bytes)
        memcpy(arena + at, &value, sizeof(value));
}

static void step(struct input *input)
{
    uint32_t op = byte(input) % 48;

    if (op < 8)
        open_path(input);
    else if (op < 12)
        transfer(input, op - 8);
    else if (op < 24)
        use_descriptor(input, op - 12);
    else if (op < 33)
        use_path(input, op - 24);
    else if (op < 40)
        transfer(input, op % 4);
    else
        forge(input);
    CHECK(vfs_arena_used_bytes(&vfs.arena) <= vfs_bytes(&vfs));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct input input = {bytes, bytes + len};

    begin();
    for (int i = 0; i < OPS_MAX && input.at < input.end; i++)
        step(&input);
    vfs_reset(&vfs);
    vfs_fini(&vfs);
    free(arena);
    return 0;
}
