# chess_moves - chess positions read and their legal moves counted.
#
# SPDX-License-Identifier: Apache-2.0
PIECES = {
    "n": [
        (1, 2),
        (2, 1),
        (-1, 2),
        (-2, 1),
        (1, -2),
        (2, -1),
        (-1, -2),
        (-2, -1),
    ],
    "b": [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    "r": [(1, 0), (-1, 0), (0, 1), (0, -1)],
}
PIECES["q"] = PIECES["k"] = PIECES["b"] + PIECES["r"]


class Position:
    def __init__(self, fen=None):
        if fen is None:
            return
        rows, mover = fen.split()[:2]
        self.white = mover == "w"
        self.board = {}
        for y, row in enumerate(reversed(rows.split("/"))):
            x = 0
            for char in row:
                if char.isdigit():
                    x += int(char)
                else:
                    self.board[x, y] = char
                    x += 1

    def mine(self, piece):
        return piece is not None and piece.isupper() == self.white

    def raw_moves(self):
        for (x, y), piece in list(self.board.items()):
            if not self.mine(piece):
                continue
            kind = piece.lower()
            if kind == "p":
                yield from self.pawn_moves(x, y)
                continue
            for dx, dy in PIECES[kind]:
                u, v = x + dx, y + dy
                while 0 <= u < 8 and 0 <= v < 8:
                    there = self.board.get((u, v))
                    if not self.mine(there):
                        yield (x, y), (u, v), piece
                    if there or kind in "nk":
                        break
                    u, v = u + dx, v + dy

    def pawn_moves(self, x, y):
        up = 1 if self.white else -1
        targets = []
        if (x, y + up) not in self.board:
            targets.append((x, y + up))
            if (
                y == (1 if self.white else 6)
                and (x, y + 2 * up) not in self.board
            ):
                targets.append((x, y + 2 * up))
        for dx in (-1, 1):
            there = self.board.get((x + dx, y + up))
            if there and not self.mine(there):
                targets.append((x + dx, y + up))
        for target in targets:
            pieces = "qrbn" if target[1] in (0, 7) else "p"
            for piece in pieces:
                yield (x, y), target, piece.upper() if self.white else piece

    def after(self, move):
        source, target, piece = move
        new = Position()
        new.white = not self.white
        new.board = dict(self.board)
        del new.board[source]
        new.board[target] = piece
        return new

    def in_check(self, white):
        """Whether the king of that side could be taken."""
        king = next(
            c for c, p in self.board.items() if p == ("K" if white else "k")
        )
        other = Position()
        other.white, other.board = not white, self.board
        return any(target == king for _, target, _ in other.raw_moves())

    def moves(self):
        for move in self.raw_moves():
            if not self.after(move).in_check(self.white):
                yield move

    def perft(self, depth):
        if depth == 0:
            return 1
        return sum(self.after(m).perft(depth - 1) for m in self.moves())

    def state(self):
        if any(True for _ in self.moves()):
            return "check" if self.in_check(self.white) else "play"
        return "mate" if self.in_check(self.white) else "stalemate"

    def __str__(self):
        return "\n".join(
            " ".join(self.board.get((x, y), ".") for x in range(8))
            for y in range(7, -1, -1)
        )


def name(move):
    (x, y), (u, v), piece = move
    return f"{piece.upper()}{'abcdefgh'[x]}{y + 1}{'abcdefgh'[u]}{v + 1}"


start = Position("rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w")
print(start)
print([start.perft(depth) for depth in (1, 2)], start.state())
for fen in (
    "7k/5Q2/6K1/8/8/8/8/8 b",
    "7k/6Q1/6K1/8/8/8/8/8 b",
    "8/8/8/8/8/5k2/5p2/5K2 w",
    "4k3/4r3/8/8/8/8/4N3/4K3 w",
    "8/P6k/8/8/8/8/8/K7 w",
):
    position = Position(fen)
    moves = sorted(map(name, position.moves()))
    print(fen, position.state(), len(moves), position.perft(2), *moves[:6])


def knights_tour(size, start):
    """By the rule of Warnsdorff, ties by the order of the squares."""
    seen, at = {start: 1}, start
    while len(seen) < size * size:

        def ways(cell):
            return sorted(
                (cell[0] + dx, cell[1] + dy)
                for dx, dy in PIECES["n"]
                if 0 <= cell[0] + dx < size
                and 0 <= cell[1] + dy < size
                and (cell[0] + dx, cell[1] + dy) not in seen
            )

        options = ways(at)
        if not options:
            return None, len(seen)
        at = min(options, key=lambda c: (len(ways(c)), c))
        seen[at] = len(seen) + 1
    return seen, len(seen)


tour, length = knights_tour(6, (0, 0))
for y in range(6):
    print(" ".join(f"{tour[x, y]:>2}" for x in range(6)) if tour else length)


def queens(n, row=0, columns=0, left=0, right=0):
    if row == n:
        return 1
    free, total = ~(columns | left | right) & (1 << n) - 1, 0
    while free:
        bit = free & -free
        free ^= bit
        total += queens(
            n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1
        )
    return total


print([queens(n) for n in range(1, 9)])
