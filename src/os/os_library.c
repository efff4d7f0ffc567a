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

/* What is looked for among all that is mapped, and what was found. */
struct code_search {
    uintptr_t load_address;
    uintptr_t at, end;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct code_search *search = arg;
    int i;

    (void)size;
    if (info->dlpi_addr != search->load_address)
        return 0;
    for (i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            search->at = info->dlpi_addr + part->p_vaddr;
            search->end = search->at + part->p_memsz;
        }
    }
    return 1;
}

void os_library_code(const struct os_library *library, uintptr_t *ret_at,
                     uintptr_t *ret_end)
{
    struct code_search search = {0};
    struct link_map *map = NULL;

    if (dlinfo(library->handle, RTLD_DI_LINKMAP, &map) == 0) {
        search.load_address = map->l_addr;
        dl_iterate_phdr(look_at, &search);
    }
    *ret_at = search.at;
    *ret_end = search.end;
}

void os_library_close(struct os_library *library)
{
    dlclose(library->handle);
    library->handle = NULL;
    os_file_close(&library->file);
}
