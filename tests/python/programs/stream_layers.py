# stream_layers - text and byte streams in memory, seeks, and encodings.
#
# SPDX-License-Identifier: Apache-2.0
import codecs
import io

raw = io.BytesIO("first line\r\nzweite Zeile \u00e4\u00f6\nlast".encode())
text = io.TextIOWrapper(raw, encoding="utf-8")
print(text.readlines(), text.newlines)
text.seek(0)
text.reconfigure(newline="")
print(repr(text.readline()), repr(text.read(9)), raw.tell() > 0)
print(repr(text.detach().getvalue()[-6:]))

out = io.StringIO(newline="\r\n")
print("a", "b", sep="\n", file=out)
out.writelines(["c\n", "d"])
print(repr(out.getvalue()), out.tell(), out.seek(0), repr(out.readline()))


class Counting(io.RawIOBase):
    """Bytes 0, 1, 2... without end, and how often it was asked."""

    def __init__(self):
        self.at = self.asked = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        self.asked += 1
        for i in range(len(buffer)):
            buffer[i] = (self.at + i) % 256
        self.at += len(buffer)
        return len(buffer)


source = Counting()
buffered = io.BufferedReader(source, 64)
print(list(buffered.read(5)), list(buffered.peek(3)[:3]), buffered.read1(2))
print(len(buffered.read(200)), source.at, source.asked > 1)

pair = io.BufferedRandom(io.BytesIO(b"0123456789"))
pair.seek(3)
pair.write(b"xyz")
pair.seek(-2, io.SEEK_END)
print(pair.read(), pair.seek(2), pair.read(5), pair.tell())

for name in (
    "utf-8",
    "utf-16-le",
    "utf-32-be",
    "latin-1",
    "cp1252",
    "cp437",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "utf-7",
):
    word = {
        "koi8-r": "\u043c\u0438\u0440",
        "shift_jis": "\u6771\u4eac",
        "gb18030": "\u5317\u4eac",
    }.get(name, "\u00e9t\u00e9")
    packed = word.encode(name)
    print(f"{name:<10}{packed.hex()} {packed.decode(name) == word}")
for how in (
    "ignore",
    "replace",
    "backslashreplace",
    "xmlcharrefreplace",
    "namereplace",
):
    print(how, "na\u00efve \u2603".encode("ascii", how))
print(
    b"ok\xff\xfe!".decode("utf-8", "surrogateescape").encode(
        "utf-8", "surrogateescape"
    ),
    b"\xe2\x98".decode("utf-8", "replace"),
)
for bad in (
    lambda: "\u00e9".encode("ascii"),
    lambda: b"\xc3(".decode("utf-8"),
    lambda: "x".encode("no-such"),
    lambda: b"\0".decode("utf-16"),
):
    try:
        bad()
    except (UnicodeError, LookupError) as error:
        print(type(error).__name__, "-", error)

decoder = codecs.getincrementaldecoder("utf-8")()
print([decoder.decode(bytes([b])) for b in "\u00e4\u20ac".encode()])
print(codecs.encode("Why not?", "rot13"), codecs.decode("616263", "hex"))
codecs.register_error("dots", lambda e: ("." * (e.end - e.start), e.end))
print(
    "a\u00e9\u00e8b".encode("ascii", "dots"),
    codecs.BOM_UTF8.decode("utf-8-sig") == "",
)
reader = codecs.getreader("utf-16")(io.BytesIO("two\nlines".encode("utf-16")))
print(reader.readlines())
