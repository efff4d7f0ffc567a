# big_integers - digits of pi and e, factorials, powers: long integers.
#
# SPDX-License-Identifier: Apache-2.0
DIGITS = 5_600


def pi_digits():
    """By Gosper's series, one digit after the other."""
    q, r, t, i = 1, 180, 60, 2
    while True:
        u = 3 * (3 * i + 1) * (3 * i + 2)
        y = (q * (27 * i - 12) + 5 * r) // (5 * t)
        yield y
        q, r, t, i = (
            10 * q * i * (2 * i - 1),
            10 * u * (q * (5 * i - 2) + r - y * t),
            t * u,
            i + 1,
        )


def e_digits(count):
    one = 10 ** (count + 10)
    total, term, n = 0, one, 0
    while term:
        total += term
        n += 1
        term //= n
    return str(total)[:count]


def lucas(p):
    s, m = 4, (1 << p) - 1
    for _ in range(p - 2):
        s = (s * s - 2) % m
    return s == 0


def run():
    digits = pi_digits()
    pi = "".join(str(next(digits)) for _ in range(DIGITS))
    product = 1
    for n in range(1, 6000):
        product *= n
    primes = [p for p in (521, 607, 641, 1279, 2203, 3217) if lucas(p)]
    power = pow(3, 7**300, 10**250 + 7)
    text = product.bit_length(), str(product % (10**61 - 1))[:12]
    return pi[-10:], e_digits(4_200)[-10:], primes, power % 10**9, text
