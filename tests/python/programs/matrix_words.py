# matrix_words - a word search, a crossword's grid and spirals.
#
# SPDX-License-Identifier: Apache-2.0
import random

WORDS = "PYTHON WASM MEMORY STACK GUEST HOST TRAP FUEL IMAGE RESET".split()
SIZE = 12
WAYS = [
    (dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
]


def cells(y, x, way, length):
    return [(y + n * way[0], x + n * way[1]) for n in range(length)]


def place(rng, grid, word):
    for _ in range(500):
        way = rng.choice(WAYS)
        line = cells(rng.randrange(SIZE), rng.randrange(SIZE), way, len(word))
        if all(
            0 <= y < SIZE and 0 <= x < SIZE and grid.get((y, x), c) == c
            for (y, x), c in zip(line, word)
        ):
            grid.update(zip(line, word))
            return line
    raise RuntimeError(f"no place for {word}")


def find(rows, word):
    for y in range(SIZE):
        for x in range(SIZE):
            for way in WAYS:
                line = cells(y, x, way, len(word))
                if all(
                    0 <= v < SIZE and 0 <= u < SIZE and rows[v][u] == c
                    for (v, u), c in zip(line, word)
                ):
                    yield y, x, way


rng, grid = random.Random(3), {}
lines = {word: place(rng, grid, word) for word in WORDS}
rows = [
    "".join(grid.get((y, x)) or rng.choice("AEIOUTNRS") for x in range(SIZE))
    for y in range(SIZE)
]
for y, row in enumerate(rows):
    print(
        " ".join(row),
        "  ",
        " ".join(grid.get((y, x), ".") for x in range(SIZE)),
    )
for word in WORDS:
    found = list(find(rows, word))
    print(f"{word:<7}", found, lines[word][0] in [f[:2] for f in found])


def spiral(rows):
    rows = [list(row) for row in rows]
    while rows:
        yield from rows.pop(0)
        rows = [list(row) for row in zip(*rows)][::-1]


def rotate(rows):
    return ["".join(row) for row in zip(*rows[::-1])]


print("".join(spiral(rows)))
print(rotate(rows)[0], rotate(rotate(rows))[0] == rows[-1][::-1])
square = [[y * 4 + x + 1 for x in range(4)] for y in range(4)]
print(
    list(spiral(square)),
    [list(d) for d in zip(*square)][1],
    [square[i][i] for i in range(4)],
    [square[i][~i] for i in range(4)],
)


def islands(rows, land):
    left = {
        (y, x)
        for y, row in enumerate(rows)
        for x, c in enumerate(row)
        if c in land
    }
    sizes = []
    while left:
        todo, size = [left.pop()], 0
        while todo:
            y, x = todo.pop()
            size += 1
            for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                if (y + dy, x + dx) in left:
                    left.remove((y + dy, x + dx))
                    todo.append((y + dy, x + dx))
        sizes.append(size)
    return sorted(sizes, reverse=True)


print(islands(rows, "AEIOU"), islands(rows, "RSTN"))
integral = [[0] * (SIZE + 1) for _ in range(SIZE + 1)]
for y in range(SIZE):
    for x in range(SIZE):
        integral[y + 1][x + 1] = (
            integral[y][x + 1]
            + integral[y + 1][x]
            - integral[y][x]
            + ord(rows[y][x])
            - 64
        )
best = max(
    (
        integral[y + 3][x + 3]
        - integral[y][x + 3]
        - integral[y + 3][x]
        + integral[y][x],
        y,
        x,
    )
    for y in range(SIZE - 2)
    for x in range(SIZE - 2)
)
print(best, integral[SIZE][SIZE])
