/* test_engine_pieces.c - which function a piece of code was taken out of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_pieces.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "test.h"

#define FUNCS 100

static char path[512];
static uint8_t *bytes;
static size_t len;
static struct base_arena arena;
static struct engine_pieces pieces;
static viv_error err;

/* A shared object of functions with these names, and `bytes` that it has. */
static void make(const char *const *names, size_t count, const char *options)
{
    const char *folder = getenv("TMPDIR");
    char source[600], command[2048];
    FILE *out;

    snprintf(path, sizeof(path), "%s/viv-pieces-%ld.so",
             folder != NULL ? folder : "/tmp", (long)getpid());
    snprintf(source, sizeof(source), "%s.s", path);
    out = fopen(source, "w");
    EXPECT(out != NULL);
    for (size_t i = 0; i < count; i++)
        fprintf(out, ".type \"%s\", @function\n\"%s\": ret\n", names[i],
                names[i]);
    fprintf(out, ".type fn4_data.cold, @object\nfn4_data.cold: .byte 0\n");
    fclose(out);
    snprintf(command, sizeof(command), "cc -shared -nostdlib %s -o '%s' '%s'",
             options, path, source);
    EXPECT_EQ_INT(system(command), 0);
    unlink(source);
    EXPECT_EQ_INT(os_file_read_all(path, 1 << 20, &bytes, &len, &err), 0);
}

/* What is read from the file at `path`, which is removed. */
static int read_pieces(void)
{
    struct os_file file;
    int code;

    EXPECT_EQ_INT(os_file_open(path, &file, &err), 0);
    base_arena_fini(&arena);
    base_arena_init(&arena);
    code = engine_pieces_read(&pieces, &file, FUNCS, &arena, &err);
    os_file_close(&file);
    unlink(path);
    return code;
}

static void read_bytes(size_t count)
{
    EXPECT_EQ_INT(os_file_write(path, bytes, count, 0644, &err), 0);
    EXPECT_EQ_INT(read_pieces(), 0);
}

static void end(void)
{
    base_arena_fini(&arena);
    base_free(bytes);
}

static const char *const NAMES[] = {
    "fn3_max",          "fn3_max.cold",
    "fn99.part.0",      "fn3_max.constprop.0",
    "fn0_.cold",        "fn100_large.cold",
    "fnx.cold",         "fn.cold",
    "other.cold",       "fn4294967297.cold",
    "fn7max.cold",      "fn12",
    "enter0.cold",      "fn99999999999999999999999999.cold",
    "fn5_a_b_c.isra.0",
};
#define NAME_COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

static void expect_piece(uint32_t number, uint32_t func)
{
    uint32_t found;

    EXPECT_EQ_INT(pieces.all[number].func, func);
    EXPECT(number == 0 || pieces.all[number - 1].at < pieces.all[number].at);
    EXPECT(engine_pieces_find(&pieces, pieces.all[number].at, &found));
    EXPECT_EQ_INT(found, func);
}

TEST(symbols_with_a_dot_are_pieces_of_the_function_they_number)
{
    uint32_t func;

    make(NAMES, NAME_COUNT, "");
    EXPECT_EQ_INT(read_pieces(), 0);
    EXPECT_EQ_INT(pieces.count, 5);
    expect_piece(0, 3);
    expect_piece(1, 99);
    expect_piece(2, 3);
    expect_piece(3, 0);
    expect_piece(4, 5);
    EXPECT(!engine_pieces_find(&pieces, pieces.all[0].at - 1, &func));
    EXPECT(!engine_pieces_find(&pieces, pieces.all[4].at + 1, &func));
    end();
}

TEST(a_file_without_symbols_has_no_pieces)
{
    uint32_t func;

    make(NAMES, NAME_COUNT, "-s");
    EXPECT_EQ_INT(read_pieces(), 0);
    EXPECT_EQ_INT(pieces.count, 0);
    EXPECT(!engine_pieces_find(&pieces, 0, &func));
    end();
    make(NAMES, 1, "");
    EXPECT_EQ_INT(read_pieces(), 0);
    EXPECT_EQ_INT(pieces.count, 0);
    end();
}

TEST(a_file_that_is_cut_off_has_some_or_none)
{
    make(NAMES, NAME_COUNT, "");
    for (size_t count = 0; count < len; count += 61) {
        read_bytes(count);
        EXPECT_EQ_INT(pieces.count, 0); /* the table of sections comes last */
    }
    read_bytes(len);
    EXPECT_EQ_INT(pieces.count, 5);
    end();
}

static Elf64_Shdr *section_of_type(uint32_t type)
{
    Elf64_Ehdr *elf = (Elf64_Ehdr *)bytes;
    Elf64_Shdr *all = (Elf64_Shdr *)(bytes + elf->e_shoff);

    for (unsigned i = 0; i < elf->e_shnum; i++)
        if (all[i].sh_type == type)
            return &all[i];
    test_fail(TEST_AT, "no section of type %u", type);
}

/* Each field that leads somewhere, leading nowhere. */
TEST(symbols_that_are_broken_are_none)
{
    static const uint64_t wrong[] = {UINT64_MAX, 1 << 30, UINT64_MAX - 4096};

    make(NAMES, NAME_COUNT, "");
    for (size_t i = 0; i < 3; i++) {
        Elf64_Shdr *symbols = section_of_type(SHT_SYMTAB), before = *symbols;
        Elf64_Shdr *names =
            (Elf64_Shdr *)(bytes + ((Elf64_Ehdr *)bytes)->e_shoff) +
            symbols->sh_link;
        Elf64_Shdr names_before = *names;

        symbols->sh_offset = wrong[i];
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        *symbols = before;
        symbols->sh_size = wrong[i];
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        *symbols = before;
        symbols->sh_link = (uint32_t)wrong[i];
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        *symbols = before;
        names->sh_offset = wrong[i];
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        *names = names_before;
        names->sh_size = i == 0 ? 0 : wrong[i];
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        names->sh_size = names_before.sh_size - 1; /* no NUL at the end */
        read_bytes(len);
        EXPECT_EQ_INT(pieces.count, 0);
        *names = names_before;
    }
    read_bytes(len);
    EXPECT_EQ_INT(pieces.count, 5);
    end();
}

TEST(names_outside_their_section_are_none)
{
    Elf64_Shdr *symbols;
    Elf64_Sym *all;

    make(NAMES, NAME_COUNT, "");
    symbols = section_of_type(SHT_SYMTAB);
    all = (Elf64_Sym *)(bytes + symbols->sh_offset);
    for (size_t i = 0; i < symbols->sh_size / sizeof(*all); i++)
        all[i].st_name = UINT32_MAX - (uint32_t)i;
    read_bytes(len);
    EXPECT_EQ_INT(pieces.count, 0);
    end();
}

TEST(memory_that_runs_out_is_told)
{
    uint64_t n;

    make(NAMES, NAME_COUNT, "");
    for (n = 1; n < 100; n++) {
        int code;

        EXPECT_EQ_INT(os_file_write(path, bytes, len, 0644, &err), 0);
        base_alloc_fail_at(n);
        code = read_pieces();
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
        EXPECT_EQ_INT(pieces.count, 0);
    }
    EXPECT(n >= 5 && n < 100);
    EXPECT_EQ_INT(pieces.count, 5);
    end();
}
