# metaclass_models - models with fields: a metaclass, descriptors, a registry.
#
# SPDX-License-Identifier: Apache-2.0
from collections import OrderedDict


class Field:
    kind = object

    def __init__(self, default=None, check=None):
        self.default, self.check = default, check

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return instance.__dict__.get(self.name, self.default)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(
                f"{self.name} wants {self.kind.__name__}, "
                f"not {type(value).__name__}"
            )
        if self.check and not self.check(value):
            raise ValueError(f"{value!r} is not right for {self.name}")
        instance.__dict__[self.name] = value

    def __delete__(self, instance):
        del instance.__dict__[self.name]


class Text(Field):
    kind = str


class Number(Field):
    kind = (int, float)[0]


class Meta(type):
    registry = OrderedDict()

    @classmethod
    def __prepare__(meta, name, bases, **options):
        print("preparing", name, options)
        return {"created_by": meta.__name__}

    def __new__(meta, name, bases, space, table=None):
        cls = super().__new__(meta, name, bases, space)
        inherited = [
            f
            for b in reversed(cls.__mro__)
            for f, v in vars(b).items()
            if isinstance(v, Field)
        ]
        cls.fields = list(dict.fromkeys(inherited))
        if bases:
            meta.registry[table or name.lower()] = cls
        return cls

    def __init__(cls, name, bases, space, **options):
        super().__init__(name, bases, space)

    def __call__(cls, **values):
        for key in values:
            if key not in cls.fields:
                raise AttributeError(f"{cls.__name__} has no {key}")
        return super().__call__(**values)

    def __len__(cls):
        return len(cls.fields)

    def __contains__(cls, name):
        return name in cls.fields

    def __iter__(cls):
        return iter(cls.fields)


class Model(metaclass=Meta):
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        inside = ", ".join(f"{n}={getattr(self, n)!r}" for n in type(self))
        return f"{type(self).__name__}({inside})"

    def __init_subclass__(cls, **options):
        print("subclass", cls.__name__, hasattr(cls, "fields"))
        super().__init_subclass__()


class Animal(Model, table="animals"):
    name = Text("nameless", check=str.istitle)
    legs = Number(4, check=lambda n: n >= 0)


class Dog(Animal):
    breed = Text()
    legs = Number(4, check=lambda n: n in (3, 4))


rex = Dog(name="Rex", breed="mixed")
print(
    rex, len(Dog), "breed" in Dog, "breed" in Animal, list(Dog), Dog.created_by
)
del rex.breed
print(rex.breed, rex.__dict__, Animal.legs is Dog.legs, type(Dog).__name__)
for attempt in (
    lambda: Dog(name="rex"),
    lambda: Dog(legs="4"),
    lambda: Dog(legs=8),
    lambda: Dog(tail=1),
    lambda: setattr(rex, "name", None),
):
    try:
        attempt()
    except (ValueError, TypeError, AttributeError) as error:
        print(type(error).__name__, error)
print([(table, cls.__name__) for table, cls in Meta.registry.items()])
Made = Meta("Made", (Model,), {"size": Number(1)})
print(Made(size=3), isinstance(Made, Meta), issubclass(Dog, Model))


class Singleton(type):
    def __call__(cls, *args):
        if "only" not in cls.__dict__:
            cls.only = super().__call__(*args)
        return cls.only


class Settings(metaclass=Singleton):
    def __init__(self, n):
        self.n = n


print(Settings(1) is Settings(2), Settings(3).n)
try:

    class Both(Settings, Model):
        pass

except TypeError as error:
    print(str(error).split(":")[0])
