# pickle_state - objects pickled, with hooks, shared parts and cycles.
#
# SPDX-License-Identifier: Apache-2.0
import copy
import io
import pickle
from collections import OrderedDict
from datetime import date
from decimal import Decimal


class Node:
    def __init__(self, name):
        self.name, self.links, self.cache = name, [], {"heavy": name * 3}

    def __getstate__(self):
        return {k: v for k, v in self.__dict__.items() if k != "cache"}

    def __setstate__(self, state):
        self.__dict__.update(state, cache={})

    def __repr__(self):
        return (
            f"<{self.name}: {[n.name for n in self.links]} {len(self.cache)}>"
        )


class Money:
    __slots__ = ("cents", "unit")

    def __init__(self, cents, unit):
        self.cents, self.unit = cents, unit

    def __reduce__(self):
        return Money, (self.cents, self.unit)

    def __eq__(self, other):
        return (self.cents, self.unit) == (other.cents, other.unit)


a, b = Node("a"), Node("b")
a.links += [b, a]
b.links.append(a)
for protocol in range(6):
    x, y = pickle.loads(pickle.dumps((a, b), protocol))
    print(protocol, x, y, x.links[0] is y, x.links[1] is x)

things = [
    None,
    True,
    -(2**70),
    1.5,
    2j,
    "snow \u2603",
    b"\0\xff",
    (1, [2, {3}]),
    frozenset("a"),
    OrderedDict(z=1, a=2),
    date(2024, 2, 29),
    Decimal("1.10"),
    range(3, 9, 2),
    Money(5, "EUR"),
    len,
    dict,
    Ellipsis,
]
back = pickle.loads(pickle.dumps(things))
print(back == things, [type(t).__name__ for t in back][:8])
print(pickle.dumps({"k": [1, 2, (3,)]}, 2))
print(pickle.dumps("abc" * 2, 4).hex(), pickle.dumps(300, 0))

shared = [1]
one, two = pickle.loads(pickle.dumps([shared, shared]))
print(
    one is two, copy.copy(a).links is a.links, copy.deepcopy(a).links[1] is a
)
deep = copy.deepcopy({"a": shared, "b": shared})
deep["a"].append(2)
print(deep, shared)


class Guarded(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("datetime", "date"):
            return date
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


print(Guarded(io.BytesIO(pickle.dumps([date(2000, 1, 1)]))).load())
try:
    Guarded(io.BytesIO(pickle.dumps(Decimal(1)))).load()
except pickle.UnpicklingError as error:
    print(error)


class ByName(pickle.Pickler):
    def persistent_id(self, thing):
        return thing.name if isinstance(thing, Node) else None


class FromName(pickle.Unpickler):
    def persistent_load(self, name):
        return {"a": a, "b": b}[name]


out = io.BytesIO()
ByName(out, 4).dump([b, {"x": a}])
out.seek(0)
print(FromName(out).load(), out.getbuffer().nbytes < 60)
for bad in (
    lambda: pickle.dumps(lambda: 0),
    lambda: pickle.loads(b""),
    lambda: pickle.loads(b"\x80\x04K"),
    lambda: pickle.dumps(iter(open)),
):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__)
