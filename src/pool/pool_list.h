/* pool_list.h - slots, and how they are found.
 *
 * Floor 8.  All of it under the lock of the pool.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_LIST_H
#define POOL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"

enum pool_slot_state {
    POOL_SLOT_EMPTY,
    POOL_SLOT_WORKING,
    POOL_SLOT_IDLE,
    POOL_SLOT_HELD
};

/* A slot's place in a map. */
struct pool_link {
    struct pool_link *next;
    struct pool_slot *slot;
    uint64_t hash;
};

/* One place in a pool. */
struct pool_slot {
    enum pool_slot_state state;
    struct sandbox *sandbox; /* owned; NULL while there is none */
    char *key;               /* owned; NULL: no session */
    struct pool_slot *next, *prev;
    struct pool_link by_sandbox, by_key;

    uint64_t idle_since;
    uint64_t fresh_since;   /* made or reset */
    uint64_t calls_fresh;   /* of the sandbox, when it was fresh */
    uint64_t calls_held;    /* and when it was acquired */
    uint64_t private_bytes; /* when it was released */
    uint32_t looks;         /* at its pages; see pool_slot.c */
    bool is_taken;          /* an acquirer has it */
};

/* Slots in a row, the latest first. */
struct pool_list {
    struct pool_slot *first, *last;
    size_t count;
};

void pool_list_add(struct pool_list *list, struct pool_slot *slot);
void pool_list_remove(struct pool_list *list, struct pool_slot *slot);

/* Slots by a number.  A row of the table is never longer than there are slots,
 * whoever chooses the numbers. */
struct pool_map {
    struct pool_link **rows; /* owned */
    size_t mask;
};

/* For `count` slots.  Fails with VIV_ENOMEM.  A map of zeros may be ended. */
int pool_map_init(struct pool_map *map, size_t count);
void pool_map_fini(struct pool_map *map);

void pool_map_add(struct pool_map *map, struct pool_link *link, uint64_t hash,
                  struct pool_slot *slot);
void pool_map_remove(struct pool_map *map, struct pool_link *link);

/* The slot that has this sandbox, which is not looked into; or this key. */
struct pool_slot *pool_map_sandbox(const struct pool_map *map,
                                   const struct sandbox *sandbox);
struct pool_slot *pool_map_key(const struct pool_map *map, const char *key);

uint64_t pool_map_hash_sandbox(const struct sandbox *sandbox);
uint64_t pool_map_hash_key(const char *key);

#endif /* POOL_LIST_H */
