# brain_machine - an interpreter of the eight-instruction language.
#
# SPDX-License-Identifier: Apache-2.0
import sys


def parse(source):
    """A tree of (instruction, amount) and lists, runs of one kind joined."""
    stack = [[]]
    for char in source:
        if char == "[":
            stack.append([])
        elif char == "]":
            if len(stack) == 1:
                raise SyntaxError("one ] too many")
            loop = stack.pop()
            stack[-1].append(("clear", 0) if loop == [("+", -1)] else loop)
        elif char in "+-<>":
            kind = "+" if char in "+-" else ">"
            amount = 1 if char in "+>" else -1
            if stack[-1] and stack[-1][-1][0] == kind:
                amount += stack[-1].pop()[1]
            if amount:
                stack[-1].append((kind, amount))
        elif char in ".,":
            stack[-1].append((char, 0))
    if len(stack) > 1:
        raise SyntaxError(f"{len(stack) - 1} [ not closed")
    return stack[0]


class Machine:
    def __init__(self, given=b"", most=100_000):
        self.tape, self.at = bytearray(300), 0
        self.given, self.out = iter(given), bytearray()
        self.steps, self.most = 0, most

    def step(self):
        self.steps += 1
        if self.steps > self.most:
            raise TimeoutError(f"more than {self.most} steps")

    def run(self, tree):
        for node in tree:
            self.step()
            if isinstance(node, list):
                while self.tape[self.at]:
                    self.step()
                    self.run(node)
                continue
            kind, amount = node
            if kind == "+":
                self.tape[self.at] = (self.tape[self.at] + amount) % 256
            elif kind == ">":
                self.at += amount
                if self.at < 0:
                    raise IndexError("left of the tape")
            elif kind == "clear":
                self.tape[self.at] = 0
            elif kind == ".":
                self.out.append(self.tape[self.at])
            else:
                self.tape[self.at] = next(self.given, 0)


def say(text):
    """A program that prints the text, by tens and what is left over."""
    made, value = "", 0
    for code in text.encode():
        tens, ones = divmod(abs(code - value), 10)
        sign = "+" if code > value else "-"
        if tens:
            made += f"{'+' * tens}[>{sign * 10}<-]"
        made += f">{sign * ones}.<"
        value = code
    return made


PROGRAMS = {
    "greeting": say("Hello, machine!\n"),
    "reverse": ">,[>,]<[.<]",
    "shout": ",[>+++[<---------->-]<--.,]",
    "threes": "++++++[>++++++++<-]>++[<++++>-]<[>+++.<-]",
    "nested": "++++++[>+>+++++<<-]>>++<[>[>+>+<<-]>>[<<+>>-]<<+<"
    "[>>.<<-[>>>+<<<-]]>>>[<<<+>>>-]<<<-]",
    "forever": "+[]",
    "left": "<+",
    "open": "[[]",
    "close": "]",
}
given = sys.stdin.buffer.read().strip()
for name, source in PROGRAMS.items():
    machine = Machine(given)
    try:
        tree = parse(source)
        machine.run(tree)
    except (SyntaxError, IndexError, TimeoutError) as error:
        print(f"{name}: {type(error).__name__}: {error}")
    else:
        print(
            f"{name}: {len(tree)} nodes, {machine.steps} steps, "
            f"{bytes(machine.out)}, {[b for b in machine.tape if b]}"
        )
