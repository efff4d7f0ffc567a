# functools_tour - caching, partial application, dispatch, and orderings.
#
# SPDX-License-Identifier: Apache-2.0
from functools import (
    cache,
    cached_property,
    cmp_to_key,
    lru_cache,
    partial,
    partialmethod,
    reduce,
    singledispatch,
    singledispatchmethod,
    total_ordering,
    wraps,
)


@lru_cache(maxsize=3)
def slow_square(n):
    print("computing", n)
    return n * n


for n in (1, 2, 3, 1, 4, 2, 1):
    slow_square(n)
print(slow_square.cache_info())


@cache
def partitions(n, largest=None):
    largest = n if largest is None else largest
    if n == 0:
        return 1
    return sum(partitions(n - k, k) for k in range(1, min(n, largest) + 1))


print([partitions(n) for n in range(1, 16)], partitions(60))


def traced(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        print(f"{function.__name__}{args}{kwargs or ''} = {result}")
        return result

    return wrapper


@traced
def area(width, height=1, *, unit="m"):
    """The area of a rectangle."""
    return f"{width * height}{unit}2"


row = partial(area, height=3, unit="cm")
print(row(4), area.__doc__, area.__wrapped__(2, 2), row.keywords)


@singledispatch
def describe(thing):
    return f"something: {thing}"


@describe.register
def _(thing: int):
    return f"number {thing:+d}"


@describe.register(list)
@describe.register(tuple)
def _(thing):
    return "[" + "; ".join(map(describe, thing)) + "]"


print(
    describe([1, "a", (2.5, [True])]),
    describe.dispatch(bool) is describe.dispatch(int),
)


@total_ordering
class Version:
    def __init__(self, text):
        self.text = text

    @cached_property
    def parts(self):
        print("parsing", self.text)
        return tuple(map(int, self.text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts

    @singledispatchmethod
    def bump(self, what):
        raise TypeError(type(what).__name__)

    @bump.register
    def _(self, what: int):
        return ".".join(map(str, (*self.parts[:what], self.parts[what] + 1)))

    minor = partialmethod(bump, 1)


old, new = Version("1.9.2"), Version("1.10")
print(old < new, old >= new, max(old, new).text, old.minor(), new.bump(0))
print(reduce(lambda a, b: a * 10 + b, [4, 0, 7], 0))
print(
    sorted(
        "bAc aB",
        key=cmp_to_key(
            lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower())
        ),
    )
)
