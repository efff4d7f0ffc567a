# text_codecs - quoted-printable, uuencoding, property lists.
#
# SPDX-License-Identifier: Apache-2.0
import binascii
import codecs
import colorsys
import plistlib
import quopri
import stringprep
from datetime import datetime
from xml.parsers.expat import ExpatError

text = "Na\u00efve = caf\u00e9, 100%.\tTab \n" + "long " * 20
quoted = quopri.encodestring(text.encode())
print(quoted.decode())
print(
    quopri.decodestring(quoted).decode() == text,
    quopri.encodestring(b"a_b c", header=True),
    quopri.decodestring("=E2=98=83=\n!"),
)
lines = [binascii.b2a_uu(text.encode()[i : i + 45]) for i in range(0, 90, 45)]
print(
    *lines,
    b"".join(map(binascii.a2b_uu, lines)) == text.encode()[:90],
    sep="\n",
)
print(
    codecs.encode(b"ab\xff", "base64"),
    codecs.encode(b"hi", "hex"),
    codecs.decode(b"=41", "quopri"),
    codecs.encode("Sandbox 5", "rot13"),
)
for name in ("b\u00fccher.example", "\u4f8b\u3048.jp", "plain.org"):
    print(
        name.encode("idna"),
        name.encode("idna").decode("idna") == name.lower(),
        name.split(".")[0].encode("punycode"),
    )
print(
    "\u00fc\n\\".encode("unicode_escape"),
    b"\\x41\\u2603".decode("unicode_escape"),
    "a\u20ac".encode("raw_unicode_escape"),
)

settings = {
    "name": "viv & co",
    "size": 3,
    "ratio": 0.5,
    "on": True,
    "raw": b"\0\1\2",
    "when": datetime(2024, 2, 29, 12, 30),
    "list": [1, [2, "<3>"], {}],
    "big": 2**40,
}
packed = plistlib.dumps(settings)
print(packed.decode().expandtabs(1))
binary = plistlib.dumps(settings, fmt=plistlib.FMT_BINARY)
print(binary[:8], plistlib.loads(packed) == settings == plistlib.loads(binary))
print(
    plistlib.loads(plistlib.dumps([plistlib.UID(5)], fmt=plistlib.FMT_BINARY))
)
for bad in (
    lambda: plistlib.loads(b"nonsense"),
    lambda: plistlib.dumps({"a": None}),
    lambda: plistlib.dumps({1: 2}),
    lambda: plistlib.loads(b"<plist><x"),
    lambda: binascii.unhexlify("abc"),
    lambda: b"\xff".decode("idna"),
    lambda: binascii.a2b_uu(b"#86)C0"),
):
    try:
        print(bad())
    except (ValueError, TypeError, ExpatError) as error:
        print(type(error).__name__)

for rgb in ((1, 0.5, 0), (0.2, 0.2, 0.2), (0, 0, 1)):
    for to, back in (
        (colorsys.rgb_to_hsv, colorsys.hsv_to_rgb),
        (colorsys.rgb_to_hls, colorsys.hls_to_rgb),
        (colorsys.rgb_to_yiq, colorsys.yiq_to_rgb),
    ):
        there = to(*rgb)
        again = back(*there)
        print(
            [round(v, 4) for v in there],
            all(abs(a - b) < 1e-3 for a, b in zip(rgb, again)),
            end=" ",
        )
    print()
print(
    [stringprep.in_table_c12(c) for c in "\u00a0 a"],
    stringprep.map_table_b2("\u00df"),
    stringprep.in_table_d1("\u05d0"),
)
print(
    [
        codecs.lookup(n).name
        for n in ("latin1", "UTF8", "u16", "ascii", "windows-1252")
    ]
)
