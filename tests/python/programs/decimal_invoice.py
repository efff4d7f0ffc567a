# decimal_invoice - an invoice in decimals, with the rounding of accountants.
#
# SPDX-License-Identifier: Apache-2.0
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    getcontext,
    localcontext,
)

CENT = Decimal("0.01")
LINES = [
    ("paper, 80 g", "4.995", 12),
    ("toner", "61.335", 2),
    ("staples", "0.0725", 40),
    ("delivery", "6.9", 1),
]


def cents(amount, how=ROUND_HALF_UP):
    return amount.quantize(CENT, how)


net = Decimal()
for name, price, count in LINES:
    line = Decimal(price) * count
    print(
        f"{name:<12}{count:>4} x {price:>7} = {line:>9} "
        f"{cents(line):>8} {cents(line, ROUND_HALF_EVEN):>8}"
    )
    net += cents(line)
tax = cents(net * Decimal("0.19"))
print(f"net {net} tax {tax} gross {net + tax:,}")

shares = [cents(net / 7)] * 6
shares.append(net - sum(shares))
print("in seven parts:", *shares, "=", sum(shares))

rate, saved = Decimal("1.0325"), Decimal(1000)
for year in range(1, 6):
    saved = cents(saved * rate)
    print(year, saved, end="; ")
print()
with localcontext() as here:
    here.prec = 50
    print(Decimal(2).sqrt(), Decimal(1) / Decimal(7))
    print(Decimal(1).exp(), Decimal(10).ln())
print(getcontext().prec, Decimal(1) / 3, Decimal("1e-30").normalize())
print(Decimal("0.1") + Decimal("0.2") == Decimal("0.3"), 0.1 + 0.2 == 0.3)
print(Decimal(0.1), Decimal("-12.340").as_tuple(), Decimal("1E+3") + 0)
print(Decimal("-7") % 3, -7 % 3, divmod(Decimal("7.5"), 2), Decimal(2) ** 100)
print(
    Decimal("123456.789").to_eng_string(),
    f"{Decimal('0.000123'):.2e}",
    Decimal("5.5").to_integral_value(),
    round(Decimal("2.675"), 2),
)
print(Context(prec=3, rounding=ROUND_UP).divide(Decimal(10), Decimal(3)))
for sum_of in (
    lambda: Decimal(1) / 0,
    lambda: Decimal("1,5"),
    lambda: Decimal("sNaN") + 1,
    lambda: Decimal(-1).sqrt(),
):
    try:
        print(sum_of())
    except DivisionByZero:
        print("division by zero")
    except InvalidOperation as error:
        print("invalid:", error.args[0][0].__name__)
print(
    Decimal("NaN").is_nan(),
    Decimal("Infinity") > 10**100,
    sorted([Decimal("1.10"), 1, Decimal("1.1"), 0.5]),
)
