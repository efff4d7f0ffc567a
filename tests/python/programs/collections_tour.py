# collections_tour - deques, chains of maps, ordered and default mappings.
#
# SPDX-License-Identifier: Apache-2.0
from collections import (
    ChainMap,
    Counter,
    OrderedDict,
    UserDict,
    UserList,
    defaultdict,
    deque,
    namedtuple,
)


def josephus(people, step):
    circle = deque(people)
    while len(circle) > 1:
        circle.rotate(1 - step)
        yield circle.popleft()
    yield circle[0]


print(*josephus(range(1, 13), 5))
recent = deque(maxlen=4)
for letter in "sandboxes":
    recent.append(letter)
recent.appendleft("<")
print(recent, recent.index("x"), recent.count("x"))


class LeastRecent(OrderedDict):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def __getitem__(self, key):
        self.move_to_end(key)
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if len(self) > self.size:
            print("out:", self.popitem(last=False))


memory = LeastRecent(3)
for key in "abcadebf":
    if key in memory:
        memory[key]
    else:
        memory[key] = ord(key)
print(list(memory.items()), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1))

layers = ChainMap({"port": 99}, {"port": 80, "host": "here"}, {"user": "me"})
layers["host"] = "there"
child = layers.new_child({"user": None})
print(
    dict(sorted(child.items())),
    layers.maps[0],
    len(child),
    child.parents["user"],
)

stock, sold = Counter(apple=5, pear=2, fig=1), Counter(apple=3, fig=4)
print(
    sorted((stock - sold).items()),
    sorted((stock + sold).items()),
    sorted((stock & sold).items()),
    sorted((stock | sold).items()),
)
stock.subtract(sold)
print(sorted(stock.items()), sorted((+stock).elements()), stock.total())

index = defaultdict(lambda: defaultdict(list))
for word in "stone store shore share spare".split():
    index[word[0]][word[-2:]].append(word)
print({k: dict(v) for k, v in index.items()})

Card = namedtuple("Card", "rank suit", defaults=["spades"])
card = Card(rank=7)
print(
    card,
    card._replace(rank=8),
    card._asdict(),
    Card._fields,
    card > Card(6, "z"),
)
print(namedtuple("Odd", "class ok def", rename=True)._fields)


class Lower(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


class Steps(UserList):
    def __call__(self, n):
        return Steps(x + n for x in self)


print(Lower(A=1, b=2) | {"C": 3}, Steps([1, 2])(5) + [0])
