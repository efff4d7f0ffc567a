# struct_bitmap - a bitmap image drawn and packed byte by byte.
#
# SPDX-License-Identifier: Apache-2.0
import struct
from array import array

WIDTH, HEIGHT = 21, 11


def draw():
    pixels = [[(255, 255, 255)] * WIDTH for _ in range(HEIGHT)]
    for y in range(HEIGHT):
        for x in range(WIDTH):
            distance = (x - 10) ** 2 / 4 + (y - 5) ** 2
            if distance < 22:
                pixels[y][x] = (x * 12, y * 20, 128)
            if distance < 4:
                pixels[y][x] = (0, 0, 0)
    return pixels


def bitmap(pixels):
    padding = b"\0" * (-WIDTH * 3 % 4)
    rows = b"".join(
        b"".join(struct.pack("BBB", *reversed(p)) for p in row) + padding
        for row in reversed(pixels)
    )
    header = struct.pack(
        "<IiiHHIIiiII",
        40,
        WIDTH,
        HEIGHT,
        1,
        24,
        0,
        len(rows),
        2835,
        2835,
        0,
        0,
    )
    return (
        struct.pack("<2sIHHI", b"BM", 14 + 40 + len(rows), 0, 0, 54)
        + header
        + rows
    )


def read(data):
    magic, size, _, _, offset = struct.unpack_from("<2sIHHI", data)
    width, height = struct.unpack_from("<ii", data, 18)
    stride = (width * 3 + 3) // 4 * 4
    assert magic == b"BM" and size == len(data)
    for y in range(height - 1, -1, -1):
        row = data[offset + y * stride : offset + y * stride + width * 3]
        yield [tuple(reversed(p)) for p in struct.iter_unpack("BBB", row)]


data = bitmap(draw())
print(len(data), data[:30].hex(" "))
for row in read(data):
    print("".join(" .:#"[3 - sum(p) // 256] for p in row).rstrip())
print([*read(data)] == draw())

print(struct.calcsize("<bhiqfd"), struct.calcsize(">3s?xH"))
print(struct.pack(">bhiq", -1, -2, -3, -4).hex(), struct.pack("<e", 1.5).hex())
print(
    struct.unpack("<f", struct.pack("<f", 0.1)), struct.pack("!d", -0.0).hex()
)
print(
    struct.pack("5s5p", b"abcdefg", b"abcdefg"), struct.unpack("<?2x", b"\1ab")
)
for kind, value in (("b", 128), ("H", -1), ("<I", 2**32), ("4s", "text")):
    try:
        print(struct.pack(kind, value))
    except struct.error:
        print(kind, "cannot hold", value)
numbers = array("H", range(0, 50000, 9999))
numbers.byteswap()
print(numbers.tolist(), numbers.itemsize, array("d", [0.5]).tobytes().hex())
signed = array("i", [3, -1, 2])
signed.extend(array("i", [7]))
signed.insert(1, 40)
print(signed, signed.pop(), signed.index(2), memoryview(signed)[1:3].tolist())
view = memoryview(bytearray(range(12))).cast("B", (3, 4))
print(view.shape, view[2, 1], view.tolist()[1], view.nbytes)
