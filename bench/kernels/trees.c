/* trees.c - kernel: binary search trees, allocated and freed.
 *
 * Stresses pointer chasing, recursion and an allocator with free lists by size
 * class: trees of two sizes of node are grown in random order, walked, and
 * taken apart again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define HEAP  (2u << 20)
#define NODES 3000

struct node {
    struct node *left;
    struct node *right;
    u32 key;
    u32 words; /* how many u32 follow */
};

struct chunk {
    struct chunk *next;
};

static u64 heap[HEAP / 8];
static u32 heap_used;
static struct chunk *free_lists[16]; /* by size / 8 */

static void *allocate(u32 size)
{
    u32 units = (size + 7) / 8;
    struct chunk *chunk = free_lists[units];

    if (chunk) {
        free_lists[units] = chunk->next;
        return chunk;
    }
    heap_used += units;
    return &heap[heap_used - units];
}

static void release(void *block, u32 size)
{
    struct chunk *chunk = block;

    chunk->next = free_lists[(size + 7) / 8];
    free_lists[(size + 7) / 8] = chunk;
}

static struct node *new_node(u32 key)
{
    u32 words = key & 3;
    struct node *node = allocate((u32)sizeof *node + words * 4);
    u32 *word = (u32 *)(node + 1);

    node->left = 0;
    node->right = 0;
    node->key = key;
    node->words = words;
    for (u32 i = 0; i < words; i++)
        word[i] = key + i;
    return node;
}

static struct node *insert(struct node *root, u32 key)
{
    struct node **link = &root;

    while (*link && (*link)->key != key)
        link = key < (*link)->key ? &(*link)->left : &(*link)->right;
    if (!*link)
        *link = new_node(key);
    return root;
}

static u32 walk(const struct node *node, u32 sum)
{
    const u32 *word = (const u32 *)(node + 1);

    if (node->left)
        sum = walk(node->left, sum);
    for (u32 i = 0; i < node->words; i++)
        sum = mix(sum, word[i]);
    sum = mix(sum, node->key);
    return node->right ? walk(node->right, sum) : sum;
}

static void free_tree(struct node *node)
{
    if (!node)
        return;
    free_tree(node->left);
    free_tree(node->right);
    release(node, (u32)sizeof *node + node->words * 4);
}

KERNEL(trees)
{
    u32 state = 23;
    u32 sum = 0;

    for (u32 round = 0; round < rounds; round++) {
        struct node *root = 0;

        for (u32 i = 0; i < NODES; i++)
            root = insert(root, rnd(&state));
        sum = walk(root, sum);
        free_tree(root);
    }
    return sum;
}
