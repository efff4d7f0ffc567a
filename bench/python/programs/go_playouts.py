# go_playouts - random games of Go: lists, sets of stones, recursion by stack.
#
# SPDX-License-Identifier: Apache-2.0
SIZE, GAMES = 9, 70
EMPTY, BLACK, WHITE = 0, 1, 2


class Chance:
    """Numbers that are the same in every Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 8) % n


def neighbours():
    table = []
    for at in range(SIZE * SIZE):
        y, x = divmod(at, SIZE)
        around = []
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= v < SIZE and 0 <= u < SIZE:
                around.append(v * SIZE + u)
        table.append(tuple(around))
    return table


NEAR = neighbours()


class Board:
    def __init__(self):
        self.cells = [EMPTY] * (SIZE * SIZE)
        self.ko = None
        self.captured = [0, 0, 0]

    def group(self, at):
        colour, cells = self.cells[at], self.cells
        stones, liberties, stack = {at}, set(), [at]
        while stack:
            for near in NEAR[stack.pop()]:
                state = cells[near]
                if state == EMPTY:
                    liberties.add(near)
                elif state == colour and near not in stones:
                    stones.add(near)
                    stack.append(near)
        return stones, liberties

    def is_eye(self, at, colour):
        return all(self.cells[near] == colour for near in NEAR[at])

    def play(self, at, colour):
        """Whether the move could be made."""
        if self.cells[at] != EMPTY or at == self.ko:
            return False
        other = BLACK + WHITE - colour
        self.cells[at] = colour
        taken = []
        for near in NEAR[at]:
            if self.cells[near] == other:
                stones, liberties = self.group(near)
                if not liberties:
                    for stone in stones:
                        self.cells[stone] = EMPTY
                    taken.extend(stones)
        stones, liberties = self.group(at)
        if not liberties:
            self.cells[at] = EMPTY
            return False
        single = len(taken) == 1 and len(stones) == 1 and len(liberties) == 1
        self.ko = taken[0] if single else None
        self.captured[colour] += len(taken)
        return True

    def score(self):
        total = 0
        for at, state in enumerate(self.cells):
            if state == EMPTY:
                seen = {self.cells[near] for near in NEAR[at]}
                state = seen.pop() if len(seen) == 1 else EMPTY
            total += (state == BLACK) - (state == WHITE)
        return total


def playout(chance):
    board, colour, passes, moves = Board(), BLACK, 0, 0
    while passes < 2 and moves < 3 * SIZE * SIZE:
        free = [at for at, s in enumerate(board.cells) if s == EMPTY]
        played = False
        while free and not played:
            at = free.pop(chance.below(len(free)))
            if not board.is_eye(at, colour):
                played = board.play(at, colour)
        passes = 0 if played else passes + 1
        moves += played
        colour = BLACK + WHITE - colour
    return board.score(), moves, board.captured[BLACK]


def run():
    chance = Chance(2024)
    games = [playout(chance) for _ in range(GAMES)]
    return tuple(sum(column) for column in zip(*games))
