/* mandelbrot.c - kernel: the Mandelbrot set.
 *
 * Stresses double-precision arithmetic and nothing else: no memory at all, so
 * what is slow here is not slow because of loads and stores.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define SIZE 48
#define DEEP 200

static u32 escape(double cx, double cy)
{
    double x = 0;
    double y = 0;

    for (u32 i = 0; i < DEEP; i++) {
        double xx = x * x;
        double yy = y * y;

        if (xx + yy > 4)
            return i;
        y = 2 * x * y + cy;
        x = xx - yy + cx;
    }
    return DEEP;
}

KERNEL(mandelbrot)
{
    u32 sum = 0;

    for (u32 round = 0; round < rounds; round++) {
        for (u32 row = 0; row < SIZE; row++) {
            for (u32 column = 0; column < SIZE; column++)
                sum = mix(sum, escape(column * (3.0 / SIZE) - 2,
                                      row * (2.0 / SIZE) - 1));
        }
    }
    return sum;
}
