# telephone_bill - a bill in decimals, rounded after every call.
#
# SPDX-License-Identifier: Apache-2.0
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    Decimal,
    getcontext,
    localcontext,
)

CALLS = 420_000
CENT = Decimal("0.01")
RATES = Decimal("0.0013"), Decimal("0.00894")
BASE, DISTANCE = Decimal("0.0675"), Decimal("0.0341")


def calls():
    state = 2024
    for _ in range(CALLS):
        state = (state * 22695477 + 1) & 0xFFFFFFFF
        yield (state >> 10) % 8_000, state >> 30 & 1


def interest(periods):
    balance, rate = Decimal("1000.00"), Decimal("1.00375")
    for n in range(periods):
        balance = (balance * rate - n % 7).quantize(CENT, ROUND_HALF_EVEN)
    return balance


def run():
    total = tax_sum = distance_sum = Decimal()
    longest = Decimal()
    for seconds, kind in calls():
        duration = Decimal(seconds)
        price = (duration * RATES[kind]).quantize(CENT, ROUND_HALF_EVEN)
        tax = (price * BASE).quantize(CENT, ROUND_DOWN)
        tax_sum += tax
        bill = price + tax
        if kind:
            extra = (price * DISTANCE).quantize(CENT, ROUND_DOWN)
            distance_sum += extra
            bill += extra
        if bill > longest:
            longest = bill
        total += bill
    with localcontext() as context:
        context.prec = 60
        root = Decimal(2).sqrt() + Decimal(3).ln() - Decimal(1) / 7
    precision = getcontext().prec
    return (
        str(total),
        str(tax_sum),
        str(distance_sum),
        str(longest),
        str(interest(9_000)),
        str(root)[:50],
        precision,
    )
