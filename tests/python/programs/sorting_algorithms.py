# sorting_algorithms - nine ways to sort, with their comparisons and stability.
#
# SPDX-License-Identifier: Apache-2.0
import random
from functools import total_ordering
from heapq import heapify, heappop


@total_ordering
class Counted:
    compared = 0

    def __init__(self, key, number):
        self.key, self.number = key, number

    def __eq__(self, other):
        Counted.compared += 1
        return self.key == other.key

    def __lt__(self, other):
        Counted.compared += 1
        return self.key < other.key


def insertion(items):
    for i in range(1, len(items)):
        item, j = items[i], i
        while j and item < items[j - 1]:
            items[j] = items[j - 1]
            j -= 1
        items[j] = item
    return items


def bubble(items):
    end = len(items)
    while end > 1:
        last = 0
        for i in range(1, end):
            if items[i] < items[i - 1]:
                items[i - 1], items[i] = items[i], items[i - 1]
                last = i
        end = last
    return items


def selection(items):
    for i in range(len(items)):
        least = min(range(i, len(items)), key=items.__getitem__)
        items[i], items[least] = items[least], items[i]
    return items


def merge(items):
    if len(items) < 2:
        return items
    half = len(items) // 2
    left, right, made = merge(items[:half]), merge(items[half:]), []
    left.reverse(), right.reverse()
    while left and right:
        made.append((right if right[-1] < left[-1] else left).pop())
    return made + left[::-1] + right[::-1]


def quick(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    smaller, rest = [], []
    for i, item in enumerate(items):
        if i != len(items) // 2:
            (smaller if item < pivot else rest).append(item)
    return quick(smaller) + [pivot] + quick(rest)


def heap(items):
    heapify(items)
    return [heappop(items) for _ in range(len(items))]


def shell(items):
    gap = len(items) // 2
    while gap:
        for i in range(gap, len(items)):
            j = i
            while j >= gap and items[j] < items[j - gap]:
                items[j], items[j - gap] = items[j - gap], items[j]
                j -= gap
        gap //= 2
    return items


def gnome(items):
    i = 1
    while i < len(items):
        if i == 0 or not items[i] < items[i - 1]:
            i += 1
        else:
            items[i], items[i - 1] = items[i - 1], items[i]
            i -= 1
    return items


def radix(numbers):
    for shift in range(0, max(numbers).bit_length(), 4):
        buckets = [[] for _ in range(16)]
        for n in numbers:
            buckets[n >> shift & 15].append(n)
        numbers = [n for bucket in buckets for n in bucket]
    return numbers


rng = random.Random(64)
shuffled = [rng.randrange(40) for _ in range(80)]
INPUTS = {
    "shuffled": shuffled,
    "sorted": sorted(shuffled),
    "reversed": sorted(shuffled)[::-1],
    "equal": [7] * 80,
}
for sort in (
    insertion,
    bubble,
    selection,
    merge,
    quick,
    heap,
    shell,
    gnome,
    sorted,
):
    row = []
    for keys in INPUTS.values():
        items = [Counted(key, i) for i, key in enumerate(keys)]
        Counted.compared = 0
        made = sort(items)
        count = (
            Counted.compared if sort not in (heap, selection, sorted) else "-"
        )
        assert [c.key for c in made] == sorted(keys), sort
        stable = all(
            a.key != b.key or a.number < b.number
            for a, b in zip(made, made[1:])
        )
        row.append(f"{count}{'' if stable else '!'}")
    print(f"{sort.__name__:<10}", *(f"{cell:>6}" for cell in row))
numbers = [rng.getrandbits(30) for _ in range(200)]
print(radix(numbers) == sorted(numbers), radix(numbers)[:3])

PEOPLE = [
    ("Ann", 31, "b"),
    ("bob", 25, "a"),
    ("Cyd", 31, "a"),
    ("dan", 25, "b"),
]
print(sorted(PEOPLE, key=lambda p: (-p[1], p[0].lower())))
print(
    sorted(
        sorted(PEOPLE, key=lambda p: p[2]), key=lambda p: p[1], reverse=True
    )
)
words = "file10 file2 File1 file1b file01".split()


def natural(word):
    parts, number = [], ""
    for char in word + "\0":
        if char.isdigit():
            number += char
        else:
            if number:
                parts.append((0, int(number), ""))
                number = ""
            parts.append((1, 0, char.lower()))
    return parts


print(
    sorted(words), sorted(words, key=natural), sorted(words, key=str.casefold)
)


def kth(items, k):
    pivot = items[len(items) // 2]
    below = [x for x in items if x < pivot]
    same = items.count(pivot)
    if k < len(below):
        return kth(below, k)
    if k < len(below) + same:
        return pivot
    return kth([x for x in items if x > pivot], k - len(below) - same)


print(
    [kth(shuffled, k) for k in (0, 20, 40, 79)],
    [sorted(shuffled)[k] for k in (0, 20, 40, 79)],
)
mixed = [3, "a", 1]
try:
    mixed.sort()
except TypeError as error:
    print(error, len(mixed))
try:
    numbers = [3, 1, 2]
    numbers.sort(key=lambda n: numbers.append(n) or n)
except ValueError as error:
    print(error)
