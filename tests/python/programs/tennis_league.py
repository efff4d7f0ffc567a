# tennis_league - a season simulated, tables sorted, ratings computed.
#
# SPDX-License-Identifier: Apache-2.0
import random
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from operator import attrgetter, itemgetter


@dataclass
class Player:
    name: str
    skill: float
    rating: float = 1500.0
    won: int = 0
    lost: int = 0
    sets: list = field(default_factory=list)

    def __str__(self):
        games = sum(a - b for a, b in self.sets)
        matches = f"{self.won:>2}-{self.lost:<2}"
        return f"{self.name:<6} {matches} {games:>+4} {self.rating:7.2f}"


def game(rng, p):
    points = [0, 0]
    while max(points) < 4 or abs(points[0] - points[1]) < 2:
        points[rng.random() >= p] += 1
    return points[0] > points[1]


def tennis_set(rng, p):
    games, serving = [0, 0], True
    while max(games) < 6 or abs(games[0] - games[1]) < 2:
        if games == [6, 6]:
            return (7, 6) if rng.random() < p else (6, 7)
        chance = min(0.95, p + 0.12) if serving else max(0.05, p - 0.12)
        games[not game(rng, chance)] += 1
        serving = not serving
    return tuple(games)


def match(rng, a, b):
    p = a.skill / (a.skill + b.skill)
    sets = []
    while True:
        sets.append(tennis_set(rng, p))
        won = sum(x > y for x, y in sets)
        if 2 in (won, len(sets) - won):
            return sets, won == 2


def update(winner, loser):
    gap = (loser.rating - winner.rating) / 400
    # 10 ** gap by halves, so that no library of mathematics is asked.
    expected = 1 / (1 + power_of_ten(gap))
    change = round(32 * (1 - expected), 4)
    winner.rating += change
    loser.rating -= change


def power_of_ten(x, steps=40):
    whole, x = divmod(x, 1)
    result, factor = 10.0 ** int(whole), 10.0
    for _ in range(steps):
        factor **= 0.5
        x *= 2
        if x >= 1:
            result *= factor
            x -= 1
    return result


rng = random.Random(1877)
players = [
    Player(name, skill)
    for name, skill in (
        ("Ada", 1.2),
        ("Ben", 1.0),
        ("Cleo", 0.9),
        ("Dirk", 1.1),
        ("Eve", 0.8),
        ("Fay", 1.0),
    )
]
meetings = defaultdict(int)
for season in range(3):
    for a, b in combinations(players, 2):
        sets, first = match(rng, a, b)
        winner, loser = (a, b) if first else (b, a)
        winner.won += 1
        loser.lost += 1
        a.sets += sets
        b.sets += [(y, x) for x, y in sets]
        meetings[winner.name, loser.name] += 1
        update(winner, loser)
        if season == 0:
            print(f"{a.name}-{b.name}", " ".join(f"{x}:{y}" for x, y in sets))
for place, player in enumerate(
    sorted(
        players, key=lambda p: (-p.won, -sum(a - b for a, b in p.sets), p.name)
    ),
    1,
):
    print(place, player)
print(
    max(players, key=attrgetter("rating")).name,
    sorted(meetings.items(), key=itemgetter(1, 0), reverse=True)[:4],
)
print(round(sum(p.rating for p in players), 6), sum(p.won for p in players))


def round_robin(names):
    """The circle method: who meets whom in which round."""
    names = list(names)
    for n in range(len(names) - 1):
        half = len(names) // 2
        yield [*zip(names[:half], reversed(names[half:]))]
        names.insert(1, names.pop())


seen = set()
for number, pairs in enumerate(round_robin(p.name[0] for p in players), 1):
    print(number, *("".join(pair) for pair in pairs))
    seen |= {frozenset(pair) for pair in pairs}
print(len(seen) == len(list(combinations(players, 2))))


def bracket(n):
    order = [1]
    while len(order) < n:
        order = [seed for s in order for seed in (s, 2 * len(order) + 1 - s)]
    return order


print(bracket(16))
