/* pool_turn.c - whose turn it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_turn.h"

void pool_turn_add(struct pool_turn *turn, struct pool_turn_item *item,
                   enum pool_turn_rank rank)
{
    struct pool_turn_queue *queue = &turn->queues[rank];

    item->next = NULL;
    if (queue->first != NULL)
        queue->last->next = item;
    else
        queue->first = item;
    queue->last = item;
}

/* The last one that has no patience left, else the first. */
static struct pool_turn_queue *choose(struct pool_turn *turn)
{
    struct pool_turn_queue *first = NULL;

    for (int rank = POOL_TURN_RANKS; rank-- > 0;) {
        struct pool_turn_queue *queue = &turn->queues[rank];

        if (queue->first == NULL)
            continue;
        if (queue->passed >= POOL_TURN_PATIENCE)
            return queue;
        first = queue;
    }
    return first;
}

struct pool_turn_item *pool_turn_take(struct pool_turn *turn)
{
    struct pool_turn_queue *queue = choose(turn);
    struct pool_turn_item *item;

    if (queue == NULL)
        return NULL;
    for (int rank = 0; rank < POOL_TURN_RANKS; rank++)
        turn->queues[rank].passed += turn->queues[rank].first != NULL;
    queue->passed = 0;
    item = queue->first;
    queue->first = item->next;
    return item;
}

static struct pool_turn_item *sift(struct pool_turn_queue *queue,
                                   pool_turn_is *is)
{
    struct pool_turn_item **at = &queue->first, *before = NULL, *item;

    while (*at != NULL && !is(*at)) {
        before = *at;
        at = &before->next;
    }
    item = *at;
    if (item == NULL)
        return NULL;
    *at = item->next;
    if (queue->last == item)
        queue->last = before;
    return item;
}

struct pool_turn_item *pool_turn_sift(struct pool_turn *turn, pool_turn_is *is)
{
    struct pool_turn_item *item = NULL;

    for (int rank = 0; item == NULL && rank < POOL_TURN_RANKS; rank++)
        item = sift(&turn->queues[rank], is);
    return item;
}
