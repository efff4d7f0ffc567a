/* engine_object.c - is this file a compiled module that can run here?
 *
 * SECURITY: the file may be anything.  It is read, never mapped; every offset
 * and length in it is compared with the size of the file, in 64 bits and
 * without sums that can wrap, before it is used; what is allocated is bounded
 * by NOTES_MAX, not by what the file says.  That the native code behind a good
 * header does no harm is promised by nobody: the header protects against
 * mistakes, and the embedder loads what its own compiler wrote.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_object.h"

#include <ctype.h>
#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_read.h"
#include "os/os_cpu.h"

#ifdef __x86_64__
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif

/* A shared object has about ten program headers; its notes have a few hundred
 * bytes. */
#define SEGMENTS_MAX 64u
#define NOTES_MAX    65536u

#define FLAGS_KNOWN                                                            \
    (ENGINE_FLAG_FUEL | ENGINE_FLAG_PGO_GENERATE | ENGINE_FLAG_PGO_USE)
#define CPU_KNOWN                                                              \
    (ENGINE_CPU_X86_64_V2 | ENGINE_CPU_X86_64_V3 | ENGINE_CPU_X86_64_V4)

#define STATE_BYTES_MAX (UINT64_C(1) << 30)
#define PAGE_BYTES      4096u

/* The file being read; what every function here needs. */
struct object {
    const char *path;
    const struct os_file *file;
    viv_error *err;
};

/* ------------------------------------------------------------------------
 * The shared object: headers, segments, notes.
 */

static int truncated(const struct object *object, uint64_t at, uint64_t len)
{
    return base_error(object->err, VIV_EFORMAT,
                      "'%s' is cut off: it has %llu bytes, and a part of %llu "
                      "bytes should begin at byte %llu",
                      object->path, (unsigned long long)object->file->bytes,
                      (unsigned long long)len, (unsigned long long)at);
}

/* Is the stretch inside the file? */
static int check_stretch(const struct object *object, uint64_t at, uint64_t len)
{
    uint64_t bytes = object->file->bytes;

    if (at > bytes || len > bytes - at)
        return truncated(object, at, len);
    return 0;
}

static int read_at(const struct object *object, uint64_t at, void *to,
                   size_t len)
{
    int code = check_stretch(object, at, len);

    if (code < 0)
        return code;
    return os_file_read(object->file, object->path, at, to, len, object->err);
}

static bool is_text(const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!isprint(bytes[i]) && !isspace(bytes[i]))
            return false;
    return true;
}

/* What is it, if it is no ELF file? */
static int refuse_other(const struct object *object, const uint8_t *bytes,
                        size_t len)
{
    static const uint8_t WASM[4] = {0, 'a', 's', 'm'};
    const char *what = "not a compiled module";

    if (len == 0)
        what = "empty";
    else if (len >= sizeof(WASM) && memcmp(bytes, WASM, sizeof(WASM)) == 0)
        what = "a WebAssembly file that is not compiled yet: use `viv "
               "compile`";
    else if (is_text(bytes, len))
        what = "a text file, not a compiled module";
    return base_error(object->err, VIV_EFORMAT, "'%s' is %s", object->path,
                      what);
}

static const char *machine_name(unsigned machine)
{
    return machine == EM_X86_64    ? "x86-64"
           : machine == EM_AARCH64 ? "aarch64"
                                   : "another CPU";
}

static int check_elf(const struct object *object, const Elf64_Ehdr *elf)
{
    if (elf->e_ident[EI_CLASS] != ELFCLASS64 ||
        elf->e_ident[EI_DATA] != ELFDATA2LSB)
        return base_error(object->err, VIV_EVERSION,
                          "'%s' is for a machine that is not 64-bit little "
                          "endian, this one is",
                          object->path);
    if (elf->e_machine != MACHINE)
        return base_error(object->err, VIV_EVERSION,
                          "'%s' is for %s (ELF machine %u), this machine is "
                          "%s",
                          object->path, machine_name(elf->e_machine),
                          (unsigned)elf->e_machine, machine_name(MACHINE));
    if (elf->e_type != ET_DYN || elf->e_phentsize != sizeof(Elf64_Phdr))
        return base_error(object->err, VIV_EFORMAT,
                          "'%s' is an ELF file, but not a shared object",
                          object->path);
    if (elf->e_phnum > SEGMENTS_MAX)
        return base_error(object->err, VIV_EFORMAT,
                          "'%s' has %u segments; %u is the most", object->path,
                          (unsigned)elf->e_phnum, SEGMENTS_MAX);
    /* The section headers come last, as a rule: so a file that was cut off
     * anywhere is noticed. */
    return check_stretch(object, elf->e_shoff,
                         (uint64_t)elf->e_shnum * elf->e_shentsize);
}

