/* shapes.c - kernel: virtual calls.
 *
 * Stresses indirect calls: 4,000 objects of four kinds in random order, each
 * with a table of functions, called through it three times a round.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define COUNT 4000

struct shape;

struct kind {
    u32 (*area)(const struct shape *);
    void (*grow)(struct shape *, u32 by);
    u32 (*compare)(const struct shape *, u32 limit);
};

struct shape {
    const struct kind *kind;
    u32 a, b;
};

static struct shape shapes[COUNT];

static u32 square_area(const struct shape *s)
{
    return s->a * s->a;
}

static u32 box_area(const struct shape *s)
{
    return s->a * s->b;
}

static u32 circle_area(const struct shape *s)
{
    return s->a * s->a * 355u / 113u;
}

static u32 triangle_area(const struct shape *s)
{
    return s->a * s->b / 2;
}

static void grow_side(struct shape *s, u32 by)
{
    s->a = (s->a + by) & 1023;
}

static void grow_both(struct shape *s, u32 by)
{
    s->a = (s->a + by) & 511;
    s->b = (s->b + 2 * by) & 511;
}

static u32 wider(const struct shape *s, u32 limit)
{
    return s->a > limit;
}

static u32 wider_or_higher(const struct shape *s, u32 limit)
{
    return s->a > limit || s->b > limit;
}

static const struct kind kinds[] = {
    {square_area, grow_side, wider},
    {box_area, grow_both, wider_or_higher},
    {circle_area, grow_side, wider},
    {triangle_area, grow_both, wider_or_higher},
};

KERNEL(shapes)
{
    u32 state = 31;
    u32 sum = 0;

    for (u32 i = 0; i < COUNT; i++) {
        shapes[i].kind = &kinds[rnd(&state) >> 30];
        shapes[i].a = rnd(&state) & 255;
        shapes[i].b = rnd(&state) & 255;
    }
    for (u32 round = 0; round < rounds; round++) {
        for (struct shape *s = shapes; s < shapes + COUNT; s++) {
            s->kind->grow(s, round & 15);
            if (s->kind->compare(s, 300))
                sum += s->kind->area(s);
        }
    }
    return sum;
}
