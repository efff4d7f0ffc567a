# sudoku_solver - sudokus read from the input and solved by elimination.
#
# SPDX-License-Identifier: Apache-2.0
import sys

DIGITS = "123456789"
CELLS = [(y, x) for y in range(9) for x in range(9)]


def peers(y, x):
    return {
        (v, u)
        for v, u in CELLS
        if (v, u) != (y, x)
        and (v == y or u == x or (v // 3, u // 3) == (y // 3, x // 3))
    }


PEERS = {cell: peers(*cell) for cell in CELLS}
UNITS = (
    [[(y, x) for x in range(9)] for y in range(9)]
    + [[(y, x) for y in range(9)] for x in range(9)]
    + [
        [(y + v, x + u) for v in range(3) for u in range(3)]
        for y in (0, 3, 6)
        for x in (0, 3, 6)
    ]
)


class Contradiction(Exception):
    pass


def assign(grid, cell, digit):
    for other in grid[cell].replace(digit, ""):
        eliminate(grid, cell, other)
    return grid


def eliminate(grid, cell, digit):
    if digit not in grid[cell]:
        return
    grid[cell] = grid[cell].replace(digit, "")
    if not grid[cell]:
        raise Contradiction(cell)
    if len(grid[cell]) == 1:
        for peer in PEERS[cell]:
            eliminate(grid, peer, grid[cell])
    for unit in UNITS:
        if cell in unit:
            places = [c for c in unit if digit in grid[c]]
            if not places:
                raise Contradiction(digit)
            if len(places) == 1 and len(grid[places[0]]) > 1:
                assign(grid, places[0], digit)


def search(grid, count):
    count[0] += 1
    open_cells = [c for c in CELLS if len(grid[c]) > 1]
    if not open_cells:
        yield grid
        return
    cell = min(open_cells, key=lambda c: (len(grid[c]), c))
    for digit in grid[cell]:
        try:
            yield from search(assign(dict(grid), cell, digit), count)
        except Contradiction:
            continue


def parse(line):
    grid = dict.fromkeys(CELLS, DIGITS)
    for cell, char in zip(CELLS, line):
        if char in DIGITS:
            if char not in grid[cell]:
                raise Contradiction(cell)
            assign(grid, cell, char)
    return grid


def show(grid):
    for y in range(9):
        row = [grid[y, x] if len(grid[y, x]) == 1 else "." for x in range(9)]
        print(" | ".join(" ".join(row[x : x + 3]) for x in (0, 3, 6)))
        if y in (2, 5):
            print("------+-------+------")


for number, line in enumerate(map(str.strip, sys.stdin), 1):
    given = sum(c in DIGITS for c in line)
    if len(line) != 81:
        print(f"{number}: {len(line)} characters are no sudoku")
        continue
    count = [0]
    try:
        solutions = []
        for grid in search(parse(line), count):
            solutions.append(grid)
            if len(solutions) == 2:
                break
    except Contradiction as error:
        print(f"{number}: cannot be: {error}")
        continue
    print(f"{number}: {given} given, {len(solutions)} found, {count[0]} tries")
    if solutions:
        show(solutions[0])
