# enum_traffic - a crossing's lights and permissions as enumerations.
#
# SPDX-License-Identifier: Apache-2.0
from enum import Enum, Flag, IntEnum, auto, unique


class Light(Enum):
    RED = ("stop", 4)
    RED_AMBER = ("ready", 1)
    GREEN = ("go", 3)
    AMBER = ("slow", 1)

    def __init__(self, order, ticks):
        self.order = order
        self.ticks = ticks

    @property
    def next(self):
        members = list(Light)
        return members[(members.index(self) + 1) % len(members)]


class May(Flag):
    READ = auto()
    WRITE = auto()
    RUN = auto()
    ALL = READ | WRITE | RUN


class Level(IntEnum):
    LOW = 10
    MEDIUM = 20
    MID = 20
    HIGH = 30


light, left = Light.RED, Light.RED.ticks
for tick in range(12):
    print(tick, light.name, light.order)
    left -= 1
    if not left:
        light = light.next
        left = light.ticks

print(Light["GREEN"] is Light(("go", 3)), repr(Light.AMBER), str(Light.AMBER))
mine = May.READ | May.RUN
print(
    May.WRITE in mine,
    (May.ALL & ~mine) is May.WRITE,
    mine.value,
    [p.name for p in May if p in mine],
    bool(May.READ & May.WRITE),
)
print(
    Level.MID is Level.MEDIUM, list(Level), sorted(Level.__members__.items())
)
print(Level.HIGH > 25, Level.LOW + 1, f"{Level.LOW:d}", max(Level).name)
try:
    Light("go")
except ValueError as error:
    print("ValueError:", error)
try:

    @unique
    class Twice(Enum):
        A = 1
        B = 1

except ValueError as error:
    print("ValueError:", error)
try:
    Light.RED = 3
except AttributeError:
    print("members stay as they are")
Suit = Enum("Suit", "CLUBS HEARTS", start=5)
print([(s.name, s.value) for s in Suit], hash(Suit.CLUBS) == hash(Suit(5)))
