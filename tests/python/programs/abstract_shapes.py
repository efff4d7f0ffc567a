# abstract_shapes - abstract classes, protocols, virtual subclasses, mixins.
#
# SPDX-License-Identifier: Apache-2.0
import collections.abc
import numbers
from abc import ABC, abstractmethod
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, runtime_checkable


class Shape(ABC):
    made = []

    def __init__(self, *sides):
        self.sides = sides
        Shape.made.append(type(self).__name__)

    @abstractmethod
    def area(self):
        ...

    @property
    @abstractmethod
    def name(self):
        ...

    def __str__(self):
        return f"{self.name} of {self.area():g}"

    @classmethod
    def __subclasshook__(cls, other):
        if cls is Shape and any("area" in vars(c) for c in other.__mro__):
            return True
        return NotImplemented


class Square(Shape):
    name = "square"

    def area(self):
        return self.sides[0] ** 2


class Half(Shape):
    def area(self):
        return 0


class Stranger:
    def area(self):
        return 7


print(
    Square(3), Square(1.5), issubclass(Stranger, Shape), isinstance(5, Shape)
)
for cls in (Shape, Half):
    try:
        cls()
    except TypeError as error:
        print("TypeError:", error.args[0].split(" with")[0])
print(Shape.made, sorted(Half.__abstractmethods__))


class Bag(collections.abc.MutableSet):
    def __init__(self, items=()):
        self.items = list(dict.fromkeys(items))

    def __contains__(self, item):
        return item in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def add(self, item):
        if item not in self.items:
            self.items.append(item)

    def discard(self, item):
        if item in self.items:
            self.items.remove(item)

    def __repr__(self):
        return f"Bag({self.items})"


bag, other = Bag("letters"), Bag("steel")
print(bag & other, bag | other, bag - other, bag ^ other, bag >= Bag("let"))
bag -= other
bag |= {"z"}
print(bag, bag.pop(), bag.isdisjoint(other), Bag("ab") == {"a", "b"})


class Squares(collections.abc.Sequence):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        return i * i


s = Squares(6)
print(
    list(s),
    16 in s,
    s.index(9),
    s.count(4),
    list(reversed(s)),
    iter(s) is not s,
)


class Lazy(collections.abc.Mapping):
    def __getitem__(self, key):
        if key not in "abc":
            raise KeyError(key)
        return ord(key)

    def __iter__(self):
        return iter("abc")

    def __len__(self):
        return 3


print(
    dict(Lazy()),
    Lazy().get("z", 0),
    "b" in Lazy(),
    Lazy() == {"a": 97, "b": 98, "c": 99},
    list(Lazy().items())[0],
)


@runtime_checkable
class Quacks(Protocol):
    def quack(self) -> str:
        ...


class Duck:
    def quack(self):
        return "quack"


print(isinstance(Duck(), Quacks), isinstance(Stranger(), Quacks))
KINDS = (numbers.Integral, numbers.Rational, numbers.Real, numbers.Number)
for value in (True, 2, Fraction(1, 2), 1.5, Decimal(1), 1j):
    print(type(value).__name__, [isinstance(value, kind) for kind in KINDS])
collections.abc.Hashable.register(list)
print(
    isinstance([], collections.abc.Hashable),
    isinstance((), collections.abc.Sized),
    [isinstance(x, collections.abc.Iterator) for x in ([], iter([]), open)],
)
