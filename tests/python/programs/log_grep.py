# log_grep - a server's log searched with regular expressions.
#
# SPDX-License-Identifier: Apache-2.0
import re
from collections import Counter

LOG = r"""
10.0.0.7 - - [12/Mar/2024:10:15:32 +0000] "GET /index.html HTTP/1.1" 200 5120
10.0.0.9 - eve [12/Mar/2024:10:15:33 +0000] "POST /api/login HTTP/1.1" 401 97
10.0.0.9 - eve [12/Mar/2024:10:15:35 +0000] "POST /api/login HTTP/1.1" 200 310
broken line without anything
10.0.0.7 - - [12/Mar/2024:10:16:01 +0000] "GET /img/a%20b.png HTTP/1.1" 404 12
192.168.4.1 - bob [12/Mar/2024:11:00:00 +0000] "DELETE /api/x/42 HTTP/2" 500 0
"""

LINE = re.compile(
    r"""^(?P<host>\d{1,3}(?:\.\d{1,3}){3})\s-\s(?P<user>\S+)\s
        \[(?P<day>\d+)/(?P<month>\w{3})/(?P<year>\d{4}):(?P<time>[\d:]+)
        \s[+-]\d{4}\]\s
        "(?P<verb>[A-Z]+)\s(?P<path>\S+)\sHTTP/[\d.]+"\s
        (?P<status>[1-5]\d\d)\s(?P<size>\d+)$""",
    re.VERBOSE | re.MULTILINE,
)

status, sizes = Counter(), Counter()
for match in LINE.finditer(LOG):
    found = match.groupdict()
    status[found["status"][0] + "xx"] += 1
    sizes[found["host"]] += int(found["size"])
    print(
        match.start(), match.end(), found["time"], found["verb"], found["path"]
    )
print(sorted(status.items()), sorted(sizes.items()))

print(re.sub(r"(\d+)\.(\d+)\.\d+\.\d+", r"\1.\2.x.y", LOG).count(".x.y"))
print(re.sub(r"%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), "a%20b%7ec"))
print(re.split(r"\s*([,;])\s*", "one , two;three ;four"))
print(re.findall(r"(?<=/)(\w+)(?=\.(?:png|html)\b)", LOG))
print(re.findall(r"\b(\w)(\w)\2\1\b", "abba noon peep otto deed xyzy"))
print(re.match(r"(?i:HELLO) (?P<w>world)", "hello world").span("w"))
print(bool(re.fullmatch(r"(a|b)*?c", "ababc")), re.escape("1+1=2?"))
print(re.subn(r"^\s+|\s+$", "", "  trim both  "), re.sub("", "-", "abc"))
print(re.findall(r"(?s)<b>(.*?)</b>", "<b>one</b> <b>two\nthree</b>"))
print(re.sub(r"(?P<y>\d{4})-(?P<m>\d\d)", r"\g<m>/\g<y>", "on 2024-03 or 04"))
for pattern in ("(unclosed", "[z-a]", "*x", r"(?P<1>a)"):
    try:
        re.compile(pattern)
    except re.error as error:
        print(pattern, "->", error.msg, error.pos)
