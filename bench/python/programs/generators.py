# generators - tasks of generators: pipelines, trees, permutations, yield from.
#
# SPDX-License-Identifier: Apache-2.0
from collections import deque

ROUNDS = 80


class Tree:
    def __init__(self, low, high):
        middle = (low + high) // 2
        self.value = middle
        self.left = Tree(low, middle) if low < middle else None
        self.right = Tree(middle + 1, high) if middle + 1 < high else None

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def numbers(n):
    for i in range(n):
        yield i


def keep(source):
    for value in source:
        if value % 3:
            yield value


def windows(source, size):
    window = deque(maxlen=size)
    for value in source:
        window.append(value)
        if len(window) == size:
            yield sum(window)


def permute(items):
    if len(items) < 2:
        yield items
    else:
        for i, item in enumerate(items):
            for rest in permute(items[:i] + items[i + 1 :]):
                yield (item, *rest)


def accumulate():
    total = 0
    while True:
        value = yield total
        total = (total * 3 + value) % 1_000_003


def task(n, log):
    for i in range(n):
        received = yield i
        if received is not None:
            log.append(received)
    return n * 2


def parent(n, log):
    result = yield from task(n, log)
    again = yield from task(result, log)
    return again


def round_robin(tasks):
    ready, ended = deque(tasks), []
    turns = 0
    while ready:
        gen, value = ready.popleft()
        turns += 1
        try:
            ready.append((gen, gen.send(value)))
        except StopIteration as stop:
            ended.append(stop.value)
    return turns, sum(ended)


def run():
    results = []
    tree = Tree(0, 2_000)
    for n in range(ROUNDS):
        results = [sum(i * v % 7 for i, v in enumerate(tree))]
        results.append(sum(windows(keep(numbers(9_000 + n)), 5)))
        results.append(sum(p[0] * p[-1] for p in permute((1, 2, 3, 4, 5, 6))))
        adder = accumulate()
        next(adder)
        for value in range(9_000):
            last = adder.send(value)
        results.append(last)
        log = []
        results += round_robin([(parent(k, log), None) for k in range(60)])
        results.append(len(log))
        results.append(
            sum(x * y for x in range(90) for y in range(x) if x ^ y)
        )
    return results
