# function_calls - arguments of every kind, scopes, closures and unpacking.
#
# SPDX-License-Identifier: Apache-2.0
def show(a, b=2, /, c=3, *args, d=4, e, **kw):
    return a, b, c, args, d, e, kw


print(
    show(1, e=5),
    show(1, 2, 3, 4, 5, e=6, f=7),
    show(*"xyz", *[8], e=0, **{"a": 1}),
)
for call in (
    lambda: show(),
    lambda: show(1),
    lambda: show(1, e=1, **{"e": 2}),
    lambda: show(1, b=2),
    lambda: show(*5, e=1),
    lambda: show(e=1, **[1]),
):
    try:
        print(call())
    except TypeError as error:
        print("TypeError:", str(error).split("()")[-1].strip()[:45])


def remember(item, seen=[]):
    seen.append(item)
    return len(seen)


print(remember("a"), remember("b"), remember("c", []), remember.__defaults__)
late = [lambda: n for n in range(3)]
early = [lambda n=n: n for n in range(3)]
print([f() for f in late], [f() for f in early])


def counter(start=0):
    count = start

    def up(by=1):
        nonlocal count
        count += by
        return count

    def reset():
        nonlocal count
        count = start

    return up, reset


up, reset = counter(10)
print(up(), up(5), reset(), up(), up.__closure__[0].cell_contents)
x = "global"


def scopes():
    x = "outer"

    class Inside:
        seen = x
        x = "class"

        def method(self):
            return x

    def changes():
        global x
        x = "changed"

    changes()
    return Inside.seen, Inside.x, Inside().method(), x


print(scopes(), x)


def unbound():
    print(y)
    y = 1


try:
    unbound()
except UnboundLocalError as error:
    print(
        type(error).__mro__[1].__name__,
        error.name if hasattr(error, "name") else "",
    )
first, *middle, last = range(6)
(a, b), [c, *d] = (1, 2), "xyz"
print(
    first,
    middle,
    last,
    a,
    b,
    c,
    d,
    [*range(3), *"ab"],
    {**{"k": 1}, "k": 2, **{"l": 3}},
)
for wrong in (
    "a, b = 1, 2, 3",
    "a, *b, c = [1]",
    "(a, b), c = 1, 2",
    "*a, *b = [1]",
):
    try:
        exec(wrong)
    except (ValueError, TypeError, SyntaxError) as error:
        print(type(error).__name__, str(error)[:33])
data = [5, 3, 8, 1]
if (n := len(data)) > 3 and (total := sum(data)):
    print(n, total, [y for v in data if (y := v * v) > 10], y)
i = "kept"
print(
    [i for i in range(3)],
    i,
    {k: v for k, v in zip("ab", (1, 2))},
    {v % 2 for v in data},
)
print(
    [(r, c) for r in range(3) for c in range(r) if (r + c) % 2],
    [[r * c for c in range(3)] for r in range(3)],
    *(v for v in data if v > 4),
)


def compose(*functions):
    def composed(value):
        for function in reversed(functions):
            value = function(value)
        return value

    return composed


print(
    compose(str, lambda v: v + 1, abs)(-41),
    list(map(compose(len, str), (1, 22, 333))),
)
print(
    (lambda *a, **k: (a, k))(1, *[2], z=3),
    (lambda: (yield))().__class__.__name__,
)


def annotated(n: int = 5, *, flag: "text" = None) -> list[int]:
    """Doc."""
    annotated.calls = getattr(annotated, "calls", 0) + 1
    return [n]


annotated(), annotated(2)
print(
    annotated.calls,
    annotated.__annotations__,
    annotated.__kwdefaults__,
    annotated.__doc__,
)


def decorator(*words):
    def wrap(function):
        function.words = (*words, *getattr(function, "words", ()))
        return function

    return wrap


@decorator("outer")
@decorator("inner", 2)
def decorated():
    ...


print(
    decorated.words, decorated(), callable(decorated), decorated.__qualname__
)


def ackermann(m, n):
    return (
        n + 1
        if m == 0
        else ackermann(m - 1, 1 if n == 0 else ackermann(m, n - 1))
    )


def hanoi(n, a="A", b="B", c="C"):
    return hanoi(n - 1, a, c, b) + [a + c] + hanoi(n - 1, b, a, c) if n else []


print(ackermann(2, 9), len(hanoi(10)), *hanoi(3))
print(
    all([]),
    any([]),
    max("b", "a", "c"),
    min([3, 1], default=0),
    max([], default="none"),
    sum([[1], [2]], []),
    list(zip("ab", "xyz")),
    next(iter([]), "end"),
    divmod(-7, 2),
    pow(2, 10, 1000),
    sorted({"b": 1, "a": 2}),
    list(enumerate("ab", 5)),
    abs(-3 + 4j),
    round(-2.5),
    list(reversed("abc")),
    list(filter(None, [0, 1, "", "x"])),
)
try:
    list(zip([1], [1, 2], strict=True))
except ValueError as error:
    print(error)
i = 0
while True:
    i += 1
    if i == 3:
        continue
    if i > 5:
        break
else:
    print("never")
for j in range(3):
    pass
else:
    print("no break", i, j)
print(
    1 < 2 < 3,
    1 < 3 > 2,
    not 1 == 2,
    5 and 0 or "else",
    None is None,
    [] == False,
    True + True,
    "a" "b",
    3 if [] else 4,
    0 or None,
    1 != 1.0,
    "10" < "9",
)
