# text_statistics - letters, entropy, readability, n-grams and a Markov chain.
#
# SPDX-License-Identifier: Apache-2.0
import math
import random
import re
from collections import Counter, defaultdict

TEXT = """It was a bright cold day in the harbour, and the clocks of the
town were not agreed about the hour. A woman carried a cage with
a parrot through the rain. The parrot said nothing. The woman
said that it was a bright cold day, and that the clocks were
wrong, all of them, and that the parrot knew the hour but would
not say it. In the rain the cage was bright. The harbour was
cold. Nothing was said about the town."""

letters = Counter(c for c in TEXT.lower() if c.isalpha())
total = letters.total()
entropy = -sum(n / total * math.log2(n / total) for n in letters.values())
print(f"{total} letters, {len(letters)} different, {entropy:.6f} bits each")
for letter, n in sorted(letters.items(), key=lambda p: (-p[1], p[0]))[:6]:
    print(letter, n, f"{n / total:.2%}", "=" * n)

sentences = [
    s.strip() for s in re.split(r"(?<=[.!?])\s+", TEXT.replace("\n", " "))
]
words = re.findall(r"[A-Za-z]+", TEXT.lower())


def syllables(word):
    groups = len(re.findall(r"[aeiouy]+", word))
    return max(1, groups - (word.endswith("e") and not word.endswith("le")))


count = sum(map(syllables, words))
ease = (
    206.835 - 1.015 * len(words) / len(sentences) - 84.6 * count / len(words)
)
print(len(sentences), len(words), count, f"{ease:.3f}")
print([len(s.split()) for s in sentences], max(sentences, key=len)[:40])

bigrams = Counter(zip(words, words[1:]))
for pair, n in sorted(bigrams.items(), key=lambda p: (-p[1], p[0]))[:6]:
    print(n, *pair)
trigrams = Counter("".join(t) for w in words for t in zip(w, w[1:], w[2:]))
print(sorted(trigrams.items(), key=lambda p: (-p[1], p[0]))[:8])


def pointwise(pair):
    a, b = pair
    n = len(words)
    return math.log2(bigrams[pair] * n / (words.count(a) * words.count(b)))


strong = sorted(
    (p for p in bigrams if bigrams[p] > 1),
    key=lambda p: (-round(pointwise(p), 6), p),
)
print([(*p, round(pointwise(p), 4)) for p in strong[:4]])

chain = defaultdict(list)
tokens = re.findall(r"\w+|[.,]", TEXT)
for a, b, c in zip(tokens, tokens[1:], tokens[2:]):
    chain[a, b].append(c)


def speak(rng, length):
    at = ("The", "woman")
    said = list(at)
    while len(said) < length and at in chain:
        said.append(rng.choice(chain[at]))
        at = at[1], said[-1]
    return re.sub(r" ([.,])", r"\1", " ".join(said))


for seed in range(3):
    print(speak(random.Random(seed), 18))


def jaccard(a, b):
    a, b = set(a), set(b)
    return len(a & b) / len(a | b)


def cosine(a, b):
    a, b = Counter(a), Counter(b)
    dot = sum(a[k] * b[k] for k in a)
    return dot / math.sqrt(
        sum(v * v for v in a.values()) * sum(v * v for v in b.values())
    )


bags = [re.findall(r"\w+", s.lower()) for s in sentences]
for i, bag in enumerate(bags):
    print(
        " ".join(f"{cosine(bag, other):.3f}" for other in bags),
        f"{jaccard(bag, bags[0]):.4f}",
    )


def soundex(word):
    codes = {
        c: str(n)
        for n, group in enumerate(
            ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1
        )
        for c in group
    }
    made, last = word[0].upper(), codes.get(word[0])
    for c in word[1:]:
        code = codes.get(c)
        if code and code != last:
            made += code
        if c not in "hw":
            last = code
    return (made + "000")[:4]


print(
    [
        soundex(w)
        for w in (
            "robert",
            "rupert",
            "ashcraft",
            "tymczak",
            "harbour",
            "honeyman",
        )
    ]
)
