# containers - lists, dictionaries, sets and deques built, changed, searched.
#
# SPDX-License-Identifier: Apache-2.0
from bisect import bisect_left
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from heapq import heappop, heappush, nlargest
from itertools import accumulate, chain, combinations, groupby, islice, product
from operator import itemgetter

ROUNDS = 34


class Cache(OrderedDict):
    def __init__(self, room):
        super().__init__()
        self.room, self.hits = room, 0

    def fetch(self, key, make):
        if key in self:
            self.hits += 1
            self.move_to_end(key)
            return self[key]
        value = self[key] = make(key)
        if len(self) > self.room:
            self.popitem(last=False)
        return value


class Bag:
    def __init__(self, items=()):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, at):
        return Bag(self.items[at]) if isinstance(at, slice) else self.items[at]

    def __add__(self, other):
        return Bag(self.items + other.items)

    def __contains__(self, item):
        return item in self.items

    def __eq__(self, other):
        return sorted(self.items) == sorted(other.items)

    def __hash__(self):
        return len(self.items)


def routes(size):
    """Steps from the corner of a grid with holes, by breadth."""
    holes = {(x * 7 % size, x * 3 % size) for x in range(1, size)} - {(0, 0)}
    far, queue = {(0, 0): 0}, deque([(0, 0)])
    while queue:
        x, y = queue.popleft()
        for u, v in ((x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)):
            if (
                0 <= u < size
                and 0 <= v < size
                and (u, v) not in holes | far.keys()
            ):
                far[u, v] = far[x, y] + 1
                queue.append((u, v))
    return len(far), max(far.values())


def run():
    total = 0
    for n in range(ROUNDS):
        numbers = [(k * 37 + n * 11) % 251 for k in range(300)]
        unique = sorted(set(numbers))
        total += sum(bisect_left(unique, k) for k in range(0, 250, 9))
        groups = defaultdict(list)
        for k in numbers:
            groups[k % 7].append(k)
        total += sum(len(v) * k for k, v in groups.items())
        total += sum(k for k, v in Counter(numbers).items() if v > 1)
        total += sum(
            len(list(g)) ** 2
            for _, g in groupby(numbers, key=lambda k: k > 99)
        )
        heap = []
        for k in numbers[:80]:
            heappush(heap, (k % 13, k))
        total += [heappop(heap)[1] for _ in range(len(heap))][-1]
        cache = Cache(20)
        for k in chain(numbers[:150], reversed(numbers[:150])):
            total += cache.fetch(k % 31, lambda key: key * key)
        total += cache.hits
        layers = ChainMap({"a": n}, {"a": 1, "b": 2}, dict.fromkeys("cde", 3))
        total += sum(layers.values()) + layers["a"]
        rows = [
            {"id": k, "kind": "xyz"[k % 3], "size": k * n % 17}
            for k in range(60)
        ]
        rows.sort(key=itemgetter("kind", "size"))
        by_id = {row["id"]: row for row in rows if row["size"]}
        total += sum(by_id) + len({row["kind"] for row in rows})
        total += sum(a * b for a, b in combinations(unique[:24], 2)) % 1009
        total += sum(
            1 for a, b, c in product(range(9), repeat=3) if a + b == c
        )
        total += list(accumulate(islice(numbers, 40)))[-1] + sum(
            nlargest(5, numbers)
        )
        del numbers[::3]
        numbers[5:10] = [0] * 3
        numbers.insert(2, numbers.pop())
        numbers.reverse()
        total += numbers.index(0) + numbers.count(0) + numbers[-3]
        bag = Bag(numbers[:9]) + Bag(unique[:4])
        total += (
            len(bag[2:7])
            + (unique[0] in bag)
            + (bag == Bag(reversed(bag.items)))
        )
        left, right = set(numbers[:40]), frozenset(numbers[30:90])
        total += (
            len(left & right)
            + len(left | right)
            - len(left ^ right)
            + (left <= right)
        )
        total += sum(routes(14))
        text = "".join(map(chr, (97 + k % 26 for k in numbers)))
        total += len({text[i : i + 3] for i in range(len(text) - 2)})
        matrix = [list(row) for row in zip(*[iter(numbers[:144])] * 12)]
        total += sum(matrix[i][-1 - i] for i in range(12)) + len(
            [x for r in matrix for x in r if x]
        )
    return total