static int read_elf(const struct object *object, Elf64_Ehdr *ret_elf)
{
    uint8_t begin[sizeof(Elf64_Ehdr)] = {0};
    uint64_t bytes = object->file->bytes;
    size_t len = bytes < sizeof(begin) ? (size_t)bytes : sizeof(begin);
    int code = read_at(object, 0, begin, len);

    if (code < 0)
        return code;
    if (len < SELFMAG || memcmp(begin, ELFMAG, SELFMAG) != 0)
        return refuse_other(object, begin, len);
    if (len < sizeof(begin))
        return truncated(object, 0, sizeof(begin));
    memcpy(ret_elf, begin, sizeof(*ret_elf));
    return check_elf(object, ret_elf);
}

static uint64_t round_up(uint64_t bytes, uint64_t align)
{
    return (bytes + align - 1) & ~(align - 1);
}

/* The descriptor of our note among the notes in `bytes`; NULL if it is not
 * there. */
static const uint8_t *find_note(const uint8_t *bytes, size_t len,
                                uint64_t align, uint32_t *ret_len)
{
    static const char NAME[] = ENGINE_NOTE_NAME;
    struct base_read read;

    base_read_init(&read, bytes, len, 0);
    while (base_read_left(&read) >= 12) {
        uint32_t name_len = base_read_u32le(&read);
        uint32_t desc_len = base_read_u32le(&read);
        uint32_t type = base_read_u32le(&read);
        uint64_t name_room = round_up(UINT64_C(12) + name_len, align) - 12;
        const uint8_t *name = base_read_bytes(&read, name_room);
        const uint8_t *desc = base_read_bytes(&read, desc_len);

        if (name == NULL || desc == NULL)
            return NULL;
        if (type == ENGINE_NOTE_HEADER && name_len == sizeof(NAME) &&
            memcmp(name, NAME, sizeof(NAME)) == 0) {
            *ret_len = desc_len;
            return desc;
        }
        base_read_bytes(&read, round_up(desc_len, align) - desc_len);
    }
    return NULL;
}

static int read_header(const struct object *object, const uint8_t *desc,
                       uint32_t len, struct engine_header *ret_header)
{
    const char *path = object->path;
    struct base_read read;
    uint32_t magic, version;

    base_read_init(&read, desc, len, 0);
    magic = base_read_u32le(&read);
    version = base_read_u32le(&read);
    if (read.status != BASE_READ_OK || magic != ENGINE_HEADER_MAGIC)
        return base_error(object->err, VIV_EFORMAT, "'%s' has a broken header",
                          path);
    if (version != ENGINE_ABI_VERSION)
        return base_error(object->err, VIV_EVERSION,
                          "'%s' is compiled for ABI version %u, this library "
                          "has %u: compile it again",
                          path, version, ENGINE_ABI_VERSION);
    if (len != sizeof(*ret_header))
        return base_error(object->err, VIV_EFORMAT,
                          "'%s' has a header of %u bytes, not %zu", path, len,
                          sizeof(*ret_header));
    memcpy(ret_header, desc, sizeof(*ret_header));
    ret_header->viv_version[sizeof(ret_header->viv_version) - 1] = '\0';
    ret_header->cc[sizeof(ret_header->cc) - 1] = '\0';
    ret_header->options[sizeof(ret_header->options) - 1] = '\0';
    return 0;
}

/* Returns 1 if our note is in this segment, and `*ret_header` is filled. */
static int search_notes(const struct object *object, const Elf64_Phdr *segment,
                        struct engine_header *ret_header)
{
    size_t len = segment->p_filesz;
    const uint8_t *desc;
    uint32_t desc_len;
    uint8_t *bytes;
    int code;

