# html_outline - a page's outline, links and text by the HTML parser.
#
# SPDX-License-Identifier: Apache-2.0
import html
from html.parser import HTMLParser

PAGE = """<!DOCTYPE html><html><head><title>Tea &amp; Coffee</title>
<style>p { color: red }</style></head><body class='main wide'>
<h1 id=top>Drinks</h1><p>See <a href="/tea?x=1&amp;y=2">tea</a>, or
<a href='#coffee' title="black &quot;gold&quot;">coffee</a>.<br/>
<h2>Tea</h2><ul><li>green<li>black <b>strong</b></ul>
<h2 id="coffee">Coff&eacute;e &#x2615;</h2><!-- hidden --><p>Beans &lt; milk
<img src=beans.png alt=beans checked></body></html>"""


class Outline(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.outline, self.links, self.words = [], [], []
        self.stack, self.notes = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a":
            self.links.append((attrs["href"], attrs.get("title")))
        elif tag in ("img", "body"):
            self.notes.append((tag, attrs))
            if tag == "img":
                return
        self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.notes.append((tag, "closed itself"))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data):
        if not self.stack or not data.strip() or "style" in self.stack:
            return
        if self.stack[-1][0] == "h" and self.stack[-1][1:].isdigit():
            self.outline.append((int(self.stack[-1][1]), data))
        else:
            self.words.extend(data.split())

    def handle_comment(self, data):
        self.notes.append(("comment", data))

    def handle_decl(self, decl):
        self.notes.append(("declaration", decl))


whole = Outline()
whole.feed(PAGE)
whole.close()
for depth, title in whole.outline:
    print("  " * depth + title)
print(whole.links)
print(whole.words)
for note in whole.notes:
    print(note)

piecewise = Outline()
for at in range(0, len(PAGE), 7):
    piecewise.feed(PAGE[at : at + 7])
piecewise.close()
print(
    "same in pieces:",
    piecewise.outline == whole.outline,
    piecewise.links == whole.links,
)
print(
    html.escape("<a href=\"x\">'&'</a>"),
    html.unescape("&frac12;&lt;&#233;&nosuch;"),
)


def element(tag, *children, **attributes):
    inside = "".join(
        f' {k.rstrip("_")}="{html.escape(v)}"' for k, v in attributes.items()
    )
    return f"<{tag}{inside}>{''.join(children)}</{tag}>"


print(
    element(
        "ul",
        *(
            element("li", html.escape(w), class_=f"c{n}")
            for n, w in enumerate(["a<b", "c&d"])
        ),
        id="list",
    )
)
