/* engine_cfi.c - which rules lead out of a function.
 *
 * The format is DWARF's as the Linux Standard Base changes it: pointers are
 * written in one of several encodings, and a letter each in the CIE's
 * "augmentation" says what its data are.
 *
 * SECURITY: compiled files are trusted, but a walk over the stack of a guest
 * that went wrong is no place to crash.  Every offset is compared with the
 * length of the bytes before it is used, and whatever is not understood is
 * refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_cfi.h"

#include "base/base_read.h"
#include "os/os_regs.h"

/* Encodings of pointers: the low half says how they are written, the high half
 * what they count from. */
enum {
    FORM = 0x0f,
    FORM_ABS = 0x00,
    FORM_U4 = 0x03,
    FORM_U8 = 0x04,
    FORM_S4 = 0x0b,
    FORM_S8 = 0x0c,
    FROM = 0xf0,
    FROM_NOTHING = 0x00,
    FROM_HERE = 0x10,  /* the pointer's own address */
    FROM_HEADER = 0x30 /* the beginning of .eh_frame_hdr */
};

/* Version, three encodings, the address of .eh_frame, the number of rows. */
#define HEADER_BYTES  12u
#define HEADER_LAYOUT 1u

/* Two numbers of four bytes: where a piece of code begins, and its entry; both
 * from the beginning of the header. */
#define ROW_BYTES 8u

void engine_cfi_init(struct engine_cfi *ret_cfi, const uint8_t *bytes,
                     size_t len, uintptr_t address, size_t header_at,
                     size_t header_len)
{
    struct base_read in;
    uint32_t rows;

    *ret_cfi = (struct engine_cfi){
        .bytes = bytes,
        .len = len,
        .address = address,
        .table_at = header_at + HEADER_BYTES,
    };
    if (header_at > len || header_len > len - header_at ||
        header_len < HEADER_BYTES)
        return;
    base_read_init(&in, bytes + header_at, header_len, 0);
    if (base_read_u8(&in) != HEADER_LAYOUT ||
        base_read_u8(&in) != (FROM_HERE | FORM_S4) ||
        base_read_u8(&in) != FORM_U4 ||
        base_read_u8(&in) != (FROM_HEADER | FORM_S4))
        return;
    base_read_u32le(&in); /* .eh_frame: the rows lead there, too */
    rows = base_read_u32le(&in);
    if (rows <= base_read_left(&in) / ROW_BYTES)
        ret_cfi->rows = rows;
}

/* ------------------------------------------------------------------------
 * The table.
 */

static int64_t number_at(const struct engine_cfi *cfi, size_t at)
{
    struct base_read in;

    base_read_init(&in, cfi->bytes + at, 4, 0);
    return (int32_t)base_read_u32le(&in);
}

/* Where the entry is that could be about `pc`: the last that begins at or
 * before it. */
