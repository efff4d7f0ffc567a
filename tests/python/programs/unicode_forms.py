# unicode_forms - normal forms, properties and widths of characters.
#
# SPDX-License-Identifier: Apache-2.0
import unicodedata as ud

WORDS = [
    "caf\u00e9",
    "cafe\u0301",
    "\ufb01ne",
    "\u212bngstr\u00f6m",
    "\uac00\ub098",
    "x\u00b2",
    "\u0958",
    "\u1e9b\u0323",
    "\uff21\uff22",
]
for word in WORDS:
    forms = [
        ud.normalize(form, word) for form in ("NFC", "NFD", "NFKC", "NFKD")
    ]
    print(
        ascii(word),
        [len(form) for form in forms],
        [ascii(form)[1:-1] for form in forms[2:3]],
        ud.is_normalized("NFC", word),
    )
print(WORDS[0] == WORDS[1], ud.normalize("NFC", WORDS[1]) == WORDS[0])

for (
    char
) in "A\u00e4\u03a9\u0416\u05d0\u4e2d\u00bd\u2167\u20ac \u0301\U0001f40d\t":
    print(
        f"U+{ord(char):04X}",
        ud.category(char),
        ud.bidirectional(char) or "-",
        ud.combining(char),
        ud.east_asian_width(char),
        ud.mirrored(char),
        ud.numeric(char, None),
        ud.decomposition(char) or "-",
        ud.name(char, "?"),
    )
print(
    ud.lookup("GREEK SMALL LETTER LAMDA"),
    "\N{RIGHTWARDS ARROW}",
    [ud.decimal(c) for c in "7\u0667\u096d"],
    ud.digit("\u00b3"),
)


def fold(text):
    """Without marks and case, for comparing."""
    apart = ud.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not ud.combining(c))


print(
    [
        fold(w)
        for w in (
            "\u00c9t\u00e9",
            "STRASSE",
            "Stra\u00dfe",
            "\u0130",
            "\u1e9e",
        )
    ]
)
names = ["Zo\u00eb", "\u00c5sa", "\u00e9mile", "Adam", "zeta", "\u00d6rjan"]
print(sorted(names, key=fold), sorted(names)[0])
print(
    [s.upper() for s in ("\u00df", "\u0149", "\ufb03", "\u03c2")],
    [s.lower() for s in ("\u0130", "\u03a3A\u03a3", "\u1e9e")],
    [s.title() for s in ("\u01c6", "they're o'clock")],
    "\u01c4".capitalize(),
)
print(
    [
        (
            c.isalpha(),
            c.isdigit(),
            c.isdecimal(),
            c.isnumeric(),
            c.isspace(),
            c.isidentifier(),
            c.isprintable(),
        )
        for c in "a5\u00b2\u00bd\u3000\u2028"
    ]
)


def columns(text):
    return sum(
        0 if ud.combining(c) else 2 if ud.east_asian_width(c) in "WF" else 1
        for c in text
    )


for text in ("plain", "\u6f22\u5b57", "e\u0301t\u0301", "\uff41b"):
    print(
        text + "." * (8 - columns(text)),
        len(text),
        len(text.encode()),
        len(text.encode("utf-16-le")) // 2,
    )
flag = "\U0001f1e8\U0001f1e6"
print(len(flag), [hex(ord(c)) for c in flag], flag.encode("utf-16-be").hex())
print(
    "\u00e9t\u00e9"[::-1],
    "\U0001f600" > "\uffff",
    max("a\u00ffz"),
    ord("\uffff"),
)
print(
    "\ud800".encode("utf-8", "surrogatepass"),
    ascii("\x7f\x80\xa0\u200b\ud800"),
)
print(repr('tab\t nl\n nul\0 quote\' "both" \\ \xa0 \u200b \xad'))
print(
    "".join(chr(c) for c in range(0x2580, 0x2590)), chr(0x10FFFF).isprintable()
)
print(
    "{:>4}|{:^5}|{:\u2605<4}".format("\u00e9", "\u4e2d", "x"),
    "\u0661\u0662".isdigit(),
    int("\u0661\u0662"),
    float("\u0967.\u096b"),
)
