# base_conversions - numbers in many bases, factoradics, Gray codes, checksums.
#
# SPDX-License-Identifier: Apache-2.0
import string
from functools import reduce
from itertools import permutations

DIGITS = string.digits + string.ascii_lowercase


def write(n, base):
    if n < 0:
        return "-" + write(-n, base)
    text = ""
    while True:
        n, digit = divmod(n, base)
        text = DIGITS[digit] + text
        if not n:
            return text


def balanced(n):
    """In balanced ternary, with + and - for the digits."""
    text = ""
    while n:
        n, digit = divmod(n + 1, 3)
        text = "-0+"[digit] + text
    return text or "0"


def negative(n, base=-2):
    text = ""
    while n:
        n, digit = divmod(n, base)
        if digit < 0:
            n, digit = n + 1, digit - base
        text = str(digit) + text
    return text or "0"


def zeckendorf(n):
    fibs = [1, 2]
    while fibs[-1] <= n:
        fibs.append(fibs[-1] + fibs[-2])
    parts = []
    for f in reversed(fibs):
        if f <= n:
            parts.append(f)
            n -= f
    return parts


for n in (0, 5, 100, 2024, -77):
    print(
        n,
        [write(n, base) for base in (2, 7, 16, 36)],
        balanced(n),
        negative(n),
    )
assert all(
    int(write(n, b), b) == n for n in range(-500, 500, 7) for b in range(2, 37)
)
print([zeckendorf(n) for n in (4, 50, 1000)])
print(
    [f"{n ^ n >> 1:03b}" for n in range(8)],
    bin(-10),
    oct(64),
    int("-0b101", 0),
    int("0o17", 0),
    int("1_000"),
    hex(2**40),
)


def nth_permutation(n, items):
    items, made = list(items), []
    factoradic = []
    for k in range(1, len(items) + 1):
        n, digit = divmod(n, k)
        factoradic.insert(0, digit)
    for digit in factoradic:
        made.append(items.pop(digit))
    return "".join(made), factoradic


print([nth_permutation(n, "abcd") for n in (0, 9, 23)])
assert [nth_permutation(n, "abcd")[0] for n in range(24)] == [
    "".join(p) for p in permutations("abcd")
]


def luhn(number):
    digits = [int(d) for d in str(number)][::-1]
    return (
        sum(
            d if i % 2 == 0 else sum(divmod(2 * d, 10))
            for i, d in enumerate(digits)
        )
        % 10
        == 0
    )


def isbn(text):
    digits = [10 if c == "X" else int(c) for c in text if c not in "- "]
    if len(digits) == 10:
        return sum(d * (10 - i) for i, d in enumerate(digits)) % 11 == 0
    return sum(d * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10 == 0


def iban(text):
    turned = text.replace(" ", "")
    turned = turned[4:] + turned[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


print(
    [luhn(n) for n in (79927398713, 79927398714, 4539578763621486)],
    [
        isbn(t)
        for t in (
            "0-306-40615-2",
            "978-0-306-40615-7",
            "0-8044-2957-X",
            "978-0-306-40615-8",
        )
    ],
    [
        iban(t)
        for t in ("GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33")
    ],
)


def fletcher(data):
    a, b = reduce(
        lambda s, x: ((s[0] + x) % 255, (s[0] + x + s[1]) % 255), data, (0, 0)
    )
    return b << 8 | a


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


print(f"{fletcher(b'abcde'):04x} {fnv(b'sandbox'):016x}")
state = 0xACE1
seen = 0
while True:
    bit = (state ^ state >> 2 ^ state >> 3 ^ state >> 5) & 1
    state = state >> 1 | bit << 15
    seen += 1
    if state == 0xACE1:
        break
print("period", seen)
print(
    [
        n
        for n in range(1, 10**4)
        if str(n) == str(n)[::-1] and write(n, 2) == write(n, 2)[::-1]
    ],
    [
        n
        for n in range(10, 10**4)
        if n == sum(int(d) ** len(str(n)) for d in str(n))
    ],
)
