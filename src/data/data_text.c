/* data_text.c - a value as Python prints it.
 *
 * SECURITY.  The bytes are a guest's, perhaps not checked, and the text goes to
 * a terminal or a log.  What the walker refuses ends the text; what is in
 * strings is escaped in data_text_string.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_text.h"

#include "data/data_text_parts.h"
#include "data/data_walk.h"

/* What a dict has between a key and its value, and others between all. */
static void separator(struct base_text *out, const struct data_level *level)
{
    if (level->kind == VIV_DATA_DICT && level->left % 2 == 1)
        base_text_string(out, ": ");
    else if (level->left < level->count)
        base_text_string(out, ", ");
}

/* Python has no sign for an empty set. */
static const char *opening(const viv_item *item)
{
    switch (item->kind) {
    case VIV_DATA_LIST:
        return "[";
    case VIV_DATA_TUPLE:
        return "(";
    case VIV_DATA_SET:
        return item->count > 0 ? "{" : "set(";
    case VIV_DATA_FROZENSET:
        return item->count > 0 ? "frozenset({" : "frozenset(";
    default:
        return "{";
    }
}

static const char *closing(const struct data_level *level)
{
    switch (level->kind) {
    case VIV_DATA_LIST:
        return "]";
    case VIV_DATA_TUPLE:
        return level->count == 1 ? ",)" : ")";
    case VIV_DATA_SET:
        return level->count > 0 ? "}" : ")";
    case VIV_DATA_FROZENSET:
        return level->count > 0 ? "})" : ")";
    default:
        return "}";
    }
}

static void put_item(struct base_text *out, const viv_item *item)
{
    switch (item->kind) {
    case VIV_DATA_NONE:
        base_text_string(out, "None");
        break;
    case VIV_DATA_BOOL:
        base_text_string(out, item->integer ? "True" : "False");
        break;
    case VIV_DATA_INT:
        data_text_int(out, item->integer);
        break;
    case VIV_DATA_BIG:
        data_text_big(out, item->negative != 0, item->bytes, item->len);
        break;
    case VIV_DATA_FLOAT:
        data_text_float(out, item->real);
        break;
    case VIV_DATA_TEXT:
        data_text_string(out, item->bytes, item->len);
        break;
    case VIV_DATA_BYTES:
        data_text_bytes(out, item->bytes, item->len);
        break;
    case VIV_DATA_DATETIME:
    case VIV_DATA_DATE:
    case VIV_DATA_TIME:
    case VIV_DATA_TIMEDELTA:
        data_text_time(out, item);
        break;
    default:
        base_text_string(out, opening(item));
    }
}

size_t data_text(const void *bytes, size_t len, char *to, size_t size)
{
    struct data_walk walk;
    struct base_text out;
    viv_item item;
    int code;

    base_text_init(&out, to, size);
    data_walk_init(&walk, bytes, len);
    do {
        if (walk.depth > 0)
            separator(&out, data_walk_top(&walk));
        code = data_walk_next(&walk, &item, NULL);
        if (code == 0)
            put_item(&out, &item);
        while (code == 0 && data_walk_close(&walk))
            base_text_string(&out, closing(&walk.levels[walk.depth]));
    } while (code == 0 && walk.depth > 0);

    if (code < 0 || walk.reader.at != walk.reader.end)
        base_text_string(&out, "<?>");
    return base_text_end(&out, size);
}
