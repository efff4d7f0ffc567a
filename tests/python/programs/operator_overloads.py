# operator_overloads - all the special methods of a class of vectors and units.
#
# SPDX-License-Identifier: Apache-2.0
import math
import numbers


class Vector:
    __slots__ = ("x", "y")
    __match_args__ = ("x", "y")

    def __init__(self, x=0, y=0):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

    def __format__(self, spec):
        if spec.endswith("p"):
            spec = spec[:-1]
            angle = math.degrees(math.atan2(self.y, self.x))
            return f"{abs(self):{spec}}@{angle:.1f}"
        return f"({self.x:{spec}}; {self.y:{spec}})"

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, factor):
        if isinstance(factor, numbers.Real):
            return Vector(self.x * factor, self.y * factor)
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        return self * (1 / divisor)

    def __floordiv__(self, divisor):
        return Vector(self.x // divisor, self.y // divisor)

    def __divmod__(self, divisor):
        return self // divisor, self - (self // divisor) * divisor

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __bool__(self):
        return bool(self.x or self.y)

    def __iter__(self):
        yield from (self.x, self.y)

    def __len__(self):
        return 2

    def __getitem__(self, at):
        return (self.x, self.y)[at]

    def __contains__(self, value):
        return value in (self.x, self.y)

    def __reversed__(self):
        return Vector(self.y, self.x)

    def __round__(self, digits=None):
        return Vector(round(self.x, digits), round(self.y, digits))

    def __lshift__(self, n):
        return Vector(self.x << n, self.y << n)

    def __call__(self, **changes):
        return Vector(changes.get("x", self.x), changes.get("y", self.y))

    def __index__(self):
        return self.x

    def __complex__(self):
        return complex(self.x, self.y)

    def __getattr__(self, name):
        if set(name) <= set("xy"):
            return tuple(getattr(self, letter) for letter in name)
        raise AttributeError(name)


a, b = Vector(3, 4), Vector(-1, 2)
print(
    a + b,
    a - b,
    a * 2,
    0.5 * a,
    a @ b,
    abs(a),
    -a,
    a / 4,
    a // 2,
    divmod(a, 2),
)
print(
    sum([a, b, a]), list(a), a[0], a[-1], 4 in a, reversed(a), a << 3, len(a)
)
print(
    bool(Vector()),
    not a,
    a == Vector(3.0, 4),
    a != (3, 4),
    {a: 1}[Vector(3, 4)],
)
c = a
c += b
print(
    c is a, a, round(Vector(2.567, 1.234), 1), c(x=9), [10, 20, 30][Vector(2)]
)
print(f"{a:.2f} {a:.3fp} {b}", complex(b), a.yxxy, bin(Vector(5)), hex(a))
print(
    max([a, b], key=abs),
    sorted([a, b, Vector(0, 1)], key=lambda v: (v.y, v.x)),
)
match b:
    case Vector(x, 2) if x < 0:
        print("matched with x =", x)
x, y = b
print(x, y, *a, {**dict(zip("xy", b))}, str(b), [*map(tuple, (a, b))])
for bad in (
    lambda: a + 1,
    lambda: a * b,
    lambda: a < b,
    lambda: a.z,
    lambda: a[2],
    lambda: 1 + a,
    lambda: setattr(a, "z", 1),
):
    try:
        bad()
    except (TypeError, AttributeError, IndexError) as error:
        print(type(error).__name__, str(error)[:30])
