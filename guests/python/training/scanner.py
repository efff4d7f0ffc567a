# scanner - a language scanned and parsed into a tree, then walked.
#
# SPDX-License-Identifier: Apache-2.0
import re

ROUNDS = 90
SOURCE = """
func area(w, h) { return w * h + 0.5; }
let count = 10;
while (count > 0) {
    count = count - 1;
    if (count % 2 == 0 && !(count < 4)) {
        print("even", count, area(count, 2));
    }
    else { skip; }
}
let text = "a string with \\"escapes\\" and words"; # a comment
print(text, [1, 2, [3, count]], {"k": 4}.k);
"""
RULES = [
    ("space", r"\s+|#[^\n]*"),
    ("number", r"\d+(?:\.\d+)?"),
    ("text", r'"(?:[^"\\]|\\.)*"'),
    ("word", r"[A-Za-z_]\w*"),
    ("sign", r"&&|\|\||==|!=|<=|>=|[-+*/%<>=!(){}\[\],;:.]"),
]
SCAN = re.compile("|".join(f"(?P<{name}>{rule})" for name, rule in RULES))
LEVELS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def scan(source):
    line = 1
    for match in SCAN.finditer(source):
        kind, text = match.lastgroup, match.group()
        if kind != "space":
            yield Token(kind, text, line)
        line += text.count("\n")
    yield Token("end", "", line)


class Parser:
    def __init__(self, source):
        self.tokens = list(scan(source))
        self.at = 0

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, text):
        if self.tokens[self.at].text == text:
            self.at += 1
            return True
        return False

    def expect(self, text):
        if not self.accept(text):
            token = self.tokens[self.at]
            raise SyntaxError(
                f"line {token.line}: {text} wanted, {token.text}"
            )

    def several(self, end, item):
        items = []
        while not self.accept(end):
            items.append(item())
            self.accept(",")
        return items

    def statement(self):
        if self.accept("{"):
            return ("block", self.several("}", self.statement))
        word = self.tokens[self.at].text
        method = getattr(self, f"on_{word}", None) if word.isalpha() else None
        if method:
            self.at += 1
            return method()
        value = self.expression()
        if self.accept("="):
            value = ("set", value, self.expression())
        self.expect(";")
        return ("do", value)

    def on_func(self):
        name = self.next().text
        self.expect("(")
        names = self.several(")", lambda: self.next().text)
        return ("func", name, names, self.statement())

    def on_let(self):
        name = self.next().text
        self.expect("=")
        value = self.expression()
        self.expect(";")
        return ("let", name, value)

    def on_while(self):
        return ("while", self.expression(), self.statement())

    def on_if(self):
        test, then = self.expression(), self.statement()
        return (
            "if",
            test,
            then,
            self.statement() if self.accept("else") else None,
        )

    def on_return(self):
        value = self.expression()
        self.expect(";")
        return ("return", value)

    def expression(self, level=1):
        left = self.unary()
        while LEVELS.get(sign := self.tokens[self.at].text, 0) >= level:
            self.at += 1
            left = (sign, left, self.expression(LEVELS[sign] + 1))
        return left

    def unary(self):
        for sign in ("!", "-"):
            if self.accept(sign):
                return (sign, self.unary())
        token = self.next()
        if token.text == "(":
            value = self.expression()
            self.expect(")")
        elif token.text == "[":
            value = ("list", self.several("]", self.expression))
        elif token.text == "{":
            value = ("map", self.several("}", self.pair))
        elif token.kind == "number":
            value = float(token.text) if "." in token.text else int(token.text)
        elif token.kind == "text":
            value = ("text", token.text[1:-1].replace('\\"', '"'))
        elif token.kind == "word":
            value = ("name", token.text)
        else:
            raise SyntaxError(f"line {token.line}: {token.text}")
        return self.suffix(value)

    def pair(self):
        key = self.expression()
        self.expect(":")
        return key, self.expression()

    def suffix(self, value):
        while True:
            if self.accept("("):
                value = ("call", value, self.several(")", self.expression))
            elif self.accept("."):
                value = ("field", value, self.next().text)
            else:
                return value


def walk(node, visit, depth=0):
    if isinstance(node, tuple):
        visit(node[0], depth)
        for part in node[1:]:
            walk(part, visit, depth + 1)
    elif isinstance(node, list):
        for part in node:
            walk(part, visit, depth)


def run():
    total, deepest, kinds = 0, 0, {}

    def visit(kind, depth):
        nonlocal deepest
        key = kind if isinstance(kind, str) else "other"
        kinds[key] = kinds.get(key, 0) + 1
        deepest = max(deepest, depth)

    for n in range(ROUNDS):
        parser = Parser(SOURCE)
        while parser.tokens[parser.at].kind != "end":
            walk(parser.statement(), visit)
        total += parser.at
        try:
            Parser(SOURCE[: 40 + n * 3]).several("", parser.statement)
        except (SyntaxError, IndexError) as error:
            total += len(type(error).__name__)
    return total, deepest, sorted(kinds.items())[:4]
