# regex_engine - a matcher of regular expressions built from scratch.
#
# SPDX-License-Identifier: Apache-2.0
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    number: int


class Nfa:
    """Thompson's construction: states with edges for characters or nothing."""

    def __init__(self, pattern):
        self.pattern, self.at = pattern, 0
        self.edges, self.free = {}, {}
        self.count = 0
        self.start, self.end = self.choice()
        if self.at < len(pattern):
            raise ValueError(f"{pattern[self.at]!r} at {self.at}")

    def state(self):
        self.count += 1
        return State(self.count)

    def skip(self, a, b):
        self.free.setdefault(a, set()).add(b)

    def peek(self):
        return self.pattern[self.at : self.at + 1]

    def choice(self):
        start, end = self.state(), self.state()
        while True:
            a, b = self.sequence()
            self.skip(start, a)
            self.skip(b, end)
            if self.peek() != "|":
                return start, end
            self.at += 1

    def sequence(self):
        start = end = self.state()
        while self.peek() and self.peek() not in "|)":
            a, b = self.repeat()
            self.skip(end, a)
            end = b
        return start, end

    def repeat(self):
        a, b = self.atom()
        while self.peek() and self.peek() in "*+?":
            how = self.peek()
            self.at += 1
            start, end = self.state(), self.state()
            self.skip(start, a)
            self.skip(b, end)
            if how in "*+":
                self.skip(b, a)
            if how in "*?":
                self.skip(start, end)
            a, b = start, end
        return a, b

    def atom(self):
        char = self.peek()
        self.at += 1
        if char == "(":
            inner = self.choice()
            if self.peek() != ")":
                raise ValueError("unclosed group")
            self.at += 1
            return inner
        if char in "*+?":
            raise ValueError(f"nothing to repeat at {self.at - 1}")
        if char == "[":
            close = self.pattern.index("]", self.at)
            test = frozenset(self.pattern[self.at : close])
            self.at = close + 1
        elif char == ".":
            test = None
        else:
            test = frozenset(char)
        a, b = self.state(), self.state()
        self.edges[a] = test, b
        return a, b

    def closure(self, states):
        todo, seen = list(states), set(states)
        while todo:
            for there in self.free.get(todo.pop(), ()):
                if there not in seen:
                    seen.add(there)
                    todo.append(there)
        return frozenset(seen)

    def step(self, states, char):
        return self.closure(
            self.edges[s][1]
            for s in states
            if s in self.edges
            and (self.edges[s][0] is None or char in self.edges[s][0])
        )

    def matches(self, text):
        states = self.closure([self.start])
        for char in text:
            states = self.step(states, char)
        return self.end in states

    def automaton(self, alphabet):
        first = self.closure([self.start])
        numbers, table, todo = {first: 0}, {}, [first]
        while todo:
            here = todo.pop(0)
            for char in alphabet:
                there = self.step(here, char)
                if there not in numbers:
                    numbers[there] = len(numbers)
                    todo.append(there)
                table[numbers[here], char] = numbers[there]
        return table, sorted(n for s, n in numbers.items() if self.end in s)


TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "abab",
    "aab",
    "abb",
    "ba",
    "bbb",
    "cab",
    "aaaa",
    "abcabc",
]
for pattern in (
    "a*b",
    "(ab)*",
    "(a|b)*abb",
    "a?b+",
    ".*b.",
    "[ab]+c?",
    "a|b|cab",
    "(a*)*b",
    "((a|b)(a|b))*",
    "a|",
    "(abc)+",
):
    nfa = Nfa(pattern)
    mine = [t for t in TEXTS if nfa.matches(t)]
    theirs = [t for t in TEXTS if re.fullmatch(pattern, t)]
    print(
        f"{pattern:<14} {nfa.count:>2} states {mine}",
        "" if mine == theirs else theirs,
    )
for pattern in ("a*b", "(a|b)*abb"):
    table, ends = Nfa(pattern).automaton("ab")
    print(pattern, sorted(table.items()), ends)
print(
    Nfa("(a?)" * 20 + "a" * 20).matches("a" * 20),
    Nfa("(a*)*c").matches("a" * 40),
)
for bad in ("*a", "(a", "a)", "a(b|*c)"):
    try:
        Nfa(bad)
    except ValueError as error:
        print(bad, error)
