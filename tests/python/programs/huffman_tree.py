# huffman_tree - Huffman's code: a tree, its bits, and back again.
#
# SPDX-License-Identifier: Apache-2.0
import heapq
from collections import Counter
from itertools import count

TEXT = (
    "she sells sea shells on the sea shore; the shells that she sells are sea "
    "shells, i am sure"
) * 3


class Leaf:
    def __init__(self, symbol):
        self.symbol = symbol

    def walk(self, prefix=""):
        yield self.symbol, prefix or "0"


class Inner:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def walk(self, prefix=""):
        yield from self.left.walk(prefix + "0")
        yield from self.right.walk(prefix + "1")


def build(text):
    order = count()
    heap = [
        (n, next(order), Leaf(s)) for s, n in sorted(Counter(text).items())
    ]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, _, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, next(order), Inner(left, right)))
    return heap[0][2]


def canonical(lengths):
    """Codes given by their lengths alone, so that only these are stored."""
    code, before, codes = 0, 0, {}
    for length, symbol in sorted((n, s) for s, n in lengths.items()):
        code <<= length - before
        codes[symbol] = format(code, f"0{length}b")
        code, before = code + 1, length
    return codes


def pack(bits):
    padding = -len(bits) % 8
    return bytes([padding]) + int(bits + "0" * padding, 2).to_bytes(
        (len(bits) + padding) // 8, "big"
    )


def unpack(data):
    bits = format(int.from_bytes(data[1:], "big"), f"0{8 * (len(data) - 1)}b")
    return bits[: len(bits) - data[0]]


def decode(bits, codes):
    symbols, at = {code: s for s, code in codes.items()}, ""
    for bit in bits:
        at += bit
        if at in symbols:
            yield symbols[at]
            at = ""
    assert not at


tree = build(TEXT)
codes = dict(tree.walk())
counts = Counter(TEXT)
for symbol, code in sorted(codes.items(), key=lambda p: (len(p[1]), p[0])):
    print(f"{symbol!r:<5}{counts[symbol]:>4} {code}")
table = canonical({s: len(c) for s, c in codes.items()})
bits = "".join(table[s] for s in TEXT)
packed = pack(bits)
print(len(TEXT), len(packed), f"{len(bits) / len(TEXT):.4f} bits each")
print("".join(decode(unpack(packed), table)) == TEXT, packed[:16].hex())
kraft = sum(2.0 ** -len(code) for code in table.values())
print(
    "Kraft:",
    kraft,
    any(
        a != b and b.startswith(a)
        for a in table.values()
        for b in table.values()
    ),
)


def runs(text):
    """Move to front after sorting the rotations: what makes runs."""
    rotations = sorted(
        (text + "\0")[n:] + (text + "\0")[:n] for n in range(len(text) + 1)
    )
    last = "".join(r[-1] for r in rotations)
    alphabet, moved = sorted(set(last)), []
    for char in last:
        moved.append(alphabet.index(char))
        alphabet.insert(0, alphabet.pop(moved[-1]))
    return last, moved


last, moved = runs(TEXT[:90])
print(repr(last))
print(Counter(moved).most_common(3), moved[:30])
table = list(range(len(last)))
for at in [last.index("\0")]:
    order = sorted(range(len(last)), key=lambda i: (last[i], i))
    text = ""
    for _ in last:
        at = order[at]
        text += last[at]
print(text.rstrip("\0") == TEXT[:90])
