# pretty_reprs - nested data printed prettily, shortened, recursive.
#
# SPDX-License-Identifier: Apache-2.0
import pprint
import reprlib
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from types import SimpleNamespace

DATA = {
    "name": "a rather long name that takes its place",
    "numbers": list(range(30)),
    "nested": {"deep": {"deeper": {"deepest": ["x" * 20, "y" * 20, ("z",)]}}},
    "set": {3, 1, 2},
    "bytes": bytes(range(40)),
    "text": "words " * 20,
    1: None,
    (2, "t"): frozenset([1]),
}
pprint.pprint(DATA)
pprint.pprint(DATA["nested"], width=30, indent=3)
pprint.pprint(DATA["nested"], depth=2)
pprint.pprint(
    {"b": 1, "a": 2, "c": [{"z": 1, "y": 2}] * 3},
    sort_dicts=False,
    width=40,
    compact=True,
)
pprint.pprint(list(range(1000, 1020)), compact=True, width=50)


@dataclass
class Tree:
    name: str
    branches: list = field(default_factory=list)
    hidden: int = field(default=5, repr=False)


tree = Tree("oak", [Tree("bough " * 4, [Tree("twig"), Tree("twiglet" * 4)])])
pprint.pprint(tree, width=60)
pprint.pprint(SimpleNamespace(first="x" * 30, second=[1, 2], third="y" * 30))
pprint.pprint(OrderedDict((c * 12, n) for n, c in enumerate("abcde")))
pprint.pprint([Counter("aab"), deque("xy", 5), defaultdict(list, k=[1])])
print(pprint.pformat(b"\0\1" * 30, width=40))
print(
    pprint.isreadable([1, "a"]),
    pprint.isreadable([Tree]),
    pprint.saferepr({2, 1}),
)

loop = [1, 2]
loop.append(loop)
cycle = {"me": loop}
cycle["self"] = cycle
print(loop, cycle, pprint.isrecursive(loop))
print(repr(deque([loop])), (loop,), Tree("t", loop))

short = reprlib.Repr()
short.maxlist, short.maxstring, short.maxlevel = 3, 15, 2
print(
    short.repr(list(range(10))),
    short.repr("x" * 50),
    short.repr([[[[1]]]]),
    short.repr({n: n for n in range(9)}),
    short.repr(10**60),
    short.repr({5, 1}),
)


class Ring:
    def __init__(self, *items):
        self.items = [*items, self]

    @reprlib.recursive_repr(fillvalue="<again>")
    def __repr__(self):
        return "Ring(" + ", ".join(map(repr, self.items)) + ")"


print(Ring(1, Ring(2)), reprlib.repr("a" * 100))
print(
    [
        1,
        "it's",
        'say "hi"',
        "both ' and \"",
        b"'",
        None,
        ...,
        1e100,
        -0.0,
        {},
        set(),
        (),
        (1,),
        {1: {2}},
        range(2),
        slice(1, None),
        3j,
        True,
        NotImplemented,
    ]
)
