/* matrix.c - kernel: matrix multiplication.
 *
 * Stresses address arithmetic and double-precision loads, one of them with a
 * stride: the textbook triple loop over 80 x 80 doubles.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define SIZE 80

static double left[SIZE][SIZE];
static double right[SIZE][SIZE];
static double product[SIZE][SIZE];

static void multiply(void)
{
    for (u32 i = 0; i < SIZE; i++) {
        for (u32 j = 0; j < SIZE; j++) {
            double sum = 0;

            for (u32 k = 0; k < SIZE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
    }
}

KERNEL(matrix)
{
    u32 state = 3;
    u32 sum = 0;

    for (u32 i = 0; i < SIZE; i++) {
        for (u32 j = 0; j < SIZE; j++) {
            left[i][j] = (double)(rnd(&state) % 2000) / 1000 - 1;
            right[i][j] = (double)(rnd(&state) % 2000) / 1000 - 1;
        }
    }
    for (u32 round = 0; round < rounds; round++) {
        multiply();
        for (u32 i = 0; i < SIZE; i++) {
            sum = mix(sum, (u32)(int)(product[i][i] * 1e6));
            left[i][i] = -left[i][i];
        }
    }
    return sum;
}
