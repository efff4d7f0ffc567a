# pancakes - flips of permutations: lists sliced and reversed.
#
# SPDX-License-Identifier: Apache-2.0
from itertools import islice

SIZE, COUNT = 9, 330_000


def permutations(n):
    """All orders of n numbers, by rotating ever longer fronts."""
    row, turns = list(range(n)), [0] * n
    yield row
    at = 1
    while at < n:
        row[: at + 1] = row[1 : at + 1] + row[:1]
        turns[at] += 1
        if turns[at] <= at:
            yield row
            at = 1
        else:
            turns[at] = 0
            at += 1


def flips(row):
    pile, count = row[:], 0
    first = pile[0]
    while first:
        pile[: first + 1] = pile[first::-1]
        first = pile[0]
        count += 1
    return count


def run():
    most = checksum = 0
    for number, row in enumerate(islice(permutations(SIZE), COUNT)):
        count = flips(row)
        most = max(most, count)
        checksum += -count if number & 1 else count
    return most, checksum
