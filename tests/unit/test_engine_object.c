/* test_engine_object.c - is this file a compiled module that can run here?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_object.h"

#include <elf.h>

#include "base/base_alloc.h"
#include "guest.h"
#include "os/os_fail.h"

static char path[PATH_MAX];
static uint8_t *bytes;
static size_t len;
static struct engine_header header;
static viv_error err;

/* A good file at `path` and in `bytes`. */
static void begin(void)
{
    guest_path("object.viv", path);
    guest_compile("(module (func (export \"f\")))", false, path);
    EXPECT_EQ_INT(os_file_read_all(path, 1 << 30, &bytes, &len, NULL), 0);
}

static void end(void)
{
    base_free(bytes);
    unlink(path);
}

static int try_open(void)
{
    struct os_file file;
    int code;

    err.text[0] = '\0';
    code = engine_object_open(path, &file, &header, &err);
    if (code == 0)
        os_file_close(&file);
    else
        EXPECT_EQ_INT(err.code, code);
    return code;
}

/* What is said of a file with these bytes. */
static int code_of(const void *content, size_t content_len)
{
    guest_write(path, content, content_len);
    return try_open();
}

static Elf64_Ehdr *elf(void)
{
    return (Elf64_Ehdr *)bytes;
}

static Elf64_Phdr *segment(uint32_t type)
{
    Elf64_Phdr *all = (Elf64_Phdr *)(bytes + elf()->e_phoff);

    for (int i = 0; i < elf()->e_phnum; i++)
        if (all[i].p_type == type)
            return &all[i];
    test_fail(TEST_AT, "no such segment");
}

/* The header in `bytes`, and the note's own words before it. */
static struct engine_header *header_in(void)
{
    static const char name[] = "Vivarium\0\0\0";

    for (size_t i = 0; i + sizeof(header) < len; i++)
        if (memcmp(bytes + i, name, 12) == 0)
            return (struct engine_header *)(bytes + i + 12);
    test_fail(TEST_AT, "no note");
}

static uint32_t *note_words(void)
{
    return (uint32_t *)((char *)header_in() - 24);
}

TEST(a_compiled_module_is_one)
{
    begin();
    EXPECT_EQ_INT(try_open(), 0);
    EXPECT_EQ_INT(header.magic, ENGINE_HEADER_MAGIC);
    EXPECT_EQ_INT(header.target,
                  guest_is_gs() ? ENGINE_TARGET_GS : ENGINE_TARGET_PORTABLE);
    EXPECT_EQ_INT(engine_object_check(path, &header, &err), 0);
    end();
}

TEST(what_is_not_one_is_called_by_its_name)
{
    begin();
    EXPECT_EQ_INT(code_of("", 0), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is empty");
    EXPECT_EQ_INT(code_of("(module)\n", 9), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is a text file, not a compiled module");
    EXPECT_EQ_INT(code_of("\0asm\1\0\0\0", 8), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "not compiled yet: use `viv compile`");
    EXPECT_EQ_INT(code_of("\1\2\3", 3), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is not a compiled module");
    EXPECT_EQ_INT(code_of(ELFMAG, SELFMAG), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is cut off: it has 4 bytes");
    end();
}

TEST(a_directory_and_nothing_at_all_are_refused)
{
    snprintf(path, sizeof(path), "/");
    EXPECT_EQ_INT(try_open(), VIV_EIO);
    EXPECT_HAS_STR(err.text, "is a directory");
    snprintf(path, sizeof(path), "/nowhere.viv");
    EXPECT_EQ_INT(try_open(), VIV_EIO);
}

TEST(a_file_that_was_cut_off_anywhere_is_refused)
{
    begin();
    /* Byte by byte where the headers are, in steps between. */
    for (size_t cut = len; cut-- > 0;) {
        if (cut > 1200 && cut < len - 300 && cut % 61 != 0)
            continue;
        EXPECT_EQ_INT(truncate(path, (off_t)cut), 0);
        EXPECT_EQ_INT(try_open(), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, cut == 0 ? "empty" : "'");
    }
    end();
}

TEST(another_abi_version_is_refused_with_both_numbers)
{
    begin();
    header_in()->abi_version = 7;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EVERSION);
    EXPECT_HAS_STR(err.text, "is compiled for ABI version 7, this library has "
                             "1: compile it again");
    end();
}

TEST(another_cpu_is_refused_with_both_names)
{
    begin();
    elf()->e_machine = EM_AARCH64;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EVERSION);
    EXPECT_HAS_STR(err.text, "is for aarch64 (ELF machine 183), this machine "
                             "is x86-64");
    elf()->e_machine = EM_X86_64;
    elf()->e_ident[EI_CLASS] = ELFCLASS32;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EVERSION);
    end();
}

TEST(a_broken_header_is_refused)
{
    begin();
    header_in()->magic++;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "broken header");
    end();
}

