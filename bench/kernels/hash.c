/* hash.c - kernel: a chained hash table.
 *
 * Stresses dependent loads (walking chains through memory in random order) and
 * small allocations: inserts, lookups and deletes in a table of 16,384 chains,
 * entries taken from and given back to a free list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define CHAINS  16384
#define ENTRIES 24576
#define KEYS    32768
#define STEPS   16000

struct entry {
    struct entry *next;
    u32 key;
    u32 value;
};

static struct entry entries[ENTRIES];
static struct entry *chains[CHAINS];
static struct entry *free_list;
static u32 live;

static void clear(void)
{
    for (u32 i = 0; i < CHAINS; i++)
        chains[i] = 0;
    free_list = 0;
    for (u32 i = 0; i < ENTRIES; i++) {
        entries[i].next = free_list;
        free_list = &entries[i];
    }
    live = 0;
}

/* The place that points at the entry, or at the end of its chain. */
static struct entry **find(u32 key)
{
    struct entry **link = &chains[(key * 2654435761u) >> 18];

    while (*link && (*link)->key != key)
        link = &(*link)->next;
    return link;
}

static void insert(u32 key, u32 value)
{
    struct entry **link = find(key);

    if (!*link) {
        struct entry *fresh = free_list;

        if (!fresh)
            return;
        free_list = fresh->next;
        fresh->next = 0;
        fresh->key = key;
        fresh->value = 0;
        *link = fresh;
        live++;
    }
    (*link)->value += value;
}

static void drop(u32 key)
{
    struct entry **link = find(key);
    struct entry *old = *link;

    if (!old)
        return;
    *link = old->next;
    old->next = free_list;
    free_list = old;
    live--;
}

KERNEL(hash)
{
    u32 state = 7;
    u32 sum = 0;

    for (u32 round = 0; round < rounds; round++) {
        clear();
        for (u32 i = 0; i < STEPS; i++) {
            u32 key = rnd(&state) % KEYS;
            u32 dice = rnd(&state) & 7;

            if (dice < 3) {
                insert(key, i);
            } else if (dice < 7) {
                struct entry *found = *find(key);

                sum += found ? found->value : 1;
            } else {
                drop(key);
            }
        }
        sum = mix(sum, live);
    }
    return sum;
}
