# exception_chains - causes, contexts, groups, notes, and cleaning up.
#
# SPDX-License-Identifier: Apache-2.0
import sys


class Shop(Exception):
    """The base of all that goes wrong in the shop."""

    def __init__(self, message, *, code=0):
        super().__init__(message)
        self.code = code


class Empty(Shop, LookupError):
    def __str__(self):
        return f"[{self.code}] {self.args[0]}"


def chain(error):
    links = []
    while error is not None:
        links.append(f"{type(error).__name__}({error})")
        error = error.__cause__ or (
            None if error.__suppress_context__ else error.__context__
        )
    return " <- ".join(links)


def explicit():
    try:
        {}["tea"]
    except KeyError as error:
        raise Empty("no tea", code=7) from error


def implicit():
    try:
        int("three")
    except ValueError:
        [][1]


def hidden():
    try:
        1 / 0
    except ZeroDivisionError:
        raise Shop("closed") from None


def replaced():
    try:
        raise ValueError("lost")
    finally:
        raise TypeError("kept")


def swallowed():
    for n in range(3):
        try:
            raise ValueError(n)
        finally:
            if n == 1:
                break
            continue
    return f"stopped at {n}"


def returns():
    try:
        return "try"
    except Exception:
        return "except"
    else:
        return "else"
    finally:
        print("finally runs anyway")


for function in (explicit, implicit, hidden, replaced):
    try:
        function()
    except Exception as error:
        print(function.__name__, chain(error), isinstance(error, LookupError))
print(swallowed(), returns())

try:
    try:
        raise Shop("noted")
    except Shop as error:
        error.add_note("first note")
        error.add_note("second note")
        raise
except Shop as error:
    print(error.__notes__, error.code, repr(error))


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


try:
    deep(10**6)
except RecursionError as error:
    print(str(error).split(" in ")[0], deep(100))

group = ExceptionGroup(
    "many",
    [
        ValueError(1),
        ExceptionGroup("more", [OSError(2), ValueError(3)]),
        TypeError(4),
    ],
)
try:
    raise group
except* ValueError as some:
    print("values", [e.args for e in some.exceptions], some.message)
except* (OSError, TypeError) as some:
    print("others", some.exceptions)
match, rest = group.split(lambda e: e.args[0] in (2, 3))
print(match, "|", rest, "|", rest.derive([KeyError(9)]).exceptions)
try:
    ExceptionGroup("none", [])
except ValueError as error:
    print(error)

for bad in (
    "1 +",
    "x = = 2",
    "def f(:",
    "'open",
    "return 1",
    "  indented",
    "for x in y:\nz",
    "f(a=1, 2)",
    "0777",
    "a b",
):
    try:
        compile(bad, "<text>", "exec")
    except SyntaxError as error:
        print(repr(bad), type(error).__name__, error.lineno)
try:
    raise 5
except TypeError as error:
    print(error, sys.exc_info()[0].__name__)
print(sys.exc_info())
assert True
try:
    assert 1 > 2, f"{1} is not more than {2}"
except AssertionError as error:
    print("assertion:", error)
