"""document.py - an image-heavy document, and a converter that keeps too much.

The document is made like a PDF: objects, a tree of pages, a stream of text and
an image for each page, all streams compressed, a table at the end that says
where each object is.  A conversion reads the table, walks the tree, inflates
the streams, takes every other pixel of every other row, grey instead of colour,
and writes a document of these.

The previews that come of it, 62,000 bytes a call, stay in a cache that nobody
clears: that is the mistake that a host has to live with.

SPDX-License-Identifier: Apache-2.0
"""

import random
import re
import zlib

PAGES = 5
WIDTH, HEIGHT = 248, 200  # previews of 124 x 100: 62,000 bytes in all
OBJECT = re.compile(rb"(\d+) obj (\{[^\n]*\})\n")
NUMBER = re.compile(rb"(\w+)=(\d+)")

cache = {}


def write(objects):
    """A document of (dictionary, stream) pairs; the root is the first."""
    out, places = bytearray(b"%DOC-1\n"), []
    for number, (entries, stream) in enumerate(objects):
        places.append(len(out))
        entries = dict(entries, length=len(stream))
        words = " ".join(f"{key}={value}" for key, value in entries.items())
        out += b"%d obj {%s}\n" % (number, words.encode())
        out += stream
    table = len(out)
    for place in places:
        out += b"%010d\n" % place
    return bytes(out + b"table %d %d\n" % (table, len(places)))


def read(document):
    """The objects of a document, in the order of their numbers."""
    tail = document.rindex(b"table ")
    table, count = map(int, document[tail + 6 :].split())
    places = document[table : table + 11 * count].split()
    objects = []
    for number, place in enumerate(map(int, places)):
        found = OBJECT.match(document, place)
        if found is None or int(found[1]) != number:
            raise ValueError(f"object {number} is not where it should be")
        entries = {k.decode(): int(v) for k, v in NUMBER.findall(found[2])}
        stream = document[found.end() : found.end() + entries["length"]]
        objects.append((entries, stream))
    return objects


def picture(page):
    """The pixels of an image: a gradient with noise, for photos are noisy."""
    noise = random.Random(page)
    return bytes(
        (x // 3 + y + noise.getrandbits(1)) & 255
        for y in range(HEIGHT)
        for x in range(WIDTH * 3)
    )


def make():
    """The document that is converted."""
    objects = [({"pages": PAGES}, b"")]
    for page in range(PAGES):
        text = b"".join(
            b"%d %d td (word %d)\n" % (n % 80 * 6, n // 80 * 12, n * page)
            for n in range(400)
        )
        first = len(objects)
        objects += [
            ({"page": page, "text": first + 1, "image": first + 2}, b""),
            ({"kind": 1}, zlib.compress(text)),
            (
                {"kind": 2, "width": WIDTH, "height": HEIGHT},
                zlib.compress(picture(page)),
            ),
        ]
    return write(objects)


def preview(pixels, width, height):
    """Half as wide, half as high, and only the green."""
    return b"".join(
        pixels[y * width * 3 + 1 : (y + 1) * width * 3 : 6]
        for y in range(0, height, 2)
    )


def convert(number):
    """Convert the document, and return the checksum of what came of it."""
    objects, written, previews = read(document), [({"pages": PAGES}, b"")], []
    for entries, _ in objects:
        if "page" not in entries:
            continue
        words = zlib.decompress(objects[entries["text"]][1]).split(b"\n")
        shape, stream = objects[entries["image"]]
        pixels = zlib.decompress(stream)
        small = preview(pixels, shape["width"], shape["height"])
        previews.append(small)
        found = {"page": entries["page"], "words": len(words)}
        written.append((found, zlib.compress(small, 1)))
    cache[number] = previews
    return zlib.crc32(write(written), number)


def kept():
    """How many bytes the cache has."""
    return sum(len(small) for previews in cache.values() for small in previews)


document = make()
