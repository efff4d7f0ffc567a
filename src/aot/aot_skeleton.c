/* aot_skeleton.c - a module without its code.
 *
 * The module was decoded, so its sections are known to be well formed; what a
 * name section holds is not, and a broken one is left out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_skeleton.h"

#include <string.h>

#include "base/base_error.h"
#include "base/base_read.h"

enum { SECTION_CUSTOM = 0, SECTION_CODE = 10 };
enum { NAMES_MODULE = 0, NAMES_FUNCTIONS = 1 };

#define HEAD_BYTES 8 /* magic and version */

static void write_leb(struct base_buf *out, uint32_t value)
{
    while (value >= 0x80) {
        base_buf_char(out, (char)(value | 0x80));
        value >>= 7;
    }
    base_buf_char(out, (char)value);
}

/* Of a name section, only the names of the module and of its functions. */
static void copy_names(struct base_buf *out, struct base_read *read)
{
    static const char title[] = "name";
    struct base_buf kept;

    base_buf_init(&kept, UINT32_MAX);
    write_leb(&kept, sizeof(title) - 1);
    base_buf_text(&kept, title);
    while (base_read_left(read) > 0) {
        uint8_t id = base_read_u8(read);
        uint32_t len = base_read_leb_u32(read);
        const uint8_t *bytes = base_read_bytes(read, len);

        if (bytes == NULL)
            break;
        if (id != NAMES_MODULE && id != NAMES_FUNCTIONS)
            continue;
        base_buf_char(&kept, (char)id);
        write_leb(&kept, len);
        base_buf_bytes(&kept, bytes, len);
    }
    if (read->status == BASE_READ_OK) {
        base_buf_char(out, SECTION_CUSTOM);
        write_leb(out, (uint32_t)kept.len);
        base_buf_bytes(out, kept.at, kept.len);
    }
    out->failed |= kept.failed;
    base_buf_fini(&kept);
}

static void copy_custom(struct base_buf *out, const uint8_t *bytes,
                        uint32_t len)
{
    struct base_read read;
    const uint8_t *name;
    uint32_t name_len;

    base_read_init(&read, bytes, len, 0);
    name_len = base_read_leb_u32(&read);
    name = base_read_bytes(&read, name_len);
    if (name != NULL && name_len == 4 && memcmp(name, "name", 4) == 0)
        copy_names(out, &read);
}

int aot_skeleton(const struct wasm_module *module, struct base_buf *out,
                 viv_error *err)
{
    struct base_read read;

    base_read_init(&read, module->bytes, module->bytes_len, 0);
    base_buf_bytes(out, base_read_bytes(&read, HEAD_BYTES), HEAD_BYTES);
    while (base_read_left(&read) > 0) {
        const uint8_t *from = read.at;
        uint8_t id = base_read_u8(&read);
        uint32_t len = base_read_leb_u32(&read);
        const uint8_t *bytes = base_read_bytes(&read, len);

        if (bytes == NULL)
            return base_error(err, VIV_EFORMAT, "a section is cut short");
        if (id == SECTION_CUSTOM)
            copy_custom(out, bytes, len);
        else if (id != SECTION_CODE)
            base_buf_bytes(out, from, (size_t)(read.at - from));
    }
    return out->failed ? base_error_memory(err) : 0;
}
