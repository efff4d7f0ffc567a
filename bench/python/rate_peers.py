#!/usr/bin/env python3
"""rate_peers - how many fresh runs and calls per second, in several Pythons.

    rate_peers.py [--json] SECONDS FOLDER NAME AT_ONCE PROCESSES COMMAND ...

Each Python is four words: its name, how many runs go on at once, by how many
processes of COMMAND, which speak as bench/python/peers/blocks.cjs says.  The
first is the subject; FOLDER has the programs.  They take turns, block by block,
for SECONDS in all (0: a tiny round); a rate is the median of its blocks.

A program is run as a source.  If its last line calls run() with an integer,
that is also measured as a call of a function that is there already.

SPDX-License-Identifier: Apache-2.0
"""
import importlib.machinery
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import types

BLOCK_MS = 100
WARM_MS = 5
KINDS = ("run", "call")
HEADS = {
    "run": "Fresh runs of source per second",
    "call": "Fresh calls of a function that is there already, per second",
}
# The smallest program: what a fresh Python costs, and hardly anything else.
LEAST = "add"
# What the machine has to give to two at once, whoever they are.
TWICE = ("viv, pool, 2 processes", "viv, pool, 1 thread")
# What ratios are promised to be at least: what, kind, whose rate by whose.
VIV, VIV_2 = "viv, pool, 1 thread", "viv, pool, 2 threads"
PROMISES = [
    ("from one thread to two, a pool", "run", VIV_2, VIV, 1.8),
    ("from one thread to two, an executor", "run",
     "viv, executor, 2 threads", "viv, executor, 1 thread", 1.8),
    ("python3, a process each", "run", VIV, "python3", 200),
    ("Pyodide, warm and not isolated", "run", VIV, "Pyodide", 3),
    ("Monty, running source", "run", VIV, "Monty", 0.3),
    ("Monty, calling a function", "call", VIV, "Monty", 0.7),
]


