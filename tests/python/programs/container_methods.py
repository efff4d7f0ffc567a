# container_methods - lists, dictionaries, sets, tuples and slices, all methods.
#
# SPDX-License-Identifier: Apache-2.0
a = [3, 1, 2]
a.append(9)
a.extend("xy")
a.insert(-1, "before last")
a += (7,)
print(a, a.pop(), a.pop(0), a.index("x"), a.count(9))
a.remove("x")
a.reverse()
print(a, a * 2, [0] * 3, [[]] * 2, a[1:3], a[::-2], a[-100:100], a[5:1])
b = list(range(10))
b[2:5] = "abc"
b[::5] = [100, 200]
del b[-2:]
b[3:3] = [None]
print(b, b.copy() is b, b[slice(1, None, 3)], 200 in b)
try:
    b[::2] = [1]
except ValueError as error:
    print(error)
b.clear()
print(
    b,
    [1, 2] < [1, 3],
    [1] < [1, 0],
    [2] > [1, 9],
    (1, "a") == (1, "a"),
    [1] == (1,),
)
matrix = [[0] * 3] * 2
matrix[0][1] = 5
print(
    matrix,
    [list(column) for column in zip([1, 2], [3, 4])],
    sum([1, 2, 3], 10),
)
s = slice(None, 7, 3)
print(
    s.indices(5),
    s,
    list(range(10))[s],
    range(10)[2:8:3],
    range(0, 10, 3)[-1],
    range(5) == range(0, 5, 1),
    7 in range(1, 10, 2),
    range(10).index(4),
    len(range(9, 0, -2)),
)
t = (1, [2], "c")
t[1].append(3)
try:
    t[1] += [4]
except TypeError:
    print(
        t,
        t + (5,),
        t.index("c"),
        (1,) * 3,
        tuple("ab"),
        (3,) < (3, 0),
    )

d = {"b": 1, "a": 2}
d["c"] = d.setdefault("b", 99) + d.get("z", 10)
d.update({"a": 3}, e=5)
d |= {"f": 6}
print(
    d,
    list(d),
    d.pop("e"),
    d.pop("none", "default"),
    d.popitem(),
    list(reversed(d)),
)
print(
    {**d, "b": 0},
    d | {"a": None},
    dict.fromkeys("xy", 0),
    dict([("k", 1)]),
    dict(zip("ab", "cd")),
)
keys, items = d.keys(), d.items()
d["new"] = 7
print(
    keys,
    items,
    keys & {"a", "q"} == {"a"},
    ("a", 3) in items,
    keys - {"a", "b"} == {"c", "new"},
)
for attempt in (
    lambda: d["missing"],
    lambda: {[]: 1},
    lambda: {}.popitem(),
    lambda: dict([1]),
    lambda: [n for n in d if d.pop(n)],
    lambda: {1} < 5,
    lambda: {}[{}],
):
    try:
        attempt()
    except (KeyError, TypeError, RuntimeError) as error:
        print(type(error).__name__, end=" ")
print()
print(
    {1: "int", True: "bool", 1.0: "float"},
    {0, False, 0.0},
    hash(1) == hash(1.0) == hash(True),
)


class Default(dict):
    def __missing__(self, key):
        self[key] = value = key * 2
        return value


print(
    Default(a=1)["zz"],
    Default(),
    Default.fromkeys([1]),
    isinstance(Default(), dict),
)
nan = float("nan")
print(
    nan in [nan],
    nan == nan,
    [nan] == [nan],
    {nan: 1}.get(nan),
    [nan].count(float("nan")),
)

x, y = {1, 2, 3, 4}, {3, 4, 5}
print(
    x & y,
    x | y,
    x - y,
    x ^ y,
    x <= {1, 2, 3, 4, 5},
    x.isdisjoint({9}),
    {1} < x,
    x > {1, 2},
)
x.add(9)
x.discard(77)
x -= {1}
x.update([10], (11,))
x.symmetric_difference_update({2, 12})
print(
    sorted(x),
    sorted(x.intersection([9, 3], (3,))),
    len(x),
    frozenset(y) == y,
    {frozenset({1}): "f"}[frozenset([1])],
    x.issuperset([3]),
    set("hello") == set("ohell"),
)
try:
    x.remove(77)
except KeyError as error:
    print("KeyError", error)

text = "the cat sat on the mat"
print(
    text.find("at"),
    text.rfind("at"),
    text.find("dog"),
    text.count("t"),
    text.replace("at", "og", 2),
    text.split(" ", 2),
    text.rsplit(None, 1),
    text.partition(" sat "),
    text.title(),
)
print(
    text[::-1],
    text[4:7],
    text.index("on"),
    text.startswith(("a", "the")),
    text.center(30, "*"),
    "-".join("abc"),
    "abc" * 2,
    "b" in "abc",
    "a" < "b" < "ba",
    text.islower(),
    sep="|",
)
print(
    "x".ljust(3, "."),
    "x".rjust(3),
    "42".isnumeric(),
    "a1".isalnum(),
    " \n".isspace(),
    "Ab".istitle(),
    "abc".strip("ac"),
    "xxabxx".lstrip("x"),
    "a\\n",
    r"a\n",
    "tab\there",
    "q'q",
    'd"d',
    sep="|",
)
print(
    min("hello"),
    sorted("hello"),
    "".join(sorted(set("hello"))),
    list("hi"),
    "h" "i",
    len("\n\t\0"),
)
nested = {"a": [1, {"b": (2, [3])}]}
print(
    nested["a"][1]["b"][1][0],
    str(nested),
    len(str(nested)),
    eval(repr(nested)) == nested,
)


def flat(thing):
    if isinstance(thing, dict):
        return [x for k, v in thing.items() for x in [k, *flat(v)]]
    if isinstance(thing, (list, tuple)):
        return [x for v in thing for x in flat(v)]
    return [thing]


print(flat(nested), list(map(type(nested).__name__.__add__, "xy")))
queue = [(2, "b"), (1, "z"), (1, "a")]
print(
    sorted(queue),
    max(queue),
    sorted(queue, key=lambda q: q[1], reverse=True),
    min(queue, key=len),
)
big = {n: n * n for n in range(1000)}
for n in range(0, 1000, 2):
    del big[n]
for n in range(2000, 2300):
    big[n] = -n
print(
    len(big),
    list(big)[:3],
    list(big)[-1],
    sum(big),
    sum(big.values()),
    501 in big,
    500 in big,
)
