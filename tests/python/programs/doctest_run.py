# doctest_run - examples in docstrings, run and reported.
#
# SPDX-License-Identifier: Apache-2.0
"""Roman numerals, with examples.

>>> roman(1994)
'MCMXCIV'
>>> [number(r) for r in ("IX", "XLII", "MMXXIV")]
[9, 42, 2024]
"""
import doctest
import io
from contextlib import redirect_stdout

VALUES = {
    "M": 1000,
    "CM": 900,
    "D": 500,
    "CD": 400,
    "C": 100,
    "XC": 90,
    "L": 50,
    "XL": 40,
    "X": 10,
    "IX": 9,
    "V": 5,
    "IV": 4,
    "I": 1,
}


def roman(n):
    """The number in Roman numerals.

    >>> roman(0)
    Traceback (most recent call last):
        ...
    ValueError: the Romans had no 0
    >>> for n in (4, 8):
    ...     print(n, roman(n))
    4 IV
    8 VIII
    """
    if n <= 0:
        raise ValueError(f"the Romans had no {n}")
    letters = ""
    for letter, value in VALUES.items():
        letters += letter * (n // value)
        n %= value
    return letters


def number(letters):
    """The other way.

    >>> number("XIV")
    14
    >>> number("ABC")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    KeyError: ...
    >>> list(map(number, ["I", "V"]))    # doctest: +NORMALIZE_WHITESPACE
    [1,
     5]
    >>> number("IC")   # wrong on purpose
    98
    """
    total = 0
    for here, after in zip(letters, letters[1:] + "I"):
        value = {k: v for k, v in VALUES.items() if len(k) == 1}[here]
        total += -value if value < VALUES[after] else value
    return total


assert all(number(roman(n)) == n for n in range(1, 4000))
finder, out = doctest.DocTestFinder(), io.StringIO()
runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
for test in finder.find(roman) + finder.find(number):
    with redirect_stdout(out):
        failed, tried = runner.run(test)[:2]
    print(test.name, tried, "examples,", failed, "failed")
for line in out.getvalue().splitlines():
    if not line.startswith(("File", "***")):
        print(line)
parser = doctest.DocTestParser()
for example in parser.get_examples(__doc__):
    print(repr(example.source), repr(example.want), example.lineno)
globs = {"roman": roman, "number": number}
test = parser.get_doctest(__doc__, globs, "module", None, 0)
print(runner.run(test)[:2], runner.tries, runner.failures)
