# dataclass_orders - an order book of data classes, with matching of orders.
#
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
from dataclasses import InitVar, asdict, astuple, dataclass, field, replace
from typing import ClassVar


@dataclass(order=True, frozen=True)
class Order:
    price: int
    number: int
    side: str = field(compare=False)
    size: int = field(compare=False, default=1)


@dataclass
class Book:
    name: str
    fee: InitVar[int] = 0
    buys: list[Order] = field(default_factory=list)
    sells: list[Order] = field(default_factory=list, repr=False)
    trades: list[tuple] = field(default_factory=list, init=False)
    books: ClassVar[int] = 0

    def __post_init__(self, fee):
        Book.books += 1
        self.name = f"{self.name}/{fee}"

    def add(self, order):
        ours, theirs = (
            (self.buys, self.sells)
            if order.side == "buy"
            else (self.sells, self.buys)
        )
        best = min if order.side == "buy" else max
        while theirs and order.size:
            other = best(theirs)
            if order.side == "buy" and other.price > order.price:
                break
            if order.side == "sell" and other.price < order.price:
                break
            size = min(order.size, other.size)
            self.trades.append((other.price, size, order.number, other.number))
            theirs.remove(other)
            if other.size > size:
                theirs.append(replace(other, size=other.size - size))
            order = replace(order, size=order.size - size)
        if order.size:
            ours.append(order)


book = Book("wheat", fee=3)
for n, (side, price, size) in enumerate(
    [
        ("buy", 100, 5),
        ("buy", 102, 3),
        ("sell", 105, 4),
        ("sell", 101, 6),
        ("sell", 100, 1),
        ("buy", 106, 9),
    ],
    1,
):
    book.add(Order(price, n, side, size))
    print(
        n,
        side,
        price,
        "->",
        [astuple(o) for o in sorted(book.buys)],
        [astuple(o) for o in sorted(book.sells)],
    )
print(book)
print("trades:", *book.trades)
print(asdict(book)["buys"], Book.books)
print(
    Order(1, 2, "buy") == Order(1, 2, "sell", 9),
    Order(1, 2, "") < Order(1, 3, ""),
)
try:
    Order(1, 1, "buy").price = 3
except dataclasses.FrozenInstanceError as error:
    print("frozen:", error)
print([f.name for f in dataclasses.fields(Book)])
Point = dataclasses.make_dataclass("Point", ["x", ("y", int, 0)], slots=True)
print(Point(3), Point.__slots__, dataclasses.is_dataclass(Point))
try:
    Point()
except TypeError as error:
    print("TypeError:", error)
