#!/usr/bin/env python3
"""data_oracle.py - what Python makes of values in bytes, for the unit tests.

    data_oracle.py <LINES

A line is a value as CBOR, in hexadecimal, a tab, and its text in UTF-8.  Each
must be what repr() prints of the value, read here by other code.  Two things
that repr() does otherwise are excused if the text reads back as the same: the
order of a set, and characters that Python's Unicode does not have.  Prints the
number of lines; exit code 1, with words, at the first that is wrong.

SPDX-License-Identifier: Apache-2.0
"""
import datetime
import struct
import sys
import unicodedata

sys.setrecursionlimit(10000)
TUPLE, FROZENSET, PLAIN, TIME, TIMEDELTA = range(0x76697601, 0x76697606)
FLOATS = {25: ">e", 26: ">f", 27: ">d"}
SIMPLE = {20: False, 21: True, 22: None}
NAMES = {"datetime": datetime, "nan": float("nan"), "inf": float("inf")}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        assert self.at <= len(self.data)
        return self.data[self.at - count : self.at]

    def values(self, count):
        return [self.value() for _ in range(count)]

    def value(self):
        major, info = divmod(self.take(1)[0], 32)
        if major == 7:
            if info in FLOATS:
                return struct.unpack(FLOATS[info], self.take(1 << info - 24))[0]
            return SIMPLE[info]
        number = info
        if info > 23:
            number = int.from_bytes(self.take(1 << info - 24), "big")
        if major == 5:
            return dict(self.values(2) for _ in range(number))
        read = [
            lambda: number,
            lambda: -1 - number,
            lambda: self.take(number),
            lambda: self.take(number).decode(),
            lambda: self.values(number),
            None,
            lambda: self.tagged(number, self.value()),
        ]
        return read[major]()

    def tagged(self, tag, value):
        return {
            0: lambda: datetime.datetime.fromisoformat(value),
            2: lambda: int.from_bytes(value, "big"),
            3: lambda: -1 - int.from_bytes(value, "big"),
            258: lambda: set(value),
            1004: lambda: datetime.date.fromisoformat(value),
            TUPLE: lambda: tuple(value),
            FROZENSET: lambda: frozenset(value),
            PLAIN: lambda: datetime.datetime.fromisoformat(value),
            TIME: lambda: datetime.time.fromisoformat(value),
            TIMEDELTA: lambda: datetime.timedelta(*value),
        }[tag]()


def is_excused(value, text):
    """May the text stand for the value, though repr() prints another?"""
    if text.isascii() and "{" not in text:
        return False
    for c in text:
        if not (c.isprintable() or unicodedata.category(c) == "Cn"):
            return False
    return eval(text, NAMES) == value


def main():
    count = 0
    for line in sys.stdin.buffer:
        spelled, text = line.decode()[:-1].split("\t", 1)
        reader = Reader(bytes.fromhex(spelled))
        value = reader.value()
        if reader.at != len(reader.data):
            sys.exit(f"{spelled} is more than a value")
        if repr(value) != text and not is_excused(value, text):
            sys.exit(f"{spelled}: {text} and not {value!r}")
        count += 1
    print(count)


if __name__ == "__main__":
    main()
