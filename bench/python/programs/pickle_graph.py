# pickle_graph - objects that refer to each other, pickled, copied, loaded.
#
# SPDX-License-Identifier: Apache-2.0
import copy
import pickle

ROUNDS = 105


class Node:
    def __init__(self, number):
        self.number = number
        self.links = []
        self.weights = {}


class Compact:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __reduce__(self):
        return Compact, (self.a, self.b)


def graph():
    nodes = [Node(n) for n in range(400)]
    for node in nodes:
        for step in (1, 7, 31):
            other = nodes[(node.number * step + 1) % len(nodes)]
            node.links.append(other)
            node.weights[other.number] = step / 8
    return nodes


def plain():
    return [
        {"k": n, "s": f"text {n}", "t": (n, -n, 2**n % 10**9), "f": n / 3}
        for n in range(600)
    ]


def walk(nodes):
    total, here = 0, nodes[0]
    for step in range(500):
        here = here.links[step % 3]
        total = (total * 5 + here.number) % 1_000_003
    return total


def run():
    nodes, rows = graph(), plain()
    small = [Compact(n, str(n)) for n in range(500)]
    # Recursion through all the links would be deeper than Python allows.
    flat = [(n.number, [m.number for m in n.links], n.weights) for n in nodes]
    total = 0
    for protocol in (2, 4, 5) * (ROUNDS // 3):
        nodes[0].weights[0] = protocol
        data = pickle.dumps((rows, flat, small), protocol)
        total += len(data)
        rows_back, flat_back, small_back = pickle.loads(data)
        assert rows_back == rows and small_back[-1].b == "499"
        made = [Node(number) for number, _, _ in flat_back]
        for node, (_, links, weights) in zip(made, flat_back):
            node.links = [made[n] for n in links]
            node.weights = weights
        total += walk(made)
        total += len(copy.deepcopy(rows[:150])) + len(copy.copy(flat))
    return total
