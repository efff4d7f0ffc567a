/* test_engine_skeleton.c - what a compiled file says of its module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_skeleton.h"

#include <elf.h>

#include "base/base_alloc.h"
#include "engine/engine_object.h"
#include "guest.h"
#include "os/os_fail.h"

static char path[PATH_MAX];
static uint8_t *bytes;
static size_t len;
static viv_error err;

static void begin(void)
{
    guest_path("skeleton.viv", path);
    guest_compile("(module (func (export \"f\")))", false, path);
    EXPECT_EQ_INT(os_file_read_all(path, 1 << 30, &bytes, &len, NULL), 0);
}

static void end(void)
{
    base_free(bytes);
    unlink(path);
}

/* Read the skeleton of the file at `path`; the caller owns it. */
static int try_read(uint8_t **ret_skeleton, uint32_t *ret_len)
{
    struct engine_header header;
    struct os_file file;
    int code;

    EXPECT_EQ_INT(engine_object_open(path, &file, &header, NULL), 0);
    code = engine_skeleton_read(&file, path, &header, ret_skeleton, &err);
    *ret_len = header.skeleton_bytes;
    os_file_close(&file);
    return code;
}

static int code_of_bytes(void)
{
    uint8_t *skeleton;
    uint32_t skeleton_len;
    int code;

    guest_write(path, bytes, len);
    code = try_read(&skeleton, &skeleton_len);
    if (code == 0)
        base_free(skeleton);
    return code;
}

static Elf64_Ehdr *elf(void)
{
    return (Elf64_Ehdr *)bytes;
}

static Elf64_Shdr *section(unsigned index)
{
    return (Elf64_Shdr *)(bytes + elf()->e_shoff) + index;
}

TEST(it_is_the_module_without_its_code)
{
    uint8_t *skeleton;
    uint32_t skeleton_len;

    begin();
    EXPECT_EQ_INT(try_read(&skeleton, &skeleton_len), 0);
    EXPECT(skeleton_len > 8);
    EXPECT_EQ_MEM(skeleton, "\0asm\1\0\0\0", 8);
    base_free(skeleton);
    end();
}

TEST(changed_bytes_are_noticed)
{
    uint8_t *skeleton, *at;
    uint32_t skeleton_len;

    begin();
    EXPECT_EQ_INT(try_read(&skeleton, &skeleton_len), 0);
    for (at = bytes; memcmp(at, skeleton, skeleton_len) != 0; at++)
        EXPECT(at + skeleton_len < bytes + len);
    at[skeleton_len - 1] ^= 1;
    base_free(skeleton);
    EXPECT_EQ_INT(code_of_bytes(), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "a broken one");
    end();
}

TEST(sections_that_cannot_be_are_refused)
{
    begin();
    elf()->e_shstrndx = 60000;
    EXPECT_EQ_INT(code_of_bytes(), VIV_EFORMAT);
    elf()->e_shstrndx = 0; /* a section without names */
    EXPECT_EQ_INT(code_of_bytes(), VIV_EFORMAT);
    end();
}

TEST(lengths_of_a_gigabyte_are_refused)
{
    begin();
    for (unsigned i = 0; i < elf()->e_shnum; i++)
        section(i)->sh_size = 1 << 30;
    EXPECT_EQ_INT(code_of_bytes(), VIV_EFORMAT);
    end();
    begin();
    for (unsigned i = 0; i < elf()->e_shnum; i++)
        section(i)->sh_offset = UINT64_MAX - 10;
    EXPECT_EQ_INT(code_of_bytes(), VIV_EFORMAT);
    end();
}

TEST(sections_changed_at_random_never_do_harm)
{
    uint64_t random = 88172645463325252u;

    begin();
    for (int i = 0; i < 500; i++) {
        uint8_t *at = bytes + elf()->e_shoff, was;

        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        at += random % (elf()->e_shnum * sizeof(Elf64_Shdr));
        was = *at, *at = (uint8_t)(random >> 40);
        code_of_bytes();
        *at = was;
    }
    EXPECT_EQ_INT(code_of_bytes(), 0);
    end();
}

TEST(it_says_when_memory_ran_out)
{
    struct engine_header header;
    uint8_t *skeleton;
    struct os_file file;

    begin();
    EXPECT_EQ_INT(engine_object_open(path, &file, &header, NULL), 0);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(engine_skeleton_read(&file, path, &header, &skeleton, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(0);
    os_fail_at(1);
    EXPECT_EQ_INT(engine_skeleton_read(&file, path, &header, &skeleton, &err),
                  VIV_EIO);
    os_fail_at(0);
    os_file_close(&file);
    end();
}
