# format_specs - f-strings and format specifications of all the types.
#
# SPDX-License-Identifier: Apache-2.0
import math
from datetime import date
from decimal import Decimal

values = [0, 7, -42, 1234567, 2**70]
for spec in (
    "d",
    "+d",
    "08d",
    ",",
    "_x",
    "#b",
    "^+12,",
    "*>15",
    "e",
    ".3g",
    "c",
):
    row = []
    for value in values:
        try:
            row.append(format(value, spec))
        except (ValueError, OverflowError) as error:
            row.append(type(error).__name__)
    print(f"{spec:<7}", row)
floats = [0.0, -0.0, 1.5, 1e-5, 123456789.123, 1e22, math.inf, math.nan]
for spec in ("", "g", ".2f", "+.1e", ".0f", "%", ",.1f", "012.3f", ".3", "n"):
    print(f"{spec:<7}", [format(value, spec) for value in floats])
print(
    [
        repr(x)
        for x in (
            0.1,
            1 / 3,
            1.7976931348623157e308,
            1e16,
            1e15,
            123456789012345680.0,
            5e-324,
            0.1 + 0.2,
        )
    ]
)
print(
    [
        round(x, n)
        for x, n in ((2.675, 2), (0.5, 0), (1.5, 0), (1234, -2), (-2.5, 0))
    ],
    round(2.5),
    round(-3.5),
    (0.1).hex(),
    float.fromhex("0x1.8p3"),
)
print(
    (0.1).as_integer_ratio(),
    (2.5).is_integer(),
    float("1_000.5"),
    float(" -inf "),
)

name, width, precision = "Vivian", 12, 3
print(
    f"[{name:>{width}}] [{name!r:^{width}}]"
    f"[{name:.{precision}}] [{name:-<10.4}]"
)
print(f"{name=} {width * 2 = } {math.pi:{width}.{precision}f} {name!s:.>8}")
print(
    f"{'nested ' + f'{width + 1}'} {{literal}} {date(2024, 2, 29):%d.%m.%y} "
    f"{[n for n in range(3)]} {dict(a=1)['a']} {(lambda x: x * 2)(4)}"
)
print(f"{Decimal('1234.5'):,.2f} {3 + 4j:.1f} {True:d} {None!s:>6} {'%'!a}")
print(
    f"""multi
{'line':>6} \N{SNOWMAN}""",
    ascii("\u2603"),
    f"{name!a:>9}",
)


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __format__(self, spec):
        unit, _, rest = spec.partition("|")
        return f"{self.cents / 100:{rest or '.2f'}} {unit or 'EUR'}"


print(f"{Money(12345)} {Money(12345):USD} {Money(5):GBP|08.3f}")
print(
    "{1} {0} {1!r}".format("a", "b"),
    "{a.real} {b[key]} {c[1]}".format(a=5, b={"key": "v"}, c="xyz"),
    "{:{}{}}".format("x", "^", 5),
    "{0:{1}}".format(255, "#06x"),
)
print(
    "%s|%r|%5d|%-5d|%+d|%05.1f|%#x|%o|%.2e|%c|%%"
    % ("s", "r", 42, 42, 42, 3.14159, 255, 8, 12345.678, "c")
)
print(
    "%(a)s %(b)03d" % {"a": "x", "b": 7}, "%*d" % (6, 3), "%.*f" % (2, 1.005)
)
print(b"%d %s %x" % (5, b"bytes", 255), "%s" % ((1, 2),), "%5.1f%%" % 99.55)
for bad in (
    lambda: f"{1:q}",
    lambda: f"{'s':d}",
    lambda: "{} {}".format(1),
    lambda: "%d" % "x",
    lambda: "%s %s" % 1,
    lambda: "{a}".format(),
    lambda: "{".format(),
    lambda: f"{1.5:d}",
    lambda: f"{'a':=+5}",
):
    try:
        print(bad())
    except (ValueError, TypeError, IndexError, KeyError) as error:
        print(type(error).__name__)
