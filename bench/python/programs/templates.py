# templates - a template language compiled to Python and rendered.
#
# SPDX-License-Identifier: Apache-2.0
import html
import re

ROWS, ROUNDS = 60, 800
PAGE = """<html><head><title>{{ title|upper }}</title></head><body>
{% for row in rows %}<tr class="{% if row.n % 2 %}odd{% else %}even{% end %}">
{% for cell in row.cells %}<td>{{ cell|escape }}</td>{% end %}
{% if row.note %}<td>{{ row.note|escape }} ({{ row.note|length }})</td>{% end %}
</tr>{% end %}<p>{{ rows|length }} rows, {{ total }} in all</p></body></html>"""
TOKEN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.S)
FILTERS = {
    "escape": lambda v: html.escape(str(v)),
    "upper": str.upper,
    "length": len,
}


class Row:
    def __init__(self, n):
        self.n = n
        self.cells = [n, n * n, f"<{n}>", "a & b"]
        self.note = f"note {n}" if n % 5 == 0 else ""


class Template:
    """Once compiled, a function that appends pieces to a list."""

    def __init__(self, source):
        self.lines, self.depth = ["def render(names, filters, add):"], 1
        for token in TOKEN.split(source):
            if token.startswith("{{"):
                self.line(f"add(str({self.value(token[2:-2])}))")
            elif token.startswith("{%"):
                self.statement(token[2:-2].split())
            elif token:
                self.line(f"add({token!r})")
        space = {}
        exec(compile("\n".join(self.lines), "<template>", "exec"), space)
        self.function = space["render"]

    def line(self, text):
        self.lines.append("    " * self.depth + text)

    def name(self, text):
        if text.isidentifier():
            return f"names[{text!r}]"
        return re.sub(r"^\w+", lambda m: f"names[{m[0]!r}]", text)

    def value(self, text):
        first, *filters = text.strip().split("|")
        made = self.name(first)
        for name in filters:
            made = f"filters[{name!r}]({made})"
        return made

    def statement(self, words):
        if words[0] == "for":
            self.line(f"for names[{words[1]!r}] in {self.value(words[3])}:")
            self.depth += 1
        elif words[0] == "if":
            test = " ".join([self.value(words[1]), *words[2:]])
            self.line(f"if {test}:")
            self.depth += 1
        elif words[0] == "else":
            self.depth -= 1
            self.line("else:")
            self.depth += 1
        else:
            self.depth -= 1

    def render(self, **names):
        pieces = []
        self.function(names, FILTERS, pieces.append)
        return "".join(pieces)


def run():
    total = 0
    for n in range(ROUNDS):
        template = Template(PAGE)
        rows = [Row(k + n) for k in range(ROWS)]
        for _ in range(3):
            page = template.render(title="a page", rows=rows, total=n)
            total += len(page) + page.count("odd")
    return total