    if (segment->p_filesz > NOTES_MAX)
        return base_error(object->err, VIV_EFORMAT,
                          "'%s' has %llu bytes of notes; %u is the most",
                          object->path, (unsigned long long)segment->p_filesz,
                          NOTES_MAX);
    bytes = base_alloc(len + 1);
    if (bytes == NULL)
        return base_error_memory(object->err);
    code = read_at(object, segment->p_offset, bytes, len);
    if (code == 0) {
        desc = find_note(bytes, len, segment->p_align == 8 ? 8 : 4, &desc_len);
        if (desc != NULL)
            code = read_header(object, desc, desc_len, ret_header);
        if (desc != NULL && code == 0)
            code = 1;
    }
    base_free(bytes);
    return code;
}

static int read_segments(const struct object *object, const Elf64_Ehdr *elf,
                         struct engine_header *ret_header)
{
    Elf64_Phdr segments[SEGMENTS_MAX];
    unsigned i;
    int code;

    code = read_at(object, elf->e_phoff, segments,
                   elf->e_phnum * sizeof(segments[0]));
    if (code < 0)
        return code;
    for (i = 0; i < elf->e_phnum; i++) {
        code =
            check_stretch(object, segments[i].p_offset, segments[i].p_filesz);
        if (code < 0)
            return code;
    }
    for (i = 0; i < elf->e_phnum; i++) {
        if (segments[i].p_type != PT_NOTE)
            continue;
        code = search_notes(object, &segments[i], ret_header);
        if (code != 0)
            return code < 0 ? code : 0;
    }
    return base_error(object->err, VIV_EFORMAT,
                      "'%s' is a shared object, but not one that `viv compile` "
                      "made",
                      object->path);
}

int engine_object_open(const char *path, struct os_file *ret_file,
                       struct engine_header *ret_header, viv_error *err)
{
    struct object object = {.path = path, .err = err};
    struct os_file file;
    Elf64_Ehdr elf;
    int code;

    code = os_file_open(path, &file, err);
    if (code < 0)
        return code;
    object.file = &file;
    code = read_elf(&object, &elf);
    if (code == 0)
        code = read_segments(&object, &elf, ret_header);
    if (code < 0) {
        os_file_close(&file);
        return code;
    }
    *ret_file = file;
    return 0;
}

/* ------------------------------------------------------------------------
 * The header: does it fit this machine?
 */

static int level_needed(uint64_t cpu)
{
    if (cpu & ENGINE_CPU_X86_64_V4)
        return 4;
    if (cpu & ENGINE_CPU_X86_64_V3)
        return 3;
    return cpu & ENGINE_CPU_X86_64_V2 ? 2 : 1;
}

static int check_cpu(const char *path, const struct engine_header *header,
                     viv_error *err)
{
    int level = os_cpu_level();

    if (header->cpu & ~(uint64_t)CPU_KNOWN)
        return base_error(err, VIV_EVERSION,
                          "'%s' needs CPU features 0x%llx, this library knows "
                          "0x%x",
                          path, (unsigned long long)header->cpu, CPU_KNOWN);
    if (level_needed(header->cpu) > level)
        return base_error(err, VIV_EVERSION,
                          "'%s' needs a CPU of level x86-64-v%d, this one is "
                          "x86-64-v%d",
                          path, level_needed(header->cpu), level);
    return 0;
}

int engine_object_check(const char *path, const struct engine_header *header,
                        viv_error *err)
{
    if (header->target != ENGINE_TARGET_GS &&
        header->target != ENGINE_TARGET_PORTABLE)
        return base_error(err, VIV_EVERSION,
                          "'%s' is compiled for target %u, this library knows "
                          "%u (gs) and %u (portable)",
                          path, header->target, ENGINE_TARGET_GS,
                          ENGINE_TARGET_PORTABLE);
    if (header->target == ENGINE_TARGET_GS && MACHINE != EM_X86_64)
        return base_error(err, VIV_EVERSION,
                          "'%s' is compiled for target gs, which is for "
                          "x86-64; this machine is %s",
                          path, machine_name(MACHINE));
    if (header->flags & ~FLAGS_KNOWN)
        return base_error(err, VIV_EVERSION,
                          "'%s' has flags 0x%x, this library knows 0x%x", path,
                          header->flags, FLAGS_KNOWN);
    if (header->state_bytes > STATE_BYTES_MAX ||
        header->state_bytes % PAGE_BYTES != 0)
        return base_error(err, VIV_EFORMAT,
                          "'%s' has a broken header: %llu bytes of state", path,
                          (unsigned long long)header->state_bytes);
    return check_cpu(path, header, err);
}