class Python:
    def __init__(self, name, at_once, processes, command):
        self.name, self.at_once = name, int(at_once)
        self.rates = {}  # by kind and program, of each block
        self.refused = {}
        self.processes = [
            subprocess.Popen(
                command,
                shell=True,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(int(processes))
        ]

    def answer(self, process):
        words = process.stdout.readline().rstrip("\n").split("\t", 2)
        if len(words) != 3:
            sys.exit(f"{self.name}: has ended")
        return words

    def block(self, kind, program, ms):
        """Its value, or None if it cannot; the rate is noted."""
        if (kind, program.name) in self.refused:
            return None
        for process in self.processes:
            print(*program.asked(kind), ms, sep="\t", file=process.stdin,
                  flush=True)
        answers = [self.answer(process) for process in self.processes]
        count, _, value = answers[0]
        if count == "-":
            self.refused[kind, program.name] = value
            return None
        if any(answer[2] != value for answer in answers):
            sys.exit(f"{self.name}: {program.name}: not the same each time")
        if ms != WARM_MS:
            rate = sum(int(count) / int(ns) * 1e9 for count, ns, _ in answers)
            self.rates.setdefault((kind, program.name), []).append(rate)
        return value

    def rate(self, kind, name):
        blocks = self.rates.get((kind, name))
        return statistics.median(blocks) if blocks else None

    def end(self):
        for process in self.processes:
            process.stdin.close()
            process.wait()


class Program:
    """A file, without its comments; and without the call at its end."""

    def __init__(self, path, folder):
        self.name = path.stem
        lines = [
            line
            for line in path.read_text().splitlines(keepends=True)
            if not line.startswith("#")
        ]
        self.source = self.write(folder / f"{self.name}.py", lines)
        call = re.fullmatch(r"run\((\d+)\)\n", lines[-1])
        self.arg = call[1] if call else "0"
        self.kinds = KINDS if call else KINDS[:1]
        self.functions = self.write(folder / f"{self.name}-functions.py",
                                    lines[:-1])

    @staticmethod
    def write(path, lines):
        path.write_text("".join(lines))
        return path

    def asked(self, kind):
        return kind, self.source if kind == "run" else self.functions, self.arg


def say(words, end="\n"):
    print(words, file=sys.stderr, end=end, flush=True)


def take_round(programs, pythons, ms):
    for kind in KINDS:
        for program in programs:
            if kind not in program.kinds:
                continue
            values = {}
            for python in pythons:
                value = python.block(kind, program, ms)
                if value is not None:
                    values.setdefault(value, python.name)
            if len(values) != 1:
                sys.exit(f"{program.name}: not the same everywhere: {values}")


def take_rounds(programs, pythons, seconds):
    """A round that warms up, and as many as there is time for; their number."""
    take_round(programs, pythons, WARM_MS)
    block_ms = BLOCK_MS if seconds else 1
    end, rounds = time.monotonic() + seconds, 0
    while rounds == 0 or time.monotonic() < end:
        take_round(programs, pythons, block_ms)
        rounds += 1
        if sys.stderr.isatty():
            left = max(0, end - time.monotonic())
            say(f"\r\033[K{rounds} rounds, {left:.0f} s left", end="")
    if sys.stderr.isatty():
        say("\r\033[K", end="")
    return rounds


# --- what comes of it -------------------------------------------------------


def shared(kind, one, other):
    """The programs that both can run."""
    return [n for k, n in one.rates if k == kind and (k, n) in other.rates]


def mean(kind, python, names):
    return statistics.geometric_mean(python.rate(kind, n) for n in names)


def ratio(kind, one, other):
    names = shared(kind, one, other)
    return mean(kind, one, names) / mean(kind, other, names)


def subject_of(pythons, python):
    """The subject with as many at once."""
    same = [p for p in pythons if p.at_once == python.at_once]
    return same[0]


def row(kind, pythons, python):
    names = shared(kind, pythons[0], python)
    return {
        "kind": kind,
        "name": python.name,
        "at_once": python.at_once,
        "per_second": mean(kind, python, names),
        "viv_is": ratio(kind, subject_of(pythons, python), python),
        "programs": {name: python.rate(kind, name) for name in names},
        "refused": {n: why for (k, n), why in python.refused.items()
                    if k == kind},
    }


def rows(pythons):
    """Of each kind the best first."""
    for kind in KINDS:
        able = [p for p in pythons if any(k == kind for k, _ in p.rates)]
        made = [row(kind, pythons, python) for python in able]
        yield from sorted(made, key=lambda r: r["per_second"], reverse=True)


def promises(pythons):
    """Of the smallest program, where it is among them, and of all that both can
    run; there may be none."""
    found = {python.name: python for python in pythons}
    for what, kind, one, other, wanted in PROMISES:
        if one not in found or other not in found:
            continue
        one, other = found[one], found[other]
        names = shared(kind, one, other)
        if not names:
            continue
        least = [LEAST] if LEAST in names else []
        yield {
            "promise": what,
            "wanted": wanted,
            "ratio": mean(kind, one, names) / mean(kind, other, names),
            "ratio_of_least": mean(kind, one, least) / mean(kind, other, least)
            if least else None,
        }


def twice(pythons):
    """How much two processes of the subject are, by one."""
    found = {python.name: python for python in pythons}
    two, one = (found.get(name) for name in TWICE)
    return ratio("run", two, one) if two and one else None


def number(value):
    """Three digits that count."""
    if value is None:
        return "-"
    if value >= 1e6:
        return f"{value / 1e6:.2f}M"
    digits = max(0, 2 - math.floor(math.log10(value)))
    return f"{value:,.{digits}f}"


def print_rows(kind, made):
    names = list(max(made, key=lambda r: len(r["programs"]))["programs"])
    print(f"{HEADS[kind]}; mean: geometric, of {len(names)} programs\n")
    widths = {name: max(len(name), len("100,000")) + 2 for name in names}
    heads = "".join(f"{name:>{widths[name]}}" for name in names)
    print(f"{'':<26}{'mean':>8}{'viv is':>8}{heads}")
    for one in made:
        cells = [
            f"{number(one['programs'].get(name)):>{widths[name]}}"
            for name in names
        ]
        times = number(one["viv_is"]) + "x"
        print(f"{one['name']:<26}{number(one['per_second']):>8}{times:>8}"
              + "".join(cells))
    print()


def verdict(ratio, wanted):
    if ratio is None:
        return ""
    return f"{number(ratio)}x {'reached' if ratio >= wanted else 'MISSED'}"


def print_promises(kept, machine_gives):
    if machine_gives:
        print(f"Two processes of viv are {number(machine_gives)}x one: what "
              "this machine has to give.\n")
    print(f"{'promised: viv is at least':<37}{'x = 1 + 1':>16}{'mean':>16}")
    for one in kept:
        wanted = one["wanted"]
        print(f"{wanted:>4}x  {one['promise']:<37}".ljust(37)
              + f"{verdict(one['ratio_of_least'], wanted):>16}"
              + f"{verdict(one['ratio'], wanted):>16}")


def print_all(made, kept, machine_gives):
    for kind in KINDS:
        of_kind = [one for one in made if one["kind"] == kind]
        if of_kind:
            print_rows(kind, of_kind)
    print("`viv is` so many times the other, with as many at once.\n")
    print_promises(kept, machine_gives)


def machine():
    """As in the JSON of other measurements."""
    path = pathlib.Path(__file__).parents[2] / "tools/bench_table"
    sys.dont_write_bytecode = True  # nothing but build/ changes in a tree
    loader = importlib.machinery.SourceFileLoader("bench_table", str(path))
    table = types.ModuleType(loader.name)
    loader.exec_module(table)
    return table.machine()


def main(words):
    as_json = words[0] == "--json"
    seconds, folder, *rest = words[as_json:]
    pythons = [Python(*rest[i : i + 4]) for i in range(0, len(rest), 4)]
    with tempfile.TemporaryDirectory() as scratch:
        programs = [
            Program(path, pathlib.Path(scratch))
            for path in sorted(pathlib.Path(folder).glob("*.py"))
        ]
        rounds = take_rounds(programs, pythons, float(seconds))
        for python in pythons:
            python.end()
    made, kept = list(rows(pythons)), list(promises(pythons))
    machine_gives = twice(pythons)
    if as_json:
        about = {
            "measurement": "peers",
            "machine": machine(),
            "rounds": rounds,
            "block_ms": BLOCK_MS,
            "rows": made,
            "promises": kept,
            "two_processes": machine_gives,
        }
        print(json.dumps(about, indent=2))
    else:
        print(f"{rounds} rounds, blocks of {BLOCK_MS} ms, medians\n")
        print_all(made, kept, machine_gives)


if __name__ == "__main__":
    main(sys.argv[1:])
