# chaos_game - a fern grown point by point on a grid: float arithmetic.
#
# SPDX-License-Identifier: Apache-2.0
POINTS, WIDTH, HEIGHT = 950_000, 80, 120
LEAVES = (
    # below, a, b, c, d, e, f
    (2, 0.0, 0.0, 0.0, 0.16, 0.0, 0.0),
    (16, 0.2, -0.26, 0.23, 0.22, 0.0, 1.6),
    (30, -0.15, 0.28, 0.26, 0.24, 0.0, 0.44),
    (200, 0.85, 0.04, -0.04, 0.85, 0.0, 1.6),
)


def run():
    grid = [[0] * WIDTH for _ in range(HEIGHT)]
    x = y = 0.0
    state = 12345
    for _ in range(POINTS):
        state = (state * 69069 + 1) & 0xFFFFFFFF
        turn = (state >> 16) % 200
        for below, a, b, c, d, e, f in LEAVES:
            if turn < below:
                x, y = a * x + b * y + e, c * x + d * y + f
                break
        grid[int(y * 11.5)][int((x + 3) * 13)] += 1
    filled = sum(1 for row in grid for count in row if count)
    return filled, sum(map(sum, grid)), max(map(max, grid))
