# gene_tools - sequences of genes read, translated and aligned.
# args: --min 12 human mouse
#
# SPDX-License-Identifier: Apache-2.0
import argparse
import re
import sys
from collections import Counter
from itertools import product

BASES = "TCAG"
AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = dict(zip(map("".join, product(BASES, repeat=3)), AMINO))
PAIR = str.maketrans("ACGT", "TGCA")


def fasta(stream):
    name, parts = None, []
    for line in stream:
        line = line.strip()
        if line.startswith(">"):
            if name:
                yield name, "".join(parts)
            name, parts = line[1:].split()[0], []
        elif line:
            parts.append(line.upper())
    if name:
        yield name, "".join(parts)


def translate(sequence):
    return "".join(
        CODE.get(sequence[i : i + 3], "?")
        for i in range(0, len(sequence) - 2, 3)
    )


def open_frames(sequence, least):
    for strand, text in (
        ("+", sequence),
        ("-", sequence.translate(PAIR)[::-1]),
    ):
        for frame in range(3):
            protein = translate(text[frame:])
            for found in re.finditer(r"M[^*]*\*", protein):
                if 3 * len(found[0]) >= least:
                    yield strand, frame, 3 * found.start() + frame, found[0]


def align(a, b, match=2, mismatch=-1, gap=-2, local=False):
    score = {(0, 0): 0}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            options = [0] if local or (i, j) == (0, 0) else []
            if i:
                options.append(score[i - 1, j] + gap)
            if j:
                options.append(score[i, j - 1] + gap)
            if i and j:
                same = match if a[i - 1] == b[j - 1] else mismatch
                options.append(score[i - 1, j - 1] + same)
            score[i, j] = max(options)
    i, j = (
        max(score, key=lambda c: (score[c], c)) if local else (len(a), len(b))
    )
    best, rows = score[i, j], ["", "", ""]
    while (i or j) and not (local and score[i, j] == 0):
        if (
            i
            and j
            and score[i, j]
            == score[i - 1, j - 1]
            + (match if a[i - 1] == b[j - 1] else mismatch)
        ):
            i, j = i - 1, j - 1
            column = a[i], "|" if a[i] == b[j] else ".", b[j]
        elif i and score[i, j] == score[i - 1, j] + gap:
            i -= 1
            column = a[i], " ", "-"
        else:
            j -= 1
            column = "-", " ", b[j]
        rows = [c + row for c, row in zip(column, rows)]
    return best, rows


parser = argparse.ArgumentParser(prog="genes")
parser.add_argument("--min", type=int, default=30)
parser.add_argument("names", nargs=2)
options = parser.parse_args()
genes = dict(fasta(sys.stdin))
for name, sequence in genes.items():
    count = Counter(sequence)
    share = (count["G"] + count["C"]) / len(sequence)
    print(
        f"{name:<8}{len(sequence):>4} GC {share:.4f}",
        dict(sorted(count.items())),
    )
    print("   ", translate(sequence), sequence.translate(PAIR)[::-1][:20])
    for frame in open_frames(sequence, options.min):
        print("    frame", *frame)
first, second = (genes[name] for name in options.names)
for local in (False, True):
    best, rows = align(first, second, local=local)
    print("score", best, f"{rows[1].count('|') / len(rows[1]):.3f} the same")
    for at in range(0, len(rows[0]), 50):
        print(*(row[at : at + 50].rstrip() for row in rows), sep="\n")
kmers = {
    name: {s[i : i + 4] for i in range(len(s) - 3)}
    for name, s in genes.items()
}
for a, b in product(genes, repeat=2):
    if a < b:
        print(
            a,
            b,
            f"{len(kmers[a] & kmers[b]) / len(kmers[a] | kmers[b]):.4f}",
            sum(x != y for x, y in zip(genes[a], genes[b])),
        )
repeat = re.search(r"(?=(.{5,}).*\1)", first + second)
print(repeat[1] if repeat else "no repeat", CODE["ATG"], AMINO.count("L"))
print(
    {
        m.start(): m[0]
        for m in re.finditer(r"GAATTC|GGATCC|AAGCTT", "".join(genes.values()))
    }
)
