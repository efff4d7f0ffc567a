# itertools_tour - problems of counting, solved with itertools.
#
# SPDX-License-Identifier: Apache-2.0
import itertools as it
import operator

print([k + str(len(list(g))) for k, g in it.groupby("aaabccddddd")])
print(*map("".join, it.permutations("abc", 2)))
print(*map("".join, it.combinations("abcd", 3)), sep=",")
print(*it.combinations_with_replacement("xy", 3))
print(
    list(it.accumulate([3, 1, 4, 1, 5, 9], max)),
    list(it.accumulate(range(1, 7), operator.mul, initial=1)),
)
print(
    list(it.chain.from_iterable([[1], [], [2, 3]])),
    list(it.compress("sandbox", [1, 0, 1, 0, 1, 0, 1])),
)
print(
    list(it.takewhile(lambda n: n < 20, (n * n for n in it.count(1)))),
    list(it.dropwhile(str.isspace, "  ab c")),
)
print(
    list(it.zip_longest("ab", "wxyz", fillvalue="-")),
    list(it.starmap(pow, [(2, 5), (3, 2)])),
    list(it.pairwise("flow")),
)
left, right = it.tee(iter(range(4)))
print(list(left), sum(right), list(it.filterfalse(bool, [0, 1, "", "a"])))
print(list(it.islice(it.cycle("abc"), 2, 14, 3)), list(it.repeat(7, 3)))


def change(coins, amount):
    """The ways to pay the amount, as counts for each coin."""
    ranges = (range(amount // coin + 1) for coin in coins)
    for counts in it.product(*ranges):
        if sum(map(operator.mul, coins, counts)) == amount:
            yield counts


ways = list(change((50, 20, 10, 5), 70))
print(len(ways), ways[0], ways[-1], min(ways, key=sum))


def magic_squares():
    for p in it.permutations(range(1, 10)):
        rows = p[:3], p[3:6], p[6:]
        lines = [*rows, *zip(*rows), p[::4], p[2:8:2]]
        if all(sum(line) == 15 for line in lines):
            yield rows


for square in it.islice(magic_squares(), 3):
    print(square)


def send_more():
    """S, E, N, D... so that SEND + MORE = MONEY."""
    for s, e, n, d, o, r, y in it.permutations((2, 5, 6, 7, 8, 9, 0), 7):
        send = s * 1000 + e * 100 + n * 10 + d
        more = 1000 + o * 100 + r * 10 + e
        if send + more == 10000 + o * 1000 + n * 100 + e * 10 + y and s:
            return send, more, send + more


print(send_more())
