# complex_plane - roots, transforms and a fractal in complex numbers.
#
# SPDX-License-Identifier: Apache-2.0
import cmath
import math


def show(z, digits=6):
    return f"{round(z.real, digits) + 0.0:g}{round(z.imag, digits) + 0.0:+g}i"


def roots(coefficients, rounds=200):
    """All roots at once, by the method of Durand and Kerner."""
    n = len(coefficients) - 1
    found = [(0.4 + 0.9j) ** k for k in range(n)]
    for _ in range(rounds):
        for i, z in enumerate(found):
            value = 0
            for c in coefficients:
                value = value * z + c
            others = math.prod(z - w for j, w in enumerate(found) if j != i)
            found[i] = z - value / others
    return sorted(found, key=lambda z: (round(z.real, 6), round(z.imag, 6)))


def fourier(values, sign=-1):
    n = len(values)
    if n == 1:
        return list(values)
    even, odd = fourier(values[::2], sign), fourier(values[1::2], sign)
    turned = [
        cmath.exp(sign * 2j * cmath.pi * k / n) * odd[k] for k in range(n // 2)
    ]
    return [e + t for e, t in zip(even, turned)] + [
        e - t for e, t in zip(even, turned)
    ]


def multiply(a, b):
    """The product of two numbers, by convolution of their digits."""
    size = 1 << (len(str(a)) + len(str(b))).bit_length()
    digits = [[int(d) for d in reversed(str(n).zfill(size))] for n in (a, b)]
    product = [x * y for x, y in zip(*map(fourier, digits))]
    sums = (round((z / size).real) for z in fourier(product, 1))
    return sum(s * 10**k for k, s in enumerate(sums))


print([show(z) for z in roots([1, 0, 0, -1])])
print([show(z) for z in roots([1, -10, 35, -50, 24])])
print([show(z) for z in roots([1, 0, -2, 5])])
a, b = 31415926535897, 27182818284590
print(multiply(a, b), multiply(a, b) == a * b)
print([show(z, 4) for z in fourier([1, 2, 3, 4, 0, 0, 0, 0])])

for z in (3 + 4j, -1, -2j):
    r, phi = cmath.polar(z)
    print(
        abs(z),
        round(phi, 9),
        show(cmath.rect(r, phi)),
        show(cmath.sqrt(z)),
        show(cmath.log(z)),
        complex(z).conjugate(),
    )
print(
    show(cmath.exp(1j * cmath.pi)),
    (1 + 2j) * (3 - 1j),
    (1 + 2j) / (3 - 4j),
    complex("1.5-2j"),
    1j**2,
    complex(0, -0.0),
)
print(
    cmath.isclose(1 + 1e-10j, 1), cmath.isinf(complex("inf")), (2j) == 2j + 0
)
try:
    (1 + 1j) < 2
except TypeError as error:
    print(error)

for row in range(-10, 11, 2):
    line = ""
    for column in range(-32, 17):
        z, c = 0, complex(column / 16, row / 8)
        for n in range(40):
            z = z * z + c
            if abs(z) > 2:
                break
        line += " .:-=+*#%@"[min(n // 3, 9)]
    print(line.rstrip())
