#!/usr/bin/env python3
"""processes.py - blocks of small programs, a process of python3 for each.

    processes.py

As blocks.cjs says; it cannot call a function that is there already.  What
the source comes to is looked at once, by a process that prints it.

SPDX-License-Identifier: Apache-2.0
"""
import os
import subprocess
import sys
import time

# The machine's own, not one that somebody has put before it in PATH.
PYTHON3 = "/usr/bin/python3"

PRINT_VALUE = """
import ast, sys
*body, last = ast.parse(sys.argv[1]).body
names = {}
exec(compile(ast.Module(body, []), "<body>", "exec"), names)
if isinstance(last, ast.Expr):
    print(eval(compile(ast.Expression(last.value), "<last>", "eval"), names))
else:
    exec(compile(ast.Module([last], []), "<last>", "exec"), names)
    print(None)
"""


def value_of(source):
    done = subprocess.run(
        [PYTHON3, "-c", PRINT_VALUE, source],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip("\n")


def run(source):
    pid = os.posix_spawn(PYTHON3, [PYTHON3, "-c", source], os.environ)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit("python3 does not run")


def block(source, seconds):
    begin = time.perf_counter_ns()
    count = 0
    while count == 0 or time.perf_counter_ns() < begin + seconds * 1e9:
        run(source)
        count += 1
    return count, time.perf_counter_ns() - begin


def main():
    values = {}
    for line in sys.stdin:
        mode, path, _, ms = line.rstrip("\n").split("\t")
        if mode != "run":
            print("-\t-\ta process begins with its source", flush=True)
            continue
        with open(path, encoding="utf-8") as file:
            source = file.read()
        if path not in values:
            values[path] = value_of(source)
        count, ns = block(source, int(ms) / 1e3)
        print(f"{count}\t{ns}\t{values[path]}", flush=True)


main()
