# fraction_music - tunings, Egyptian fractions and Farey sequences.
#
# SPDX-License-Identifier: Apache-2.0
from fractions import Fraction
from math import gcd


def pythagorean(steps):
    """The ratios of a scale of fifths, brought into one octave."""
    ratio = Fraction(1)
    for _ in range(steps):
        yield ratio
        ratio *= Fraction(3, 2)
        while ratio >= 2:
            ratio /= 2


def egyptian(fraction):
    while fraction:
        part = Fraction(1, -(-fraction.denominator // fraction.numerator))
        yield part
        fraction -= part


def farey(n):
    a, b, c, d = 0, 1, 1, n
    yield Fraction(a, b)
    while c <= n:
        k = (n + b) // d
        a, b, c, d = c, d, k * c - a, k * d - b
        yield Fraction(a, b)


def continued(fraction):
    while True:
        whole, fraction = divmod(fraction, 1)
        yield whole
        if not fraction:
            return
        fraction = 1 / fraction


scale = sorted(pythagorean(12))
print(*scale)
print("comma:", Fraction(3, 2) ** 12 / 2**7)
for target in (Fraction(4, 13), Fraction(7, 15), Fraction(5, 121)):
    parts = list(egyptian(target))
    print(target, "=", " + ".join(map(str, parts)), sum(parts) == target)
row = list(farey(7))
print(len(row), *row)
print(
    all(
        b.numerator * a.denominator - a.numerator * b.denominator == 1
        for a, b in zip(row, row[1:])
    )
)
pi = Fraction("3.14159265358979323846")
print(list(continued(pi))[:9])
for limit in (10, 200, 40000):
    near = pi.limit_denominator(limit)
    print(near, f"{float(abs(near - pi)):.3e}")
print(
    Fraction(0.375),
    Fraction("-1.25e-2"),
    Fraction(10, -4),
    -Fraction(7, 3) // 1,
)
print(round(Fraction(7, 2)), round(Fraction(22, 7), 3), Fraction(1, 3) ** -2)
harmonic = sum(Fraction(1, n) for n in range(1, 31))
print(harmonic, gcd(harmonic.numerator, harmonic.denominator))
try:
    Fraction(1, 0)
except ZeroDivisionError as error:
    print(error)
