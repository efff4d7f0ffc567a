# bank_simulation - accounts with events, rules and a ledger that must balance.
#
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count


class Refused(Exception):
    pass


@dataclass(frozen=True)
class Entry:
    number: int
    day: int
    source: str
    target: str
    cents: int
    why: str = ""


class Rule(ABC):
    @abstractmethod
    def check(self, bank: Bank, entry: Entry):
        ...


class NoOverdraft(Rule):
    def __init__(self, limit=0):
        self.limit = limit

    def check(self, bank, entry):
        if (
            entry.source != "cash"
            and bank.balance[entry.source] - entry.cents < -self.limit
        ):
            raise Refused(
                f"{entry.source} has only {bank.balance[entry.source]}"
            )


class DailyLimit(Rule):
    def __init__(self, cents):
        self.cents = cents

    def check(self, bank, entry):
        today = sum(
            e.cents
            for e in bank.ledger
            if e.day == entry.day and e.source == entry.source != "cash"
        )
        if today + entry.cents > self.cents and entry.source != "cash":
            raise Refused("too much for a day")


@dataclass
class Bank:
    rules: list[Rule]
    day: int = 0
    ledger: list[Entry] = field(default_factory=list)
    balance: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    listeners: dict[str, list] = field(
        default_factory=lambda: defaultdict(list)
    )
    numbers: count = field(default_factory=lambda: count(1))

    def on(self, event):
        def register(function):
            self.listeners[event].append(function)
            return function

        return register

    def emit(self, event, *args):
        for listener in self.listeners[event]:
            listener(*args)

    def move(self, source, target, cents, why=""):
        entry = Entry(next(self.numbers), self.day, source, target, cents, why)
        try:
            for rule in self.rules:
                rule.check(self, entry)
        except Refused as error:
            self.emit("refused", entry, error)
            return False
        self.ledger.append(entry)
        self.balance[source] -= cents
        self.balance[target] += cents
        self.emit("moved", entry)
        return True

    def end_day(self):
        self.day += 1
        for name, cents in sorted(self.balance.items()):
            interest = cents * 3 // 10000
            if name not in ("cash", "house") and interest > 0:
                self.move("house", name, interest, "interest")
        assert sum(self.balance.values()) == 0


rng = random.Random(99)
bank = Bank([NoOverdraft(5000), DailyLimit(60_000)])
refusals, busiest = [], defaultdict(int)


@bank.on("refused")
def remember(entry, error):
    refusals.append((entry.day, entry.number, str(error)))


@bank.on("moved")
def count_up(entry):
    busiest[entry.source, entry.target] += 1


NAMES = ("ann", "bob", "cyd", "dan")
for name in NAMES:
    bank.move("cash", name, 100_000, "opening")
bank.move("cash", "house", 50_000)
for _ in range(30):
    for _ in range(6):
        source, target = rng.sample(NAMES, 2)
        bank.move(source, target, rng.randrange(100, 40_000), "trade")
    bank.end_day()
print(len(bank.ledger), "entries,", len(refusals), "refused")
for refusal in refusals[:6]:
    print(*refusal)
print(sorted(bank.balance.items()))
print(sorted(busiest.items(), key=lambda p: (-p[1], p[0]))[:5])
by_why = defaultdict(int)
for entry in bank.ledger:
    by_why[entry.why or "none"] += entry.cents
print(dict(sorted(by_why.items())))
print(max(bank.ledger, key=lambda e: (e.cents, -e.number)))
replayed = defaultdict(int)
for entry in bank.ledger:
    replayed[entry.source] -= entry.cents
    replayed[entry.target] += entry.cents
print(replayed == bank.balance)
