/* data_walk.c - one value from its first item to its last.
 *
 * SECURITY.  The bytes are a guest's.  How deep they go is counted here, in an
 * array, and compared before a level is opened: nothing recurses.
 *
 * Invariants
 *   1. depth <= VIV_DATA_DEPTH_MAX
 *   2. Of each open level, `left` values have not begun; of the innermost they
 *      are next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_walk.h"

void data_walk_init(struct data_walk *walk, const void *bytes, size_t len)
{
    data_read_init(&walk->reader, bytes, len);
    walk->depth = 0;
}

static bool is_container(uint32_t kind)
{
    return kind >= VIV_DATA_LIST && kind <= VIV_DATA_DICT;
}

static int open_level(struct data_walk *walk, const viv_item *item,
                      bool is_hashed, const uint8_t *at, viv_error *err)
{
    bool is_set =
        item->kind == VIV_DATA_SET || item->kind == VIV_DATA_FROZENSET;
    size_t count = data_read_children(item);

    if (walk->depth == VIV_DATA_DEPTH_MAX)
        return data_read_refuse(&walk->reader, at, err,
                                "more than %d values within each other",
                                VIV_DATA_DEPTH_MAX);
    if (is_hashed && item->kind != VIV_DATA_TUPLE &&
        item->kind != VIV_DATA_FROZENSET)
        return data_read_refuse(&walk->reader, at, err,
                                "a value that Python cannot hash, in a set or "
                                "as a key,");
    walk->levels[walk->depth++] = (struct data_level){
        .kind = item->kind,
        .is_hashed = is_hashed || is_set,
        .count = count,
        .left = count,
    };
    return 0;
}

int data_walk_next(struct data_walk *walk, viv_item *ret_item, viv_error *err)
{
    struct data_level *top = data_walk_top(walk);
    const uint8_t *at = walk->reader.at;
    bool is_hashed = false;
    int code;

    if (at == walk->reader.end)
        return data_read_refuse(&walk->reader, at, err, "the value is cut off");
    code = data_read(&walk->reader, ret_item, err);
    if (code < 0)
        return code;
    if (top != NULL) {
        is_hashed = top->is_hashed ||
                    (top->kind == VIV_DATA_DICT && top->left % 2 == 0);
        top->left--;
    }
    return is_container(ret_item->kind)
               ? open_level(walk, ret_item, is_hashed, at, err)
               : 0;
}
