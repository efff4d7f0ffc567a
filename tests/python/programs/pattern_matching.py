# pattern_matching - every kind of pattern: sequences, mappings, classes.
#
# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from enum import Enum


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: float
    y: float


@dataclass
class Circle:
    centre: Point
    radius: float = 1


def classify(thing):
    match thing:
        case None | False:
            return "nothing"
        case True:
            return "truth"
        case 0 | 0.0:
            return "zero"
        case int(n) | float(n) if n < 0:
            return f"negative {-n}"
        case int():
            return f"integer {thing}"
        case Colour.RED:
            return "the colour of cherries"
        case Colour(value=v):
            return f"colour number {v}"
        case "":
            return "an empty string"
        case str() as text if text.isupper():
            return f"shouting {text.lower()}"
        case str(text):
            return f"text of {len(text)}"
        case []:
            return "an empty sequence"
        case [only]:
            return f"one ({classify(only)})"
        case [first, *middle, last] if first == last:
            return f"{len(middle)} between two {first!r}"
        case [[a, b], [c, d]]:
            return f"matrix with determinant {a * d - b * c}"
        case [_, _, *rest]:
            return f"two and {rest}"
        case {"type": "move", "by": (dx, dy)}:
            return f"a move by {dx}, {dy}"
        case {"type": str(kind), **rest}:
            return f"a {kind} with {sorted(rest)}"
        case {}:
            return f"a mapping of {len(thing)}"
        case Circle(Point(0, 0), radius):
            return f"a circle of {radius} at the origin"
        case Circle(centre=Point(x=x), radius=r) if r > 100:
            return f"a huge circle at x = {x}"
        case Point(x, y) | Circle(Point(x, y)):
            return f"something at {x}, {y}"
        case bytes() | bytearray():
            return "bytes"
        case _:
            return f"unknown {type(thing).__name__}"


THINGS = [
    None,
    True,
    0,
    0.0,
    -4,
    2.5,
    -2.5,
    12,
    Colour.RED,
    Colour.BLUE,
    "",
    "HEY",
    "hello",
    [],
    (7,),
    [[]],
    "aba",
    [1, 2, 3, 1],
    [(1, 2), (3, 4)],
    (1, 2, 3),
    {"type": "move", "by": [3, 4]},
    {"type": "stop", "at": 1},
    {"a": 1},
    {},
    {"type": 5},
    Circle(Point(0, 0), 3),
    Circle(Point(5, 0), 200),
    Circle(Point(1, 2)),
    Point(3, 4),
    b"x",
    {1},
    range(3),
]
for thing in THINGS:
    print(f"{thing!r:<38} {classify(thing)}")


def simplify(e):
    match e:
        case ("+", 0, x) | ("+", x, 0) | ("*", 1, x) | ("*", x, 1):
            return simplify(x)
        case ("*", 0, _) | ("*", _, 0):
            return 0
        case (op, a, b) if (s := (op, simplify(a), simplify(b))) != e:
            return simplify(s)
        case (op, int(a), int(b)):
            return {"+": a + b, "*": a * b}[op]
    return e


def derive(e, name):
    match e:
        case str():
            return int(e == name)
        case int():
            return 0
        case ("+", a, b):
            return ("+", derive(a, name), derive(b, name))
        case ("*", a, b):
            return ("+", ("*", derive(a, name), b), ("*", a, derive(b, name)))


e = ("+", ("*", 3, ("*", "x", "x")), ("+", ("*", "x", "y"), 7))
print(
    simplify(derive(e, "x")),
    simplify(derive(e, "y")),
    simplify(derive(e, "z")),
)
