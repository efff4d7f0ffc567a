#!/usr/bin/env python3
"""time_programs - how long does run() of each program take?

    time_programs.py REPEATS FILE...
    time_programs.py - FOLDER

Prints a line `name<TAB>seconds<TAB>value` for each: the least of the repeats,
and what run() returned, which must be the same every time.  A run before them
is not counted.  It needs nothing but Python, so that it can measure any.

With - it takes turns with other Pythons: it reads names of programs in FOLDER
from standard input, and for each line runs that program once, and says so; for
a program that this Python cannot run, `name<TAB>-<TAB>why`.

SPDX-License-Identifier: Apache-2.0
"""
import gc
import os
import sys
import time
import types


def load(path):
    """The program's name and run(), as if the file had been imported."""
    name = os.path.splitext(os.path.basename(path))[0]
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, module.__dict__)
    return name, module.run


def measure(run, repeats, value):
    """Least seconds."""
    least = None
    for _ in range(repeats):
        gc.collect()
        begin = time.perf_counter()
        again = run()
        seconds = time.perf_counter() - begin
        if repr(again) != value:
            raise ValueError(f"{again!r} after {value}")
        if least is None or seconds < least:
            least = seconds
    return least


def take_turns(folder, names):
    """A turn for each name; the program of the latest one stays loaded."""
    loaded = run = value = None
    for name in map(str.strip, names):
        try:
            if name != loaded:
                sys.modules.pop(loaded, None)
                loaded, run = load(f"{folder}/{name}.py")
                value = repr(run())
            print(f"{name}\t{measure(run, 1, value):.6f}\t{value}", flush=True)
        except Exception as error:
            print(f"{name}\t-\t{type(error).__name__}: {error}", flush=True)


def main(words):
    if len(words) == 2 and words[0] == "-":
        take_turns(words[1], sys.stdin)
        return 0
    if len(words) < 2 or not words[0].isdigit() or words[0] == "0":
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    for path in words[1:]:
        name, run = load(path)
        value = repr(run())
        seconds = measure(run, int(words[0]), value)
        print(f"{name}\t{seconds:.6f}\t{value}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
