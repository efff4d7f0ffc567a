# context_managers - managers that nest, swallow, undo and redirect.
#
# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import sys


class Indented:
    depth = 0

    def __init__(self, name, swallow=()):
        self.name, self.swallow = name, swallow

    def say(self, *words):
        print("  " * Indented.depth, *words)

    def __enter__(self):
        self.say("enter", self.name)
        Indented.depth += 1
        return self

    def __exit__(self, kind, error, trace):
        Indented.depth -= 1
        self.say("exit", self.name, kind.__name__ if kind else "-")
        return kind is not None and issubclass(kind, self.swallow)


with Indented("a"), Indented("b", (KeyError,)) as b:
    b.say("in b")
    {}["missing"]
try:
    with Indented("c", (KeyError,)):
        with Indented("d"):
            1 / 0
except ZeroDivisionError as error:
    print("got out:", error)


@contextlib.contextmanager
def changed(mapping, **changes):
    before = dict(mapping)
    mapping.update(changes)
    try:
        yield mapping
    finally:
        mapping.clear()
        mapping.update(before)


settings = {"colour": "red", "size": 3}
with contextlib.suppress(ValueError):
    with changed(settings, size=9, shape="round"):
        print(sorted(settings.items()))
        raise ValueError
print(sorted(settings.items()))


@changed(settings, colour="blue")
def paint():
    return settings["colour"]


print(paint(), settings["colour"], paint())

with contextlib.ExitStack() as stack:
    for name in ("one", "two", "three"):
        stack.enter_context(Indented(name))
    stack.callback(print, "callback", sep="~")
    kept = stack.pop_all()
print("nothing closed yet")
kept.close()

captured = io.StringIO()
with contextlib.redirect_stdout(captured):
    print("hidden")
    print("from view", file=sys.stdout)
print(captured.getvalue().split())
with contextlib.closing(io.StringIO("text")) as file:
    file.read()
print(file.closed, contextlib.nullcontext(5).__enter__())
try:
    with changed(settings) as one, changed(one) as two:
        raise LookupError("both see it")
except LookupError as error:
    print(error, error.__context__)
