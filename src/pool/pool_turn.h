/* pool_turn.h - whose turn it is.
 *
 * Floor 8.  Three queues, of which the first that is not empty is served; but
 * a queue that was passed over POOL_TURN_PATIENCE times in a row is next.  One
 * thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_TURN_H
#define POOL_TURN_H

#include <stdbool.h>
#include <stddef.h>

#define POOL_TURN_PATIENCE 8

enum pool_turn_rank {
    POOL_TURN_SHORT, /* has not used up a slice since it last waited */
    POOL_TURN_LONG,
    POOL_TURN_BATCH,
    POOL_TURN_RANKS
};

struct pool_turn_item {
    struct pool_turn_item *next;
};

struct pool_turn_queue {
    struct pool_turn_item *first, *last;
    unsigned passed; /* over, in a row */
};

/* All zeros is empty. */
struct pool_turn {
    struct pool_turn_queue queues[POOL_TURN_RANKS];
};

void pool_turn_add(struct pool_turn *turn, struct pool_turn_item *item,
                   enum pool_turn_rank rank);

/* Take out the first of which `is` is true; NULL: there is none. */
typedef bool pool_turn_is(const struct pool_turn_item *item);
struct pool_turn_item *pool_turn_sift(struct pool_turn *turn, pool_turn_is *is);

/* Who is next; NULL: nobody. */
struct pool_turn_item *pool_turn_take(struct pool_turn *turn);

#endif /* POOL_TURN_H */
