# markdown_html - Markdown turned into HTML by a parser of lines and spans.
#
# SPDX-License-Identifier: Apache-2.0
import html
import re
import sys

SPANS = [
    (re.compile(r"`([^`]+)`"), lambda m: f"<code>{m[1]}</code>"),
    (
        re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)"),
        lambda m: f'<img src="{m[2]}" alt="{m[1]}">',
    ),
    (
        re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"),
        lambda m: f'<a href="{m[2]}">{m[1]}</a>',
    ),
    (
        re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"),
        lambda m: f"<strong>{m[1]}</strong>",
    ),
    (
        re.compile(r"(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])"),
        lambda m: f"<em>{m[1]}</em>",
    ),
    (re.compile(r"  $"), lambda m: "<br>"),
]


def spans(text):
    kept = []

    def keep(made):
        kept.append(made)
        return f"\0{len(kept) - 1}\0"

    text = html.escape(text, quote=False)
    for pattern, make in SPANS:
        text = pattern.sub(lambda m: keep(make(m)), text)
    while "\0" in text:
        text = re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], text)
    return text


class Blocks:
    def __init__(self, lines):
        self.lines = [line.rstrip("\n") for line in lines]
        self.at = 0

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else None

    def take_while(self, test):
        start = self.at
        while self.peek() is not None and test(self.peek()):
            self.at += 1
        return self.lines[start : self.at]

    def __iter__(self):
        while (line := self.peek()) is not None:
            if not line.strip():
                self.at += 1
            elif found := re.match(r"(#{1,6})\s+(.*?)\s*#*$", line):
                self.at += 1
                depth = len(found[1])
                name = re.sub(r"\W+", "-", found[2].lower()).strip("-")
                yield f'<h{depth} id="{name}">{spans(found[2])}</h{depth}>'
            elif line.startswith("```"):
                self.at += 1
                code = self.take_while(lambda x: not x.startswith("```"))
                self.at += 1
                yield f"<pre>{html.escape(chr(10).join(code))}</pre>"
            elif re.match(r"([-*_])(\s*\1){2,}\s*$", line):
                self.at += 1
                yield "<hr>"
            elif line.startswith(">"):
                inside = [
                    x[1:].removeprefix(" ")
                    for x in self.take_while(lambda x: x.startswith(">"))
                ]
                yield "<blockquote>" + "".join(
                    Blocks(inside)
                ) + "</blockquote>"
            elif re.match(r"\s*(?:[-*+]|\d+\.)\s", line):
                yield self.listing(len(line) - len(line.lstrip()))
            elif "|" in line and re.match(
                r"[-|: ]+$", self.lines[self.at + 1]
            ):
                yield self.table(self.take_while(lambda x: "|" in x))
            else:
                text = self.take_while(
                    lambda x: x.strip() and not re.match(r"#|>|```|[-*+]\s", x)
                )
                yield "<p>" + "\n".join(map(spans, text)) + "</p>"

    def listing(self, depth):
        items, tag = [], "ul"
        while (line := self.peek()) is not None:
            found = re.match(r"(\s*)([-*+]|\d+\.)\s+(.*)", line)
            if not found or len(found[1]) < depth:
                break
            if len(found[1]) > depth:
                items[-1] += self.listing(len(found[1]))
                continue
            tag = "ol" if found[2][0].isdigit() else "ul"
            items.append(spans(found[3]))
            self.at += 1
        return (
            f"<{tag}>"
            + "".join(f"<li>{item}</li>" for item in items)
            + f"</{tag}>"
        )

    def table(self, rows):
        cells = [
            [c.strip() for c in row.strip("| ").split("|")] for row in rows
        ]
        made = []
        for n, row in enumerate(cells):
            if n != 1:
                tag = "td" if n else "th"
                made.append("".join(f"<{tag}>{spans(c)}</{tag}>" for c in row))
        return (
            "<table>" + "".join(f"<tr>{row}</tr>" for row in made) + "</table>"
        )


for block in Blocks(sys.stdin):
    print(block)
