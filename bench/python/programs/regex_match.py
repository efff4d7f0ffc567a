# regex_match - a long text searched, split and rewritten by patterns.
#
# SPDX-License-Identifier: Apache-2.0
import re

LINES = 19_000
WORDS = (
    "alpha beta gamma delta error warning user=anna id=4711 10.0.0.7".split()
)
WORD = re.compile(r"\b[a-z]+\b")
PAIR = re.compile(r"(\w+)=(\w+)")
ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
STAMP = re.compile(r"^(\d\d):(\d\d):(\d\d)\.(\d{3}) \[(\w+)\] (.*)$", re.M)
DOUBLE = re.compile(r"\b(\w+) \1\b")
LAZY = re.compile(r"<(\w+)>(.*?)</\1>")


def make_text():
    state, lines = 3, []
    for n in range(LINES):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        picked = [WORDS[state >> shift & 7] for shift in range(0, 28, 4)]
        picked.insert(state % 7, f"<b>{WORDS[n % 9]} bold</b>")
        stamp = (
            f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.{state % 1000:03}"
        )
        lines.append(f"{stamp} [{'IWE'[state % 3]}] {' '.join(picked)}")
    return "\n".join(lines)


def run():
    text = make_text()
    words = WORD.findall(text)
    pairs = {m[1]: m[2] for m in PAIR.finditer(text)}
    levels = {}
    for hour, minute, second, milli, level, rest in STAMP.findall(text):
        levels[level] = levels.get(level, 0) + int(second) * len(rest)
    upper = WORD.sub(lambda m: m[0].upper() if len(m[0]) > 4 else m[0], text)
    hidden, addresses = ADDRESS.subn("x.x.x.x", text)
    bold = sum(len(m[2]) for m in LAZY.finditer(text))
    parts = re.split(r"\s*[\[\]\n=]\s*", text)
    doubled = sum(1 for _ in DOUBLE.finditer(text))
    slow = re.search(r"(?:a|al|alp)*h(?:a|ha)*z", text) is None
    exact = sum(
        1 for line in text.split("\n") if re.match(r".*E\] .*user", line)
    )
    return (
        len(words),
        pairs,
        levels,
        sum(map(str.isupper, upper.split())),
        addresses,
        len(hidden),
        bold,
        len(parts),
        doubled,
        slow,
        exact,
    )
