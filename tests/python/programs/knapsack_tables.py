# knapsack_tables - dynamic programming: knapsacks, edits, subsequences, coins.
#
# SPDX-License-Identifier: Apache-2.0
from functools import cache
from itertools import accumulate


def knapsack(items, room):
    best = [[0] * (room + 1)]
    for _, weight, worth in items:
        row = best[-1]
        best.append(
            [
                max(row[w], row[w - weight] + worth) if w >= weight else row[w]
                for w in range(room + 1)
            ]
        )
    taken = []
    for n in range(len(items), 0, -1):
        if best[n][room] != best[n - 1][room]:
            taken.append(items[n - 1][0])
            room -= items[n - 1][1]
    return best[-1][-1], taken[::-1]


ITEMS = [
    ("map", 9, 150),
    ("compass", 13, 35),
    ("water", 153, 200),
    ("sandwich", 50, 160),
    ("glucose", 15, 60),
    ("tin", 68, 45),
    ("banana", 27, 60),
    ("apple", 39, 40),
    ("cheese", 23, 30),
    ("beer", 52, 10),
    ("cream", 11, 70),
    ("camera", 32, 30),
]
for room in (20, 100, 265):
    print(room, *knapsack(ITEMS, room))


def edits(a, b):
    table = [list(range(len(b) + 1))]
    for i, ca in enumerate(a, 1):
        row = [i]
        for j, cb in enumerate(b, 1):
            row.append(
                min(
                    table[-1][j] + 1,
                    row[-1] + 1,
                    table[-1][j - 1] + (ca != cb),
                )
            )
        table.append(row)
    i, j, script = len(a), len(b), []
    while i or j:
        if (
            i
            and j
            and table[i][j] == table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
        ):
            script.append(
                b[j - 1] if a[i - 1] == b[j - 1] else f"({a[i-1]}>{b[j-1]})"
            )
            i, j = i - 1, j - 1
        elif i and table[i][j] == table[i - 1][j] + 1:
            script.append(f"(-{a[i - 1]})")
            i -= 1
        else:
            script.append(f"(+{b[j - 1]})")
            j -= 1
    return table[-1][-1], "".join(reversed(script))


for pair in (
    ("kitten", "sitting"),
    ("intention", "execution"),
    ("", "abc"),
    ("same",) * 2,
):
    print(*pair, *edits(*pair))


def common(a, b):
    @cache
    def longest(i, j):
        if i == len(a) or j == len(b):
            return ""
        if a[i] == b[j]:
            return a[i] + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1), key=len)

    result = longest(0, 0)
    return result, longest.cache_info().misses


print(common("the quick brown fox", "a quiet crown of thorns"))


def coins(amount, values):
    ways = [1] + [0] * amount
    fewest = [0] + [10**9] * amount
    for value in values:
        for n in range(value, amount + 1):
            ways[n] += ways[n - value]
            fewest[n] = min(fewest[n], fewest[n - value] + 1)
    return ways[amount], fewest[amount]


print(
    [coins(n, (1, 2, 5, 10, 20, 50, 100, 200)) for n in (5, 88, 200, 1000)],
    coins(63, (1, 5, 10, 21, 25)),
)


@cache
def chain(i, j):
    """The cheapest order to multiply matrices, as (cost, text)."""
    if i == j:
        return 0, "ABCDEFGH"[i]
    return min(
        (
            chain(i, k)[0]
            + chain(k + 1, j)[0]
            + SIZES[i] * SIZES[k + 1] * SIZES[j + 1],
            f"({chain(i, k)[1]}{chain(k + 1, j)[1]})",
        )
        for k in range(i, j)
    )


SIZES = (30, 35, 15, 5, 10, 20, 25)
print(chain(0, len(SIZES) - 2))


def wrap(words, width):
    """Lines whose squared rests are least in sum."""
    ends = [0, *accumulate(len(w) + 1 for w in words)]

    @cache
    def best(i):
        if i == len(words):
            return 0, ()
        options = []
        for j in range(i + 1, len(words) + 1):
            rest = width - (ends[j] - ends[i] - 1)
            if rest < 0:
                break
            cost, breaks = best(j)
            options.append(
                (cost + (rest * rest if j < len(words) else 0), (j, *breaks))
            )
        return min(options)

    cost, breaks = best(0)
    return cost, [" ".join(words[a:b]) for a, b in zip((0, *breaks), breaks)]


cost, lines = wrap(
    "a first fit leaves ragged lines where a patient typesetter looks at "
    "the whole paragraph before the first word is set".split(),
    22,
)
print(cost, *lines, sep="\n")


def palindromes(text):
    best = [0] + [len(text)] * len(text)
    for i in range(1, len(text) + 1):
        for j in range(i):
            if text[j:i] == text[j:i][::-1]:
                best[i] = min(best[i], best[j] + 1)
    return best[-1]


print([palindromes(t) for t in ("racecarannakayak", "abcde", "aabaab", "x")])
print(
    max(
        accumulate([-2, 1, -3, 4, -1, 2, 1, -5, 4], lambda s, x: max(x, s + x))
    )
)
