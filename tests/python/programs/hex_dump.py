# hex_dump - bytes shown, compared, searched, patched and checked.
#
# SPDX-License-Identifier: Apache-2.0
import sys
import zlib

data = sys.stdin.buffer.read()


def dump(data, start=0, width=16):
    before = None
    for at in range(0, len(data), width):
        row = data[at : at + width]
        if row == before and at + width < len(data):
            yield "*"
            continue
        before = row
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        groups = " ".join(
            row[i : i + 4].hex(" ") + " " for i in range(0, len(row), 4)
        )
        yield f"{start + at:08x}  {groups:<52}|{text}|"


def squeeze(lines):
    star = False
    for line in lines:
        if line != "*" or not star:
            yield line
        star = line == "*"


blob = data + bytes(64) + bytearray(range(0xF0, 0x100)) + "\u20ac".encode()
for line in squeeze(dump(blob)):
    print(line)
print(
    len(blob),
    f"{zlib.crc32(blob):08x}",
    blob.count(0),
    blob.find(b"line"),
    blob.rfind(b"line"),
    max(blob),
    bytes(sorted(set(data)))[:6],
)

edited = bytearray(blob)
edited[0:4] = b"EDIT"
edited[10:10] = b"<+>"
del edited[-3:]
edited.extend(b"tail")
edited += memoryview(b"--view--")[2:6]
print(edited[:20], edited[-9:], len(edited), edited.startswith((b"x", b"ED")))
view = memoryview(edited)
view[5:8] = b"abc"
print(
    bytes(view[:9]),
    view.readonly,
    view[::5][:4].tolist(),
    memoryview(b"a").readonly,
)
try:
    edited.append(1)
except BufferError as error:
    print("BufferError")
view.release()
edited.append(1)


def varint(n):
    while True:
        n, low = n >> 7, n & 0x7F
        yield low | (0x80 if n else 0)
        if not n:
            return


def unvarint(data):
    n = shift = 0
    for byte in data:
        n |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield n
            n = shift = 0


numbers = [0, 1, 127, 128, 300, 2**32, 2**64 - 1]
packed = b"".join(bytes(varint(n)) for n in numbers)
print(packed.hex(" ", 2), list(unvarint(packed)) == numbers)


def runs(data):
    """PackBits: a count before what is literal, or what is repeated."""
    at, literal = 0, bytearray()
    while at < len(data):
        n = 1
        while n < 128 and data[at : at + 1] == data[at + n : at + n + 1]:
            n += 1
        if n > 2:
            if literal:
                yield bytes([len(literal) - 1]) + literal
                literal = bytearray()
            yield bytes([257 - n, data[at]])
            at += n
        else:
            literal.append(data[at])
            at += 1
            if len(literal) == 128:
                yield bytes([127]) + literal
                literal = bytearray()
    if literal:
        yield bytes([len(literal) - 1]) + literal


def unruns(data):
    at = 0
    while at < len(data):
        n = data[at]
        if n < 128:
            yield data[at + 1 : at + n + 2]
            at += n + 2
        else:
            yield data[at + 1 : at + 2] * (257 - n)
            at += 2


small = b"".join(runs(blob))
print(len(small), b"".join(unruns(small)) == blob, small[-24:].hex())
key = b"k3y"
secret = bytes(b ^ key[i % len(key)] for i, b in enumerate(data))
print(
    secret[:12].hex(),
    bytes(b ^ key[i % 3] for i, b in enumerate(secret)) == data,
)
print(
    b"a,b;c".replace(b";", b",").split(b","),
    b"%s=%05d" % (b"n", 42),
    b"\x00\xff".hex(),
    bytes.fromhex("de ad BE ef"),
    b"abc".translate(bytes(range(256)), b"b"),
    b" x ".strip(),
    b"AbC".swapcase(),
    b"x".join([b"1", b"2"]),
    b"tab\t".expandtabs(4),
)
for bad in (
    lambda: bytes([256]),
    lambda: b"a" + "b",
    lambda: bytes.fromhex("0g"),
    lambda: b"abc"[5],
    lambda: bytes(-1),
    lambda: "x".encode("ascii")[0].x,
):
    try:
        bad()
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        print(type(error).__name__, end=" ")
print()
