# searching - texts searched and rewritten by many different patterns.
#
# SPDX-License-Identifier: Apache-2.0
import fnmatch
import re
import string

ROUNDS = 9
TEXT = (
    """
Subject: meeting on 2024-03-05, room B-12 (2nd floor)
From: "Ada L." <ada@calc.example>, bob_99@mail.example.org
See https://calc.example/notes?id=7&q=a+b#top or ftp://files.example/x.tar.gz

    def method(self, value=0x1F, *args): return value ** 2  # a comment
Price: EUR 1.234,50 / $99.95 -- call +44 20 7946 0018 before 17:30!
The the quick  brown fox; naïve café, ÄÖÜ, Привет, 12 345 678.
"""
    * 5
)
RULES = {
    "mail": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "date": r"\b(\d{4})-(\d\d)-(\d\d)\b",
    "link": r"(?P<scheme>https?|ftp)://(?P<host>[^\s/]+)(?P<path>/\S*)?",
    "money": r"(?:EUR|\$)\s?\d[\d.,]*\d",
    "phone": r"\+\d{1,3}(?:[ -]\d{2,4}){2,}",
    "double": r"(?i)\b(\w+)\s+\1\b",
    "hex": r"\b0x[0-9a-fA-F]+\b",
    "capital": r"\b[A-ZÄÖÜ]\w*",
    "clock": r"(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)",
    "quoted": r'"([^"\\]*(?:\\.[^"\\]*)*)"',
    "space": r"[ \t]{2,}|\n{2,}",
    "cyrillic": r"[\u0400-\u04FF]+",
    "line": r"(?m)^\w+:.*$",
}
COMPILED = {name: re.compile(rule) for name, rule in RULES.items()}


def template(text, **names):
    return re.sub(
        r"\{(\w+)(?::(\d+))?\}",
        lambda m: str(names.get(m[1], "?")).rjust(int(m[2] or 0)),
        text,
    )


def roman(n):
    made = ""
    for value, letters in (
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        count, n = divmod(n, value)
        made += letters * count
    return made


def run():
    total = 0
    for n in range(ROUNDS):
        for name, pattern in COMPILED.items():
            found = pattern.findall(TEXT)
            total += len(found) * len(name)
            total += sum(m.end() - m.start() for m in pattern.finditer(TEXT))
            total += len(pattern.split(TEXT, maxsplit=5))
            match = pattern.search(TEXT, n * 10)
            if match:
                total += (
                    len(match.group())
                    + len(match.groups())
                    + len(match.groupdict())
                )
        total += len(re.sub(r"\s+", " ", TEXT)) + len(re.escape(TEXT[:200]))
        total += len(COMPILED["date"].sub(r"\3.\2.\1", TEXT))
        total += len(COMPILED["capital"].sub(lambda m: m[0].lower(), TEXT))
        for k in range(10):
            fresh = re.compile(
                rf"(?:v{n}|w{k})\.(\d{{1,{k + 1}}})[a-z{k}]*?(?=;|$)"
            )
            total += fresh.match(f"w{k}.{k}abc;") is not None
            total += len(template("{a:5}|{b}|{c}", a=k, b=roman(k + n)))
            total += bool(
                re.fullmatch(
                    r"M*(?:D?C{0,3})(?:L?X{0,3})(?:IX|IV|V?I{0,3})", roman(k)
                )
            )
        files = [
            f"{c}{k}.{e}"
            for c in "abc"
            for k in range(5)
            for e in ("py", "txt")
        ]
        total += len(fnmatch.filter(files, "[ab]?.py")) + len(
            fnmatch.filter(files, "*3*")
        )
        table = str.maketrans(
            string.ascii_lowercase, string.ascii_lowercase[::-1], string.digits
        )
        total += TEXT.translate(table).count("z") + TEXT.lower().count("the")
        total += sum(
            len(line.split()) for line in TEXT.splitlines() if line.strip()
        )
        total += re.purge() is None
    return total
