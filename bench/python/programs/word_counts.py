# word_counts - words counted, grouped and sorted: dictionaries and sets.
#
# SPDX-License-Identifier: Apache-2.0
from collections import Counter, defaultdict

WORDS, ROUNDS = 40_000, 3
SYLLABLES = "ba ke li mo nu ra se ti vo zu chi dra fel gos hin".split()


def make_words():
    state, words = 7, []
    for _ in range(WORDS):
        word = ""
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        for shift in range(0, 8 + (state >> 29), 4):
            word += SYLLABLES[(state >> shift & 0xFFF) % 15]
        words.append(word)
    return words


def count(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    by_length = defaultdict(set)
    for word in words:
        by_length[len(word)].add(word)
    followed = {}
    for a, b in zip(words, words[1:]):
        followed.setdefault(a, Counter())[b[:2]] += 1
    letters = Counter()
    for word, n in counts.items():
        for letter in word:
            letters[letter] += n
    most = sorted(counts.items(), key=lambda p: (-p[1], p[0]))[:3]
    common = set.intersection(*({w[0] for w in s} for s in by_length.values()))
    longest = max(followed, key=lambda w: (len(followed[w]), w))
    return most, len(counts), letters.most_common(1), sorted(common), longest


def run():
    words = make_words()
    seen = [count(words) for _ in range(ROUNDS)]
    assert seen[0] == seen[-1]
    return seen[0]
