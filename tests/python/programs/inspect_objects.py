# inspect_objects - signatures, members, sources and frames of objects.
#
# SPDX-License-Identifier: Apache-2.0
import inspect
import operator
import types
from functools import partial, wraps


def show(a, /, b: int, c=3, *args: str, d, e="x", **rest) -> bool:
    """Shows.

    Indented text.
    """
    # A comment within.
    return bool(a)


class Base:
    """The base."""

    limit = 5

    def method(self, x):
        """What the method does."""

    @staticmethod
    def static(y=None):
        ...

    @classmethod
    def made(cls):
        ...

    @property
    def size(self):
        ...


class Derived(Base):
    def method(self, x):
        ...

    async def later(self):
        ...

    def many(self):
        yield 1


signature = inspect.signature(show)
print(signature)
for name, parameter in signature.parameters.items():
    print(
        f"{name:<5}{parameter.kind.description:<22}",
        parameter.default is not parameter.empty,
    )
bound = signature.bind(1, 2, 3, "more", d=4, z=5)
print(bound.args, bound.kwargs, bound.arguments["rest"])
bound = signature.bind(1, b=2, d=0)
bound.apply_defaults()
print(dict(bound.arguments))
for wrong in (((), {}), ((1, 2), {}), ((1,), {"a": 2, "b": 1, "d": 1})):
    try:
        signature.bind(*wrong[0], **wrong[1])
        print("binds:", wrong)
    except TypeError as error:
        print("TypeError:", error)

print(
    inspect.signature(partial(show, 1, e="y")),
    inspect.signature(Derived.made),
    inspect.signature(operator.itemgetter(1).__call__) is not None,
)
print(inspect.getdoc(show).splitlines(), inspect.getdoc(Derived.method))
print(inspect.getsource(Base.made).strip().splitlines())
print(inspect.getcomments(Derived), inspect.cleandoc("  a\n    b\n   c"))
print([name for name, _ in inspect.getmembers(Derived, inspect.isfunction)])
print(
    [c.__name__ for c in inspect.getmro(Derived)],
    inspect.isclass(Base),
    inspect.iscoroutinefunction(Derived.later),
    inspect.isgeneratorfunction(Derived.many),
    inspect.isbuiltin(len),
)
for attribute in inspect.classify_class_attrs(Derived):
    if not attribute.name.startswith("__"):
        print(
            attribute.name, attribute.kind, attribute.defining_class.__name__
        )


def traced(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        caller = inspect.currentframe().f_back
        print(function.__name__, "called by", caller.f_code.co_name)
        return function(*args, **kwargs)

    return wrapper


@traced
def leaf(n):
    return [frame.function for frame in inspect.stack()][:3]


def root():
    local = 5
    return leaf(local)


print(
    root(), inspect.unwrap(leaf) is leaf.__wrapped__, inspect.signature(leaf)
)
gen = Derived().many()
print(
    inspect.getgeneratorstate(gen), next(gen), inspect.getgeneratorstate(gen)
)


def closing(a):
    b = a + 1

    def inside():
        return a, b, len, unknown

    return inside


found = inspect.getclosurevars(closing(1))
print(found.nonlocals, sorted(found.builtins), sorted(found.unbound))
code = show.__code__
print(
    code.co_argcount,
    code.co_kwonlyargcount,
    code.co_posonlyargcount,
    code.co_varnames,
    bool(code.co_flags & inspect.CO_VARKEYWORDS),
)
copy = types.FunctionType(closing.__code__, globals(), "copy")
print(copy(4)()[:2] if "unknown" in globals() else copy.__name__)
print(
    inspect.getattr_static(Base, "size").fget.__name__,
    inspect.get_annotations(show),
)