static bool find_row(const struct engine_cfi *cfi, uintptr_t pc, size_t *ret_at)
{
    size_t header_at = cfi->table_at - HEADER_BYTES;
    int64_t wanted = (int64_t)(pc - (cfi->address + header_at));
    size_t low = 0, high = cfi->rows;
    int64_t at;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (number_at(cfi, cfi->table_at + middle * ROW_BYTES) <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    at = (int64_t)header_at +
         number_at(cfi, cfi->table_at + (low - 1) * ROW_BYTES + 4);
    *ret_at = (size_t)at;
    return at >= 0 && (uint64_t)at <= cfi->len;
}

/* ------------------------------------------------------------------------
 * Entries.
 */

/* Bytes, and a cursor over them whose offsets are addresses. */
static void read_from(const struct engine_cfi *cfi, const uint8_t *at,
                      size_t len, struct base_read *ret_in)
{
    base_read_init(ret_in, at, len, cfi->address + (uint64_t)(at - cfi->bytes));
}

/* A CIE or an FDE: its length, then so many bytes. */
static bool open_record(const struct engine_cfi *cfi, size_t at,
                        struct base_read *ret_in)
{
    const uint8_t *bytes;
    struct base_read in;
    uint32_t len;

    read_from(cfi, cfi->bytes + at, cfi->len - at, &in);
    len = base_read_u32le(&in);
    bytes = base_read_bytes(&in, len); /* 0xffffffff: a larger form, refused */
    if (bytes == NULL || len == 0)
        return false;
    read_from(cfi, bytes, len, ret_in);
    return true;
}

static uint64_t read_form(struct base_read *in, uint8_t encoding)
{
    switch (encoding & FORM) {
    case FORM_ABS:
    case FORM_U8:
    case FORM_S8:
        return base_read_u64le(in);
    case FORM_U4:
        return base_read_u32le(in);
    case FORM_S4:
        return (uint64_t)(int32_t)base_read_u32le(in);
    default:
        base_read_fail(in, BASE_READ_LARGE);
        return 0;
    }
}

static uint64_t read_pointer(struct base_read *in, uint8_t encoding)
{
    uint64_t from = 0;

    if ((encoding & FROM) == FROM_HERE)
        from = base_read_offset(in);
    else if ((encoding & FROM) != FROM_NOTHING)
        base_read_fail(in, BASE_READ_LARGE);
    return from + read_form(in, encoding);
}

/* What the rest of an FDE is written in. */
struct cie {
    bool has_data; /* entries, too, have data behind their addresses */
    uint8_t encoding;
};

/* `letters` end with a NUL and say what `data` are.  A P is the address of a
 * function that C++ needs for exceptions, an L a form of data for it. */
static bool read_data(const char *letters, struct base_read *data,
                      struct cie *cie)
{
    for (; *letters != '\0'; letters++) {
        switch (*letters) {
        case 'R':
            cie->encoding = base_read_u8(data);
            break;
        case 'P':
            read_form(data, base_read_u8(data));
            break;
        case 'L':
            base_read_u8(data);
            break;
        default:
            return false;
        }
    }
    return data->status == BASE_READ_OK;
}

static struct engine_cfi_bytes rest_of(const struct base_read *in)
{
    return (struct engine_cfi_bytes){in->at, base_read_left(in)};
}

/* A stretch that begins with its length in LEB128. */
static bool open_data(struct base_read *in, struct base_read *ret_data)
{
    uint64_t len = base_read_leb_u64(in);
    const uint8_t *bytes = base_read_bytes(in, len);

    if (bytes == NULL)
        return false;
    base_read_init(ret_data, bytes, len, 0);
    return true;
}

/* The text up to a NUL, or NULL. */
static const char *read_text(struct base_read *in)
{
    const char *text = (const char *)in->at;

    while (base_read_u8(in) != 0)
        ;
    return in->status == BASE_READ_OK ? text : NULL;
}

static bool read_cie(const struct engine_cfi *cfi, size_t at, struct cie *cie,
                     struct engine_cfi_entry *entry)
{
    struct base_read in, data;
    uint8_t version;
    const char *letters;
    uint64_t pc_register;

    if (!open_record(cfi, at, &in) || base_read_u32le(&in) != 0)
        return false;
    version = base_read_u8(&in);
    letters = read_text(&in);
    entry->code_factor = base_read_leb_u64(&in);
    entry->data_factor = base_read_leb_s64(&in);
    pc_register = version == 1 ? base_read_u8(&in) : base_read_leb_u64(&in);
    if (letters == NULL || (version != 1 && version != 3) ||
        pc_register != OS_REG_PC)
        return false;
    cie->encoding = FORM_ABS;
    cie->has_data = *letters == 'z';
    if (cie->has_data &&
        (!open_data(&in, &data) || !read_data(letters + 1, &data, cie)))
        return false;
    entry->first = rest_of(&in);
    return in.status == BASE_READ_OK && (cie->has_data || *letters == '\0');
}

static bool read_entry(const struct engine_cfi *cfi, size_t at,
                       struct engine_cfi_entry *ret_entry)
{
    struct base_read in, data;
    struct cie cie;
    uint32_t back;

    if (!open_record(cfi, at, &in))
        return false;
    back = base_read_u32le(&in); /* from this number to the CIE */
    if (back > at + 4 || !read_cie(cfi, at + 4 - back, &cie, ret_entry))
        return false;
    ret_entry->low = read_pointer(&in, cie.encoding);
    ret_entry->high = ret_entry->low + read_form(&in, cie.encoding);
    if (cie.has_data && !open_data(&in, &data))
        return false;
    ret_entry->then = rest_of(&in);
    return in.status == BASE_READ_OK;
}

bool engine_cfi_find(const struct engine_cfi *cfi, uintptr_t pc,
                     struct engine_cfi_entry *ret_entry)
{
    size_t at;

    return find_row(cfi, pc, &at) && read_entry(cfi, at, ret_entry) &&
           ret_entry->low <= pc && pc < ret_entry->high;
}
