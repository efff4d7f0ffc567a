# roman_calendar - dates of the Romans, numbers in words, and back.
#
# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta
from functools import reduce

MONTHS = ("Ian Feb Mar Apr Mai Iun Iul Aug Sep Oct Nov Dec").split()
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
LARGE = ["", "thousand", "million", "billion", "trillion"]


def roman(n):
    pairs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
    )
    return reduce(
        lambda s, p: (s[0] + p[1] * (s[1] // p[0]), s[1] % p[0]),
        pairs,
        ("", n),
    )[0]


def fixed_days(day):
    """The next Kalends, Nones or Ides."""
    for ahead in range(40):
        then = day + timedelta(ahead)
        late = then.month in (3, 5, 7, 10)
        name = {1: "Kal", 5 + 2 * late: "Non", 13 + 2 * late: "Id"}.get(
            then.day
        )
        if name:
            return ahead, name, then


def roman_date(day):
    ahead, name, then = fixed_days(day)
    end = f"{name}. {MONTHS[then.month - 1]}."
    if ahead == 0:
        return end
    if ahead == 1:
        return "prid. " + end
    return f"a.d. {roman(ahead + 1)} {end}"


for day in (
    date(2024, 1, 1),
    date(2024, 3, 15),
    date(2024, 3, 14),
    date(2024, 3, 16),
    date(2023, 2, 28),
    date(2024, 12, 25),
    date(2024, 7, 4),
):
    print(day, roman_date(day), roman(day.year), roman(day.year + 753))
assert (
    len({roman_date(date(2023, 1, 1) + timedelta(n)) for n in range(365)})
    == 365
)


def words(n):
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return SMALL[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return TENS[tens - 2] + ("-" + SMALL[ones] if ones else "")
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        return f"{SMALL[hundreds]} hundred" + (
            f" and {words(rest)}" if rest else ""
        )
    parts, size = [], 0
    while n:
        n, rest = divmod(n, 1000)
        if rest:
            parts.append(f"{words(rest)} {LARGE[size]}".strip())
        size += 1
    return ", ".join(reversed(parts))


def number(text):
    total = group = 0
    for word in text.replace(",", "").replace("-", " ").split():
        if word in SMALL:
            group += SMALL.index(word)
        elif word in TENS:
            group += 10 * TENS.index(word) + 20
        elif word == "hundred":
            group *= 100
        elif word in LARGE:
            total += group * 1000 ** LARGE.index(word)
            group = 0
    return total + group


for n in (
    0,
    13,
    21,
    100,
    342,
    1001,
    12_345,
    1_000_000,
    987_654_321,
    3 * 10**12 + 7,
    -5,
):
    print(f"{n:>17,} {words(n)}")
assert all(number(words(n)) == n for n in range(0, 200_000, 37))
letters = sum(c.isalpha() for n in range(1, 1001) for c in words(n))
print(letters, max(range(1000), key=lambda n: len(words(n))))
chain, n = [], 7
while n not in chain:
    chain.append(n)
    n = len(words(n))
print(chain, "then", n, [n for n in range(100) if len(words(n)) == n])
print(sorted(range(1, 21), key=words))
