/* nbody.c - kernel: bodies that attract one another.
 *
 * Stresses double-precision arithmetic with square roots and divisions on
 * structures in memory: five bodies, 2,000 steps a round.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define BODIES 5
#define STEPS  2000

struct body {
    double at[3];
    double speed[3];
    double mass;
};

static struct body bodies[BODIES];

static void place(void)
{
    u32 state = 17;

    for (u32 i = 0; i < BODIES; i++) {
        for (u32 axis = 0; axis < 3; axis++) {
            bodies[i].at[axis] = rnd(&state) % 1000 / 50.0 - 10;
            bodies[i].speed[axis] = rnd(&state) % 1000 / 5000.0 - 0.1;
        }
        bodies[i].mass = 0.1 + rnd(&state) % 100 / 50.0;
    }
}

static void attract(struct body *a, struct body *b, double time)
{
    double dx = a->at[0] - b->at[0];
    double dy = a->at[1] - b->at[1];
    double dz = a->at[2] - b->at[2];
    double square = dx * dx + dy * dy + dz * dz + 0.01;
    double pull = time / (square * __builtin_sqrt(square));

    a->speed[0] -= dx * b->mass * pull;
    a->speed[1] -= dy * b->mass * pull;
    a->speed[2] -= dz * b->mass * pull;
    b->speed[0] += dx * a->mass * pull;
    b->speed[1] += dy * a->mass * pull;
    b->speed[2] += dz * a->mass * pull;
}

static void step(double time)
{
    for (u32 i = 0; i < BODIES; i++)
        for (u32 k = i + 1; k < BODIES; k++)
            attract(&bodies[i], &bodies[k], time);
    for (u32 i = 0; i < BODIES; i++)
        for (u32 axis = 0; axis < 3; axis++)
            bodies[i].at[axis] += time * bodies[i].speed[axis];
}

KERNEL(nbody)
{
    u32 sum = 0;

    place();
    for (u32 round = 0; round < rounds; round++) {
        for (u32 i = 0; i < STEPS; i++)
            step(0.001);
        for (u32 i = 0; i < BODIES; i++)
            sum = mix(sum, (u32)(int)(bodies[i].at[0] * 1e6));
    }
    return sum;
}
