# typing_checks - a checker of values against annotations, at run time.
#
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

T = TypeVar("T", int, str)
UserId = NewType("UserId", int)


class Film(TypedDict, total=False):
    title: typing.Required[str]
    year: int


class Pair(NamedTuple):
    left: int
    right: str = "none"


@dataclass
class Order:
    kinds: ClassVar[int] = 3
    id: UserId
    state: Literal["open", "paid"]
    lines: list[tuple[str, int]]
    note: Optional[str] = None
    extra: dict[str, int | float] | None = None
    share: Annotated[float, "0..1"] = 0.5


class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item


def fits(value, hint):
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if hint is None:
        return value is None
    if origin is Annotated:
        return fits(value, args[0])
    if origin is ClassVar:
        return True
    if origin is Literal:
        return value in args
    if origin is Union or type(hint).__name__ == "UnionType":
        return any(fits(value, arg) for arg in args)
    if origin is tuple:
        if args[-1] is Ellipsis:
            return isinstance(value, tuple) and all(
                fits(v, args[0]) for v in value
            )
        return (
            isinstance(value, tuple)
            and len(value) == len(args)
            and all(map(fits, value, args))
        )
    if origin in (list, set, frozenset):
        return isinstance(value, origin) and all(
            fits(v, args[0]) for v in value
        )
    if origin is dict:
        return isinstance(value, dict) and all(
            fits(k, args[0]) and fits(v, args[1]) for k, v in value.items()
        )
    if isinstance(hint, NewType):
        return fits(value, hint.__supertype__)
    if isinstance(hint, TypeVar):
        return any(fits(value, c) for c in hint.__constraints__)
    return isinstance(value, hint)


hints = get_type_hints(Order, include_extras=True)
for name, hint in hints.items():
    print(f"{name:<6} {hint if get_args(hint) else hint.__name__}")


def wrong(order):
    return [
        name
        for name, hint in hints.items()
        if not fits(getattr(order, name), hint)
    ]


print(
    wrong(Order(1, "open", [("a", 1)])),
    wrong(Order("1", "lost", [("a", "b")], 5)),
)
print(
    wrong(Order(1, "paid", [], "n", {"x": 1.5})),
    wrong(Order(1, "paid", (), extra={1: 2})),
)
CASES = [
    (3, int | None),
    (None, Optional[str]),
    ("a", Literal["a", "b"]),
    ((1, 2), tuple[int, ...]),
    ((1, "x"), tuple[int, int]),
    ({"k": [1]}, dict[str, list[int]]),
    (5, T),
    (2.5, T),
    ({1, 2}, set[int]),
    (True, int),
    (b"", Any),
]
print([fits(value, hint) for value, hint in CASES])


def checked(function):
    known = get_type_hints(function)

    def wrapper(*args):
        for (name, hint), value in zip(known.items(), args):
            if not fits(value, hint):
                raise TypeError(
                    f"{name} wants {getattr(hint, '__name__', hint)}"
                )
        return function(*args)

    return wrapper


@checked
def repeat(text: str, times: int = 2) -> str:
    return text * times


print(repeat("ab", 3))
try:
    repeat("ab", "3")
except TypeError as error:
    print(error)
print(
    sorted(Film.__annotations__),
    Film.__total__,
    Film(title="x"),
    Pair(1),
    Pair._field_defaults,
)
print(
    Box[int], Box[int].__args__, get_origin(Box[str]) is Box, Box[int](5).item
)
print(
    Callable[[int, str], bool],
    get_args(Callable[[int], None]),
    Iterable[T].__parameters__,
)
print(
    Union[int, str, int],
    Optional[Union[int, None]],
    Union[int],
    typing.List[int],
    UserId(5) + 1,
)


@typing.overload
def both(x: int) -> int:
    ...


@typing.overload
def both(x: str) -> str:
    ...


def both(x):
    return x


print(
    len(typing.get_overloads(both)),
    typing.cast(str, 5),
    get_type_hints(repeat),
    Final.__class__.__name__,
)
try:
    Union[1, 2]
except TypeError as error:
    print("TypeError")
