# heap_schedule - jobs on machines, merged streams, running medians.
#
# SPDX-License-Identifier: Apache-2.0
import bisect
import heapq
from dataclasses import dataclass, field


@dataclass(order=True)
class Job:
    due: int
    name: str = field(compare=False)
    length: int = field(compare=False)


JOBS = [
    Job(9, "weld", 4),
    Job(3, "cut", 2),
    Job(7, "bend", 3),
    Job(14, "paint", 5),
    Job(6, "drill", 1),
    Job(20, "pack", 2),
]


def assign(jobs, machines):
    """Each job, earliest due first, to the machine that is free first."""
    free = [(0, number) for number in range(machines)]
    waiting = list(jobs)
    heapq.heapify(waiting)
    while waiting:
        job = heapq.heappop(waiting)
        begin, machine = heapq.heappop(free)
        end = begin + job.length
        heapq.heappush(free, (end, machine))
        yield machine, job.name, begin, end, max(0, end - job.due)


for machines in (1, 2):
    plan = list(assign(JOBS, machines))
    print(*plan, "late:", sum(late for *_, late in plan))


def running_median(values):
    low, high = [], []
    for value in values:
        heapq.heappush(high, -heapq.heappushpop(low, -value))
        if len(high) > len(low):
            heapq.heappush(low, -heapq.heappop(high))
        yield -low[0] if len(low) > len(high) else (high[0] - low[0]) / 2


print(list(running_median([5, 15, 1, 3, 8, 7, 9, 10, 20, 12])))
print(
    list(heapq.merge([1, 4, 9], [2, 4, 8], [0, 10])),
    list(heapq.merge("dba", "ec", reverse=True)),
)
print(
    heapq.nlargest(3, JOBS), heapq.nsmallest(2, JOBS, key=lambda j: j.length)
)

GRADES = [(50, "F"), (60, "D"), (70, "C"), (80, "B"), (90, "A")]


def grade(points):
    at = bisect.bisect(GRADES, points, key=lambda g: g[0])
    return GRADES[at - 1][1] if at else "-"


print("".join(grade(p) for p in (12, 50, 69, 70, 89, 90, 100)))


def longest_rising(values):
    tails = []
    for value in values:
        at = bisect.bisect_left(tails, value)
        tails[at : at + 1] = [value]
    return len(tails)


print(longest_rising([10, 9, 2, 5, 3, 7, 101, 18, 4, 20, 21]))
ranks = []
for score in (30, 10, 20, 10, 40):
    bisect.insort(ranks, score)
print(ranks, bisect.bisect_left(ranks, 10), bisect.bisect_right(ranks, 10))
