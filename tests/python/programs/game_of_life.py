# game_of_life - Conway's life on a set of cells: patterns and their periods.
#
# SPDX-License-Identifier: Apache-2.0
from collections import Counter
from itertools import product

PATTERNS = {
    "blinker": "ooo",
    "glider": ".o./..o/ooo",
    "beehive": ".oo./o..o/.oo.",
    "r-pentomino": ".oo/oo./.o.",
    "pulsar": "..ooo...ooo../............./o....o.o....o/o....o.o....o/"
    "o....o.o....o/..ooo...ooo../............./..ooo...ooo../"
    "o....o.o....o/o....o.o....o/o....o.o....o/............./"
    "..ooo...ooo..",
    "spaceship": ".o..o/o..../o...o/oooo.",
}
AROUND = [d for d in product((-1, 0, 1), repeat=2) if d != (0, 0)]


def parse(pattern):
    return frozenset(
        (y, x)
        for y, row in enumerate(pattern.split("/"))
        for x, cell in enumerate(row)
        if cell == "o"
    )


def step(cells):
    near = Counter((y + dy, x + dx) for y, x in cells for dy, dx in AROUND)
    return frozenset(
        c for c, n in near.items() if n == 3 or n == 2 and c in cells
    )


def moved_home(cells):
    top, left = min(y for y, _ in cells), min(x for _, x in cells)
    return frozenset((y - top, x - left) for y, x in cells), (top, left)


def show(cells):
    home, _ = moved_home(cells)
    height, width = (max(c[i] for c in home) + 1 for i in (0, 1))
    for y in range(height):
        print("   ", "".join(".o"[(y, x) in home] for x in range(width)))


def fate(cells, limit=40):
    """The period and the movement in it, or None if it is not seen."""
    seen = {}
    for n in range(limit):
        home, at = moved_home(cells)
        if home in seen:
            before, was = seen[home]
            return n - before, (at[0] - was[0], at[1] - was[1])
        seen[home] = n, at
        cells = step(cells)
    return None


for name, pattern in PATTERNS.items():
    cells = parse(pattern)
    print(f"{name}: {len(cells)} cells, {fate(cells)}")
    if len(cells) < 10:
        show(cells)

cells = parse(PATTERNS["r-pentomino"])
history = []
for n in range(121):
    if n % 20 == 0:
        history.append((n, len(cells)))
    cells = step(cells)
print(history)


def wrapped(cells, size):
    near = Counter(
        ((y + dy) % size, (x + dx) % size)
        for y, x in cells
        for dy, dx in AROUND
    )
    return {c for c, n in near.items() if n == 3 or n == 2 and c in cells}


cells = parse(PATTERNS["glider"])
for _ in range(4 * 8):
    cells = wrapped(cells, 8)
print("around the torus:", cells == parse(PATTERNS["glider"]))
