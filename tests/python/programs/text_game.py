# text_game - battleships against a computer that hunts, both from a seed.
#
# SPDX-License-Identifier: Apache-2.0
import random

SIZE, FLEET = 8, (4, 3, 3, 2)


class Board:
    def __init__(self, rng):
        self.ships, self.shots = [], {}
        for length in FLEET:
            while True:
                down = rng.random() < 0.5
                y = rng.randrange(SIZE - length + 1 if down else SIZE)
                x = rng.randrange(SIZE if down else SIZE - length + 1)
                ship = {
                    (y + n * down, x + n * (not down)) for n in range(length)
                }
                if not any(ship & near(other) for other in self.ships):
                    self.ships.append(ship)
                    break

    def fire(self, at):
        for ship in self.ships:
            if at in ship:
                self.shots[at] = "x"
                if all(cell in self.shots for cell in ship):
                    for cell in ship:
                        self.shots[cell] = "#"
                    return "sunk", ship
                return "hit", None
        self.shots[at] = "."
        return "miss", None

    def lost(self):
        return all(cell in self.shots for ship in self.ships for cell in ship)

    def show(self, open_cards=False):
        for y in range(SIZE):
            row = ""
            for x in range(SIZE):
                hidden = open_cards and any(
                    (y, x) in ship for ship in self.ships
                )
                row += self.shots.get((y, x), "o" if hidden else "~")
            yield row


def near(ship):
    return {
        (y + dy, x + dx)
        for y, x in ship
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    }


class Hunter:
    def __init__(self, rng):
        self.rng, self.hits = rng, []
        self.left = {(y, x) for y in range(SIZE) for x in range(SIZE)}

    def choose(self):
        if self.hits:
            rows, columns = ({c[i] for c in self.hits} for i in (0, 1))
            around = sorted(
                cell
                for y, x in self.hits
                for cell in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
                if cell in self.left
                and (
                    len(self.hits) == 1
                    or (len(rows) == 1) == (cell[0] in rows)
                    and (len(columns) == 1) == (cell[1] in columns)
                )
            )
            if around:
                return around[0]
        chess = sorted(c for c in self.left if sum(c) % 2 == 0) or sorted(
            self.left
        )
        return self.rng.choice(chess)

    def told(self, at, result, ship):
        self.left.discard(at)
        if result == "hit":
            self.hits.append(at)
        elif result == "sunk":
            self.left -= near(ship)
            self.hits.clear()


def play(seed):
    rng = random.Random(seed)
    boards, players = [Board(rng), Board(rng)], [Hunter(rng), Hunter(rng)]
    moves = 0
    while True:
        for me in (0, 1):
            moves += 1
            at = players[me].choose()
            result, ship = boards[1 - me].fire(at)
            players[me].told(at, result, ship)
            if result == "sunk" and seed == 1:
                name = f"{'abcdefgh'[at[1]]}{at[0] + 1}"
                print(f"move {moves}: player {me} sinks {len(ship)} at {name}")
            if boards[1 - me].lost():
                return me, moves, boards


winner, moves, boards = play(1)
print(f"player {winner} wins after {moves} moves")
for left, right in zip(boards[0].show(True), boards[1].show(True)):
    print(left, right)
results = [play(seed)[:2] for seed in range(2, 22)]
print(
    sum(winner for winner, _ in results), sorted(moves for _, moves in results)
)
