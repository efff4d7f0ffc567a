# bit_sets - sets as bits: sieves, subsets, Bloom filters, permissions.
#
# SPDX-License-Identifier: Apache-2.0
import hashlib
from itertools import combinations


class BitSet:
    def __init__(self, items=(), *, bits=0):
        self.bits = bits
        for item in items:
            self.bits |= 1 << item

    def __contains__(self, item):
        return bool(self.bits >> item & 1)

    def __iter__(self):
        bits = self.bits
        while bits:
            low = bits & -bits
            yield low.bit_length() - 1
            bits ^= low

    def __len__(self):
        return self.bits.bit_count()

    def __or__(self, other):
        return BitSet(bits=self.bits | other.bits)

    def __and__(self, other):
        return BitSet(bits=self.bits & other.bits)

    def __sub__(self, other):
        return BitSet(bits=self.bits & ~other.bits)

    def __xor__(self, other):
        return BitSet(bits=self.bits ^ other.bits)

    def __le__(self, other):
        return not self.bits & ~other.bits

    def __eq__(self, other):
        return self.bits == other.bits

    def __repr__(self):
        return "{" + ", ".join(map(str, self)) + "}"


a, b = BitSet(range(0, 40, 3)), BitSet(range(0, 40, 4))
print(
    a | b,
    a & b,
    a - b,
    a ^ b,
    len(a | b),
    9 in a,
    a & b <= a,
    a <= b,
    sep="\n",
)
print(list(a) == sorted(set(range(0, 40, 3))), BitSet([200]).bits.bit_length())

sieve = (1 << 500) - 4
for n in range(2, 23):
    if sieve >> n & 1:
        for m in range(n * n, 500, n):
            sieve &= ~(1 << m)
print(len(BitSet(bits=sieve)), list(BitSet(bits=sieve))[-5:])

SUBJECTS = ["alg", "bio", "che", "dra", "eng", "fre"]
TAKEN = {"alg": "bio che", "bio": "dra", "che": "dra eng", "eng": "fre alg"}
clash = {
    s: BitSet(SUBJECTS.index(t) for t in TAKEN.get(s, "").split())
    for s in SUBJECTS
}
independent = []
for mask in range(1 << len(SUBJECTS)):
    chosen = BitSet(bits=mask)
    if not any((clash[SUBJECTS[i]] & chosen).bits for i in chosen):
        independent.append(chosen)
best = max(map(len, independent))
print(
    len(independent),
    best,
    [[SUBJECTS[i] for i in s] for s in independent if len(s) == best],
)


def subsets(mask):
    sub = mask
    while True:
        yield sub
        if not sub:
            return
        sub = (sub - 1) & mask


def next_same(n):
    """The next larger number with as many bits."""
    low = n & -n
    high = n + low
    return high | ((n ^ high) // low >> 2)


print([f"{s:04b}" for s in subsets(0b1011)])
row, n = [], 0b0111
while n < 1 << 5:
    row.append(n)
    n = next_same(n)
print(
    row,
    sorted(row)
    == sorted(sum(1 << i for i in c) for c in combinations(range(5), 3)),
)


class Bloom:
    def __init__(self, size, hashes):
        self.size, self.hashes, self.bits = (
            size,
            hashes,
            bytearray(size // 8 + 1),
        )

    def places(self, word):
        digest = hashlib.sha256(word.encode()).digest()
        for i in range(self.hashes):
            yield int.from_bytes(
                digest[4 * i : 4 * i + 4], "little"
            ) % self.size

    def add(self, word):
        for place in self.places(word):
            self.bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, word):
        return all(self.bits[p >> 3] >> (p & 7) & 1 for p in self.places(word))


bloom = Bloom(4000, 5)
for n in range(400):
    bloom.add(f"word{n}")
wrong = [n for n in range(400, 4400) if f"word{n}" in bloom]
print(
    all(f"word{n}" in bloom for n in range(400)),
    len(wrong),
    wrong[:5],
    sum(byte.bit_count() for byte in bloom.bits),
)


def mode_text(mode):
    return "".join(
        letter if mode >> (8 - i) & 1 else "-"
        for i, letter in enumerate("rwxrwxrwx")
    )


def change(mode, text):
    for clause in text.split(","):
        at = next(i for i, c in enumerate(clause) if c in "+-=")
        who = clause[:at].replace("a", "ugo") or "ugo"
        for person in who:
            shift = {"u": 6, "g": 3, "o": 0}[person]
            bits = (
                sum({"r": 4, "w": 2, "x": 1}[c] for c in set(clause[at + 1 :]))
                << shift
            )
            match clause[at]:
                case "+":
                    mode |= bits
                case "-":
                    mode &= ~bits
                case "=":
                    mode = mode & ~(7 << shift) | bits
    return mode


for mode, text in (
    (0o644, "u+x"),
    (0o755, "go-rx"),
    (0o000, "a=r,u+w"),
    (0o777, "o="),
):
    new = change(mode, text)
    print(f"{mode:03o} {mode_text(mode)} {text:<8} {new:03o} {mode_text(new)}")
x, y = 0b1100, 0b1010
x ^= y
y ^= x
x ^= y
print(
    bin(x),
    bin(y),
    -1 >> 3,
    -9 & 0xFF,
    1 << 65 & -(1 << 65),
    (0x1234).to_bytes(2, "little"),
    f"{int(f'{0b10110:08b}'[::-1], 2):08b}",
    (7).bit_length(),
    ~0,
    5 ^ -5,
)
