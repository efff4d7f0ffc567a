# lasting_objects - what is there before a program begins, and what it adds.
#
# SPDX-License-Identifier: Apache-2.0
import copy
import gc
import importlib
import json
import pickle
import re
import sys
import types
import weakref

ended = []


class Loud:
    """Says when it ends."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        ended.append(self.name)


# What hangs on something lasting ends when it is taken off.
json.extra = Loud("attribute")
sys.modules["loud"] = Loud("module")
re.__dict__["loud"] = Loud("name")
json.JSONDecodeError.loud = Loud("of a class")
del json.extra, sys.modules["loud"], re.loud, json.JSONDecodeError.loud
print(ended)
ended.clear()

# In a circle with something lasting it ends when it is looked for.
for keeper in (json, json.JSONDecodeError, types.SimpleNamespace()):
    loud = Loud(type(keeper).__name__)
    loud.keeper = keeper
    keeper.loud = loud
    del loud, keeper.loud
circle = Loud("circle")
circle.self = circle
circle.module = json
del circle, keeper
gc.collect()
print(sorted(ended))
ended.clear()

# Whatever is thawed or frozen, it goes on so.
for _ in range(3):
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    again = Loud("after")
    again.self = again
    del again
    gc.unfreeze()
    gc.collect()
print(ended)
ended.clear()
print(json.loads("[1, {}]"), re.sub("b+", "x", "abba"))

# Names of one text are one, whichever was there first.
a = sys.intern("".join(["js", "on"]))
b = sys.intern("".join(["json", " that ", "nobody has said"]))
c = sys.intern("".join(["json that", " nobody has said"]))
print(a is sys.intern(json.__name__), b is c, sys.modules[a] is json)

# Weak references to what lasts, and to what does not.
calls = []
lasting = weakref.ref(json, calls.append)
passing = weakref.ref(Loud("passing"), calls.append)
print(lasting() is json, passing() is None, len(calls))
old = sys.modules.pop("json")
new = importlib.import_module("json")
print(new is not old, lasting() is old, new.dumps([1]) == old.dumps([1]))
sys.modules["json"] = old

# Classes that come from lasting ones are forgotten by them.
before = len(dict.__subclasses__()), len(json.JSONEncoder.__subclasses__())
for _ in range(3):

    class Table(dict):
        pass

    class Encoder(json.JSONEncoder):
        def default(self, value):
            return repr(type(value).__name__)

print(Encoder().encode({"a": Table(), "b": {1}}))
del Table, Encoder
gc.collect()
after = len(dict.__subclasses__()), len(json.JSONEncoder.__subclasses__())
print(before == after)

# What changes in place when nobody else has it does not when somebody may.
text = json.__name__
text += "!"
print(text, json.__name__)
parts = json.JSONDecodeError.__mro__
parts += (int,)
print(len(parts) - len(json.JSONDecodeError.__mro__))
zipped = zip(*[iter(json.__name__)] * 2)
print(list(zipped), list(zip(json.__all__, json.__all__))[:1])

# Functions and codes that last can be changed, copied and replaced.
code = json.loads.__code__
other = types.FunctionType(
    code.replace(co_name="other"), json.loads.__globals__, "other"
)
other.__kwdefaults__ = json.loads.__kwdefaults__
print(other("[2]"), other.__code__ is code, json.loads.__code__ is code)
print(pickle.loads(pickle.dumps(json.loads)) is json.loads)
print(copy.copy(json.loads) is json.loads)
defaults = json.dumps.__kwdefaults__
json.dumps.__kwdefaults__ = {**defaults, "indent": 1}
print(json.dumps([1]))
json.dumps.__kwdefaults__ = defaults
print(json.dumps([1]), sys.getrefcount(json) > 1)
