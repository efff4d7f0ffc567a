# attributes - data classes, properties, slots and methods of every kind.
#
# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, field, replace

ROUNDS = 110_000


@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list = field(default_factory=list, compare=False)


@dataclass(frozen=True, order=True, slots=True)
class Key:
    major: int
    minor: int


class Base:
    count = 0

    def __init__(self, size):
        self._size = size
        Base.count += 1

    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        self._size = value % 1000

    def area(self):
        return self._size * self._size

    @classmethod
    def of(cls, size):
        return cls(size)

    @staticmethod
    def half(n):
        return n // 2


class Child(Base):
    __slots__ = ("extra",)

    def __init__(self, size):
        super().__init__(size)
        self.extra = size + 1

    def area(self):
        return super().area() + self.extra


class Dynamic:
    def __getattr__(self, name):
        return len(name)


def run():
    Base.count = 0
    total, best = 0, Key(0, 0)
    thing, other, dynamic = Base(3), Child(4), Dynamic()
    for n in range(ROUNDS):
        point = Point(n, y=n + 1)
        point.x += point.y
        point.tags.append(n)
        key = Key(n * 7 % 101, n % 13)
        if key > best:
            best = key
        thing.size = thing.size + n
        other.extra = other.area() % 97
        other.size = n
        made = (Child if n & 1 else Base).of(n % 10)
        total += made.area() + made.half(n) + thing.area() + other.extra
        total += (
            dynamic.unknown + getattr(point, "y", 0) + isinstance(made, Child)
        )
        if n % 8 == 0:
            moved = replace(point, x=1.0)
            total += moved == point
            total += hasattr(made, "extra") + (key == Key(0, n % 13))
            setattr(thing, "last", n)
        total %= 1_000_000_007
    return int(total), best, Base.count, thing.last
