# sorting_keys - records sorted and grouped by keys of many kinds.
#
# SPDX-License-Identifier: Apache-2.0
from bisect import insort
from functools import cmp_to_key
from heapq import merge, nsmallest
from itertools import groupby
from operator import attrgetter, itemgetter

RECORDS = 20_000


class Record:
    __slots__ = ("name", "size", "rank", "weight")

    def __init__(self, name, size, rank, weight):
        self.name, self.size, self.rank, self.weight = name, size, rank, weight

    def __lt__(self, other):
        return (self.rank, self.name) < (other.rank, other.name)


def make_records():
    state, records = 99, []
    for _ in range(RECORDS):
        state = (state * 22695477 + 1) & 0xFFFFFFFF
        name = f"n{state >> 12 & 0x3FFF:05x}"
        rank, weight = state >> 24 & 7, (state >> 8 & 0xFFFF) / 7
        records.append(Record(name, state % 1000, rank, weight))
    return records


def check(records):
    total = 0
    for place, record in enumerate(records):
        total = (total * 31 + record.size * (place & 15)) % 1_000_007
    return total


def compare(a, b):
    if a.size != b.size:
        return a.size - b.size
    return (a.name > b.name) - (a.name < b.name)


def run():
    records, sums = make_records(), []
    sums.append(check(sorted(records, key=attrgetter("name", "size"))))
    sums.append(
        check(sorted(records, key=lambda r: (-r.rank, r.weight, r.name)))
    )
    sums.append(check(sorted(records)))
    sums.append(check(sorted(records, key=cmp_to_key(compare))))
    rows = [(r.name, r.size, r.weight) for r in records]
    rows.sort()
    rows.sort(key=itemgetter(1), reverse=True)
    sums.append(sum(i * row[1] for i, row in enumerate(rows)) % 1_000_007)
    records.sort(key=attrgetter("rank"))
    for _, group in groupby(records, key=attrgetter("rank")):
        sums.append(check(nsmallest(40, group, key=attrgetter("weight"))))
    streams = [sorted(r.size for r in records[i::8]) for i in range(8)]
    sums.append(sum(i * n for i, n in enumerate(merge(*streams))) % 1_000_007)
    kept = []
    for record in records[:3000]:
        insort(kept, record.name)
    return sums, kept[1500], sorted({r.name[:3] for r in records})[-1]
