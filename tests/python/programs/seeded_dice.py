# seeded_dice - dice, cards, walks and samples from a fixed seed.
#
# SPDX-License-Identifier: Apache-2.0
import random
from collections import Counter

rng = random.Random(20240229)
print([rng.randint(1, 6) for _ in range(20)])
print([rng.random() for _ in range(3)], rng.getrandbits(70))

deck = [r + s for s in "SHDC" for r in "23456789TJQKA"]
rng.shuffle(deck)
hands = {
    name: sorted(deck[i * 13 : i * 13 + 13])
    for i, name in enumerate(("north", "east", "south", "west"))
}
POINTS = dict(zip("AKQJ", (4, 3, 2, 1)))
for name, hand in hands.items():
    points = sum(POINTS.get(card[0], 0) for card in hand)
    print(f"{name:<6}{points:>3} {' '.join(hand)}")

throws = Counter(rng.randint(1, 6) + rng.randint(1, 6) for _ in range(3600))
for total, count in sorted(throws.items()):
    print(f"{total:>3} {count:>4} {'=' * (count // 20)}")

print(
    rng.sample(range(10**6), 5),
    rng.choice("sandbox"),
    rng.choices(["win", "lose", "draw"], weights=[1, 5, 2], k=8),
)
print(
    rng.sample(["red", "blue"], counts=[3, 2], k=4), rng.randrange(0, 100, 7)
)


def walk(rng, steps):
    x = y = far = 0
    for _ in range(steps):
        dx, dy = rng.choice(((1, 0), (-1, 0), (0, 1), (0, -1)))
        x, y = x + dx, y + dy
        far = max(far, abs(x) + abs(y))
    return x, y, far


print([walk(rng, 500) for _ in range(4)])
inside = sum(rng.random() ** 2 + rng.random() ** 2 < 1 for _ in range(20000))
print("pi is about", inside / 5000)

state = rng.getstate()
first = [rng.uniform(-1, 1) for _ in range(3)]
rng.setstate(state)
print(first == [rng.uniform(-1, 1) for _ in range(3)])
for name, draw in {
    "gauss": lambda: rng.gauss(10, 2),
    "exponential": lambda: rng.expovariate(0.5),
    "triangular": lambda: rng.triangular(0, 10, 2),
    "beta": lambda: rng.betavariate(2, 5),
}.items():
    values = [draw() for _ in range(2000)]
    print(
        name, f"{sum(values) / 2000:.6f} {min(values):.6f} {max(values):.6f}"
    )
print(random.Random("words are seeds too").random(), rng.randbytes(6).hex())
random.seed(7)
print(random.random(), random.Random(7).random() == random.Random(7).random())
for bad in (
    lambda: rng.choice([]),
    lambda: rng.sample([1], 2),
    lambda: rng.randint(2, 1),
):
    try:
        bad()
    except (IndexError, ValueError) as error:
        print(type(error).__name__)
