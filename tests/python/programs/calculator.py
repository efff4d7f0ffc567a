# calculator - a recursive-descent calculator that reads its input.
#
# SPDX-License-Identifier: Apache-2.0
import math
import operator
import re
import sys

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|(\w+)|(\*\*|//|.))")
BINARY = {
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
    "//": (2, operator.floordiv),
    "%": (2, operator.mod),
}


class Calculator:
    functions = {
        "sqrt": math.sqrt,
        "max": max,
        "min": min,
        "abs": abs,
        "floor": math.floor,
        "hyp": math.hypot,
        "gcd": math.gcd,
    }

    def __init__(self):
        self.names = {"answer": 42}

    def evaluate(self, line):
        self.tokens = [m.groups() for m in TOKEN.finditer(line.strip())]
        self.at = 0
        target = None
        if len(self.tokens) > 2 and self.tokens[0][1] and self.peek(1) == "=":
            target, self.at = self.tokens[0][1], 2
        value = self.expression(1)
        if self.peek():
            raise SyntaxError(f"what is {self.peek()!r} here?")
        if target:
            self.names[target] = value
        return value

    def peek(self, ahead=0):
        at = self.at + ahead
        return (
            "".join(filter(None, self.tokens[at]))
            if at < len(self.tokens)
            else ""
        )

    def take(self, wanted):
        if self.peek() != wanted:
            raise SyntaxError(f"{wanted!r} expected, not {self.peek()!r}")
        self.at += 1

    def expression(self, level):
        value = self.unary()
        while (found := BINARY.get(self.peek())) and found[0] >= level:
            self.at += 1
            value = found[1](value, self.expression(found[0] + 1))
        return value

    def unary(self):
        if self.peek() in ("-", "+"):
            sign = self.peek()
            self.at += 1
            return -self.unary() if sign == "-" else self.unary()
        value = self.atom()
        if self.peek() == "**":
            self.at += 1
            value **= self.unary()
        return value

    def atom(self):
        if self.at >= len(self.tokens):
            raise SyntaxError("something is missing at the end")
        number, name, other = self.tokens[self.at]
        self.at += 1
        if number:
            return float(number) if re.search("[.eE]", number) else int(number)
        if name and self.peek() == "(":
            return self.functions[name](*self.arguments())
        if name:
            return self.names[name]
        if other == "(":
            value = self.expression(1)
            self.take(")")
            return value
        raise SyntaxError(f"no value begins with {other!r}")

    def arguments(self):
        self.take("(")
        values = []
        while self.peek() != ")":
            values.append(self.expression(1))
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        return values


calculator = Calculator()
for number, line in enumerate(sys.stdin, 1):
    if not line.strip() or line.startswith("#"):
        continue
    try:
        print(f"{number:>2}: {line.strip()} = {calculator.evaluate(line)!r}")
    except (SyntaxError, ArithmeticError, ValueError, TypeError) as error:
        print(f"{number:>2}: {type(error).__name__}: {error}")
    except KeyError as error:
        print(f"{number:>2}: nobody knows {error}")
print(sorted(calculator.names))
