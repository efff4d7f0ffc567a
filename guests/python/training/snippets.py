# snippets - many small sources compiled and run, as a sandbox does.
#
# SPDX-License-Identifier: Apache-2.0
import ast

ROUNDS = 22
SNIPPETS = (
    "x = 1 + 1",
    "print(*[n ** 2 for n in range(10)], file=out)",
    "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
    "x = fib(8)",
    "data = {'a': [1, 2], 'b': {'c': None}}\nx = data['b'].get('d', len(data))",
    "import math\nx = round(math.sqrt(2) * 10)\n",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    x = str(error)\n"
    "else:\n    x = None\nfinally:\n    y = 3",
    "class Shape:\n    sides = 0\n    def __init__(self, name='none'):\n"
    "        self.name = name\n    def __repr__(self):\n"
    "        return f'{self.name!r} with {self.sides:>3} sides'\n"
    "class Square(Shape):\n    sides = 4\nx = repr(Square('sq'))",
    "words = 'the quick brown fox'.split()\n"
    "x = sorted(words, key=len)[-1].title()\n"
    "counts = {w: w.count('o') for w in words if 'o' in w}",
    "from collections import Counter\n"
    "x = Counter('abracadabra').most_common(2)",
    "total = 0\nfor i, c in enumerate('sandbox'):\n    if i % 2:\n"
    "        continue\n    total += ord(c)\n"
    "while total > 100:\n    total -= 100\n",
    "f = lambda a, *b, c=3, **d: (a, b, c, d)\nx = f(1, 2, c=4, e=5)\n",
    "def gen():\n    for n in range(5):\n        got = yield n\n"
    "    return 'end'\nx = list(gen())",
    "async def main():\n    async with thing as t:\n        await t.go()\n"
    "    return [i async for i in t]\n",
    "match [1, 2, 3]:\n    case [a, *rest] if a:\n        x = rest\n"
    "    case {'k': v}:\n        x = v\n    case _:\n        x = None",
    "x = [a or b and not c for a, b, c in [(0, 1, 0)]][0] if True else ...\n"
    "assert x, 'never'\ndel x\nx = (y := 5) + y\n",
    "import json\nx = json.dumps({'list': [1, 2.5, None, True], 'text': 'é'})",
    "with open_file() as f, open_file() as g:\n    x = f.name + g.name",
    "@decorated\ndef g(a: int, /, b: str = 'x', *, c) -> None:\n    'Doc.'\n"
    "    global z\n    z = a\nx = g.__doc__",
    "x = -1 ** 2 // 3 % 4 << 1 | 8 & 12 ^ 7 >> 1\n" "y = 1 < x <= 3 != 4\n",
    'x = f\'{1+1:04d} {"s"!r} {3.14159:.2f} {{}}\' \'joined\' """long\n"""',
)
BROKEN = (
    "x = = 1",
    "def f(:",
    "for x in\n",
    "print 'old'",
    "(1, 2",
    "a = 'open",
    "if x:\npass",
    "return",
    "x = 1 +",
    "f(a=1, a=2)",
)


class File:
    name = "file"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class Out:
    size = 0

    def write(self, text):
        self.size += len(text)


class Counter(ast.NodeVisitor):
    def __init__(self):
        self.seen = {}

    def generic_visit(self, node):
        kind = type(node).__name__
        self.seen[kind] = self.seen.get(kind, 0) + 1
        super().generic_visit(node)


def run():
    out, results, errors = Out(), [], 0
    for n in range(ROUNDS):
        for number, source in enumerate(SNIPPETS):
            code = compile(f"{source}\nlast = {n}", f"<cell {number}>", "exec")
            space = {"out": out, "open_file": File, "decorated": lambda f: f}
            exec(code, space)
            results.append(str(space.get("x")))
            if n % 4 == 0:
                tree = ast.parse(source)
                counter = Counter()
                counter.visit(tree)
                results.append(str(sum(counter.seen.values())))
                compile(tree, "<tree>", "exec")
                ast.unparse(tree)
        for source in BROKEN:
            try:
                compile(source, "<broken>", "exec")
            except SyntaxError as error:
                errors += error.lineno
        results.append(str(eval(f"sum(range({n})) * (2 + {n}) or 'none'")))
    return len(results), len("".join(results)), errors, out.size
