/* data_walk.h - one value from its first item to its last.
 *
 * Floor 1.  A LEVEL is a list or the like that has begun and not ended; an item
 * that begins one opens it, and the walker closes those that are complete:
 *
 *     do {
 *         code = data_walk_next(&walk, &item, err);    opens a level, or not
 *         ...
 *         while (data_walk_close(&walk))               closes the innermost
 *             ...
 *     } while (code == 0 && walk.depth > 0);
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_WALK_H
#define DATA_WALK_H

#include <stdbool.h>

#include "data/data_read.h"

struct data_level {
    uint32_t kind;
    bool is_hashed; /* all in it must be what Python can hash */
    size_t count;   /* values in it, */
    size_t left;    /* and those to come.  In a dict, keys are the even ones */
};

struct data_walk {
    viv_reader reader;
    size_t depth; /* levels that are open */
    struct data_level levels[VIV_DATA_DEPTH_MAX];
};

/* Borrows the bytes.  The levels are not touched until they are opened. */
void data_walk_init(struct data_walk *walk, const void *bytes, size_t len);

/* The innermost level; NULL if none is open. */
static inline struct data_level *data_walk_top(struct data_walk *walk);

/* Read the next item.  Fails with VIV_EFORMAT if it is not of the profile, too
 * deep, not there, or stands where Python cannot have it. */
int data_walk_next(struct data_walk *walk, viv_item *ret_item, viv_error *err);

/* Close the innermost level, if it is complete. */
static inline bool data_walk_close(struct data_walk *walk);

static inline struct data_level *data_walk_top(struct data_walk *walk)
{
    return walk->depth > 0 ? &walk->levels[walk->depth - 1] : NULL;
}

static inline bool data_walk_close(struct data_walk *walk)
{
    if (walk->depth == 0 || data_walk_top(walk)->left > 0)
        return false;
    walk->depth--;
    return true;
}

#endif /* DATA_WALK_H */
