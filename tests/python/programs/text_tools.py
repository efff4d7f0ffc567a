# text_tools - templates, wrapped paragraphs and differences of texts.
#
# SPDX-License-Identifier: Apache-2.0
import difflib
import string
import textwrap

LETTER = """\
    Dear $name,

    your ${animal}s have eaten $$${amount} worth of our cabbages, and
    what they did to the turnips we would rather not put down in
    writing. Please keep them behind the fence from now on.

        Yours, the neighbours
"""

letter = string.Template(textwrap.dedent(LETTER))
text = letter.substitute(name="Mrs Finch", animal="goat", amount=31)
print(text)
try:
    letter.substitute(name="x")
except KeyError as error:
    print("missing", error)
print(letter.safe_substitute(name="nobody").splitlines()[2])

body = text.split("\n\n")[1].replace("\n", " ")
for width in (30, 44):
    print(
        textwrap.fill(body, width, initial_indent="* ", subsequent_indent="  ")
    )
print(textwrap.shorten(body, 40, placeholder=" [more]"))
print(textwrap.wrap("averyveryverylongword fits-not here", 10))
print(textwrap.indent("one\n\ntwo\n", "> ", lambda line: True), end="")

old = text.splitlines()
new = text.replace("goats", "geese").replace("Yours, t", "T").splitlines()
new.insert(3, "(This is the second letter.)")
for line in difflib.unified_diff(
    old, new, "first", "second", n=1, lineterm=""
):
    print(line)
for line in difflib.ndiff(["cabbage", "kale"], ["cabbages", "leek", "kale"]):
    print(line.rstrip("\n"))
match = difflib.SequenceMatcher(None, "private thread", "primate dread")
print(round(match.ratio(), 4), match.find_longest_match(0, 14, 0, 13))
for tag, a, b, c, d in match.get_opcodes():
    print(tag, repr("private thread"[a:b]), repr("primate dread"[c:d]))
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]))

table = str.maketrans("abcxyz", "xyzabc", "!?")
print("cab! zebra? boxy".translate(table), string.capwords("a  tale of twO"))
print(
    "{0:>6}|{1:^7}|{name!r:<8}|{2[1]}|{3.real}".format(
        "r", "mid", [4, 5], 2 + 3j, name="n"
    )
)
for parsed in string.Formatter().parse("a{b!s:>{w}}c{{d}}"):
    print(parsed)
print(
    "a,b,,c".split(","),
    " a b  c ".split(),
    "a--b--c".rpartition("--"),
    "x=1=2".split("=", 1),
    "one\r\ntwo\vthree\x85".splitlines(),
)
print(
    "Title Case".swapcase(),
    "\u00dfx".upper(),
    "12\u00b2".isdigit(),
    "tab\tstop".expandtabs(4),
    "-5".zfill(4),
    "prefix".removeprefix("pre"),
)
