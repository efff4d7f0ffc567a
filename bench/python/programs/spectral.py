# spectral - the norm of an endless matrix: short functions and generators.
#
# SPDX-License-Identifier: Apache-2.0
from math import sqrt

SIZE = 380
ROUNDS = 5


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [
        sum(entry(i, j) * v for j, v in enumerate(vector))
        for i in range(len(vector))
    ]


def times_turned(vector):
    return [
        sum(entry(j, i) * v for j, v in enumerate(vector))
        for i in range(len(vector))
    ]


def run():
    u = [1.0] * SIZE
    for _ in range(ROUNDS):
        v = times_turned(times(u))
        u = times_turned(times(v))
    dot = sum(a * b for a, b in zip(u, v))
    return f"{sqrt(dot / sum(b * b for b in v)):.9f}"
