# graph_routes - shortest ways, spanning trees, components, orderings.
#
# SPDX-License-Identifier: Apache-2.0
import heapq
from collections import defaultdict, deque
from graphlib import CycleError, TopologicalSorter

ROADS = """
Ash Birch 7   Ash Cedar 9   Ash Fir 14   Birch Cedar 10  Birch Dogwood 15
Cedar Dogwood 11   Cedar Fir 2   Dogwood Elm 6   Elm Fir 9
Gorse Hazel 4   Hazel Ivy 1   Gorse Ivy 8
""".split()

graph = defaultdict(dict)
for a, b, length in zip(*[iter(ROADS)] * 3):
    graph[a][b] = graph[b][a] = int(length)


def shortest(start):
    far, before, queue = {start: 0}, {}, [(0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        if length > far[here]:
            continue
        for there, step in graph[here].items():
            if length + step < far.get(there, float("inf")):
                far[there] = length + step
                before[there] = here
                heapq.heappush(queue, (length + step, there))
    return far, before


def path(before, end):
    yield end
    while end in before:
        end = before[end]
        yield end


far, before = shortest("Ash")
for town in sorted(far):
    way = " > ".join(reversed([*path(before, town)]))
    print(f"{town:<8}{far[town]:>3}  {way}")


def components():
    left = set(graph)
    while left:
        queue, seen = deque([min(left)]), {min(left)}
        while queue:
            for there in graph[queue.popleft()]:
                if there not in seen:
                    seen.add(there)
                    queue.append(there)
        left -= seen
        yield sorted(seen)


print([*components()])


def spanning():
    leader = {town: town for town in graph}

    def find(town):
        while leader[town] != town:
            leader[town] = town = leader[leader[town]]
        return town

    edges = sorted(
        (n, a, b) for a in graph for b, n in graph[a].items() if a < b
    )
    for length, a, b in edges:
        if find(a) != find(b):
            leader[find(a)] = find(b)
            yield a, b, length


tree = [*spanning()]
print(tree, sum(length for *_, length in tree))

RECIPE = {
    "cake": {"dough", "icing"},
    "dough": {"flour", "eggs"},
    "icing": {"sugar"},
    "serve": {"cake", "plates"},
}
sorter = TopologicalSorter(RECIPE)
sorter.prepare()
while sorter.is_active():
    ready = sorted(sorter.get_ready())
    print("now:", ready)
    sorter.done(*ready)
try:
    TopologicalSorter({"a": "b", "b": "c", "c": "a"}).prepare()
except CycleError as error:
    print("cycle of", len(set(error.args[1])))


def all_pairs(towns):
    d = {
        (a, b): 0 if a == b else graph[a].get(b, 999)
        for a in towns
        for b in towns
    }
    for k in towns:
        for a in towns:
            for b in towns:
                d[a, b] = min(d[a, b], d[a, k] + d[k, b])
    return d


towns = next(components())
d = all_pairs(towns)
for a in towns:
    print(f"{a:<8}" + "".join(f"{d[a, b]:>4}" for b in towns))
print("centre:", min(towns, key=lambda a: max(d[a, b] for b in towns)))
