# maze_search - mazes dug from a seed and solved four ways.
#
# SPDX-License-Identifier: Apache-2.0
import random
from collections import deque
from heapq import heappop, heappush

WIDTH, HEIGHT = 17, 9
WAYS = {"N": (-1, 0), "S": (1, 0), "W": (0, -1), "E": (0, 1)}


def dig(seed):
    rng = random.Random(seed)
    grid = [["#"] * (2 * WIDTH + 1) for _ in range(2 * HEIGHT + 1)]
    stack = [(0, 0)]
    grid[1][1] = " "
    while stack:
        y, x = stack[-1]
        ways = []
        for dy, dx in WAYS.values():
            v, u = y + dy, x + dx
            if (
                0 <= v < HEIGHT
                and 0 <= u < WIDTH
                and grid[2 * v + 1][2 * u + 1] == "#"
            ):
                ways.append((dy, dx))
        if not ways:
            stack.pop()
            continue
        dy, dx = rng.choice(ways)
        grid[2 * y + 1 + dy][2 * x + 1 + dx] = " "
        grid[2 * (y + dy) + 1][2 * (x + dx) + 1] = " "
        stack.append((y + dy, x + dx))
    for _ in range(12):
        y, x = rng.randrange(1, 2 * HEIGHT), rng.randrange(1, 2 * WIDTH)
        grid[y][x] = " "
    return ["".join(row) for row in grid]


def steps(grid, at):
    for name, (dy, dx) in WAYS.items():
        there = at[0] + dy, at[1] + dx
        if grid[there[0]][there[1]] != "#":
            yield name, there


def trace(before, at):
    names = ""
    while before[at]:
        name, at = before[at]
        names += name
    return names[::-1]


def flood(grid, start, end, last_first=False):
    before, todo = {start: None}, deque([start])
    while todo:
        at = todo.pop() if last_first else todo.popleft()
        if at == end:
            break
        for name, there in steps(grid, at):
            if there not in before:
                before[there] = name, at
                todo.append(there)
    return trace(before, end), len(before)


def a_star(grid, start, end, weight=1):
    def guess(at):
        return weight * (abs(at[0] - end[0]) + abs(at[1] - end[1]))

    before, far, heap = {start: None}, {start: 0}, [(guess(start), 0, start)]
    while heap:
        _, length, at = heappop(heap)
        if at == end:
            break
        for name, there in steps(grid, at):
            if length + 1 < far.get(there, 10**9):
                far[there] = length + 1
                before[there] = name, at
                heappush(heap, (length + 1 + guess(there), length + 1, there))
    return trace(before, end), len(before)


grid = dig(5)
start, end = (1, 1), (2 * HEIGHT - 1, 2 * WIDTH - 1)
path, _ = flood(grid, start, end)
canvas, at = [list(row) for row in grid], start
for name in path:
    canvas[at[0]][at[1]] = "."
    at = at[0] + WAYS[name][0], at[1] + WAYS[name][1]
canvas[end[0]][end[1]] = "X"
print("\n".join(map("".join, canvas)))
runs = "".join(
    f"{name}{len(list(group))}"
    for name, group in __import__("itertools").groupby(path)
)
print(runs)
for seed in range(6):
    grid = dig(seed)
    found = [
        flood(grid, start, end),
        flood(grid, start, end, True),
        a_star(grid, start, end),
        a_star(grid, start, end, 0),
    ]
    assert len(found[0][0]) == len(found[2][0]) == len(found[3][0])
    print(
        seed,
        [(len(path), seen) for path, seen in found],
        sum(row.count(" ") for row in grid),
    )
