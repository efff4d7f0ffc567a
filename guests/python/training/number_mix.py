# number_mix - integers and floats in loops, bits, grids and series.
#
# SPDX-License-Identifier: Apache-2.0
import math
from array import array

ROUNDS = 12


def collatz(limit):
    lengths, best = {1: 1}, (1, 1)
    for start in range(2, limit):
        n, steps = start, 0
        while n not in lengths:
            n = 3 * n + 1 if n & 1 else n >> 1
            steps += 1
        lengths[start] = lengths[n] + steps
        if lengths[start] > best[0]:
            best = lengths[start], start
    return best


def diffuse(size, steps):
    grid = [[0.0] * size for _ in range(size)]
    grid[size // 2][size // 2] = 1000.0
    for _ in range(steps):
        new = [row[:] for row in grid]
        for y in range(1, size - 1):
            above, here, below = grid[y - 1], grid[y], grid[y + 1]
            for x in range(1, size - 1):
                around = above[x] + below[x] + here[x - 1] + here[x + 1]
                new[y][x] = here[x] + 0.2 * (around - 4 * here[x])
        grid = new
    return round(sum(map(sum, grid)) + max(map(max, grid)), 6)


def simpson(function, low, high, n):
    step = (high - low) / n
    total = function(low) + function(high)
    for k in range(1, n):
        total += function(low + k * step) * (4 if k % 2 else 2)
    return total * step / 3


def bits(n):
    crc, count = 0xFFFF, 0
    for value in range(n):
        crc ^= value & 0xFF
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        count += bin(crc).count("1") + (crc << 3 | crc >> 13) % 7
    return crc, count


def newton(value):
    guess, steps = value / 2 or 1.0, 0
    while abs(guess * guess - value) > 1e-12 * value:
        guess = (guess + value / guess) / 2
        steps += 1
    return guess, steps


def run():
    results = []
    for n in range(ROUNDS):
        results = [collatz(1500 + n), diffuse(14, 10), bits(500)]
        results.append(
            round(simpson(lambda x: x * x / (1 + x), 0.0, 2.0, 600), 9)
        )
        roots = [newton(float(k)) for k in range(2, 120)]
        results.append(sum(steps for _, steps in roots))
        values = array("d", (k * 0.37 % 5 - 2 for k in range(800)))
        mean = math.fsum(values) / len(values)
        spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
        results.append(
            (
                round(spread, 9),
                math.floor(mean * 100),
                int(-2.5),
                round(2.675, 2),
            )
        )
        big = 1
        for k in range(1, 70):
            big = big * k + (big // 3 if k % 5 == 0 else -k)
        results.append(
            (
                big % 1_000_003,
                big.bit_length(),
                math.gcd(big, 2**40),
                divmod(-7, n + 1),
            )
        )
        results.append(
            sum(int(str(k)[::-1]) for k in range(700))
            + int("7f", 16)
            + int(hex(n), 0)
        )
    return results
