# SPDX-License-Identifier: Apache-2.0
TITLE = "  Ten Ways to Feed a Python: What It Eats, When, and Why  "

def run(words):
    text = TITLE.strip().lower()
    for mark in ",:;.!?":
        text = text.replace(mark, "")
    return "-".join(text.split()[:words])

run(8)