TEST(a_shared_object_of_somebody_elses_is_refused)
{
    begin();
    memcpy(note_words() + 3, "Vivariam", 8);
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "not one that `viv compile` made");
    end();
}

TEST(an_elf_file_that_is_no_shared_object_is_refused)
{
    begin();
    elf()->e_type = ET_REL;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "not a shared object");
    elf()->e_type = ET_DYN;
    elf()->e_phnum = 65535;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "65535 segments");
    end();
}

TEST(lengths_of_a_gigabyte_are_refused_before_they_are_used)
{
    uint64_t gigabyte = 1 << 30, before;

    begin();
    before = segment(PT_NOTE)->p_filesz;
    segment(PT_NOTE)->p_filesz = gigabyte;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "is cut off");
    segment(PT_NOTE)->p_filesz = before;
    segment(PT_LOAD)->p_offset = UINT64_MAX - 10;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    segment(PT_LOAD)->p_offset = 0;
    elf()->e_phoff = UINT64_MAX - 3;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    end();
}

TEST(notes_that_claim_too_much_are_refused)
{
    uint32_t sizes[] = {1u << 30, UINT32_MAX, 0, 7, 327, 329};

    begin();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        note_words()[1] = sizes[i];
        EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
        EXPECT(err.text[0] != '\0');
    }
    note_words()[1] = sizeof(header);
    note_words()[0] = UINT32_MAX;
    EXPECT_EQ_INT(code_of(bytes, len), VIV_EFORMAT);
    end();
}

TEST(bytes_changed_at_random_never_do_harm)
{
    uint64_t random = 88172645463325252u;

    begin();
    for (int i = 0; i < 3000; i++) {
        size_t at, at2;
        uint8_t was, was2;

        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        at = random % (i % 2 ? 1024 : len);
        at2 = (random >> 32) % 1024;
        was = bytes[at], bytes[at] = (uint8_t)(random >> 20);
        was2 = bytes[at2], bytes[at2] = (uint8_t)(random >> 28);
        if (code_of(bytes, len) == 0)
            engine_object_check(path, &header, &err);
        bytes[at2] = was2, bytes[at] = was;
    }
    end();
}

static void expect_version(const char *part)
{
    EXPECT_EQ_INT(engine_object_check("x", &header, &err), VIV_EVERSION);
    EXPECT_HAS_STR(err.text, part);
}

static void good_header(void)
{
    memset(&header, 0, sizeof(header));
    header.target = ENGINE_TARGET_PORTABLE;
    header.state_bytes = 4096;
}

TEST(what_this_machine_or_library_lacks_is_named)
{
    good_header();
    EXPECT_EQ_INT(engine_object_check("x", &header, &err), 0);
    header.target = 9;
    expect_version("target 9, this library knows 1 (gs) and 2 (portable)");
    good_header();
    header.flags = 0x80;
    expect_version("flags 0x80, this library knows 0x7");
    good_header();
    header.cpu = 0x100;
    expect_version("CPU features 0x100, this library knows 0x7");
}

TEST(a_cpu_of_too_low_a_level_is_named)
{
    good_header();
    header.cpu = ENGINE_CPU_X86_64_V4;
    if (engine_object_check("x", &header, &err) == 0)
        SKIP("this CPU has all levels");
    EXPECT_HAS_STR(err.text, "needs a CPU of level x86-64-v4, this one is "
                             "x86-64-v");
}

TEST(sizes_that_cannot_be_are_refused)
{
    good_header();
    header.state_bytes = 4097;
    EXPECT_EQ_INT(engine_object_check("x", &header, &err), VIV_EFORMAT);
    header.state_bytes = UINT64_C(1) << 40;
    EXPECT_EQ_INT(engine_object_check("x", &header, &err), VIV_EFORMAT);
}

TEST(failures_of_the_system_are_told_and_leave_nothing)
{
    int n, code;

    begin();
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = try_open();
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_EIO);
    }
    EXPECT(n > 3);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(try_open(), VIV_ENOMEM);
    base_alloc_fail_at(0);
    end();
}
