# compressors - four compressors: round trips, streams, damage, checksums.
#
# SPDX-License-Identifier: Apache-2.0
import bz2
import gzip
import io
import lzma
import zlib

text = b"".join(b"%d: the quick brown fox\n" % (n * n) for n in range(2000))
print(len(text), f"{zlib.crc32(text):08x} {zlib.adler32(text):08x}")

for module in (zlib, gzip, bz2, lzma):
    packed = module.compress(text)
    print(
        module.__name__,
        len(packed) * 2 < len(text),
        module.decompress(packed) == text,
        module.compress(b"")[:2],
    )


def in_pieces(data, size):
    for at in range(0, len(data), size):
        yield data[at : at + size]


compressors = {
    "zlib": (zlib.compressobj(9), zlib.decompressobj()),
    "raw": (zlib.compressobj(6, zlib.DEFLATED, -15), zlib.decompressobj(-15)),
    "bz2": (bz2.BZ2Compressor(), bz2.BZ2Decompressor()),
    "lzma": (lzma.LZMACompressor(), lzma.LZMADecompressor()),
    "alone": (lzma.LZMACompressor(lzma.FORMAT_ALONE), lzma.LZMADecompressor()),
}
for name, (pack, unpack) in compressors.items():
    stream = b"".join(map(pack.compress, in_pieces(text, 777))) + pack.flush()
    got = b"".join(map(unpack.decompress, in_pieces(stream + b"rest", 100)))
    print(name, got == text, unpack.eof, stream[:1] == got[:1])

few = zlib.decompressobj()
head = few.decompress(zlib.compress(text), 30)
print(head, len(few.decompress(few.unconsumed_tail)) + len(head) == len(text))

with_words = zlib.compressobj(zdict=b"the quick brown fox")
small = with_words.compress(b"the quick brown fox") + with_words.flush()
print(
    len(small) < 19,
    zlib.decompressobj(zdict=b"the quick brown fox").decompress(small),
)

memory = io.BytesIO()
with gzip.GzipFile("name.txt", "wb", fileobj=memory, mtime=0) as file:
    file.write(text)
    print(file.tell())
print(memory.getvalue()[:4], memory.getvalue()[10:18])
with gzip.open(io.BytesIO(memory.getvalue()), "rt") as file:
    print(file.readline().rstrip(), sum(1 for _ in file))
    file.seek(10)
    print(file.read(9))

many = bz2.compress(b"one ") + bz2.compress(b"two")
print(bz2.decompress(many), gzip.decompress(gzip.compress(b"a") * 3))

damaged = bytearray(zlib.compress(text))
damaged[-1] ^= 0xFF
cut = gzip.compress(text)[:-9]
for name, attempt in {
    "zlib": lambda: zlib.decompress(damaged),
    "gzip": lambda: gzip.decompress(cut),
    "bz2": lambda: bz2.decompress(b"BZh9nonsense"),
    "lzma": lambda: lzma.decompress(b"\xfd7zXZ\0garbage.."),
}.items():
    try:
        attempt()
        print(name, "read nonsense")
    except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
        print(name, type(error).__name__)
copy = zlib.compressobj()
head = copy.compress(b"shared ")
twin = copy.copy()
print(
    [
        zlib.decompress(head + c.compress(w) + c.flush())
        for c, w in ((copy, b"left"), (twin, b"right"))
    ]
)
