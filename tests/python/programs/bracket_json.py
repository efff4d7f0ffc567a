# bracket_json - a JSON reader and writer of one's own against the library's.
#
# SPDX-License-Identifier: Apache-2.0
import json
import random
import string


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, wanted):
        line = self.text.count("\n", 0, self.at) + 1
        found = self.text[self.at : self.at + 5] or "the end"
        raise ValueError(f"line {line}: {wanted} expected, not {found!r}")

    def space(self):
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def take(self, char):
        self.space()
        if not self.text.startswith(char, self.at):
            self.fail(repr(char))
        self.at += len(char)

    def maybe(self, char):
        self.space()
        if self.text.startswith(char, self.at):
            self.at += len(char)
            return True
        return False

    def document(self):
        value = self.value()
        self.space()
        if self.at < len(self.text):
            self.fail("the end")
        return value

    def value(self):
        self.space()
        for word, value in (("null", None), ("true", True), ("false", False)):
            if self.maybe(word):
                return value
        match self.text[self.at : self.at + 1]:
            case "{":
                return self.object()
            case "[":
                return self.array()
            case '"':
                return self.string()
            case c if c and c in "-0123456789":
                return self.number()
        self.fail("a value")

    def array(self):
        self.take("[")
        items = []
        if self.maybe("]"):
            return items
        while True:
            items.append(self.value())
            if self.maybe("]"):
                return items
            self.take(",")

    def object(self):
        self.take("{")
        pairs = {}
        if self.maybe("}"):
            return pairs
        while True:
            self.space()
            if self.text[self.at : self.at + 1] != '"':
                self.fail("a name")
            name = self.string()
            self.take(":")
            pairs[name] = self.value()
            if self.maybe("}"):
                return pairs
            self.take(",")

    def string(self):
        self.take('"')
        made = ""
        while True:
            char = self.text[self.at : self.at + 1]
            if not char or char < " ":
                self.fail("a character")
            self.at += 1
            if char == '"':
                return made.encode("utf-16", "surrogatepass").decode("utf-16")
            if char == "\\":
                code = self.text[self.at]
                self.at += 1
                if code == "u":
                    char = chr(int(self.text[self.at : self.at + 4], 16))
                    self.at += 4
                else:
                    char = dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t'))[code]
            made += char

    def number(self):
        start = self.at
        while (
            self.at < len(self.text)
            and self.text[self.at] in "+-.eE0123456789"
        ):
            self.at += 1
        word = self.text[start : self.at]
        return float(word) if set(word) & set(".eE") else int(word)


def write(value):
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case int() | float():
            return repr(value)
        case str():
            escape = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
            return (
                '"'
                + "".join(
                    escape.get(c)
                    or (
                        c
                        if " " <= c <= "~"
                        else "".join(f"\\u{u:04x}" for u in units(c))
                    )
                    for c in value
                )
                + '"'
            )
        case list():
            return "[" + ", ".join(map(write, value)) + "]"
        case dict():
            return (
                "{"
                + ", ".join(
                    f"{write(k)}: {write(v)}" for k, v in value.items()
                )
                + "}"
            )


def units(char):
    packed = char.encode("utf-16-be", "surrogatepass")
    return [
        int.from_bytes(packed[i : i + 2], "big")
        for i in range(0, len(packed), 2)
    ]


def invent(rng, depth=0):
    kind = rng.randrange(8 if depth < 4 else 5)
    if kind < 2:
        return rng.choice(
            [None, True, False, 0, -1, 10**20, rng.getrandbits(40)]
        )
    if kind < 3:
        return rng.uniform(-1, 1) * 10.0 ** rng.randrange(-20, 20)
    if kind < 5:
        alphabet = string.printable[:95] + "\n\t\u00e9\u2603\U0001f40d"
        return "".join(rng.choices(alphabet, k=rng.randrange(12)))
    if kind < 7:
        return [invent(rng, depth + 1) for _ in range(rng.randrange(6))]
    return {
        invent_name(rng): invent(rng, depth + 1)
        for _ in range(rng.randrange(5))
    }


def invent_name(rng):
    return "".join(rng.choices(string.ascii_lowercase, k=3))


rng, same, size = random.Random(11), 0, 0
for _ in range(300):
    value = invent(rng)
    text = json.dumps(value)
    size += len(text)
    same += write(value) == text and Reader(text).document() == value
    same += json.loads(write(value)) == value
    for ugly in (
        json.dumps(value, indent=3),
        json.dumps(value, ensure_ascii=False),
    ):
        same += Reader(ugly).document() == value
print(same, "of", 300 * 4, "in", size, "characters")
print(write(invent(random.Random(26))))
print(
    Reader(
        '{"a": [1, 2.5e3, "\\ud83d\\udc0d\\n"], "b": {"": null}}'
    ).document()
)
for bad in (
    "",
    "[1, 2",
    '{"a" 1}',
    "[1,]",
    "{a: 1}",
    "nul",
    '"open',
    "[]\n[]",
):
    theirs = "accepts"
    try:
        json.loads(bad)
    except ValueError:
        theirs = "refuses"
    try:
        Reader(bad).document()
        print("read", bad)
    except ValueError as error:
        print(f"{bad!r}: {error}; the library {theirs} it")
