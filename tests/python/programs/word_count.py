# word_count - how often words occur in a text, and in what company.
#
# SPDX-License-Identifier: Apache-2.0
import re
from collections import Counter, defaultdict

TEXT = """
The ferry leaves the north pier at nine, and the ferry leaves the south pier
at ten. Nobody at the north pier knows when the south ferry returns; nobody
at the south pier asks. Between the piers lies the island, and on the island
lives a man who counts ferries. He has counted nine hundred and ten.
"""


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def neighbours(tokens, size=1):
    near = defaultdict(Counter)
    for i, token in enumerate(tokens):
        for j in range(max(0, i - size), min(len(tokens), i + size + 1)):
            if i != j:
                near[token][tokens[j]] += 1
    return near


tokens = words(TEXT)
counts = Counter(tokens)
print(f"{len(tokens)} words, {len(counts)} different")
for word, count in sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:8]:
    print(f"{word:<8} {count:>3} {'*' * count} {count / len(tokens):.3%}")

by_length = defaultdict(set)
for token in counts:
    by_length[len(token)].add(token)
for length in sorted(by_length):
    print(length, ", ".join(sorted(by_length[length])))

near = neighbours(tokens)
for word in ("pier", "ferry", "island"):
    print(word, sorted(near[word].items(), key=lambda p: (-p[1], p[0])))
once = sorted(word for word, count in counts.items() if count == 1)
print("once only:", len(once), "-".join(w[0] for w in once))
print("longest:", max(counts, key=lambda w: (len(w), w)))
