/* pool_list.c - slots, and how they are found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_list.h"

#include <string.h>

#include "base/base_alloc.h"
#include "vivarium.h"

/* ------------------------------------------------------------------------
 * Lists.
 */

void pool_list_add(struct pool_list *list, struct pool_slot *slot)
{
    slot->prev = NULL;
    slot->next = list->first;
    if (list->first != NULL)
        list->first->prev = slot;
    else
        list->last = slot;
    list->first = slot;
    list->count++;
}

void pool_list_remove(struct pool_list *list, struct pool_slot *slot)
{
    if (slot->prev != NULL)
        slot->prev->next = slot->next;
    else
        list->first = slot->next;
    if (slot->next != NULL)
        slot->next->prev = slot->prev;
    else
        list->last = slot->prev;
    slot->next = slot->prev = NULL;
    list->count--;
}

/* ------------------------------------------------------------------------
 * Maps.
 */

int pool_map_init(struct pool_map *map, size_t count)
{
    size_t rows = 1;

    while (rows < count)
        rows *= 2;
    map->rows = base_alloc_zero(rows, sizeof(*map->rows));
    map->mask = rows - 1;
    return map->rows == NULL ? VIV_ENOMEM : 0;
}

void pool_map_fini(struct pool_map *map)
{
    base_free(map->rows);
}

void pool_map_add(struct pool_map *map, struct pool_link *link, uint64_t hash,
                  struct pool_slot *slot)
{
    struct pool_link **row = &map->rows[hash & map->mask];

    *link = (struct pool_link){.next = *row, .slot = slot, .hash = hash};
    *row = link;
}

void pool_map_remove(struct pool_map *map, struct pool_link *link)
{
    struct pool_link **at = &map->rows[link->hash & map->mask];

    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
}

struct pool_slot *pool_map_sandbox(const struct pool_map *map,
                                   const struct sandbox *sandbox)
{
    uint64_t hash = pool_map_hash_sandbox(sandbox);
    struct pool_link *link = map->rows[hash & map->mask];

    while (link != NULL && link->slot->sandbox != sandbox)
        link = link->next;
    return link != NULL ? link->slot : NULL;
}

struct pool_slot *pool_map_key(const struct pool_map *map, const char *key)
{
    uint64_t hash = pool_map_hash_key(key);
    struct pool_link *link = map->rows[hash & map->mask];

    while (link != NULL &&
           (link->hash != hash || strcmp(link->slot->key, key) != 0))
        link = link->next;
    return link != NULL ? link->slot : NULL;
}

/* The multiplier is 2^64 / phi, as usual; high bits are the good ones. */
static uint64_t mix(uint64_t number)
{
    number *= UINT64_C(0x9e3779b97f4a7c15);
    return number ^ number >> 32;
}

uint64_t pool_map_hash_sandbox(const struct sandbox *sandbox)
{
    return mix((uintptr_t)sandbox);
}

uint64_t pool_map_hash_key(const char *key)
{
    uint64_t hash = 0;

    for (; *key != '\0'; key++)
        hash = mix(hash + (unsigned char)*key + 1);
    return hash;
}
