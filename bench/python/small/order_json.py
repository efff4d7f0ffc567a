# SPDX-License-Identifier: Apache-2.0
ITEMS = [("apple", 3, 40), ("pear", 2, 55), ("plum", 12, 15), ("fig", 5, 70)]

def quoted(text):
    return '"' + text.replace('"', '\\"') + '"'

def run(discount):
    total = 0
    lines = []
    for name, amount, cents in ITEMS:
        price = amount * cents * (100 - discount) // 100
        total += price
        fields = ['"name": ' + quoted(name), '"cents": ' + str(price)]
        lines.append("{" + ", ".join(fields) + "}")
    return '{"items": [' + ", ".join(lines) + '], "total": ' + str(total) + "}"

run(10)
