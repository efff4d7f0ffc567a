# number_theory - primes, factors, congruences, and integers without limit.
#
# SPDX-License-Identifier: Apache-2.0
import math
from functools import reduce


def sieve(limit):
    flags = bytearray([1]) * limit
    flags[:2] = b"\0\0"
    for n in range(2, math.isqrt(limit) + 1):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, limit, n)))
    return [n for n, flag in enumerate(flags) if flag]


def is_prime(n, witnesses=(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
    if n < 2 or any(n % p == 0 for p in witnesses):
        return n in witnesses
    twos = (n - 1 & 1 - n).bit_length() - 1
    odd = n - 1 >> twos
    for a in witnesses:
        x = pow(a, odd, n)
        if x not in (1, n - 1):
            for _ in range(twos - 1):
                x = x * x % n
                if x == n - 1:
                    break
            else:
                return False
    return True


def rho(n):
    for c in range(1, 20):
        x = y = 2
        d = 1
        while d == 1:
            x = (x * x + c) % n
            y = (y * y + c) % n
            y = (y * y + c) % n
            d = math.gcd(x - y, n)
        if d != n:
            return d


def factors(n):
    if n == 1:
        return []
    if is_prime(n):
        return [n]
    d = 2 if n % 2 == 0 else rho(n)
    return sorted(factors(d) + factors(n // d))


primes = sieve(200_000)
print(len(primes), primes[-3:], sum(primes))
print(
    [p for p in primes if p < 60],
    max(b - a for a, b in zip(primes, primes[1:])),
)
for n in (360, 2**32 + 1, 600851475143, 10**15 + 37, 1000003 * 1000033):
    print(n, "=", " * ".join(map(str, factors(n))))
print([p for p in range(2, 130) if is_prime(p) and is_prime(2**p - 1)])


def chinese(remainders, moduli):
    product = math.prod(moduli)
    return (
        sum(
            r * (product // m) * pow(product // m, -1, m)
            for r, m in zip(remainders, moduli)
        )
        % product
    )


print(chinese((2, 3, 2), (3, 5, 7)), chinese((1, 4, 6), (11, 13, 17)))
n = math.factorial(60)
print(n, len(str(n**9)), sum(map(int, str(2**1000))), n.bit_length())
print(
    math.comb(100, 50),
    math.perm(20, 6),
    math.lcm(*range(1, 31)),
    math.isqrt(2 * 10**60),
)
print(
    pow(3, -1, 10**9 + 7),
    reduce(math.gcd, (462, 1071, 2310)),
    -17 // 5,
    -17 % 5,
)
print(
    int("zz", 36),
    0xFF ^ 0b1010,
    1 << 70 >> 3,
    ~5 & 0xF,
    (12345).to_bytes(3, "big"),
    int.from_bytes(b"\xff\x01", "little", signed=True),
    (255).bit_count(),
)
try:
    pow(2, -1, 4)
except ValueError as error:
    print(error)
