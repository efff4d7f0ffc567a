# SPDX-License-Identifier: Apache-2.0
TEXT = """the quick brown fox jumps over the lazy dog and the dog does not
mind because the fox is quick and the dog is lazy and the day is long"""

def run(least):
    counts = {}
    for word in TEXT.split():
        counts[word] = counts.get(word, 0) + 1
    often = [word for word in counts if counts[word] >= least]
    return " ".join(sorted(often))

run(2)
