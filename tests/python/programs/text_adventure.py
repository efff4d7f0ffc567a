# text_adventure - a small adventure that reads its commands.
# exit: 4
#
# SPDX-License-Identifier: Apache-2.0
import sys
from dataclasses import dataclass, field

ROOMS = {
    "cellar": ("A cellar. Something drips.", {"up": "kitchen"}, ["lamp"]),
    "kitchen": (
        "A kitchen, long cold.",
        {"down": "cellar", "north": "garden"},
        ["knife", "bread"],
    ),
    "garden": (
        "A garden behind high walls.",
        {"south": "kitchen", "east": "gate"},
        ["rope"],
    ),
    "gate": ("The gate. It is locked.", {"west": "garden"}, []),
}
SHORT = {
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "u": "up",
    "d": "down",
    "i": "inventory",
    "l": "look",
    "get": "take",
}


class TheEnd(Exception):
    pass


@dataclass
class Game:
    here: str = "cellar"
    carried: list = field(default_factory=list)
    moves: int = 0
    lit: bool = False

    def __post_init__(self):
        self.things = {name: list(room[2]) for name, room in ROOMS.items()}

    def do_look(self):
        if self.here == "cellar" and not self.lit:
            return "It is dark."
        text, exits, _ = ROOMS[self.here]
        lying = ", ".join(self.things[self.here]) or "nothing"
        return f"{text} Exits: {', '.join(exits)}. You see {lying}."

    def do_go(self, way):
        if way not in ROOMS[self.here][1]:
            return f"There is no way {way}."
        self.here = ROOMS[self.here][1][way]
        return self.do_look()

    def do_take(self, thing):
        if thing not in self.things[self.here]:
            return f"There is no {thing} here."
        self.things[self.here].remove(thing)
        self.carried.append(thing)
        return f"You have the {thing}."

    def do_drop(self, thing):
        self.carried.remove(thing)
        self.things[self.here].append(thing)
        return f"You drop the {thing}."

    def do_light(self, thing):
        if thing != "lamp" or thing not in self.carried:
            return "You cannot light that."
        self.lit = True
        return self.do_look()

    def do_inventory(self):
        return (
            "You carry " + (", ".join(sorted(self.carried)) or "nothing") + "."
        )

    def do_climb(self, thing="wall"):
        if self.here != "gate" or "rope" not in self.carried:
            return "You slide back down."
        raise TheEnd(f"Over the wall, and away, after {self.moves} moves.")

    def command(self, line):
        verb, *rest = (SHORT.get(word, word) for word in line.lower().split())
        if (
            verb in ROOMS[self.here][1]
            or verb in SHORT.values()
            and not rest
            and not hasattr(self, f"do_{verb}")
        ):
            verb, rest = "go", [verb]
        self.moves += 1
        method = getattr(self, f"do_{verb}", None)
        if method is None:
            return f"What is {verb!r}?"
        try:
            return method(*rest)
        except TypeError:
            return f"{verb.capitalize()} what?"
        except ValueError:
            return f"You have no {rest[0]}."


game = Game()
print(game.do_look())
while True:
    try:
        line = input("> ")
        print(line)
        if line.strip():
            print(game.command(line))
    except EOFError:
        print("The input ended.")
        sys.exit(1)
    except TheEnd as end:
        print(end)
        print("left over:", sys.stdin.read().split())
        sys.exit(4)
