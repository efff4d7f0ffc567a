# SPDX-License-Identifier: Apache-2.0
PLAYERS = [
    ("ada", [92, 81, 77]), ("ben", [55, 70, 68]), ("cem", [88, 90, 85]),
    ("dia", [71, 64, 93]), ("eli", [99, 42, 60]), ("fay", [83, 79, 91]),
]

def run(count):
    totals = [(sum(scores), name) for name, scores in PLAYERS]
    best = sorted(totals, reverse=True)[:count]
    return ", ".join([name + " " + str(total) for total, name in best])

run(3)
