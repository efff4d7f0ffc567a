# poly_algebra - polynomials: division, common divisors, interpolation, text.
#
# SPDX-License-Identifier: Apache-2.0
import re
from fractions import Fraction
from itertools import zip_longest
from math import comb


class Poly:
    """Coefficients from the constant upwards, never with a zero at the end."""

    def __init__(self, *coefficients):
        c = [Fraction(x) for x in coefficients]
        while c and c[-1] == 0:
            c.pop()
        self.c = tuple(c)

    @classmethod
    def parse(cls, text):
        powers = {}
        pattern = r"([+-]?)(\d+(?:/\d+)?)?\*?(x)?(?:\^(\d+))?"
        for sign, number, x, power in re.findall(
            pattern, text.replace(" ", "")
        ):
            if number or x:
                value = Fraction(number or 1) * (-1 if sign == "-" else 1)
                n = int(power or 1) if x else 0
                powers[n] = powers.get(n, 0) + value
        return cls(
            *(powers.get(n, 0) for n in range(max(powers, default=0) + 1))
        )

    @property
    def degree(self):
        return len(self.c) - 1

    def __add__(self, other):
        return Poly(
            *(a + b for a, b in zip_longest(self.c, other.c, fillvalue=0))
        )

    def __neg__(self):
        return Poly(*(-a for a in self.c))

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        if not isinstance(other, Poly):
            return Poly(*(a * other for a in self.c))
        result = [Fraction(0)] * (len(self.c) + len(other.c))
        for i, a in enumerate(self.c):
            for j, b in enumerate(other.c):
                result[i + j] += a * b
        return Poly(*result)

    __rmul__ = __mul__

    def __pow__(self, n):
        result = Poly(1)
        for _ in range(n):
            result *= self
        return result

    def __divmod__(self, other):
        quotient, rest = Poly(), self
        while rest.c and rest.degree >= other.degree:
            term = Poly(
                *[0] * (rest.degree - other.degree), rest.c[-1] / other.c[-1]
            )
            quotient += term
            rest -= term * other
        return quotient, rest

    def __mod__(self, other):
        return divmod(self, other)[1]

    def __call__(self, x):
        value = 0 * x
        for a in reversed(self.c):
            value = value * x + a
        return value

    def __eq__(self, other):
        return self.c == other.c

    def derivative(self):
        return Poly(*[n * a for n, a in enumerate(self.c)][1:])

    def integral(self, a, b):
        whole = Poly(0, *(c / (n + 1) for n, c in enumerate(self.c)))
        return whole(Fraction(b)) - whole(Fraction(a))

    def __str__(self):
        text = ""
        for n, a in reversed(list(enumerate(self.c))):
            if a:
                size = "" if abs(a) == 1 and n else str(abs(a))
                power = {0: "", 1: "x"}.get(n, f"x^{n}")
                text += f" {'-+'[a > 0]} {size}{power}"
        return (
            text.removeprefix(" + ").replace(" - ", "-", text[:3] == " - ")
            or "0"
        )


def gcd(a, b):
    while b.c:
        a, b = b, a % b
    return a * (1 / a.c[-1])


def through(points):
    """The polynomial of Lagrange through the points."""
    total = Poly()
    for i, (x, y) in enumerate(points):
        part = Poly(y)
        for j, (u, _) in enumerate(points):
            if i != j:
                part *= Poly(-u, 1) * Fraction(1, x - u)
        total += part
    return total


def roots(p):
    """Those that are rational."""
    scale = 1
    for a in p.c:
        scale *= a.denominator
    whole = [int(a * scale) for a in p.c]
    first = next(abs(a) for a in whole if a)
    last = abs(whole[-1])
    options = {
        Fraction(s * n, d)
        for n in range(0, first + 1)
        for d in range(1, last + 1)
        if n == 0 or first % n == 0
        for s in (1, -1)
    }
    return sorted(x for x in options if p(x) == 0)


x = Poly(0, 1)
p, q = Poly.parse("x^3 - 6x^2 + 11x - 6"), Poly.parse("2x^2 - 8 + 0x")
for made in (p, q, p + q, p * q, p - p, q**3, p.derivative()):
    print(made)
print(*divmod(p, q), gcd(p, q), sep="; ")
print(
    roots(p),
    roots(q),
    roots(Poly.parse("6x^3 - 5x^2 - 2x + 1")),
    roots(x**3),
)
print(
    through([(0, 1), (1, 3), (2, 7), (3, 13)]),
    through([(n, n**4) for n in range(6)]),
)
print(p.integral(0, 2), p(Fraction(1, 2)), [p(n) for n in range(-1, 5)])
cheb = [Poly(1), x]
for n in range(2, 7):
    cheb.append(2 * x * cheb[-1] - cheb[-2])
print(cheb[6], cheb[5](Fraction(3, 5)))
bernoulli = [Fraction(1)]
for m in range(1, 13):
    bernoulli.append(
        -sum(comb(m + 1, k) * bernoulli[k] for k in range(m)) / (m + 1)
    )
print(*bernoulli)
square = Poly.parse("x^5 - x^4 - 2x^3 + 2x^2 + x - 1")
print(
    gcd(square, square.derivative()),
    Poly.parse("1/2x + 3/4x - x"),
    Poly.parse("-x^2+1"),
)
