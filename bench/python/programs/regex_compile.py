# regex_compile - patterns parsed and compiled afresh each time.
#
# SPDX-License-Identifier: Apache-2.0
import re

ROUNDS = 300
PATTERNS = (
    r"^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?$",
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[^/:?#]+)(?::(?P<port>\d+))?",
    r"\b(?:if|else|while|for|def|class|return|yield|import|from|as)\b",
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    r"(?i)<(\w+)(?:\s+[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*\s*/?>",
    r"(?x) \s* ( [+-]? \d+ (?: \. \d* )? (?: [eE] [+-]? \d+ )? ) \s* # number",
    r"(a|ab|abc|abcd)+(?=x|y|z)(?!xy)[^\W\d_]{2,5}?",
    r"[\u0400-\u04ff]+|[\u3040-\u30ff]{1,9}|[a-fA-F0-9:]{2,39}",
    r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)",
    r"(?s)/\*.*?\*/|//[^\n]*|(?m:^\s*#.*$)",
    r"(?<=\$)\d+|(?<!\w)-?\d{1,3}(?:,\d{3})*(?:\.\d\d)?(?!\w)",
    r"(\w)(\w)(\w)?(?(3)\3|\2)\1",
)
TEXTS = (
    "2024-02-29T12:30",
    "https://example.org:80/x",
    "192.168.0.1",
    "abba",
    'say "it\'s" /* so */',
    "total -1,234.56 and $99",
    "<a href='x'>",
)


def run():
    groups = found = 0
    for n in range(ROUNDS):
        re.purge()
        for pattern in PATTERNS:
            # A number at the end makes each of them a pattern never seen.
            compiled = re.compile(f"{pattern}|never{n}")
            groups += compiled.groups + len(compiled.groupindex)
            found += sum(1 for text in TEXTS if compiled.search(text))
    return groups, found
