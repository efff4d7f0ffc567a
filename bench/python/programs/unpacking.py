# unpacking - sequences taken apart and put together again.
#
# SPDX-License-Identifier: Apache-2.0
ROUNDS = 230_000


def swap(a, b, c, d):
    a, b = b, a
    c, d, a = d, a, c
    return a, b, c, d


def spread(*words, **names):
    first, *rest = words
    return first, len(rest), len(names)


def run():
    total = 0
    row = [1, 2, 3, 4, 5]
    pairs = [(n, (n + 1, n + 2)) for n in range(6)]
    text = "abcd"
    options = {"x": 1, "y": 2}
    for n in range(ROUNDS):
        a, b, c, d, e = row
        (f, g), h = (a, b), c
        a, b, c, d = swap(a, n, c, d)
        first, *middle, last = row
        *front, end = middle
        w, x, y, z = text
        for p, (q, r) in pairs:
            total += p * q - r
        s, t = [f, g], (h, e)
        merged = [*s, *t, *middle]
        key, value = w + x, {**options, "n": n}
        one, count, names = spread(*merged, **value)
        head, *tail = range(3)
        (u,), [v] = [n], (last,)
        total += a + b + c + d + end + len(front) + one + count + names
        total += head + tail[1] + u + v + len(key) + value["n"]
        total %= 1_000_000_007
    return total
