/* cli_prefixes.c - reads every beginning of a file, and none of them crashes.
 *
 *     cli_prefixes wasm FILE.wasm...      decode and validate
 *     cli_prefixes compiled FILE.viv...   load
 *
 * Each beginning, from nothing to all but the last byte, must be refused by
 * one sentence - but where WebAssembly is cut between two sections what is
 * left may be a module.  The bytes lie at the end of a page behind which
 * nothing is mapped, so reading one too many is a crash also without
 * sanitizers.  Prints a line per file; exit code 1 if something was wrong.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base_arena.h"
#include "vivarium.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"

#define PAGE ((size_t)4096)

/* The file being cut. */
struct file {
    const char *path;
    uint8_t *bytes;
    size_t len;
    uint8_t *end; /* of the pages before the hole */
    uint64_t refused;
    uint64_t wrong;
};

/* What the reader said of the first `len` bytes. */
typedef int reader(struct file *file, size_t len, viv_error *err);

static int read_file(const char *path, struct file *file)
{
    FILE *stream = fopen(path, "rb");
    long size = -1;

    if (stream != NULL && fseek(stream, 0, SEEK_END) == 0)
        size = ftell(stream);
    if (size <= 0) {
        fprintf(stderr, "cli_prefixes: %s cannot be read\n", path);
        return -1;
    }
    rewind(stream);
    *file = (struct file){.path = path, .len = (size_t)size};
    file->bytes = malloc(file->len);
    if (file->bytes == NULL ||
        fread(file->bytes, 1, file->len, stream) != file->len) {
        fclose(stream);
        return -1;
    }
    fclose(stream);
    return 0;
}

/* Pages for the file, and one without rights behind them. */
static int map_pages(struct file *file)
{
    size_t room = (file->len + PAGE - 1) / PAGE * PAGE;
    uint8_t *pages = mmap(NULL, room + PAGE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED || mprotect(pages + room, PAGE, PROT_NONE) != 0)
        return -1;
    file->end = pages + room;
    return 0;
}

/* Where sections end, read by other means than the decoder's: `ends[n]` for
 * a module of n bytes. */
static bool *section_ends(const struct file *file)
{
    bool *ends = calloc(file->len + 1, 1);
    size_t at = 8;

    while (ends != NULL && at <= file->len) {
        uint64_t len = 0;
        int shift = 0;

        ends[at++] = true;
        while (at < file->len) {
            len |= (uint64_t)(file->bytes[at] & 0x7f) << shift;
            shift += 7;
            if (!(file->bytes[at++] & 0x80))
                break;
        }
        at += len;
    }
    return ends;
}

static int read_wasm(struct file *file, size_t len, viv_error *err)
{
    uint8_t *bytes = file->end - len;
    struct base_arena arena;
    struct wasm_module module;
    struct wasm_check check;
    int code;

    memcpy(bytes, file->bytes, len);
    base_arena_init(&arena);
    code = wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, err);
    if (code == 0) {
        wasm_check_init(&check, &module);
        for (uint32_t i = module.func_import_count;
             i < module.func_count && code == 0; i++)
            code = wasm_check_func(&check, i, err);
        wasm_check_fini(&check);
    }
    base_arena_fini(&arena);
    return code;
}

/* Compiled modules are files: the beginning is written to one. */
static int read_compiled(struct file *file, size_t len, viv_error *err)
{
    const char *path = "prefix.viv";
    FILE *stream = fopen(path, "wb");
    viv_module *module = NULL;
    int code;

    if (stream == NULL || fwrite(file->bytes, 1, len, stream) != len) {
        perror(path);
        exit(1);
    }
    fclose(stream);
    code = viv_module_load(path, &module, err);
    viv_module_unref(module);
    unlink(path);
    return code;
}

static bool is_one_sentence(const viv_error *err)
{
    return err->text[0] != '\0' && strchr(err->text, '\n') == NULL &&
           memchr(err->text, '\0', sizeof(err->text)) != NULL;
}

static void complain(struct file *file, size_t len, const char *what)
{
    if (file->wrong++ < 10)
        printf("%s, the first %zu bytes: %s\n", file->path, len, what);
}

static void try_prefix(struct file *file, size_t len, reader *read,
                       bool may_be_whole)
{
    viv_error err = {0};
    int code = read(file, len, &err);

    if (code == 0) {
        if (!may_be_whole)
            complain(file, len, "accepted");
        return;
    }
    file->refused++;
    if (code != VIV_EFORMAT || err.code != code)
        complain(file, len, viv_error_name(code));
    else if (!is_one_sentence(&err))
        complain(file, len, "not one sentence");
}

/* Returns whether all was as it should be. */
static bool try_file(const char *path, reader *read)
{
    struct file file;
    viv_error err;
    bool *ends;

    if (read_file(path, &file) != 0 || map_pages(&file) != 0)
        return false;
    ends = section_ends(&file);
    if (ends == NULL)
        return false;
    for (size_t len = 0; len < file.len; len++)
        try_prefix(&file, len, read, read == read_wasm && ends[len]);
    if (read(&file, file.len, &err) != 0)
        complain(&file, file.len, err.text);
    printf("%s: %zu bytes, %llu beginnings refused, %llu wrong\n", path,
           file.len, (unsigned long long)file.refused,
           (unsigned long long)file.wrong);
    free(ends);
    free(file.bytes);
    return file.wrong == 0;
}

int main(int argc, char **argv)
{
    bool good = argc > 2;
    reader *read;

    if (argc > 1 && strcmp(argv[1], "wasm") == 0) {
        read = read_wasm;
    } else if (argc > 1 && strcmp(argv[1], "compiled") == 0) {
        read = read_compiled;
    } else {
        fprintf(stderr, "usage: cli_prefixes wasm|compiled FILE...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        good = try_file(argv[i], read) && good;
    return !good;
}
