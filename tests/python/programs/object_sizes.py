# object_sizes - small objects of every size, made, grown, shrunk and freed.
#
# SPDX-License-Identifier: Apache-2.0
import array
import random
import tracemalloc

EDGES = [0, 1, 15, 16, 17, 47, 48, 64, 255, 256, 257, 320, 511, 512, 513, 1024]


def pattern(seed, size):
    """Bytes that nothing else has."""
    return bytes((seed * 31 + n * 7) & 255 for n in range(size))


# Many at once, of every size, none over another; freed in another order.
kept = {}
for seed in range(3):
    for size in range(700):
        kept[seed, size] = bytearray(pattern(seed, size))
order = list(kept)
random.Random(1).shuffle(order)
for key in order[::2]:
    del kept[key]
for seed, size in order[::2]:
    kept[seed, size] = bytearray(pattern(seed, size))
print(all(kept[s, n] == pattern(s, n) for s, n in kept), len(kept))

# Grown and shrunk from each size to each other: what was there stays.
wrong = 0
for before in EDGES:
    for after in EDGES:
        moved = bytearray(pattern(1, before))
        if after < before:
            del moved[after:]
        else:
            moved.extend(pattern(2, after - before))
        wanted = (pattern(1, before) + pattern(2, 1024))[:after]
        wrong += moved[:before] != wanted[:before] or len(moved) != after
        numbers = array.array("b", [1] * before)
        numbers.extend([2] * after)
        del numbers[: after // 2]
        wrong += sum(numbers) != sum(([1] * before + [2] * after)[after // 2 :])
print("grown and shrunk", wrong)

# Zeros are zeros, though others were there before.
for _ in range(50):
    dirty = [b"\xff" * size for size in EDGES]
    del dirty
    assert not any(any(bytes(size)) for size in EDGES)
    assert not any(any(bytearray(size)) for size in EDGES)
print("zeros")


# Of objects with attributes, closures, and containers that grow one by one.
class Point:
    __slots__ = ("x", "y", "rest")

    def __init__(self, n):
        self.x, self.y, self.rest = n, -n, [n] * (n % 70)


points = [Point(n) for n in range(5000)]
adders = [lambda value, n=n: value + n for n in range(5000)]
rows = [[] for _ in range(200)]
table = {}
for n in range(20000):
    rows[n % 200].append(n)
    table[f"key {n}"] = (n, str(n))
    if n % 3:
        del table[f"key {n}"]
print(sum(p.x + p.y + len(p.rest) for p in points), adders[4999](1))
print(sum(map(sum, rows)), len(table), table["key 300"])
del points[::2], adders
points += [Point(n) for n in range(2500)]
print(sum(len(p.rest) for p in points))

# No size is so large that it comes out small.
for count in (2**62, 2**63 - 1, 2**63, 2**64):
    for make in (lambda n: b"ab" * n, lambda n: [1, 2] * n, bytearray, bytes):
        try:
            make(count)
        except (MemoryError, OverflowError):
            pass
        else:
            print("made", count)
            break
print("too large")

# Watched, and not any more: what was made before is freed while it is watched.
first = [bytearray(size) for size in range(600)]
tracemalloc.start()
second = [bytearray(size) for size in range(600)]
del first
now, most = tracemalloc.get_traced_memory()
print(sum(range(600)) < now <= most < 2**20)
tracemalloc.stop()
third = [bytearray(second[size]) for size in range(600)]
del second
print(sum(map(len, third)))
