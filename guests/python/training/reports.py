# reports - text cleaned, split, joined, justified and put into tables.
#
# SPDX-License-Identifier: Apache-2.0
import textwrap
import unicodedata
from datetime import date, datetime, timedelta

ROUNDS = 60
TEXT = """Harbour master's notes: the "Gull" (built 1911, 48.5 m) came in
at 07:35 with herring & salt; the 'Tern' left for Åland at 9:10,
2 h late. Dues: 118.40 + 27.95 kr. Nobody saw the pilot -- he
was asleep.\tThe crane is broken again (no. 3), see page 12."""


def clean(text):
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.replace("\t", " ").replace("--", "-").casefold()


def caesar(text, by):
    letters = []
    for c in text:
        if "a" <= c <= "z":
            c = chr((ord(c) - 97 + by) % 26 + 97)
        letters.append(c)
    return "".join(letters)


def justify(words, width):
    line, used = [], 0
    for word in words:
        if used + len(word) + len(line) > width and line:
            gaps = max(1, len(line) - 1)
            each, more = divmod(width - used, gaps)
            made = ""
            for i, w in enumerate(line):
                made += w + " " * (each + (i < more)) * (i < gaps)
            yield made.ljust(width)
            line, used = [], 0
        line.append(word)
        used += len(word)
    yield " ".join(line)


def table(rows, head):
    widths = [
        max(len(str(row[i])) for row in [head, *rows])
        for i in range(len(head))
    ]
    rule = "+".join("-" * (w + 2) for w in widths)
    yield " | ".join(h.center(w) for h, w in zip(head, widths))
    yield rule
    for row in rows:
        cells = []
        for value, width in zip(row, widths):
            text = f"{value:,.2f}" if isinstance(value, float) else str(value)
            cells.append(
                text.rjust(width)
                if isinstance(value, (int, float))
                else text.ljust(width)
            )
        yield " | ".join(cells).rstrip()


def run():
    total = 0
    for n in range(ROUNDS):
        text = clean(TEXT)
        words = [w.strip(".,;:()'\"") for w in text.split()]
        numbers = [float(w) for w in words if w.replace(".", "", 1).isdigit()]
        secret = caesar(text, n)
        total += caesar(secret, -n) == text
        lines = list(justify(words, 30 + n % 20))
        total += len(lines) + sum(line.count(" ") for line in lines)
        total += len(textwrap.fill(TEXT, 40 + n % 9)) + len(
            textwrap.dedent("  " + TEXT)
        )
        rows = [
            (w, len(w), sum(map(ord, w)) / 7, w[::-1])
            for w in words
            if w > "m"
        ]
        total += sum(map(len, table(rows, ("word", "size", "sum", "back"))))
        day = date(2024, 1, 31)
        for k in range(12):
            day += timedelta(days=k * n % 45)
            stamp = datetime(day.year, day.month, day.day, k, n)
            total += (
                len(stamp.isoformat())
                + day.toordinal() % 7
                + len(f"{stamp:%d.%m.%Y %H:%M}")
            )
            total += datetime.fromisoformat(stamp.isoformat()) == stamp
        total += int(sum(numbers)) + text.count("the") + text.find("salt")
        first, _, rest = text.partition(":")
        total += (
            len(first.title())
            + len(rest.encode("utf-8"))
            + len("|".join(words).split("|"))
        )
        total += len(
            bytes(secret, "ascii", "replace").hex()
        ) + secret.startswith(("h", "i"))
    return total
