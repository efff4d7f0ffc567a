# class_anatomy - how names are found: slots, properties, super, descriptors.
#
# SPDX-License-Identifier: Apache-2.0
import types


class A:
    def hello(self):
        return ["A"]


class B(A):
    def hello(self):
        return ["B"] + super().hello()


class C(A):
    def hello(self):
        return ["C"] + super().hello()


class D(B, C):
    def hello(self):
        return ["D"] + super().hello()


print(D().hello(), [c.__name__ for c in D.__mro__], super(B, D()).hello())
try:

    class Tangled(A, B):
        pass

except TypeError as error:
    print(str(error).split()[:4])


class Temperature:
    __slots__ = ("_kelvin", "__weakref__")
    unit = "K"

    def __init__(self, celsius=0):
        self.celsius = celsius

    @property
    def celsius(self):
        """Degrees above the freezing point."""
        return round(self._kelvin - 273.15, 6)

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("below absolute zero")
        self._kelvin = value + 273.15

    @celsius.deleter
    def celsius(self):
        del self._kelvin


t = Temperature(20)
t.celsius += 5
print(
    t.celsius, t._kelvin, Temperature.celsius.__doc__, hasattr(t, "__dict__")
)
del t.celsius
for attempt in (
    lambda: t.celsius,
    lambda: Temperature(-300),
    lambda: setattr(t, "other", 1),
    lambda: setattr(t, "unit", "C"),
):
    try:
        attempt()
    except (AttributeError, ValueError) as error:
        print(type(error).__name__)


class Data:
    def __get__(self, instance, owner):
        return "from the data descriptor"

    def __set__(self, instance, value):
        instance.__dict__["data"] = value


class NonData:
    def __get__(self, instance, owner=None):
        return f"from the descriptor of {owner.__name__}"


class Finding:
    data, plain, both = Data(), NonData(), "class"

    def __getattr__(self, name):
        if name.startswith("made_"):
            value = name[5:].upper()
            setattr(self, name, value)
            return value
        raise AttributeError(f"no {name}")

    def __getattribute__(self, name):
        if name == "hidden":
            return "seen"
        return super().__getattribute__(name)

    def __setattr__(self, name, value):
        if name == "fixed":
            raise AttributeError("it is fixed")
        object.__setattr__(self, name, value)

    def __dir__(self):
        return ["data", "made_up"]


f = Finding()
f.data, f.plain, f.both = 1, 2, 3
print(f.data, f.plain, f.both, Finding.plain, f.hidden, f.made_up, dir(f))
print(
    sorted(f.__dict__.items()), getattr(f, "none", "default"), hasattr(f, "x")
)
del f.plain
print(f.plain)


class Counter:
    count = 0

    def __init__(self):
        type(self).count += 1
        self.__private = self.count

    def __new__(cls, *args):
        instance = super().__new__(cls)
        instance.fresh = True
        return instance

    @classmethod
    def many(cls, n):
        return [cls() for _ in range(n)]

    @staticmethod
    def twice(n):
        return n * 2


class Sub(Counter):
    pass


Counter.many(2), Sub.many(3)
print(
    Counter.count,
    Sub.count,
    Counter()._Counter__private,
    Sub.twice(4),
    Sub().fresh,
)
bound = Counter().many
print(
    bound.__self__.__name__,
    bound.__func__.__name__,
    Counter.twice is Sub.twice,
)
d = D()
d.hello = types.MethodType(lambda self: type(self).__name__, d)
d.__class__ = C
print(
    d.hello(),
    isinstance(d, B),
    type("Made", (C,), {"x": 5})().x,
    C.__subclasses__(),
)
print(
    int.__add__(3, 4),
    "a".__class__.__name__,
    (5).__index__(),
    type(type).__name__,
    object.__subclasshook__(int),
    vars(A).keys() >= {"hello"},
    A.__qualname__,
)


class Generic:
    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item.__name__}]"


print(Generic[int], list[int], dict[str, list[int]].__args__, int | None)
