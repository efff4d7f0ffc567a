# queens - queens and knights on boards: sets, permutations, recursion.
#
# SPDX-License-Identifier: Apache-2.0
from itertools import permutations

SIZE, TOUR = 8, 5
JUMPS = [
    (x, y) for x in (-2, -1, 1, 2) for y in (-2, -1, 1, 2) if abs(x) != abs(y)
]


def by_permutation(n):
    columns = range(n)
    return sum(
        1
        for rows in permutations(columns)
        if n
        == len({rows[i] + i for i in columns})
        == len({rows[i] - i for i in columns})
    )


def by_search(n, row=0, taken=frozenset()):
    if row == n:
        return 1
    total = 0
    for column in range(n):
        places = {("|", column), ("/", row + column), ("\\", row - column)}
        if not places & taken:
            total += by_search(n, row + 1, taken | places)
    return total


def tours(size, at, seen):
    """How many ways of a knight over all squares begin so."""
    if len(seen) == size * size:
        return 1
    x, y = at
    total = 0
    for dx, dy in JUMPS:
        to = x + dx, y + dy
        if 0 <= to[0] < size and 0 <= to[1] < size and to not in seen:
            seen.add(to)
            total += tours(size, to, seen)
            seen.remove(to)
    return total


def run():
    places = [by_permutation(n) for n in range(4, SIZE + 1)]
    walks = tours(TOUR, (2, 2), {(2, 2), (0, 1), (0, 4)})
    return places, by_search(SIZE + 2), walks
