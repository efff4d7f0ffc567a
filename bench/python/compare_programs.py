#!/usr/bin/env python3
"""compare_programs - programs in several Pythons, which take turns.

    compare_programs.py ROUNDS PROGRAMS PYTHON...

PROGRAMS are names, with spaces between.  A PYTHON is LABEL=COMMAND, and speaks
as `time_programs.py -`; the first one is the subject, the others are its peers.
A program runs ROUNDS times in each, one after the other, before the next one
does.  Prints the rows of a measurement: per peer every program, the worst
first, and the geometric mean of the ratios.

Whatever a peer cannot run is left out, and said; the subject must run all, and
all must come to the same value.

SPDX-License-Identifier: Apache-2.0
"""
import math
import statistics
import subprocess
import sys


class Python:
    def __init__(self, words):
        self.label, _, command = words.partition("=")
        self.times = {}  # by program
        self.refused = {}
        self.process = subprocess.Popen(
            command,
            shell=True,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def turn(self, program):
        """Run it once; the value, or None if it cannot."""
        if program in self.refused:
            return None
        try:
            print(program, file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        words = line.rstrip("\n").split("\t", 2)
        if len(words) != 3 or words[0] != program:
            sys.exit(f"{self.label}: ended before {program} was done: {line!r}")
        if words[1] == "-":
            self.refused[program] = words[2]
            return None
        self.times.setdefault(program, []).append(float(words[1]))
        return words[2]

    def least(self, program):
        return min(self.times[program]) * 1e3

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def say(words):
    print(words, file=sys.stderr, flush=True)


def measure(program, rounds, pythons):
    values = {}
    for _ in range(rounds):
        for python in pythons:
            value = python.turn(program)
            if value is not None:
                values.setdefault(value, python.label)
    if program in pythons[0].refused:
        sys.exit(f"{program}: {pythons[0].refused[program]}")
    if len(values) != 1:
        sys.exit(f"{program}: not the same everywhere: {values}")


def rows(subject, peer):
    shared = [p for p in subject.times if p in peer.times]
    ratio = {p: subject.least(p) / peer.least(p) for p in shared}
    for program in sorted(shared, key=ratio.get, reverse=True):
        ours, theirs = subject.least(program), peer.least(program)
        print(f"{program}\t{ours:.6g}\tms\t{peer.label}\t{theirs:.6g}")
    means = (
        statistics.geometric_mean(map(python.least, shared))
        for python in (subject, peer)
    )
    ours, theirs = (f"{mean:.6g}" for mean in means)
    print(f"geomean of {len(shared)}\t{ours}\tms\t{peer.label}\t{theirs}")


def noise(pythons):
    """What the clock adds: how far the median is above the least."""
    logs = [
        math.log(statistics.median(times) / min(times))
        for python in pythons
        for times in python.times.values()
    ]
    return math.exp(sum(logs) / len(logs))


def main(words):
    rounds, programs = int(words[0]), words[1].split()
    pythons = [Python(words) for words in words[2:]]
    for program in programs:
        say(f"{program} ...")
        measure(program, rounds, pythons)
    for python in pythons:
        python.end()
    subject, *peers = pythons
    for peer in peers:
        for program, why in peer.refused.items():
            say(f"{program}: left out of {peer.label}: {why}")
        if peer.times:
            rows(subject, peer)
    print(f"noise: median / minimum\t{noise(pythons):.4g}\tx")


if __name__ == "__main__":
    main(sys.argv[1:])
