/* sort.c - kernel: quicksort of records.
 *
 * Stresses loads and stores of whole records and branches that nobody can
 * predict: 6,000 records of 16 bytes, sorted by a 64-bit key, short stretches
 * by insertion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define COUNT 6000
#define SHORT 12 /* below this, insertion is faster than partitioning */

struct record {
    u64 key;
    u32 id;
    u32 size;
};

static struct record records[COUNT];

static void insertion(struct record *first, struct record *last)
{
    for (struct record *at = first + 1; at <= last; at++) {
        struct record moving = *at;
        struct record *hole = at;

        while (hole > first && hole[-1].key > moving.key) {
            *hole = hole[-1];
            hole--;
        }
        *hole = moving;
    }
}

static u64 median(u64 a, u64 b, u64 c)
{
    if (a > b) {
        u64 swap = a;

        a = b;
        b = swap;
    }
    return c < a ? a : c > b ? b : c;
}

/* Recursion into the shorter half, a loop for the longer one. */
static void quicksort(struct record *first, struct record *last)
{
    while (last - first >= SHORT) {
        struct record *low = first;
        struct record *high = last;
        u64 pivot =
            median(first->key, first[(last - first) / 2].key, last->key);

        while (low <= high) {
            while (low->key < pivot)
                low++;
            while (high->key > pivot)
                high--;
            if (low <= high) {
                struct record swap = *low;

                *low++ = *high;
                *high-- = swap;
            }
        }
        if (high - first < last - low) {
            quicksort(first, high);
            first = low;
        } else {
            quicksort(low, last);
            last = high;
        }
    }
    insertion(first, last);
}

KERNEL(sort)
{
    u32 state = 1;
    u32 sum = 0;

    for (u32 round = 0; round < rounds; round++) {
        for (u32 i = 0; i < COUNT; i++) {
            u64 high = rnd(&state);

            records[i].key = high << 32 | rnd(&state);
            records[i].id = i;
            records[i].size = (u32)high & 0xff;
        }
        quicksort(records, records + COUNT - 1);
        for (u32 i = 0; i < COUNT; i += 50)
            sum = mix(sum, records[i].id + records[i].size);
    }
    return sum;
}
