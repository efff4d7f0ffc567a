/* engine_pieces.c - which function a piece of code was taken out of.
 *
 * The compiler names functions `fn7` or `fn7_max` (aot_name.c), and of the
 * guest's own names only letters, digits and `_` are left.  So a dot is a C
 * compiler's: `fn7_max.cold`, `fn7_max.part.0`, `fn7_max.constprop.0`.
 *
 * SECURITY: the file was loaded, so its code is trusted, but nobody has looked
 * at its symbols yet.  Offsets and lengths are compared with the file's size,
 * names with the end of their section.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_pieces.h"

#include <elf.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_sort.h"

#define SECTIONS_MAX 128u

/* Two sections of the file, read whole. */
struct symbols {
    Elf64_Sym *all;
    uint64_t count;
    char *names; /* the last byte is a NUL */
    uint64_t names_len;
};

/* ------------------------------------------------------------------------
 * Reading.
 */

static bool read_at(const struct os_file *file, uint64_t at, void *to,
                    uint64_t len)
{
    return at <= file->bytes && len <= file->bytes - at &&
           os_file_read(file, "", at, to, (size_t)len, NULL) == 0;
}

/* The section of the symbols and that of their names. */
static bool find(const struct os_file *file, Elf64_Shdr *ret_symbols,
                 Elf64_Shdr *ret_names)
{
    Elf64_Shdr sections[SECTIONS_MAX];
    Elf64_Ehdr elf;
    unsigned i;

    if (!read_at(file, 0, &elf, sizeof(elf)) ||
        elf.e_shentsize != sizeof(sections[0]) || elf.e_shnum > SECTIONS_MAX ||
        !read_at(file, elf.e_shoff, sections,
                 elf.e_shnum * sizeof(sections[0])))
        return false;
    for (i = 0; i < elf.e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB ||
            sections[i].sh_link >= elf.e_shnum)
            continue;
        *ret_symbols = sections[i];
        *ret_names = sections[sections[i].sh_link];
        return ret_names->sh_size > 0;
    }
    return false;
}

/* False if the section is not in the file. */
static bool is_inside(const struct os_file *file, const Elf64_Shdr *section)
{
    return section->sh_offset <= file->bytes &&
           section->sh_size <= file->bytes - section->sh_offset;
}

/* No symbols is a success, too.  What `ret_symbols` has is the caller's. */
static int read_symbols(const struct os_file *file, struct symbols *ret_symbols,
                        viv_error *err)
{
    Elf64_Shdr symbols, names;

    if (!find(file, &symbols, &names) || !is_inside(file, &symbols) ||
        !is_inside(file, &names))
        return 0;
    ret_symbols->all = base_alloc(symbols.sh_size + 1);
    ret_symbols->names = base_alloc(names.sh_size);
    if (ret_symbols->all == NULL || ret_symbols->names == NULL)
        return base_error_memory(err);
    if (!read_at(file, symbols.sh_offset, ret_symbols->all, symbols.sh_size) ||
        !read_at(file, names.sh_offset, ret_symbols->names, names.sh_size) ||
        ret_symbols->names[names.sh_size - 1] != '\0')
        return 0;
    ret_symbols->count = symbols.sh_size / sizeof(ret_symbols->all[0]);
    ret_symbols->names_len = names.sh_size;
    return 0;
}

/* ------------------------------------------------------------------------
 * Understanding.
 */

/* The number in `fn7.cold` or `fn7_max.cold`; false for other names. */
static bool parse_name(const char *name, uint32_t *ret_func)
{
    uint64_t func = 0;

    if (name[0] != 'f' || name[1] != 'n' || name[2] < '0' || name[2] > '9')
        return false;
    for (name += 2; *name >= '0' && *name <= '9' && func <= UINT32_MAX; name++)
        func = func * 10 + (uint64_t)(*name - '0');
    *ret_func = (uint32_t)func;
    return func <= UINT32_MAX && (*name == '.' || *name == '_') &&
           strchr(name, '.') != NULL;
}

static bool is_piece(const struct symbols *symbols, const Elf64_Sym *symbol,
                     uint32_t func_count, struct engine_piece *ret_piece)
{
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
        symbol->st_name >= symbols->names_len ||
        !parse_name(symbols->names + symbol->st_name, &ret_piece->func))
        return false;
    ret_piece->at = symbol->st_value;
    return ret_piece->func < func_count;
}

static int order(const void *context, uint32_t a, uint32_t b)
{
    const struct engine_piece *pieces = context;

    return (pieces[a].at > pieces[b].at) - (pieces[a].at < pieces[b].at);
}

/* A copy of `found`, by address, in the arena. */
static int keep(struct engine_pieces *ret_pieces,
                const struct engine_piece *found, uint32_t *numbers,
                uint32_t count, struct base_arena *arena, viv_error *err)
{
    struct engine_piece *all = base_arena_alloc(arena, count, sizeof(*all));
    uint32_t i;

    for (i = 0; i < count; i++)
        numbers[i] = i;
    if (all == NULL || base_sort(numbers, count, order, found) < 0)
        return base_error_memory(err);
    for (i = 0; i < count; i++)
        all[i] = found[numbers[i]];
    *ret_pieces = (struct engine_pieces){all, count};
    return 0;
}

static int choose(struct engine_pieces *ret_pieces,
                  const struct symbols *symbols, uint32_t func_count,
                  struct base_arena *arena, viv_error *err)
{
    struct engine_piece *found =
        base_alloc_array(NULL, symbols->count, sizeof(*found));
    uint32_t *numbers =
        base_alloc_array(NULL, symbols->count, sizeof(*numbers));
    uint32_t count = 0;
    int code;

    if (found == NULL || numbers == NULL) {
        code = base_error_memory(err);
    } else {
        for (uint64_t i = 0; i < symbols->count && count < UINT32_MAX; i++)
            count +=
                is_piece(symbols, &symbols->all[i], func_count, &found[count]);
        code = keep(ret_pieces, found, numbers, count, arena, err);
    }
    base_free(found);
    base_free(numbers);
    return code;
}

int engine_pieces_read(struct engine_pieces *ret_pieces,
                       const struct os_file *file, uint32_t func_count,
                       struct base_arena *arena, viv_error *err)
{
    struct symbols symbols = {0};
    int code = read_symbols(file, &symbols, err);

    *ret_pieces = (struct engine_pieces){0};
    if (code == 0 && symbols.count > 0)
        code = choose(ret_pieces, &symbols, func_count, arena, err);
    base_free(symbols.all);
    base_free(symbols.names);
    return code;
}

bool engine_pieces_find(const struct engine_pieces *pieces, uint64_t at,
                        uint32_t *ret_func)
{
    uint32_t low = 0, high = pieces->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (pieces->all[middle].at == at) {
            *ret_func = pieces->all[middle].func;
            return true;
        }
        if (pieces->all[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
