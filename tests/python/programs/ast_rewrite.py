# ast_rewrite - programs read, checked, changed and run as syntax trees.
#
# SPDX-License-Identifier: Apache-2.0
import ast

SOURCE = '''
def price(net, rate=0.19):
    """With tax."""
    tax = net * rate
    unused = 2 * 3 * 7
    if net > 10 ** 2:
        return net + tax - 5 * (1 + 1)
    return net + tax

total = sum(price(n) for n in [10, 20, 300])
'''


class Folder(ast.NodeTransformer):
    """Computes what is constant."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Constant(), _, ast.Constant()):
                code = compile(ast.Expression(node), "<fold>", "eval")
                return ast.copy_location(ast.Constant(eval(code)), node)
        return node


class Counted(ast.NodeTransformer):
    def visit_FunctionDef(self, node):
        count = ast.parse(
            f"calls[{node.name!r}] = calls.get({node.name!r}, 0) + 1"
        )
        at = 1 if ast.get_docstring(node) else 0
        node.body[at:at] = count.body
        return node


class Names(ast.NodeVisitor):
    def __init__(self):
        self.stored, self.loaded = [], set()

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.stored.append((node.id, node.lineno))
        else:
            self.loaded.add(node.id)

    def visit_FunctionDef(self, node):
        print(
            "function",
            node.name,
            [a.arg for a in node.args.args],
            ast.get_docstring(node),
        )
        self.generic_visit(node)


tree = ast.parse(SOURCE)
names = Names()
names.visit(tree)
print(
    [n for n in names.stored if n[0] not in names.loaded], sorted(names.loaded)
)
tree = ast.fix_missing_locations(Counted().visit(Folder().visit(tree)))
print(ast.unparse(tree))
space = {"calls": {}}
exec(compile(tree, "<tree>", "exec"), space)
print(round(space["total"], 6), space["calls"])

SAFE = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.Constant,
)


def safe(text):
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, SAFE):
            return f"{type(node).__name__} is not allowed"
    return eval(compile(tree, "<safe>", "eval"))


print(
    [
        safe(t)
        for t in ("2 ** 10 - -1", "__import__('os')", "x + 1", "7 // 2 % 2")
    ]
)
print(ast.literal_eval("{'a': [1, (2.5, None)], b'x': {True}, 'c': -3+2j}"))
for bad in ("f()", "[x]", "1 + 'a'"):
    try:
        ast.literal_eval(bad)
    except (ValueError, TypeError):
        print("no literal:", bad)
for text in (
    "lambda *a, b=1, **k: (yield)",
    "a if b else [*c, *{**d}]",
    "x[1:2, ..., ::3]",
    "f'{a!r} b'",
    "not (a and b or c)",
    "(a := 5) < b <= c is not d",
    "[i async for i in z if i]",
    "-x ** -y @ ~z",
):
    tree = ast.parse(text, mode="eval")
    print(ast.unparse(tree), sum(1 for _ in ast.walk(tree)))
node = ast.parse("result = compute(x,\n   y)").body[0]
print(
    node.lineno,
    node.end_lineno,
    node.value.end_col_offset,
    ast.get_source_segment("result = compute(x,\n   y)", node.value.args[1]),
)
