/* os_library.c - native code from a file.
 *
 * The dynamic linker opens files by name only, so it is given the name that
 * the kernel has for our descriptor, /proc/PID/fd/N.  Two things about names:
 *
 * It remembers every name under which it found an object for as long as the
 * object is mapped, and when it is asked for a known name it does not look at
 * the file again.  Descriptor numbers come back, so a name made of the number
 * alone could bring back an object that is long replaced.  Hence the name also
 * spells the identity of the file: 64 bits, each as `/` or as `/.`, which mean
 * the same to the kernel and differ to the linker.
 *
 * A debugger reads symbols by the same name: hence the process number instead
 * of `self`, and hence the descriptor stays open while the code is mapped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* dlinfo */
#include "os/os_library.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"

/* Two characters per bit, and the rest. */
#define NAME_BYTES (2 * 64 + 64)

static void spell_name(const struct os_file *file, char name[NAME_BYTES])
{
    int at = snprintf(name, NAME_BYTES, "/proc/%ld/fd", (long)getpid());
    int bit;

    for (bit = 0; bit < 64; bit++) {
        name[at++] = '/';
        if (file->id >> bit & 1)
            name[at++] = '.';
    }
    snprintf(name + at, (size_t)(NAME_BYTES - at), "/%d", file->fd);
}

int os_library_open(struct os_file *file, const char *path,
                    struct os_library *ret_library, viv_error *err)
{
    char name[NAME_BYTES];
    void *handle = NULL;

    spell_name(file, name);
    if (os_fail_now())
        return base_error(err, VIV_EFORMAT, "cannot map the code in '%s'",
                          path);
    handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *why = dlerror();

        return base_error(err, VIV_EFORMAT, "cannot map the code in '%s': %s",
                          path, why != NULL ? why : "no reason given");
    }
    ret_library->handle = handle;
    ret_library->file = *file;
    file->fd = -1;
    return 0;
}

void *os_library_find(const struct os_library *library, const char *symbol)
{
    return dlsym(library->handle, symbol);
}

/* One object among all that are mapped. */
struct search {
    uintptr_t load_address;
    const ElfW(Phdr) * parts;
    int part_count;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct search *search = arg;

    (void)size;
    if (info->dlpi_addr != search->load_address)
        return 0;
    search->parts = info->dlpi_phdr;
    search->part_count = info->dlpi_phnum;
    return 1;
}

/* The program headers of the library; none if it has none that are mapped. */
static struct search find_parts(const struct os_library *library)
{
    struct search search = {0};
    struct link_map *map = NULL;

    if (dlinfo(library->handle, RTLD_DI_LINKMAP, &map) == 0) {
        search.load_address = map->l_addr;
        dl_iterate_phdr(look_at, &search);
    }
    return search;
}

void os_library_code(const struct os_library *library, uintptr_t *ret_at,
                     uintptr_t *ret_end)
{
    struct search search = find_parts(library);
    int i;

    *ret_at = *ret_end = 0;
    for (i = 0; i < search.part_count; i++) {
        const ElfW(Phdr) *part = &search.parts[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            *ret_at = search.load_address + part->p_vaddr;
            *ret_end = *ret_at + part->p_memsz;
        }
    }
}

/* The part that holds all of `inner` in what was read from the file. */
static const ElfW(Phdr) *
    part_around(const struct search *search, const ElfW(Phdr) * inner)
{
    int i;

    for (i = 0; i < search->part_count; i++) {
        const ElfW(Phdr) *part = &search->parts[i];
        uint64_t from = inner->p_vaddr - part->p_vaddr;

        if (part->p_type == PT_LOAD && (part->p_flags & PF_R) &&
            inner->p_vaddr >= part->p_vaddr && from <= part->p_filesz &&
            inner->p_memsz <= part->p_filesz - from)
            return part;
    }
    return NULL;
}

struct os_library_unwind os_library_unwind(const struct os_library *library)
{
    struct search search = find_parts(library);
    struct os_library_unwind found = {.load_address = search.load_address};
    int i;

    for (i = 0; i < search.part_count; i++) {
        const ElfW(Phdr) *header = &search.parts[i], *around;

        if (header->p_type != PT_GNU_EH_FRAME)
            continue;
        around = part_around(&search, header);
        if (around == NULL)
            break;
        found.bytes = (const uint8_t *)search.load_address + around->p_vaddr;
        found.len = around->p_filesz;
        found.header_at = header->p_vaddr - around->p_vaddr;
        found.header_len = header->p_memsz;
    }
    return found;
}

void os_library_close(struct os_library *library)
{
    dlclose(library->handle);
    library->handle = NULL;
    os_file_close(&library->file);
}
