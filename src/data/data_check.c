/* data_check.c - is this one value?
 *
 * SECURITY.  The bytes are a guest's: this is what they must pass before
 * anybody reads them.  What is refused is refused by data_read and data_walk.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_check.h"

#include "data/data_walk.h"

int data_check(const void *bytes, size_t len, viv_error *err)
{
    struct data_walk walk;
    viv_item item;

    data_walk_init(&walk, bytes, len);
    do {
        int code = data_walk_next(&walk, &item, err);
        if (code < 0)
            return code;
        while (data_walk_close(&walk))
            ;
    } while (walk.depth > 0);

    if (walk.reader.at != walk.reader.end)
        return data_read_refuse(&walk.reader, walk.reader.at, err,
                                "something after the value");
    return 0;
}
