/* engine_skeleton.c - what a compiled file says of its module, read without
 * mapping it.
 *
 * The skeleton is the contents of the ELF section `.viv.skeleton`.
 *
 * SECURITY: the file may be anything.  Offsets and lengths are compared with
 * its size before they are used; what is allocated is bounded by that size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_skeleton.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_sha256.h"

/* A module has about twenty sections. */
#define SECTIONS_MAX 128u

#define NAMES_MAX 4096u

static int refuse(const char *path, viv_error *err)
{
    return base_error(err, VIV_EFORMAT,
                      "'%s' has no skeleton of its module, or a broken one",
                      path);
}

static int read_at(const struct os_file *file, const char *path, uint64_t at,
                   void *to, uint64_t len, viv_error *err)
{
    if (at > file->bytes || len > file->bytes - at)
        return refuse(path, err);
    return os_file_read(file, path, at, to, (size_t)len, err);
}

static bool is_name(const char *names, size_t names_len, uint32_t at)
{
    static const char WANTED[] = ENGINE_SKELETON_SECTION;

    return at < names_len && names_len - at >= sizeof(WANTED) &&
           memcmp(names + at, WANTED, sizeof(WANTED)) == 0;
}

/* The header of the section. */
static int find(const struct os_file *file, const char *path,
                Elf64_Shdr *ret_section, viv_error *err)
{
    Elf64_Shdr sections[SECTIONS_MAX];
    char names[NAMES_MAX];
    uint64_t names_len;
    Elf64_Ehdr elf;
    int r = read_at(file, path, 0, &elf, sizeof(elf), err);

    if (r < 0)
        return r;
    if (elf.e_shentsize != sizeof(sections[0]) || elf.e_shnum > SECTIONS_MAX ||
        elf.e_shstrndx >= elf.e_shnum)
        return refuse(path, err);
    r = read_at(file, path, elf.e_shoff, sections,
                elf.e_shnum * sizeof(sections[0]), err);
    if (r < 0)
        return r;
    names_len = sections[elf.e_shstrndx].sh_size;
    if (names_len > NAMES_MAX)
        return refuse(path, err);
    r = read_at(file, path, sections[elf.e_shstrndx].sh_offset, names,
                names_len, err);
    for (unsigned i = 0; r == 0 && i < elf.e_shnum; i++)
        if (is_name(names, names_len, sections[i].sh_name)) {
            *ret_section = sections[i];
            return 0;
        }
    return r < 0 ? r : refuse(path, err);
}

int engine_skeleton_read(const struct os_file *file, const char *path,
                         const struct engine_header *header,
                         uint8_t **ret_bytes, viv_error *err)
{
    uint8_t digest[32], *bytes;
    Elf64_Shdr section;
    int r = find(file, path, &section, err);

    if (r < 0)
        return r;
    if (section.sh_type != SHT_PROGBITS ||
        section.sh_size != header->skeleton_bytes ||
        section.sh_size > file->bytes)
        return refuse(path, err);
    bytes = base_alloc(section.sh_size + 1);
    if (bytes == NULL)
        return base_error_memory(err);
    r = read_at(file, path, section.sh_offset, bytes, section.sh_size, err);
    if (r == 0) {
        base_sha256(bytes, section.sh_size, digest);
        if (memcmp(digest, header->skeleton_digest, sizeof(digest)) != 0)
            r = refuse(path, err);
    }
    if (r < 0)
        base_free(bytes);
    else
        *ret_bytes = bytes;
    return r;
}
