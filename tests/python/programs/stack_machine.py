# stack_machine - a compiler to code for a stack machine, and the machine.
#
# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from enum import Enum, auto


class Op(Enum):
    PUSH = auto()
    LOAD = auto()
    STORE = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    LESS = auto()
    JUMP = auto()
    BRANCH = auto()
    PRINT = auto()
    HALT = auto()


@dataclass
class Instruction:
    op: Op
    value: int | str | None = None

    def __str__(self):
        return f"{self.op.name:<7}{'' if self.value is None else self.value}"


SOURCE = """
n = 12
a = 0
b = 1
while 0 < n
    print a
    c = a + b * 1
    a = b
    b = c
    n = n - 1
end
while a < 3
end
print a - 2 * ( n + 7 )
"""


class Compiler:
    binary = {
        "+": (2, Op.ADD),
        "-": (2, Op.SUB),
        "*": (3, Op.MUL),
        "<": (1, Op.LESS),
    }

    def __init__(self):
        self.code = []

    def emit(self, op, value=None):
        self.code.append(Instruction(op, value))
        return self.code[-1]

    def compile(self, source):
        open_loops = []
        for line in filter(None, map(str.split, source.splitlines())):
            match line:
                case ["while", *rest]:
                    begin = len(self.code)
                    self.expression(rest)
                    open_loops.append((begin, self.emit(Op.BRANCH)))
                case ["end"]:
                    begin, branch = open_loops.pop()
                    self.emit(Op.JUMP, begin)
                    branch.value = len(self.code)
                case ["print", *rest]:
                    self.expression(rest)
                    self.emit(Op.PRINT)
                case [name, "=", *rest]:
                    self.expression(rest)
                    self.emit(Op.STORE, name)
        self.emit(Op.HALT)
        return self.code

    def expression(self, tokens):
        waiting = []

        def flush(level):
            while (
                waiting
                and waiting[-1] != "("
                and self.binary[waiting[-1]][0] >= level
            ):
                self.emit(self.binary[waiting.pop()][1])

        for token in tokens:
            if token.isdigit():
                self.emit(Op.PUSH, int(token))
            elif token == "(":
                waiting.append(token)
            elif token == ")":
                flush(0)
                waiting.pop()
            elif token in self.binary:
                flush(self.binary[token][0])
                waiting.append(token)
            else:
                self.emit(Op.LOAD, token)
        flush(0)


def run(code):
    stack, names, at, steps = [], {}, 0, 0
    while True:
        instruction = code[at]
        at += 1
        steps += 1
        match instruction:
            case Instruction(Op.PUSH, value):
                stack.append(value)
            case Instruction(Op.LOAD, name):
                stack.append(names[name])
            case Instruction(Op.STORE, name):
                names[name] = stack.pop()
            case Instruction(Op.ADD | Op.SUB | Op.MUL | Op.LESS as op):
                b, a = stack.pop(), stack.pop()
                stack.append(
                    {
                        Op.ADD: a + b,
                        Op.SUB: a - b,
                        Op.MUL: a * b,
                        Op.LESS: int(a < b),
                    }[op]
                )
            case Instruction(Op.JUMP, target):
                at = target
            case Instruction(Op.BRANCH, target):
                at = at if stack.pop() else target
            case Instruction(Op.PRINT):
                yield stack.pop()
            case Instruction(Op.HALT):
                yield steps, len(stack), names
                return


code = Compiler().compile(SOURCE)
for number, instruction in enumerate(code):
    print(f"{number:>3} {instruction}".rstrip())
print(*run(code))
