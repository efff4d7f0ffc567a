# weak_references - weak references, finalisers, and cycles collected.
#
# SPDX-License-Identifier: Apache-2.0
import gc
import weakref


class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = weakref.ref(parent) if parent else None
        self.children = []
        if parent:
            parent.children.append(self)

    def __repr__(self):
        return f"Node({self.name})"


root = Node("root")
middle = Node("middle", root)
leaf = Node("leaf", middle)
print(leaf.parent(), leaf.parent().parent(), weakref.getweakrefcount(root))
del root
print(leaf.parent().parent(), leaf.parent())
middle.children.clear()
del middle
gc.collect()
print("middle is", leaf.parent())

log = []


class Cycle:
    def __init__(self, name):
        self.name, self.me = name, self

    def __del__(self):
        log.append(f"del {self.name}")


gc.disable()
for name in "abc":
    Cycle(name)
print(log)
gc.collect()
print(sorted(log), gc.isenabled())
gc.enable()


class Phoenix:
    ashes = []

    def __del__(self):
        Phoenix.ashes.append(self)


Phoenix()
gc.collect()
print(
    len(Phoenix.ashes), type(Phoenix.ashes.pop()).__name__, len(Phoenix.ashes)
)

cache = weakref.WeakValueDictionary()
kept = {n: Node(n) for n in "xyz"}
cache.update(kept)
del kept["y"]
print(sorted(cache), cache.get("y"), len(cache))
seen = weakref.WeakSet(kept.values())
sizes = weakref.WeakKeyDictionary({node: len(seen) for node in seen})
del kept["x"]
gc.collect()
print([n.name for n in seen], [(k.name, v) for k, v in sizes.items()])

thing = Node("thing")
proxy = weakref.proxy(thing)
ref = weakref.ref(thing, lambda r: log.append(f"gone, {r() is None}"))
last = weakref.finalize(thing, log.append, "finalised")
print(proxy.name, ref() is thing, last.alive, last.peek()[1] == log.append)
del thing
print(log[3:], last.alive)
try:
    proxy.name
except ReferenceError as error:
    print(error)


class Button:
    def __init__(self):
        self.handlers = []

    def press(self):
        alive = [h() for h in self.handlers if h()]
        for handler in alive:
            handler()
        return len(alive)


class Lamp:
    on = False

    def toggle(self):
        self.on = not self.on


button, lamp = Button(), Lamp()
button.handlers.append(weakref.WeakMethod(lamp.toggle))
button.handlers.append(weakref.ref(lamp.toggle))
print(button.press(), lamp.on)
del lamp
print(button.press())
for value in (5, "text", None, (1,), [1], print):
    try:
        weakref.ref(value)
        print(type(value).__name__, "can be referenced")
    except TypeError as error:
        print(error)
a = [1]
a.append(a)
print(
    gc.is_tracked(a),
    gc.is_tracked(5),
    any(x is a for x in gc.get_referents(a)),
)
print(
    any(x is a for x in gc.get_objects()),
    gc.get_referrers(leaf.children) != [],
)
