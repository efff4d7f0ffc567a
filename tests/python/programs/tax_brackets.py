# tax_brackets - a payroll with progressive taxes, tables and totals.
#
# SPDX-License-Identifier: Apache-2.0
from bisect import bisect_right
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import NamedTuple

CENT = Decimal("0.01")


class Bracket(NamedTuple):
    above: int
    percent: str


class Tariff:
    def __init__(self, brackets):
        self.edges = [Decimal(b.above) for b in brackets]
        self.rates = [Decimal(b.percent) / 100 for b in brackets]
        self.base = [Decimal(0)]
        for i in range(1, len(brackets)):
            step = self.edges[i] - self.edges[i - 1]
            self.base.append(self.base[-1] + step * self.rates[i - 1])

    def __call__(self, income):
        at = bisect_right(self.edges, income) - 1
        tax = self.base[at] + (income - self.edges[at]) * self.rates[at]
        return tax.quantize(CENT, ROUND_FLOOR), self.rates[at]

    def gross_for(self, net):
        """The income that leaves so much after tax."""
        for at in reversed(range(len(self.edges))):
            left = self.edges[at] - self.base[at]
            if net >= left:
                return self.edges[at] + (net - left) / (1 - self.rates[at])


TARIFF = Tariff(
    [
        Bracket(0, "0"),
        Bracket(11000, "14"),
        Bracket(27000, "28.5"),
        Bracket(62000, "42"),
        Bracket(250000, "45"),
    ]
)


@dataclass
class Employee:
    name: str
    monthly: Decimal
    months: int = 12
    bonus: Decimal = Decimal(0)
    children: int = 0

    @cached_property
    def gross(self):
        return self.monthly * self.months + self.bonus

    @property
    def pension(self):
        return (min(self.gross, Decimal(87600)) * Decimal("0.093")).quantize(
            CENT, ROUND_HALF_UP
        )

    @property
    def taxable(self):
        return max(
            Decimal(0), self.gross - self.pension - 3200 * self.children - 1230
        )


STAFF = [
    Employee("Abel", Decimal("2150.40")),
    Employee("Baker", Decimal(5300), 12, Decimal(2500), 2),
    Employee("Cook", Decimal("980.55"), 7),
    Employee("Dean", Decimal(26000), 13),
    Employee("Eaves", Decimal("3999.99"), children=1),
]

HEAD = ("name", "gross", "pension", "taxable", "tax", "rate", "net")
rows = []
for e in STAFF:
    tax, rate = TARIFF(e.taxable)
    rows.append(
        (
            e.name,
            e.gross,
            e.pension,
            e.taxable,
            tax,
            rate,
            e.gross - e.pension - tax,
        )
    )
widths = [
    max(len(h), *(len(f"{r[i]:,.2f}" if i else r[0]) for r in rows))
    for i, h in enumerate(HEAD)
]
print(" ".join(f"{h:>{w}}" for h, w in zip(HEAD, widths)))
for row in rows:
    cells = [f"{row[0]:>{widths[0]}}"]
    cells += [
        f"{v:>{w},.2f}" if i != 4 else f"{v:>{w}.0%}"
        for i, (v, w) in enumerate(zip(row[1:], widths[1:]))
    ]
    print(" ".join(cells))
totals = [sum(column) for column in list(zip(*rows))[1:5]]
print("sums", *(f"{t:,}" for t in totals))
for e, row in zip(STAFF, rows):
    back = TARIFF.gross_for(e.taxable - row[4])
    assert abs(back - e.taxable) < Decimal("0.02"), (back, e.taxable)

for income in (0, 11000, 11001, 27000, 100000, 300000):
    tax, rate = TARIFF(Decimal(income))
    mean = tax / income if income else 0
    print(f"{income:>8,} {tax:>12,} {rate:>6.1%} {mean:>8.3%}")


def annuity(loan, percent, months):
    rate = Decimal(percent) / 1200
    payment = (loan * rate / (1 - (1 + rate) ** -months)).quantize(
        CENT, ROUND_HALF_UP
    )
    left, paid = loan, Decimal(0)
    for month in range(1, months + 1):
        interest = (left * rate).quantize(CENT, ROUND_HALF_UP)
        now = (
            min(payment, left + interest)
            if month < months
            else left + interest
        )
        left += interest - now
        paid += interest
        if month in (1, 2, months):
            yield f"{month:>4} {now:>10} {interest:>9} {left:>11}"
    yield f"interest {paid}"


print(*annuity(Decimal(25000), "4.75", 48), sep="\n")
